"""Choosing apps and looking at their risk: what is marked is what is shown, and what the next cell goes on with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import workbench as wb
from workbench.analysis.portfolio import BY
from workbench.model import DataField, added
from workbench.widgets.portfolio import FILTERS, Portfolio

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workbench.workspace import Workspace


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with wb.init(tmp_path_factory.mktemp("portfolio") / "team") as workspace:
        for name, owner, platform in (("Orders", "ana", "n8n"), ("News", "ben", "make"), ("<b>Desk</b>", None, "n8n")):
            app = workspace.new_app(name, why="x", actor="ana", owner=owner, platform=platform)
            with app.edit(why="x", actor="ana") as m:
                m.entry_point("in", kind="webhook", authentication="none", exposure="internet")
        field = DataField(id="orders/data:mail", name="mail", app="orders", classification="confidential")
        workspace.commit([added(field)], why="x", actor="ana")
        yield workspace


def shown(widget: Portfolio) -> str:
    """Return what stands below the lists, as HTML and names of the kinds of other things."""
    return "".join(part["data"].get("text/html", "|".join(part["data"])) for part in widget._shown.outputs)


def test_all_apps_are_shown_at_first(ws: Workspace) -> None:
    """With every value that there is in the lists, those that nobody gave last; names are only text."""
    widget = Portfolio(ws.risk)
    assert list(widget._filters) == list(FILTERS)
    assert widget._filters["owner"].options == ("ana", "ben", "not known")
    assert widget._filters["data_class"].options == ("confidential", "not known")
    assert "3 of 3 apps" in widget._says.value
    assert 'role="status"' in widget._says.value
    assert "Orders" in shown(widget)
    assert "<b>Desk</b>" not in shown(widget)


def test_what_is_marked_is_what_is_shown(ws: Workspace) -> None:
    """An app must fit all lists; the next cell goes on with the same apps; nothing marked is all again."""
    widget = Portfolio(ws.risk)
    widget.choose(platform="n8n", owner=("ana", "ben"))
    assert "1 of 3 apps" in widget._says.value
    assert widget.chosen.portfolio["name"].tolist() == ["Orders"]
    assert "News" not in shown(widget)
    widget.choose(platform="make", owner="ana")
    assert "0 of 3 apps; 0 findings open" in widget._says.value
    assert "No app fits." in shown(widget)
    widget.choose(platform=(), owner=())
    assert "3 of 3 apps" in widget._says.value


@pytest.mark.parametrize("by", BY)
def test_apps_are_rolled_up(ws: Workspace, by: str) -> None:
    """By each column that apps have in common."""
    widget = Portfolio(ws.risk)
    widget.look(by)
    assert shown(widget).count("<tr>") == len(ws.risk.by(by)) + 1


def test_charts_of_the_chosen_apps_come_with_sentence_and_rows(ws: Workspace) -> None:
    """Also when no app fits."""
    widget = Portfolio(ws.risk)
    for _, name in widget._look.options[len(BY) + 1 :]:
        widget.look(name)
        for owner in ("ana", ()):
            widget.choose(owner=owner)
            kinds = [kind for part in widget._shown.outputs for kind in part["data"]]
            assert kinds == ["text/html", "application/vnd.plotly.v1+json", "text/html"]
            assert "<details><summary>" in shown(widget)
    widget.look("risk_by_place")
    widget.choose(owner="ana", platform="make")
    assert "There are no rows." in shown(widget)


def test_nothing_is_written(ws: Workspace) -> None:
    """However one turns it."""
    head = ws.ledger.head
    widget = Portfolio(ws.risk)
    widget.choose(owner="ben")
    widget.look("risk_by_place")
    assert ws.ledger.head == head


def test_what_was_written_elsewhere_is_in_the_lists_at_the_next_turn(tmp_path: Path) -> None:
    """A value that was marked and is there no more is told, and the figures are those of today."""
    with wb.init(tmp_path / "team") as ws:
        for name, owner in (("Orders", "ana"), ("News", "ben")):
            ws.new_app(name, why="x", actor="ana", owner=owner, platform="n8n")
        widget = Portfolio(ws.risk)
        widget.choose(owner="ana")
        with ws.app("Orders").edit(why="she left", actor="ben") as m:
            m.set("Orders", owner="cleo")
        widget.choose(platform="n8n")
        assert widget._filters["owner"].options == ("ben", "cleo")
        assert widget._filters["owner"].value == ()
        assert "No app has the owner “ana” any more. 2 of 2 apps" in widget._says.value
        assert "cleo" in shown(widget)
        widget.choose(owner="cleo")
        assert widget.chosen.portfolio["name"].tolist() == ["Orders"]
