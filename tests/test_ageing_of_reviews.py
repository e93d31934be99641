"""Tables, diagrams and reports of a workspace show which reviews are too old, by its own cadences."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

import workbench as wb
from workbench import ageing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workbench.workspace import Workspace


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    """Return a workspace with a critical app of two elements."""
    with wb.init(tmp_path / "team") as workspace:
        app = workspace.new_app("Orders", why="by hand", criticality="high")
        with app.edit(why="drawn") as m:
            m.process("Check order", kind="step")
            m.store("Stock", kind="table")
        yield workspace


def later(ws: Workspace, days: int) -> wb.AppView:
    """Return the app as it is judged so many days from now."""
    return wb.AppView(ws, "orders", _supposed(ws, days))


def _supposed(ws: Workspace, days: int):
    from dataclasses import replace  # noqa: PLC0415

    return replace(ws.now, today=date.today() + timedelta(days=days))  # noqa: DTZ011 - as the workspace does


def test_a_critical_app_is_old_after_a_month_and_the_table_says_so(ws: Workspace):
    """`high` is reviewed monthly: after 31 days all is well, after 32 each row is stale and says why."""
    assert later(ws, 31).elements["stale"].tolist() == [False, False, False]
    old = later(ws, 32).elements
    assert old["stale"].tolist() == [True, True, True]
    assert set(old["review"]) == {"never reviewed, here for 32 days; due every 31 days"}
    assert old["reviewed"].isna().all()


def test_a_review_clears_the_shading_with_who_and_when(ws: Workspace):
    """After a review no row is stale, each says who looked and when; the drawing is shaded before and not after."""
    assert "review is old" in later(ws, 40).picture().svg
    ws.reviews.finish(ws.reviews.open("orders"))
    cleared = later(ws, 20)
    assert cleared.elements["stale"].tolist() == [False, False, False]
    assert set(cleared.elements["reviewed_by"]) == {ws.config.who()}
    assert "review is old" not in cleared.picture().svg
    assert "review is old" in later(ws, 40).picture().svg


def test_cadences_are_settings(ws: Workspace):
    """An app's own number of days goes before that of its criticality; retired apps are never old."""
    (ws.path / "workbench.toml").write_text("[apps.orders]\ncadence_days = 400\n", encoding="utf-8")
    with wb.open(ws.path) as again:
        assert ageing.stale(again, _supposed(again, 399)) == {}
        assert set(ageing.stale(again, _supposed(again, 401))) == {
            "orders",
            "orders/process:check-order",
            "orders/store:stock",
        }
        with again.app("orders").edit(why="gone") as m:
            m.set("Orders", lifecycle="retired")
        assert ageing.stale(again, _supposed(again, 401)) == {}


def test_reports_have_it_too(ws: Workspace):
    """The shared page and the report's drawing are shaded as the notebook's."""
    path = ws.path / "orders.html"
    later(ws, 40).diagram(path)
    assert "(review is old)" in path.read_text(encoding="utf-8")
