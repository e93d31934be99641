"""What people recorded, as tables: mitigations, assumptions, actions, and decisions whose finding is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.analysis.decisions import dependents
from workbench.analysis.frames import DAY, FLAG, LIST, MOMENT, NUMBER, TEXT, WHOLE, frame, records
from workbench.analysis.scenarios import RULE
from workbench.analysis.standing import last_tests, overdue
from workbench.model import Action, Assumption, Mitigation, RiskAcceptance, ThreatDecision

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    import pandas as pd

    from workbench.model import ControlTest, Element, Model
    from workbench.model.records import Record
    from workbench.rules import Evaluation, Library

_WHO = {"owner": TEXT, "by": TEXT, "at": MOMENT, "why": TEXT}
MITIGATIONS = {
    "id": TEXT, "name": TEXT, "app": TEXT, "status": TEXT, "strength": TEXT, "acts_on": TEXT, "family": TEXT,
    "catalogue": TEXT, "due": DAY, "overdue": FLAG, "evidence": TEXT, "findings": LIST, "threats": WHOLE, "cost": NUMBER,
    "tested_on": DAY, "test": TEXT, "next_test": DAY, "test_overdue": FLAG, **_WHO,
}  # fmt: skip
ASSUMPTIONS = {
    "id": TEXT, "name": TEXT, "app": TEXT, "state": TEXT, "evidence": TEXT, "review_on": DAY, "overdue": FLAG,
    "links": LIST, "rests_on_it": LIST, **_WHO,
}  # fmt: skip
ACTIONS = {
    "id": TEXT, "name": TEXT, "app": TEXT, "state": TEXT, "due": DAY, "overdue": FLAG, "evidence": TEXT, "links": LIST,
    **_WHO,
}  # fmt: skip
ORPHANS = {
    "id": TEXT, "noun": TEXT, "finding": TEXT, "rule": TEXT, "element": TEXT, "element_name": TEXT, "app": TEXT,
    "status": TEXT, "gone": TEXT, **_WHO,
}  # fmt: skip


def mitigations(model: Model, today: date) -> pd.DataFrame:
    """Return one row a mitigation, overdue ones first, then by date.

    Columns
    -------
    id, name, app, catalogue : app is an id; catalogue is the id in the library, if it came from there
    status : planned, in_place, verified or failed
    strength, acts_on, family : how it lowers a risk; within one family only the strongest counts
    due, overdue, evidence, owner, by, at, why : overdue is past its date without being verified
    findings, threats : tuple of the finding ids it is against, and their number
    cost : a year, in the unit of the risk scheme
    tested_on, test, next_test : its last test, whether that passed or failed, and by when to test again
    test_overdue : that day has passed, so that it counts as untested although it is verified
    """
    tests = last_tests(model)
    rows = [
        {
            **_record(m, ("status", "strength", "acts_on", "family", "catalogue", "due", "evidence", "cost")),
            **_tested(m, tests.get(m.id), today),
            "overdue": m.due is not None and m.due < today and m.status != "verified",
            "findings": m.links,
            "threats": len(m.links),
        }
        for m in model.of(Mitigation)
    ]
    return _by_date(MITIGATIONS, rows, "due")


def _tested(mitigation: Mitigation, last: ControlTest | None, today: date) -> dict[str, Any]:
    return {
        "tested_on": last.tested_on if last else None,
        "test": last.result if last else None,
        "next_test": last.next_on if last else None,
        "test_overdue": overdue(mitigation, last, today),
    }


def assumptions(model: Model, today: date) -> pd.DataFrame:
    """Return one row an assumption, overdue reviews first, then by review date.

    Columns
    -------
    id, name, app, owner, evidence, by, at, why
    state : open, confirmed or false; when it is false, decisions that rest on it are open again
    review_on, overdue : overdue is past its review date while still open or confirmed
    links : tuple of what it is about: ids of findings, elements, decisions or mitigations
    rests_on_it : tuple of the ids of findings and elements whose decisions rest on it
    """
    resting = dependents(model, model.of(Assumption))
    rows = [
        {
            **_record(a, ("state", "evidence", "review_on", "links")),
            "overdue": a.review_on is not None and a.review_on < today and a.state != "false",
            "rests_on_it": tuple(target for target, held in resting.items() if a in held),
        }
        for a in model.of(Assumption)
    ]
    return _by_date(ASSUMPTIONS, rows, "review_on")


def actions(model: Model, today: date) -> pd.DataFrame:
    """Return one row an action, overdue ones first, then by date.

    Columns
    -------
    id, name, app, evidence, links, owner, by, at, why
    state : open, done or dropped
    due, overdue : overdue is past its date while open
    """
    rows = [
        {
            **_record(a, ("state", "due", "evidence", "links")),
            "overdue": a.due is not None and a.due < today and a.state == "open",
        }
        for a in model.of(Action)
    ]
    return _by_date(ACTIONS, rows, "due")


def orphans(model: Model, evaluation: Evaluation, library: Library | None = None) -> pd.DataFrame:
    """Return one row a decision, acceptance or link of a mitigation whose finding is gone; nothing is dropped silently.

    Columns
    -------
    id, noun, status, owner, by, at, why : the record that is left
    finding, rule, element, element_name, app : what it was about; element_name is unknown when the element is gone
    gone : why there is no finding: the element is gone, a more specific rule covers it, or the rule finds nothing now;
        with a library also: the rule is switched off or not in it
    """
    present = set(evaluation.findings["id"])
    folded = {row["id"]: ", ".join(row["by"] or ()) for row in records(evaluation.folded)}
    rows = [
        _orphan(record, finding, model.get(finding.partition("@")[2]))
        | {"gone": _why_gone(model, finding, folded, library)}
        for record, finding in _decided(model)
        if finding not in present
    ]
    return frame(ORPHANS, sorted(rows, key=lambda row: (row["finding"], row["id"])))


def _decided(model: Model) -> Iterator[tuple[Record, str]]:
    about_one: list[ThreatDecision | RiskAcceptance] = [*model.of(ThreatDecision), *model.of(RiskAcceptance)]
    for record in about_one:
        yield record, record.finding
    for mitigation in model.of(Mitigation):
        for link in mitigation.links:
            # Other links are to elements or records, which may well be there.
            if "@" in link and link not in model:
                yield mitigation, link


def _orphan(record: Record, finding: str, element: Element | None) -> dict[str, Any]:
    rule, _, element_id = finding.partition("@")
    return {
        **_record(record, ()),
        "noun": record.noun,
        "status": getattr(record, "status", "accepted"),
        "finding": finding,
        "rule": rule,
        "element": element_id,
        "element_name": element.name if element else None,
    }


def _why_gone(model: Model, finding: str, folded: Mapping[str, str], library: Library | None) -> str:
    rule, _, element_id = finding.partition("@")
    if finding in folded:
        return f"a more specific rule covers it: {folded[finding]}"
    if element_id not in model:
        return "the element is gone"
    if rule == RULE:
        return "the scenario was set aside"
    if library is not None and rule in library.disabled:
        return f"the rule is switched off: {library.disabled[rule]}"
    if library is not None and rule not in library.rules:
        return "the rule is not in the library"
    return "the rule finds nothing there now"


def _record(record: Record, fields: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in ("id", "name", "app", "owner", "by", "at", "why", *fields)}


def _by_date(columns: dict[str, Any], rows: list[dict[str, Any]], date_column: str) -> pd.DataFrame:
    def order(row: Mapping[str, Any]) -> tuple[bool, bool, str, str]:
        return not row["overdue"], row[date_column] is None, f"{row[date_column]}", row["id"]

    return frame(columns, sorted(rows, key=order))
