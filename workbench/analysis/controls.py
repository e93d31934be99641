"""Tests of mitigations, and what a mitigation counts on a day: one whose test failed, or is due again, counts less."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from workbench.analysis import decide
from workbench.analysis.frames import DAY, FLAG, MOMENT, TEXT, frame
from workbench.analysis.recording import DecisionError, put, record_id, several
from workbench.analysis.standing import in_order, last_tests, moment
from workbench.model import NAME_LENGTH, ControlTest, Mitigation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    import pandas as pd

    from workbench.model import Change, Model

TESTS = {
    "id": TEXT, "mitigation": TEXT, "name": TEXT, "app": TEXT, "result": TEXT, "tested_on": DAY, "next_on": DAY,
    "latest": FLAG, "overdue": FLAG, "evidence": TEXT, "by": TEXT, "at": MOMENT, "why": TEXT,
}  # fmt: skip


def record_test(
    model: Model,
    mitigations: str | Iterable[str],
    result: str,
    *,
    actor: str,
    at: datetime,
    why: str = "",
    on: date | None = None,
    next_on: date | None = None,
    evidence: str | None = None,
    days: int | None = None,
) -> list[Change]:
    """Return the Changes that record a test of mitigations, and what their status is after it.

    Passed means verified from now on, until `next_on`; failed means that it does not count until it passes again. An
    older test than the last one is written down and changes no status; of one day, the one recorded later is the last.

    Parameters
    ----------
    on : day of the test; today if it is left out
    next_on : day by which it has to be tested again; else `days` after the test, and never without `days`

    Raises
    ------
    DecisionError
        If there is no such mitigation, the days do not fit, or what passed has no evidence or reason.
    """
    tested_on = on or at.date()
    again = next_on or (tested_on + timedelta(days=days) if days else None)
    if tested_on > at.date():
        raise DecisionError(f"a test on {tested_on} is still to come; record it when its result is known", "on")
    if again is not None and again <= tested_on:
        raise DecisionError(f"got {again} for the next test; give a day after the test of {tested_on}", "next_on")
    status = {"passed": "verified", "failed": "failed"}.get(result)
    if status is None:
        raise DecisionError(f"got {result!r} as the result of a test; expected passed or failed", "result")
    if status == "verified" and not (why.strip() and evidence):
        raise DecisionError(
            "a passed test needs `why` (what was tried) and `evidence` (where the proof is)", "evidence"
        )
    more = {"evidence": evidence} if evidence else {}
    reached = decide.reconsider(
        model, mitigations, actor=actor, at=at, why=why or "its test failed", status=status, **more
    )
    last = last_tests(model)
    reached = [change for change in reached if _is_newest(tested_on, at, last.get(change.id))]
    said = {
        "result": result, "tested_on": tested_on, "next_on": again, "evidence": evidence, "by": actor, "at": at,
        "why": why or None,
    }  # fmt: skip
    return [*reached, *(_recorded(model, each, said) for each in several(mitigations))]


def control_tests(model: Model, today: date) -> pd.DataFrame:
    """Return one row a test of a mitigation, newest first.

    Columns
    -------
    id, mitigation, name, app : ids of the record and the mitigation, the mitigation's name, its app's id
    result, tested_on, next_on, evidence, by, at, why : of the test; result is passed or failed
    latest, overdue : the last test of its mitigation; which had to be repeated before today
    """
    newest = {test.id for test in last_tests(model).values()}
    found = sorted(model.of(ControlTest), key=in_order, reverse=True)
    return frame(TESTS, [_row(model, test, today, latest=test.id in newest) for test in found])


def _is_newest(on: date, at: datetime, last: ControlTest | None) -> bool:
    return last is None or (on, moment(at)) >= (last.tested_on, moment(last.at))


def _recorded(model: Model, mitigation: str, said: dict[str, Any]) -> Change:
    control = model[mitigation]
    record = record_id("control_test", f"{mitigation}/{said['tested_on']}/{said['at']:%Y%m%dT%H%M%S%f}")
    about = {"name": f"Test of {control.name}"[:NAME_LENGTH], "app": control.app, "mitigation": mitigation}
    return put(model, ControlTest, record, about | said)


def _row(model: Model, test: ControlTest, today: date, *, latest: bool) -> dict[str, Any]:
    control = model.get(test.mitigation)
    fields = ("id", "mitigation", "app", "result", "tested_on", "next_on", "evidence", "by", "at", "why")
    return {
        **{name: getattr(test, name) for name in fields},
        "name": control.name if isinstance(control, Mitigation) else test.name,
        "latest": latest,
        "overdue": latest and test.next_on is not None and test.next_on < today,
    }
