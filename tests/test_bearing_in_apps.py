"""Who may leave a risk as it is, and for how long, asked of apps and workshops: no way leads round it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

import workbench as wb
from workbench.analysis.decide import DecisionError
from workbench.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workbench.appview import AppView
    from workbench.workspace import Workspace


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    with wb.init(tmp_path / "team") as workspace:
        workspace.import_file(wb.sample("n8n/order-intake.json"), why="first", actor="ana")
        workspace.import_file(wb.sample("node-red/plant-floor.json"), why="second", actor="ana")
        yield workspace


@pytest.fixture
def app(ws: Workspace) -> AppView:
    return ws.app("Order intake")


def critical(app: AppView) -> str:
    """Return a finding that may be accepted for few days only."""
    return str(app.threats[app.threats["severity"] == "Critical"]["id"].iloc[0])


def day(app: AppView, days: int) -> date:
    """Return the day in so many days."""
    return app.snapshot.today + timedelta(days=days)


def test_an_acceptance_is_not_made_longer_than_the_scheme_allows(app: AppView) -> None:
    """Neither by its end alone, nor by severities of one's own."""
    found = critical(app)
    app.accept(found, expires_on=day(app, 20), why="until the new form", actor="ana")
    with pytest.raises(DecisionError, match="5000 were asked for"):
        app.decide(found, expires_on=day(app, 5000), why="later", actor="nobody")
    with pytest.raises(TypeError, match="severities"):
        app.decide(found, expires_on=day(app, 5000), why="later", actor="nobody", severities=None)
    (row,) = app.threats[app.threats["id"] == found].to_dict("records")
    assert row["expires_on"].date() == day(app, 20)


def test_findings_of_other_apps_are_judged_too(ws: Workspace, app: AppView) -> None:
    """By how severe they are there; what is no finding is refused."""
    other = next(view for view in map(ws.app, ws.apps["id"]) if view.id != app.id)
    with pytest.raises(DecisionError, match="4000 were asked for"):
        other.accept(critical(app), expires_on=day(app, 4000), why="fine", actor="ana")
    with pytest.raises(DecisionError, match="no finding as things are"):
        other.accept(f"NC-999@{app.id}", expires_on=day(app, 4), why="fine", actor="ana")


def test_a_workshop_cannot_watch_on_for_ever(app: AppView) -> None:
    """Another day without a status is checked as in the app."""
    found, session = critical(app), app.workshops.start("micro", actor="ana")
    session.respond(found, "monitored", owner="ben", due=day(app, 10), why="we watch its log", by="ana")
    with pytest.raises(DecisionError, match="9000 were asked for"):
        session.respond(found, due=day(app, 9000), why="later", by="ana")


def test_decisions_are_not_edited_by_hand(app: AppView) -> None:
    """An edit of elements does not ask who may bear a risk."""
    found = critical(app)
    app.accept(found, expires_on=day(app, 20), why="until the new form", actor="ana")
    for kind in ("acceptance", "decision"):
        with pytest.raises(UsageError, match=r"app\.decide"), app.edit(why="longer") as m:
            m.set(f"{kind}:{found}", expires_on=day(app, 5000))
