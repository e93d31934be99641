"""Facts of a model, conditions over them, findings."""

from workbench.rules.engine import Evaluation, evaluate
from workbench.rules.errors import RuleError
from workbench.rules.facts import Facts, facts
from workbench.rules.library import Library, load_library
from workbench.rules.mitigations import Mitigation
from workbench.rules.rule import Example, Raise, Rule

__all__ = [
    "Evaluation",
    "Example",
    "Facts",
    "Library",
    "Mitigation",
    "Raise",
    "Rule",
    "RuleError",
    "evaluate",
    "facts",
    "load_library",
]
