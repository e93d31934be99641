"""A rule's examples are its tests: each is one row that goes through the real conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.rules import vocabulary
from workbench.rules.columns import encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.rules.columns import Data, Truth
    from workbench.rules.rule import Example, Rule


class _Row:
    """A frame of one row, in which everything that the example does not say is unknown."""

    def __init__(self, noun: str, values: Mapping[str, object], settings: Mapping[str, str]) -> None:
        self._noun, self._values, self._settings = noun, values, settings
        self.memo: dict[Any, Truth] = {}

    def column(self, name: str) -> Data:
        """Return the column of one value."""
        key = name.removeprefix("settings.")
        column = vocabulary.columns(self._noun).get(name) or vocabulary.setting(key, self._settings[key])
        return encode(column, [self._values.get(name)], 1)


def outcome(rule: Rule, example: Example, settings: Mapping[str, str]) -> str:
    """Return what the rule says about the example: fires, passes or asks."""
    truth = rule.conditions[example.noun].truth(_Row(example.noun, example.values, settings))
    return "fires" if truth.true[0] else "passes" if truth.false[0] else "asks"


def failures(rule: Rule, settings: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each example of which the rule says something else."""
    for example in rule.examples:
        actual = outcome(rule, example, settings)
        if actual != example.expected:
            yield f"{example.place}: {rule.id} was to say {example.expected}, says {actual}, of {dict(example.values)}"
