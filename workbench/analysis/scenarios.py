"""What people think could happen, as findings: a scenario that is not dismissed counts like what a rule found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.model import ELEMENTS, App, Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.model import Element, Model
    from workbench.rules import Evaluation

RULE = "SCENARIO"
"""What stands for the rule in the id of such a finding: SCENARIO@<scenario id>."""
SLOTS = ("actor", "access", "action", "asset", "harm")
_OPEN = "…"


def finding_of(scenario: Scenario) -> str:
    """Return the id under which a scenario is rated and decided on."""
    return f"{RULE}@{scenario.id}"


def with_scenarios(evaluation: Evaluation, model: Model) -> Evaluation:
    """Return the evaluation with people's scenarios among its findings; their likelihood and impact are unknown."""
    told = [_finding(scenario, model) for scenario in standing(model)]
    if not told:
        return evaluation
    rows = pd.DataFrame(told, columns=evaluation.findings.columns).astype(evaluation.findings.dtypes.to_dict())
    return replace(evaluation, findings=pd.concat([evaluation.findings, rows], ignore_index=True))


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


def _finding(scenario: Scenario, model: Model) -> dict[str, Any]:
    linked = [e for e in map(model.get, scenario.links) if isinstance(e, ELEMENTS) and not isinstance(e, App)]
    where: Element = linked[0] if linked else scenario
    workshop = model.get(scenario.workshop)
    told = f" in the workshop “{workshop.name}”" if workshop is not None else ""
    return {
        "id": finding_of(scenario),
        "rule": RULE,
        "element": where.id,
        "noun": where.noun,
        "app": scenario.app,
        "because": (f"{scenario.by or 'somebody'} told it{told}",),
        "path": (),
        "confidence": "medium" if scenario.state == "complete" else "low",
        "likelihood": None,
        "impact": None,
        "raised": (),
    }
