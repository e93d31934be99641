"""Charts of runs: what needs somebody first, times, drift and trend, from the table of runs alone."""

from __future__ import annotations

from typing import Any

import pytest
from run_rows import START, run, some, table

from workbench.analysis.frames import frame, records
from workbench.charts import programme, run_changes, run_seconds, run_trend, runs_by_app
from workbench.errors import UsageError
from workbench.review.dashboard import Dashboard

FOUND = {"changes": 2, "threats_new": 1, "threats_open": 5, "questions_open": 3}


def test_what_needs_somebody_stands_on_top():
    """Failed, lost and missed come before what runs and what has finished; of each state the oldest first."""
    runs = table(
        run("a", day=9), run("b", day=1), run("c", "running", 2), run("d", "missed", 3), run("e", "lost", 3),
        run("f", "failed", 5), run("f", day=4), run("f", "failed", 2),
    )  # fmt: skip
    rows = records(runs_by_app.table(runs))

    assert [(row["app"], row["state"]) for row in rows] == [
        ("f", "failed"), ("e", "lost"), ("d", "missed"), ("c", "running"), ("b", "finished"), ("a", "finished"),
    ]  # fmt: skip
    assert (rows[0]["runs"], rows[0]["not_finished"]) == (3, 2)


def test_a_refresh_does_not_hide_a_review_that_failed():
    """Each kind of run of an app has its row."""
    last = runs_by_app.table(table(run(state="failed"), run(kind="refresh", day=1)))

    assert list(zip(last["kind"], last["state"], strict=True)) == [("review", "failed"), ("refresh", "finished")]
    assert runs_by_app.draw(last).layout.yaxis.ticktext == ("orders", "orders (refresh)")
    assert runs_by_app.alt(last) == "Last runs: 1 failed, 1 finished. These need somebody: orders."


def test_signs_of_states_differ_in_shape_and_word():
    """No state is told by colour alone."""
    figure = runs_by_app.figure(some())

    assert len({line.marker.symbol for line in figure.data}) == len(figure.data) == 2
    assert [set(line.text) for line in figure.data] == [{"failed"}, {"finished"}]


def test_many_apps_are_cut_and_counted():
    """Beyond the limit the axis says how many are in the table only, and the sentence names five."""
    rows = runs_by_app.table(table(*(run(f"a{n:02}", "failed", n) for n in range(30))))

    figure = runs_by_app.draw(rows)
    assert len(figure.layout.yaxis.ticktext) == 25
    assert figure.layout.xaxis.title.text == "time of the last run, UTC (5 more apps are in the table)"
    assert runs_by_app.alt(rows).endswith("These need somebody: a00, a01, a02, a03, a04 and 25 more.")


def test_times_are_compared_with_what_is_usual():
    """The last run, the middle and the longest of all; runs without a time, such as missed ones, do not count."""
    runs = table(run(seconds=4.0), run(day=1, seconds=6.0), run(day=2, seconds=20.0), run("b", "missed"))
    rows = run_seconds.table(runs)

    assert records(rows) == [
        {
            "app": "orders",
            "app_name": "orders",
            "kind": "review",
            "runs": 3,
            "last": 20.0,
            "median": 6.0,
            "longest": 20.0,
        }
    ]
    assert run_seconds.alt(rows) == (
        "The longest of the last runs is that of orders: 20.0 seconds. 1 took more than twice as long as usual."
    )


def test_drift_is_added_up_by_day():
    """What runs of one day found is one row; a run that says nothing counts nowhere."""
    runs = table(run(**FOUND), run("b", **(FOUND | {"changes": 0, "threats_new": 0})), run("c", "failed"))
    rows = run_changes.table(runs)

    (row,) = records(rows)
    assert {k: v for k, v in row.items() if k != "day"} == {
        "runs": 2, "apps": 2, "apps_changed": 1, "changes": 2, "threats_new": 1,
    }  # fmt: skip
    assert run_changes.alt(rows) == (
        "Runs found 2 changes and 1 new risks on 1 day with runs; on the last one, 2026-09-01, 2 changes in 1 of 2 apps "
        "and 1 new risks."
    )


def test_no_change_is_counted_twice():
    """A review tells again what the refreshes since the review before have found."""
    runs = table(run(kind="refresh", **FOUND), run(day=1, **FOUND), run("b", day=1, **FOUND))

    assert run_changes.table(runs)["changes"].tolist() == [2, 2]


def test_a_refresh_erases_no_review_before_it():
    """Only the next review is left out; the one after that counts again."""
    runs = [run(**FOUND), run(day=7, **FOUND), run(kind="refresh", day=40, **(FOUND | {"changes": 0}))]
    rows = run_changes.table(table(*runs, run(day=41, **FOUND), run(day=60, **FOUND)))

    assert rows["changes"].tolist() == [2, 2, 0, 2]
    assert rows["day"].dt.day.tolist() == [1, 8, 11, 31]


def test_an_app_that_was_looked_at_twice_on_a_day_is_one_app():
    """Though each of its runs is counted as a run."""
    runs = table(run(**FOUND), run(run="again", **FOUND), run("b", **(FOUND | {"changes": 0})))
    (row,) = records(run_changes.table(runs))

    assert (row["runs"], row["apps"], row["apps_changed"]) == (3, 2, 1)
    assert "in 1 of 2 apps" in run_changes.alt(run_changes.table(runs))


def test_a_refresh_leaves_questions_as_the_last_review_found_them():
    """Refreshes count risks and no questions."""
    runs = table(run(**FOUND), run(kind="refresh", day=1, **(FOUND | {"threats_open": 9, "questions_open": None})))

    assert run_trend.table(runs)[["threats_open", "questions_open"]].to_numpy().tolist() == [[5, 3], [9, 3]]


def test_the_trend_takes_each_app_as_its_last_run_found_it():
    """An app that was not looked at on a day counts as before."""
    runs = table(run(**FOUND), run("b", day=3, **FOUND), run(day=8, **(FOUND | {"threats_open": 1})))
    rows = run_trend.table(runs)

    assert [(row["apps"], row["threats_open"], row["questions_open"]) for row in records(rows)] == [
        (1, 5, 3), (2, 10, 6), (2, 6, 6),
    ]  # fmt: skip
    assert run_trend.alt(rows) == (
        "Open: 5 risks and 3 questions in 1 apps on 2026-09-01, then 6 risks and 6 questions in 2 apps on 2026-09-09."
    )


def test_the_dashboard_names_its_charts():
    """A chart that is none is told with those that are."""
    with pytest.raises(UsageError, match="run_trend"):
        Dashboard(_Workspace()).chart("trend")  # type: ignore[arg-type]


class _Workspace:
    """A workspace with runs of an app that is gone meanwhile."""

    def __init__(self) -> None:
        class Reviews:
            class runs:  # noqa: N801 - as ws.reviews.runs
                table = staticmethod(lambda: some().drop(columns="app_name"))

        class Now:
            apps: tuple[Any, ...] = ()

        self.reviews, self.model = Reviews, Now


def test_runs_of_an_app_that_is_gone_keep_its_id():
    """The table of runs outlives the app."""
    dashboard = Dashboard(_Workspace())  # type: ignore[arg-type]

    assert set(dashboard.runs["app_name"]) == {"orders", "mail"}
    assert list(dashboard.needed["app"]) == ["mail"]
    shown = dashboard.chart("runs_by_app")
    assert shown.alt.endswith("These need somebody: mail.")
    assert len(shown.rows) == 2


def test_the_programme_says_where_it_stands():
    """Days and parts of one in a sentence; what is not known yet is left out."""
    columns = {"day": START.date(), "open": 4, "days_to_triage": 2.5, "days_to_fix": None, "coverage": 0.5,
               "decided": 0.25, "reopen_rate": None}  # fmt: skip
    rows = programme.table(frame(programme.COLUMNS, [columns]))

    assert programme.alt(rows) == (
        "On 2026-09-01, 4 risks are open: days to triage 2.5; 50% of the apps reviewed in the quarter, 25% of the open "
        "risks decided about."
    )
    figure = programme.draw(rows)
    assert [line.name for line in figure.data][:2] == ["days to triage", "days to fix"]
    assert len({(line.line.dash, line.marker.symbol) for line in figure.data}) >= 3
