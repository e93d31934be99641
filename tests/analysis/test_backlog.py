"""The backlog: one order for what is open, whatever comes in how, and why each stands where it stands."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from builders import app, entry, model, process
from evaluations import NOW, TODAY, evaluation, finding, library, rule
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.analysis import controls, decide, register, risk
from workbench.analysis.backlog import backlog
from workbench.analysis.bands import SEVERITIES
from workbench.analysis.frames import records

if TYPE_CHECKING:
    from workbench.model import Model

SCHEME = risk.load_scheme()
HOOK, OTHER, STEP = entry("Order form", kind="webhook"), entry("Intake", app="hr"), process("Save")
PLACES = {"orders": (HOOK, STEP), "hr": (OTHER,)}
LIBRARY = library(rule("NC-013"), rule("NC-027"), rule("NC-031"))
WHO: dict[str, Any] = {"actor": "ana", "at": NOW, "why": "talked it over"}


def base() -> Model:
    """Return a model of two apps."""
    return model(app(), app("hr"), HOOK, OTHER, STEP)


def registered(shown: Model, findings: list[dict[str, Any]], day: date = TODAY, **seen: date) -> pd.DataFrame:
    """Return the register; `seen` is the first day by rule id with _ for -, else today."""
    days = {row["id"]: seen.get(row["rule"].replace("-", "_"), TODAY) for row in findings}
    return register.threats(shown, evaluation(findings), LIBRARY, SCHEME, day, first_seen=days)


def listed(shown: Model, findings: list[dict[str, Any]], day: date = TODAY, **seen: date) -> list[dict[str, Any]]:
    """Return the rows of the backlog."""
    return records(backlog(shown, registered(shown, findings, day, **seen), SCHEME, day))


def test_more_severe_comes_first_and_says_so() -> None:
    """Severity, then yearly loss; each row names the next one and what puts it there."""
    small, big = finding(HOOK, likelihood=2, impact=2), finding(STEP, "NC-027", likelihood=4, impact=5)
    middle = finding(OTHER, "NC-031", likelihood=4, impact=4)
    rows = listed(base(), [small, middle, big])
    assert [(row["rank"], row["rule"], row["severity"]) for row in rows] == [
        (1, "NC-027", "Critical"), (2, "NC-031", "Critical"), (3, "NC-013", "Low"),
    ]  # fmt: skip
    assert rows[0]["why_here"] == (
        "Critical: Likely and Severe as things are, about 8.66 M a year; high confidence. Before “Title of NC-031” "
        "because it costs more a year in its worst place."
    )
    assert rows[1]["why_here"].endswith("because it is more severe.")
    assert "Before" not in rows[2]["why_here"]


def test_of_equal_size_little_known_comes_first_then_old() -> None:
    """Finding out is cheap; and what has been known for longer waits longest."""
    sure, unsure = finding(HOOK, confidence="high"), finding(HOOK, "NC-027", confidence="low")
    old = finding(STEP, "NC-031", confidence="high")
    rows = listed(base(), [sure, old, unsure], NC_031=TODAY - timedelta(days=5))
    assert [row["rule"] for row in rows] == ["NC-027", "NC-031", "NC-013"]
    told = [row["why_here"].rpartition("because ")[2] for row in rows[:2]]
    assert told == ["less is known about it, and finding out is cheap.", "it has been known for longer."]


def test_one_weakness_in_one_app_is_one_piece_of_work() -> None:
    """With all its places, the worst first, their losses added up, and the earliest day."""
    here, there = finding(HOOK, impact=3), finding(STEP, impact=4)
    elsewhere = finding(OTHER)
    rows = listed(base(), [here, elsewhere, there])
    assert sorted((row["app"], row["places"]) for row in rows) == [("hr", 1), ("orders", 2)]
    own = next(row for row in rows if row["app"] == "orders")
    assert own["elements"] == ("Save", "Order form")
    assert own["yearly_loss"] == pytest.approx(SCHEME.grid.loss(4, 4) + SCHEME.grid.loss(4, 3))
    assert own["due"].date() == TODAY + timedelta(days=14)


def test_what_is_past_its_day_says_so() -> None:
    """The day after its deadline."""
    (row,) = listed(base(), [finding(HOOK)], TODAY + timedelta(days=15))
    assert row["overdue"] is True
    assert f"It was to be treated by {TODAY + timedelta(days=14)}." in row["why_here"]


def test_the_next_step_is_the_one_nearest_to_an_effect() -> None:
    """Decide, carry out, test, mend, test again: as far as the mitigation has come."""
    row, shown = finding(HOOK), base()
    steps = [listed(shown, [row])[0]["next_step"]]
    planned = decide.mitigate(shown, row["id"], "check-signature", library=LIBRARY, **WHO, owner="ben", due=TODAY)
    shown = shown.apply(planned)
    steps.append(listed(shown, [row])[0]["next_step"])
    (control,) = (change.id for change in planned)
    there = shown.apply(decide.reconsider(shown, control, status="in_place", **WHO))
    steps.append(listed(there, [row])[0]["next_step"])
    failed = there.apply(controls.record_test(there, control, "failed", **WHO))
    steps.append(listed(failed, [row])[0]["next_step"])
    passed = there.apply(
        controls.record_test(there, control, "passed", evidence="t", next_on=TODAY + timedelta(days=1), **WHO)
    )
    steps.append(listed(passed, [row], TODAY + timedelta(days=2))[0]["next_step"])
    who = f"Check the signature (ben, by {TODAY})"
    assert steps == [
        "decide on: Check the signature", f"carry out: {who}", f"test: {who}", f"mend: {who}", f"test again: {who}",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["Check the signature", "What ben built"])
def test_a_mitigation_that_is_linked_already_is_not_to_be_decided_on(name: str) -> None:
    """Known by its title, or by its id where the team calls it otherwise; where it is not linked, it is still advice."""
    row, other, shown = finding(HOOK), finding(STEP, likelihood=3), base()
    done = {"status": "verified", "evidence": "ticket 7", "name": name}
    shown = shown.apply(decide.mitigate(shown, row["id"], "check-signature", library=LIBRARY, **done, **WHO))
    threats = registered(shown, [row])
    alone = records(backlog(shown, threats, SCHEME, TODAY, library=LIBRARY))
    both = records(backlog(shown, registered(shown, [row, other]), SCHEME, TODAY, library=LIBRARY))
    assert [alone[0]["next_step"], both[0]["next_step"]] == [
        "decide what becomes of it", "decide on: Check the signature",
    ]  # fmt: skip


def test_what_is_closed_is_no_work_and_what_nobody_rated_comes_last() -> None:
    """Accepted and monitored leave; unrated is asked to be rated."""
    watched, unrated, rated = (
        finding(HOOK),
        finding(STEP, "NC-027", likelihood=None),
        finding(OTHER, "NC-031", impact=1),
    )
    soon = TODAY + timedelta(days=5)
    shown = base().apply(decide.decide(base(), watched["id"], "monitored", **WHO, owner="ben", due=soon))
    rows = listed(shown, [watched, unrated, rated])
    assert [row["rule"] for row in rows] == ["NC-031", "NC-027"]
    assert rows[1]["next_step"] == "rate it: how often, how bad"
    assert rows[0]["why_here"].endswith("because it is rated.")
    assert listed(shown, [watched, unrated, rated], soon + timedelta(days=1))[0]["rule"] == "NC-013"


def test_nothing_open_is_an_empty_table() -> None:
    """With all its columns."""
    assert backlog(base(), registered(base(), []), SCHEME, TODAY).empty


cases = st.lists(
    st.tuples(
        st.sampled_from([HOOK, OTHER, STEP]), st.sampled_from(list(LIBRARY.rules)), st.integers(1, 5),
        st.integers(1, 5), st.sampled_from(["low", "medium", "high"]),
    ),
    unique_by=lambda case: (case[0].id, case[1]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(cases=cases, chance=st.randoms(use_true_random=False))
def test_the_order_is_total_and_does_not_depend_on_how_the_rows_came_in(cases: list[Any], chance: Any) -> None:
    """Shuffled, the same table; severity and score never rise down the list; every open finding is in it once."""
    found = [finding(e, r, likelihood=often, impact=bad, confidence=sure) for e, r, often, bad, sure in cases]
    threats = registered(base(), found)
    rows = list(range(len(threats)))
    chance.shuffle(rows)
    first, again = (backlog(base(), t, SCHEME, TODAY) for t in (threats, threats.iloc[rows]))
    pd.testing.assert_frame_equal(first, again)
    listed_rows = records(first)
    sizes = [(SEVERITIES.index(row["severity"]), row["score"]) for row in listed_rows]
    assert sizes == sorted(sizes, reverse=True)
    assert sorted(i for row in listed_rows for i in row["findings"]) == sorted(row["id"] for row in found)
