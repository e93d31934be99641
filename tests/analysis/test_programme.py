"""Metrics of the programme: what counts as found, triaged, fixed and reopened, and what cannot be known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from pictures import register, threat

from workbench.analysis.frames import records
from workbench.analysis.programme import FINDINGS, GROUPS, TREND, Look, Programme

if TYPE_CHECKING:
    import pandas as pd

START = date(2026, 1, 1)
DECIDED = {"decided_by": "ana"}


def found(name: str = "a", status: str = "open", **fields: Any) -> dict[str, Any]:
    """Return a row of the register: a finding of the app `orders`."""
    given = {"status": status, "decided_by": None, "mitigations": ()} | fields
    return threat("NC-013", f"orders/{name}", app="orders", **given)


def look(day: int, *rows: dict[str, Any], apps: tuple[str, ...] = ("orders",), **fields: Any) -> Look:
    """Return the register so many days after the first one."""
    return Look(START + timedelta(days=day), _register(rows), frozenset(apps), **fields)


def _register(rows: tuple[dict[str, Any], ...]) -> pd.DataFrame:
    return register(*rows)


def only(*looks: Look, **options: Any) -> dict[str, Any]:
    """Return the one finding of these looks."""
    (row,) = records(Programme(looks, **options).findings)
    return row


def test_nothing_gives_empty_tables_with_their_columns():
    """Without a look there is no figure, and no error."""
    none = Programme([])

    assert [list(t.columns) for t in (none.trend, none.findings, none.by("severity"))] == [
        list(TREND), list(FINDINGS), list(GROUPS),
    ]  # fmt: skip
    assert len(none.trend) == 0


def test_days_run_from_the_first_day_to_the_decision_and_to_the_fix():
    """Found on day 0, decided on day 3, gone on day 10."""
    row = only(look(0, found()), look(3, found(**DECIDED)), look(10))

    assert (row["days_to_triage"], row["days_to_fix"], row["state"], row["reopened"]) == (3, 10, "fixed", 0)


def test_a_linked_measure_is_a_decision_too():
    """Somebody planned what to do: triaged."""
    assert only(look(0, found()), look(4, found(mitigations=("Check it (planned)",))))["days_to_triage"] == 4


def test_what_is_set_aside_is_closed_and_not_fixed():
    """An accepted risk and a false alarm have no time to fix."""
    for status in ("accepted", "transferred", "false_positive"):
        row = only(look(0, found()), look(2, found(status=status, **DECIDED)))
        assert (row["state"], row["days_to_fix"], row["days_to_triage"]) == ("set aside", None, 2)


def test_what_is_gone_with_its_app_is_not_fixed():
    """Removing an app mends nothing."""
    row = only(look(0, found()), look(5, apps=()))

    assert (row["state"], row["days_to_fix"]) == ("removed", None)


def test_what_was_closed_and_is_open_again_counts_as_reopened():
    """Back after a fix, and open after an acceptance ended; the first fix keeps its day."""
    looks = [look(0, found()), look(1), look(2, found()), look(3, found(status="accepted")), look(4, found())]
    row = only(*looks)
    trend = records(Programme(looks).trend)

    assert (row["reopened"], row["days_to_fix"], row["state"]) == (2, 1, "open")
    assert [r["reopened"] for r in trend] == [0, 0, 1, 0, 1]
    assert [r["reopen_rate"] for r in trend] == [None, 0.0, 1.0, 1.0, 1.0]


def test_closing_and_reopening_makes_no_figure_better():
    """Closed on the day after and open again: one fix with a reopening, a rate of one, and nothing hidden."""
    trend = records(Programme([look(0, found()), look(1, found(status="mitigated")), look(2, found())]).trend)

    assert (trend[-1]["open"], trend[-1]["reopen_rate"]) == (1, 1.0)


def test_of_what_was_there_before_the_first_look_no_time_is_known():
    """A window that does not begin with the history says nothing about how long what it begins with took."""
    row = only(look(0, found()), look(3, found(**DECIDED)), look(9), from_beginning=False)

    assert (row["found"], row["days_to_triage"], row["days_to_fix"]) == (None, None, None)
    assert row["triaged"].date() == START + timedelta(days=3)


def test_a_window_does_not_count_what_came_before_it():
    """What its first look shows was found, decided and mended on some day before: no event of that day."""
    rows = (found("a", **DECIDED), found("b", "mitigated", **DECIDED))
    trend = records(Programme([look(0, *rows), look(1, *rows)], from_beginning=False).trend)

    assert [[row[name] for name in ("found", "triaged", "fixed", "reopened")] for row in trend] == [[0] * 4, [0] * 4]


def test_coverage_and_what_is_decided_are_parts_of_one():
    """Of two apps one was reviewed; of two open findings one is decided about."""
    rows = (found("a"), found("b", **DECIDED))
    (row,) = records(Programme([look(0, *rows, apps=("orders", "mail"), reviewed=1, reviews=1)]).trend)

    assert (row["coverage"], row["decided"], row["reviews"], row["open"], row["found"]) == (0.5, 0.5, 1, 2, 2)


def test_the_figures_of_a_day_add_up():
    """What was found is open, fixed, set aside or removed: none is lost and none counted twice."""
    looks = [
        look(0, found("a"), found("b"), found("c")), look(2, found("a"), found("b", "accepted")),
        look(5, found("a", "mitigated"), found("b"), found("d")),
    ]  # fmt: skip
    programme = Programme(looks)

    states = programme.findings["state"].value_counts().to_dict()
    assert states == {"fixed": 2, "open": 2}
    assert int(programme.trend["found"].sum()) == len(programme.findings) == 4
    assert records(programme.trend)[-1]["days_to_fix"] == 3.5


def test_groups_have_the_figures_of_their_findings():
    """By severity the worst comes first; by anything else what is open most; each group has its own medians."""
    looks = [
        look(0, found("a", severity="High"), found("b", severity="Low")), look(4, found("a", severity="High", **DECIDED)),
    ]  # fmt: skip
    groups = {row["group"]: row for row in records(Programme(looks).by("severity"))}

    assert list(groups) == ["High", "Low"]
    assert list(Programme(looks).by("state")["group"]) == ["open", "fixed"]
    assert [(row["group"], row["name"]) for row in records(Programme(looks).by("app"))] == [("orders", "orders")]
    assert (groups["High"]["days_to_triage"], groups["Low"]["days_to_fix"]) == (4.0, 4.0)
