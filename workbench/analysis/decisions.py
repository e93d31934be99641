"""What people decided about findings, looked up by finding."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from workbench.analysis.standing import moment, standing
from workbench.model import App, Assumption, Mitigation, RiskAcceptance, ThreatDecision

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from workbench.model import Element, Model

R = TypeVar("R", ThreatDecision, RiskAcceptance)


@dataclass(frozen=True)
class State:
    """How a finding stands today, and who said so when and why."""

    status: str = "open"
    by: str | None = None
    at: datetime | None = None
    why: str | None = None
    owner: str | None = None
    due: date | None = None
    expires_on: date | None = None
    decision: ThreatDecision | None = None
    reopened: bool = False
    """What was decided does not hold any more."""


class Decisions:
    """The decisions, acceptances, mitigations and assumptions of a model, by the finding they are about.

    Mitigations are as they count on `today`; without a day, as people left them.
    """

    def __init__(self, model: Model, today: date | None = None) -> None:
        self._decisions = _newest(model.of(ThreatDecision))
        self._acceptances = _newest(model.of(RiskAcceptance))
        self._mitigations: dict[str, list[Mitigation]] = defaultdict(list)
        for mitigation in standing(model, today):
            for link in mitigation.links:
                self._mitigations[link].append(mitigation)
        self._false = dependents(model, [a for a in model.of(Assumption) if a.state == "false"])

    def mitigations(self, finding: str) -> tuple[Mitigation, ...]:
        """Return the mitigations that are linked to a finding, in the order of their ids."""
        return tuple(self._mitigations.get(finding, ()))

    def state(self, finding: str, element: str, today: date) -> State:
        """Return how a finding stands.

        It is open again when its acceptance has ended, when the day to look again at what is monitored has passed, or
        when an assumption behind the decision proved false later.
        """
        decision, acceptance = self._decisions.get(finding), self._acceptances.get(finding)
        said = _said(decision, acceptance)
        if said.status == "open":
            return said
        if said.status == "accepted" and said.expires_on is not None and said.expires_on < today:
            return _reopened(said, f"the acceptance ended on {said.expires_on}")
        if said.status == "monitored" and said.due is not None and said.due < today:
            again = _reopened(said, f"it was to be looked at again by {said.due}")
            # That was no day to treat it by: such a day follows from the severity, counted from then on.
            return replace(again, due=None, expires_on=said.due)
        for assumption in (*self._false.get(finding, ()), *self._false.get(element, ())):
            if assumption.at is None or said.at is None or moment(assumption.at) >= moment(said.at):
                return _reopened(said, f"the assumption “{assumption.name}” proved false")
        return said


def app_of(element: Element | None) -> str | None:
    """Return the id of the app that an element belongs to; an App belongs to itself."""
    return element.id if isinstance(element, App) else element.app if element is not None else None


def owner_of(model: Model, element: Element | None) -> str | None:
    """Return who answers for an element: its owner, else the owner of its app."""
    if element is None:
        return None
    app = model.get(app_of(element))
    return element.owner or (app.owner if app is not None else None)


def dependents(model: Model, assumptions: Iterable[Assumption]) -> dict[str, list[Assumption]]:
    """Map ids of findings and elements to the assumptions that decisions about them rest on.

    An assumption links to findings, elements, decisions, acceptances or mitigations; a decision may also link to it.
    """
    found: dict[str, list[Assumption]] = defaultdict(list)
    by_id = {assumption.id: assumption for assumption in assumptions}
    for assumption in by_id.values():
        for link in assumption.links:
            for target in _findings_of(model, link):
                found[target].append(assumption)
    decided: list[ThreatDecision | RiskAcceptance] = [*model.of(ThreatDecision), *model.of(RiskAcceptance)]
    for record in decided:
        found_now = [by_id[link] for link in record.links if link in by_id]
        found[record.finding].extend(a for a in found_now if a not in found[record.finding])
    return {key: value for key, value in found.items() if value}


def _findings_of(model: Model, link: str) -> Iterator[str]:
    record = model.get(link)
    if isinstance(record, ThreatDecision | RiskAcceptance):
        yield record.finding
    elif isinstance(record, Mitigation):
        yield from record.links
    else:
        yield link


def _newest(records: Iterable[R]) -> dict[str, R]:
    """Return the last word on each finding."""
    return {record.finding: record for record in sorted(records, key=lambda r: (moment(r.at), r.id))}


def _said(decision: ThreatDecision | None, acceptance: RiskAcceptance | None) -> State:
    """Return what the newer of the two says; of one moment, the decision says the status."""
    if decision is None and acceptance is None:
        return State()
    if decision is None or (acceptance is not None and moment(acceptance.at) > moment(decision.at)):
        return _state("accepted", acceptance, acceptance, decision)
    ends = acceptance if acceptance is not None and moment(acceptance.at) == moment(decision.at) else decision
    return _state(decision.status, decision, ends if decision.status == "accepted" else decision, decision)


def _state(
    status: str,
    said: ThreatDecision | RiskAcceptance | None,
    ends: ThreatDecision | RiskAcceptance | None,
    decision: ThreatDecision | None,
) -> State:
    return State(
        status=status,
        by=said.by if said else None,
        at=said.at if said else None,
        why=said.why if said else None,
        owner=(decision.owner if decision else None) or (said.owner if said else None),
        due=decision.due if decision else None,
        expires_on=ends.expires_on if ends else None,
        decision=decision,
    )


def _reopened(said: State, reason: str) -> State:
    why = f"open again: {reason}" + (f"; before: {said.why}" if said.why else "")
    return replace(said, status="open", why=why, reopened=True)
