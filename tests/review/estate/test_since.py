"""Drift since the last review: of every app since its own, with the day on which it was seen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from estates import edited, refreshed
from review.telling.takers import clock_moved

from workbench.analysis.frames import records
from workbench.model import App, replaced

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from workbench.workspace import Workspace

ONE, TWO, THREE = (f"n8n-estate{n:06d}" for n in range(3))


def reviewed(ws: Workspace, *apps: str) -> None:
    """Record a review of each app, as its notebook does."""
    for app in apps:
        ws.reviews.finish(ws.reviews.open(app, exports=[ws.path / "exports" / f"app-000{app[-1]}.json"]))


def same_as_one_by_one(ws: Workspace) -> None:
    """Check that the apps together tell what each app's own review tells."""
    since = ws.reviews.estate.since()
    for app in since.reviewed:
        view = ws.reviews.open(app)
        own = since.drift[since.drift["app"] == app][list(view.changes.columns)]
        ids = [[row["id"], row["field"], row["words"]] for row in records(own)]
        assert sorted(ids, key=str) == sorted(
            ([row["id"], row["field"], row["words"]] for row in records(view.changes)), key=str
        )
        threats = since.threats[since.threats["app"] == app]
        assert records(threats) == records(view.threats)


def test_without_a_review_there_is_nothing_to_compare_with(ws: Workspace):
    """No app, no row."""
    since = ws.reviews.estate.since()
    assert (since.reviewed, len(since.drift), len(since.threats), since.changed) == ({}, 0, 0, frozenset())


def test_reviews_of_others_are_no_drift(ws: Workspace, monkeypatch: pytest.MonkeyPatch):
    """After all were reviewed one after the other nothing has changed, and no earlier state is even looked at."""
    reviewed(ws, ONE, TWO, THREE)
    monkeypatch.setattr(type(ws), "as_of", None)
    assert ws.reviews.estate.since().changed == frozenset()


def test_each_app_is_compared_with_its_own_review(ws: Workspace, folder: Path):
    """One app was reviewed before its export changed, another one after, the third one never."""
    reviewed(ws, ONE)
    for number in range(3):
        edited(folder / "exports" / f"app-000{number}.json", lambda c: c["nodes"][0]["parameters"].update(path="other"))
    refreshed(ws)
    reviewed(ws, TWO)

    since = ws.reviews.estate.since()

    assert since.changed == {ONE}
    assert set(since.reviewed) == {ONE, TWO}
    same_as_one_by_one(ws)


def test_drift_is_as_old_as_the_day_on_which_it_was_seen(ws: Workspace, folder: Path):
    """Seen in the very next refresh; three days later it is three days old."""
    reviewed(ws, ONE)
    edited(folder / "exports" / "app-0000.json", lambda c: c["nodes"][0]["parameters"].update(path="other"))
    refreshed(ws)

    since = ws.reviews.estate.since([ONE])

    today = ws.now.today
    assert {row["age"] for row in records(since.drift)} <= {0, 1}
    later = type(since)(ws, type(ws.now)(**{**fields(ws), "today": today + timedelta(days=3)}), (ONE,))
    assert {row["age"] for row in records(later.drift)} <= {3, 4}
    assert len(later.drift) == len(since.drift) > 0


def test_what_a_day_alone_opened_again_is_told_though_nobody_touched_it(ws: Workspace, monkeypatch: pytest.MonkeyPatch):
    """An acceptance ends after the review: the app has changed, whether anybody wrote something of it since or not."""
    for app in (ONE, TWO):
        finding = ws.app(app).threats["id"].iloc[0]
        ws.app(app).accept(finding, why="for now", expires_on=ws.now.today + timedelta(days=10), actor="ana")
    reviewed(ws, THREE, ONE, TWO)
    clock_moved(monkeypatch, 11)

    _both_are_open_again(ws)
    touched = ws.model[TWO]
    assert isinstance(touched, App)
    ws.commit([replaced(touched, touched.changed(purpose="orders"))], why="said")
    _both_are_open_again(ws)


def _both_are_open_again(ws: Workspace) -> None:
    since = ws.reviews.estate.since()
    reopened = since.threats[since.threats["change"] == "reopened"]
    assert sorted(reopened["app"]) == [ONE, TWO]
    assert THREE not in since.changed
    same_as_one_by_one(ws)


def fields(ws: Workspace) -> dict[str, object]:
    """Return what a snapshot is made of."""
    now = ws.now
    return {name: getattr(now, name) for name in type(now).__dataclass_fields__}


def test_what_is_taken_back_is_no_drift(ws: Workspace, again: Callable[[], Workspace]):
    """An edit and its undo leave the app as it was approved."""
    reviewed(ws, ONE, TWO)
    app = ws.model[ONE]
    assert isinstance(app, App)
    ws.commit([replaced(app, app.changed(purpose="orders"))], why="said")
    assert ws.reviews.estate.since().changed == {ONE}
    same_as_one_by_one(ws)
    ws.undo()
    assert again().reviews.estate.since().changed == frozenset()
