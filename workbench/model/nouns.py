"""The table of nouns: name → class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.model import controls, elements, goals, policies, records, reviewing, sessions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.model.base import Element

ELEMENTS: tuple[type[Element], ...] = (
    elements.App, elements.Boundary, elements.Actor, elements.Service, elements.Process, elements.Store,
    elements.DataField, elements.Connection, elements.EntryPoint, elements.Flow,
)  # fmt: skip
POLICIES: tuple[type[Element], ...] = (policies.Policy,)
RECORDS: tuple[type[Element], ...] = (
    controls.ControlTest, records.Scenario, records.Assumption, records.Question, records.ThreatDecision, records.Mitigation,
    records.RiskAcceptance, records.Decision, records.Action, records.Review, sessions.Workshop, sessions.Attendance,
    sessions.Card, sessions.Vote, sessions.Parked, sessions.Feature, sessions.Placement, goals.Goal, goals.Harm,
    reviewing.Check, reviewing.Attestation, reviewing.ReviewPlan, reviewing.FocusVerdict, reviewing.Release,
    reviewing.Approval,
)  # fmt: skip
NOUNS: Mapping[str, type[Element]] = {cls.noun: cls for cls in ELEMENTS + POLICIES + RECORDS}

# What a flow may start or end at.
NODES = frozenset({"actor", "service", "process", "store", "entry_point"})


def element_from_json(noun: str, data: Mapping[str, Any]) -> Element:
    """Return the element of kind `noun` that `data` describes.

    Raises
    ------
    ValueError
        If `noun` is unknown.
    pydantic.ValidationError
        If `data` does not fit (a kind of ValueError); its message has the path of each misfit.
    """
    if noun not in NOUNS:
        raise ValueError(f"unknown noun {noun!r}; expected one of {', '.join(NOUNS)}")
    return NOUNS[noun].model_validate(data)


def element_to_json(element: Element) -> dict[str, Any]:
    """Return `element` as JSON data without the fields that are unknown or empty."""
    return element.model_dump(mode="json", exclude_defaults=True)
