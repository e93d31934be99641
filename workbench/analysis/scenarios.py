"""What people think could happen, as findings: a scenario that is not dismissed counts like what a rule found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workbench.model import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.model import Model

RULE = "SCENARIO"
"""What stands for the rule in the id of such a finding: SCENARIO@<scenario id>."""
SLOTS = ("actor", "access", "action", "asset", "harm")
_OPEN = "…"


def finding_of(scenario: Scenario) -> str:
    """Return the id under which a scenario is rated and decided on."""
    return f"{RULE}@{scenario.id}"


def standing(model: Model) -> Iterator[Scenario]:
    """Yield the scenarios that count as findings."""
    return (scenario for scenario in model.of(Scenario) if scenario.state != "dismissed")


def sentence(scenario: Scenario | Mapping[str, Any]) -> str:
    """Return who, with what access, does what to which asset, leading to what harm; an open slot is an ellipsis."""
    given = scenario if isinstance(scenario, Mapping) else scenario.model_dump(include=set(SLOTS))
    said = {slot: (given.get(slot) or "").strip().rstrip(".") or _OPEN for slot in SLOTS}
    text = f"{said['actor']}, with {said['access']}, {said['action']} {said['asset']}, which leads to {said['harm']}."
    return text[:1].upper() + text[1:]


def title(scenario: Scenario) -> str:
    """Return the sentence of a scenario whose slots are filled, else its name."""
    return sentence(scenario) if scenario.state == "complete" else scenario.name
