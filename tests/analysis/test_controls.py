"""Tests of mitigations: what passed counts until it is due again, what failed does not count."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from builders import app, entry, model
from evaluations import NOW, evaluation, finding, library
from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis import controls, decide, listings, register, risk
from workbench.analysis.bands import SEVERITIES
from workbench.analysis.decide import DecisionError
from workbench.analysis.decisions import Decisions
from workbench.analysis.frames import records
from workbench.model import ControlTest, Mitigation

if TYPE_CHECKING:
    from workbench.model import Model

SCHEME = risk.load_scheme()
HOOK = entry("Order form", kind="webhook")
FOUND = finding(HOOK)
WHO: dict[str, Any] = {"actor": "ana", "at": NOW, "why": "tried it"}
TODAY = NOW.date()


def planned(**fields: Any) -> Model:
    """Return a model in which a strong mitigation is planned against the finding."""
    base = model(app(), HOOK)
    fields = {"strength": "strong", "acts_on": "likelihood"} | fields
    return base.apply(decide.mitigate(base, FOUND["id"], "Call back", actor="ana", at=NOW, why="agreed", **fields))


def control(shown: Model) -> Mitigation:
    """Return the only mitigation of a model."""
    (found,) = shown.of(Mitigation)
    return found


def tried(shown: Model, result: str, **fields: Any) -> Model:
    """Return the model after a test of its mitigation."""
    said = WHO | ({"evidence": "ticket 7"} if result == "passed" else {}) | fields
    return shown.apply(controls.record_test(shown, control(shown).id, result, **said))


def rated(shown: Model, day: date = TODAY) -> risk.Rating:
    """Return the rating of the finding on a day."""
    return register.rating(shown, evaluation([FOUND]), library(), SCHEME, FOUND["id"], today=day)


def effect(shown: Model, day: date = TODAY) -> float:
    """Return the part of the frequency that counts as taken away on a day."""
    return float(next(step for step in rated(shown, day).trace if step["step"] == "current")["likelihood_effect"])


def test_a_passed_test_makes_a_mitigation_count_until_it_is_due_again() -> None:
    """Fully up to the day named, half from the day after on; the status that people gave stays."""
    shown = tried(planned(), "passed", next_on=TODAY + timedelta(days=90))
    assert (control(shown).status, control(shown).evidence) == ("verified", "ticket 7")
    days = [TODAY, TODAY + timedelta(days=90), TODAY + timedelta(days=91)]
    assert [effect(shown, day) for day in days] == pytest.approx([0.85, 0.85, 0.425])
    assert control(shown).status == "verified"


def test_a_failed_test_takes_its_effect_away() -> None:
    """What was verified counts nothing any more, so the risk is as big as before."""
    shown = tried(tried(planned(), "passed"), "failed", at=NOW + timedelta(days=30), why="let a forged call through")
    assert control(shown).status == "failed"
    assert effect(shown) == 0
    assert rated(shown).current == rated(shown).inherent


def test_a_new_test_makes_it_count_again() -> None:
    """The last test of several counts."""
    first = tried(planned(), "passed", next_on=TODAY + timedelta(days=10))
    later = TODAY + timedelta(days=20)
    again = tried(first, "passed", at=NOW + timedelta(days=20), next_on=later + timedelta(days=10))
    assert (effect(first, later), effect(again, later)) == (pytest.approx(0.425), pytest.approx(0.85))
    rows = records(controls.control_tests(again, later + timedelta(days=11)))
    assert [(row["latest"], row["overdue"]) for row in rows] == [(True, True), (False, False)]


def test_an_older_test_that_is_recorded_later_changes_no_status() -> None:
    """It is written down as what it was, and what failed since does not count; nor does an old failure undo a pass."""
    old, later = TODAY - timedelta(days=400), NOW + timedelta(minutes=1)
    failed = tried(tried(planned(), "failed"), "passed", on=old, next_on=old + timedelta(days=365), at=later)
    assert (control(failed).status, effect(failed)) == ("failed", 0)
    rows = records(controls.control_tests(failed, TODAY))
    assert [(row["result"], row["latest"], row["overdue"]) for row in rows] == [
        ("failed", True, False), ("passed", False, False),
    ]  # fmt: skip
    passed = tried(tried(planned(), "passed"), "failed", on=old, at=later)
    assert (control(passed).status, control(passed).evidence) == ("verified", "ticket 7")


def test_of_one_day_the_test_that_was_recorded_later_counts() -> None:
    """Whatever the time of day was at which each was recorded."""
    first = tried(planned(), "failed", on=TODAY, at=NOW)
    again = tried(first, "passed", on=TODAY, at=NOW + timedelta(hours=21), next_on=TODAY + timedelta(days=9))
    assert control(again).status == "verified"
    assert [row["result"] for row in records(controls.control_tests(again, TODAY))] == ["passed", "failed"]
    assert len(tuple(tried(again, "failed", on=TODAY, at=NOW + timedelta(days=1)).of(ControlTest))) == 3


def test_the_days_of_the_scheme_say_when_to_test_again() -> None:
    """Where nobody names a day; without either it never lapses."""
    assert SCHEME.controls.test_days == 365
    (by_scheme,) = tried(planned(), "passed", days=365).of(ControlTest)
    (never,) = tried(planned(), "passed").of(ControlTest)
    assert by_scheme.next_on == TODAY + timedelta(days=365)
    assert never.next_on is None


def test_the_trace_says_why_it_counts_less_and_recomputes() -> None:
    """In words, with both days; and the numbers follow from the trace alone."""
    shown = tried(planned(), "passed", next_on=TODAY + timedelta(days=90))
    trace = json.loads(json.dumps(rated(shown, TODAY + timedelta(days=91)).trace))
    assert risk.recompute(trace).current == rated(shown, TODAY + timedelta(days=91)).current
    said = " ".join(risk.explain(trace))
    assert f"was verified, but its test of {TODAY} had to be repeated by {TODAY + timedelta(days=90)}" in said
    assert "it counts as untested: 42% today" in said


def test_tables_show_the_last_test_and_what_is_overdue() -> None:
    """Of mitigations, and in the register beside the finding."""
    shown, late = tried(planned(), "passed", next_on=TODAY + timedelta(days=9)), TODAY + timedelta(days=10)
    (row,) = records(listings.mitigations(shown, late))
    assert (row["status"], row["test"], row["test_overdue"]) == ("verified", "passed", True)
    found = register.threats(shown, evaluation([FOUND]), library(), SCHEME, late)
    assert records(found)[0]["mitigations"] == ("Call back (test overdue)",)
    assert records(listings.mitigations(shown, TODAY))[0]["test_overdue"] is False


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"result": "passed", "evidence": None}, "needs `why`"),
        ({"result": "passed", "why": " "}, "needs `why`"),
        ({"result": "maybe"}, "expected passed or failed"),
        ({"result": "passed", "on": TODAY + timedelta(days=1)}, "still to come"),
        ({"result": "passed", "next_on": TODAY}, "give a day after"),
    ],
)
def test_what_is_no_test_is_refused(fields: dict[str, Any], told: str) -> None:
    """No evidence, no reason, no result, a day to come, a next day that is past."""
    with pytest.raises(DecisionError, match=told):
        tried(planned(), **fields)


def test_a_test_of_what_is_not_there_is_refused() -> None:
    """With where the ids are."""
    with pytest.raises(DecisionError, match="ids are in the table of mitigations"):
        controls.record_test(planned(), "mitigation:x", "failed", **WHO)


tests = st.lists(st.tuples(st.sampled_from(["passed", "failed"]), st.integers(0, 40), st.integers(1, 60)), max_size=4)
kinds = st.fixed_dictionaries(
    {
        "strength": st.sampled_from(["weak", "medium", "strong"]),
        "acts_on": st.sampled_from(["likelihood", "impact", "both"]),
    }
)


@given(kind=kinds, tests=tests, day=st.integers(0, 120))
def test_whatever_is_tested_when_residual_risk_is_never_above_inherent_nor_below_target(
    kind: dict[str, str], tests: list[tuple[str, int, int]], day: int
) -> None:
    """And it never falls by a day passing: what is not tested again counts the same or less."""
    shown, at = planned(**kind), NOW
    for result, wait, lasts in tests:
        at += timedelta(days=wait)
        shown = tried(shown, result, at=at, next_on=at.date() + timedelta(days=lasts))
    then = at.date() + timedelta(days=day)
    here, later = rated(shown, then), rated(shown, then + timedelta(days=30))
    for lower, upper in ((here.target, here.current), (here.current, here.inherent), (here.current, later.current)):
        assert lower is not None
        assert upper is not None
        assert lower.midpoint_loss <= upper.midpoint_loss
        assert SEVERITIES.index(lower.severity) <= SEVERITIES.index(upper.severity)
    assert [m.id for m in Decisions(shown, then).mitigations(FOUND["id"])] == [control(shown).id]
