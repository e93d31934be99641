"""Undo and redo while several people edit one app."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

import workbench as wb
from workbench.ledger import ConflictError
from workbench.model import Card, Vote, Workshop, added

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.appview import AppView
    from workbench.workspace import Workspace


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    with wb.init(tmp_path / "team") as workspace:
        yield workspace


@pytest.fixture
def app(ws: Workspace) -> AppView:
    return ws.new_app("Orders", why="a new app", actor="ana")


def names(app: AppView) -> list[str]:
    return sorted(e.name for e in app.model if e.noun in {"process", "store", "entry_point", "actor"})


def test_undo_takes_back_the_newest_edit_of_anyone(app: AppView):
    """Without `mine`, the last edit goes, whoever made it."""
    app.quick("Step one", actor="ana")
    app.quick("Step two", actor="ben")

    app.undo(actor="ana")

    assert names(app) == ["Step one"]


def test_undo_of_ones_own_leaves_what_others_did_since(app: AppView):
    """With `mine`, the last edit of that person goes."""
    app.quick("Step one", actor="ana")
    app.quick("Step two", actor="ben")

    app.undo(mine=True, actor="ana")

    assert names(app) == ["Step two"]


def test_undo_never_takes_the_app_itself_away(app: AppView):
    """Whoever undoes more often than there were edits still has the app, also one that was imported."""
    app.quick("Step one", actor="ana")
    app.undo(actor="ana")
    with pytest.raises(wb.UsageError, match="no step"):
        app.undo(actor="ana")
    imported = app.workspace.import_file(wb.sample("n8n/order-intake.json"), why="sample", actor="ana")
    with pytest.raises(wb.UsageError, match="no step"):
        imported.undo(actor="ana")

    assert (names(app), app.name) == ([], "Orders")


def test_undo_of_ones_own_says_who_has_nothing_left(app: AppView):
    """Somebody who has edited nothing is told so by name."""
    app.quick("Step one", actor="ana")

    with pytest.raises(wb.UsageError, match="by ben"):
        app.undo(mine=True, actor="ben")


def test_undo_does_not_pull_away_what_others_built_on(app: AppView):
    """An edit that somebody has changed since is not taken back silently; both versions are told."""
    app.quick("Order form -> Stock table : name", actor="ana")
    app.quick("Order form -> Stock table : name !", actor="ben")

    with pytest.raises(ConflictError):
        app.undo(mine=True, actor="ana")

    assert app.flows["encrypted"].tolist() == [False]


def test_votes_cards_and_steps_of_a_workshop_are_no_edits(app: AppView, ws: Workspace):
    """What was said since the last edit stays when the edit is taken back."""
    app.quick("Step one", actor="ana")
    said = {"app": app.id, "workshop": "workshop:orders/1"}
    records = [
        Workshop(id="workshop:orders/1", name="Workshop", app=app.id),
        Card(id="card:orders/1", name="Anybody could post", **said),
        Vote(id="vote:orders/1", name="ana", kind="confidence", about="workshop:orders/1", value=4, **said),
    ]
    for record in records:
        ws.commit([added(record)], why="in the workshop", actor="ana")

    app.undo(mine=True, actor="ana")

    assert names(app) == []
    assert all(r.id in ws.model for r in records)


def test_a_move_on_the_canvas_is_an_edit(app: AppView):
    """What was moved last goes back first."""
    app.quick("Step one", actor="ana")
    app.place({"Step one": (100, 50)}, actor="ana")

    app.undo(actor="ana")

    assert (names(app), app.placements) == (["Step one"], {})


def test_redo_brings_back_one_by_one(app: AppView):
    """Two undos and two redos end where they began; a third redo has nothing to do."""
    app.quick("Step one", actor="ana")
    app.quick("Step two", actor="ana")
    before = app.model
    app.undo(actor="ana")
    app.undo(actor="ana")
    assert names(app) == []

    app.redo(actor="ana")
    assert names(app) == ["Step one"]
    app.redo(actor="ana")

    assert app.model == before
    with pytest.raises(wb.UsageError, match="no undo"):
        app.redo(actor="ana")


def test_an_undo_after_a_redo_takes_the_same_edit_back(app: AppView):
    """Undo, redo, undo, redo: each takes back what the one before did."""
    app.quick("Step one", actor="ana")
    for _ in range(3):
        app.undo(actor="ana")
        assert names(app) == []
        app.redo(actor="ana")
        assert names(app) == ["Step one"]


def test_a_new_edit_ends_what_can_be_redone(app: AppView):
    """After another edit there is nothing to redo, also after that edit was undone there is only itself."""
    app.quick("Step one", actor="ana")
    app.undo(actor="ana")
    app.quick("Step two", actor="ana")
    with pytest.raises(wb.UsageError, match="no undo"):
        app.redo(actor="ana")


def test_redo_of_ones_own_is_not_ended_by_others(app: AppView):
    """With `mine`, edits of others do not count."""
    app.quick("Step one", actor="ana")
    app.undo(mine=True, actor="ana")
    app.quick("Step two", actor="ben")

    app.redo(mine=True, actor="ana")

    assert names(app) == ["Step one", "Step two"]


def test_undo_finds_an_edit_far_back(app: AppView, ws: Workspace):
    """However much was voted since, the edit is found."""
    app.quick("Step one", actor="ana")
    for n in range(70):
        vote = Vote(id=f"vote:{n}", name="ana", app=app.id, workshop="w", kind="dot", about="x", at=datetime.now(UTC))
        ws.commit([added(vote)], why="dot", actor="ana")

    app.undo(actor="ana")

    assert names(app) == []


def test_an_earlier_state_can_be_neither_undone_nor_moved(app: AppView):
    """As it was then, the app can only be read."""
    app.quick("Step one", actor="ana")
    then = app.as_of(app.workspace.ledger.head.sequence)
    for change in (then.undo, then.redo, lambda: then.place({"Step one": (1, 2)}), lambda: then.quick("Step two")):
        with pytest.raises(wb.UsageError, match="earlier time"):
            change()
