"""Refreshes that are due are done together and end by app; what cannot begin is missed with the reason."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from estates import edited

import workbench as wb
from workbench.errors import UsageError
from workbench.review.estate import Estate
from workbench.review.schedule.performing import perform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workbench.review.states import Run
    from workbench.workspace import Workspace

DUE = datetime(2026, 5, 5, 0, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with one app that comes from a file, to copy."""
    with wb.init(tmp_path_factory.mktemp("made") / "team") as workspace:
        source = workspace.path / "order-intake.json"
        shutil.copy(wb.sample("n8n/order-intake.json"), source)
        app = workspace.import_file(source, why="first")
        (workspace.path / "workbench.toml").write_text(f'[apps."{app.id}"]\nsources = ["order-intake.json"]\n')
        return workspace.path


@pytest.fixture
def ws(made: Path, tmp_path: Path) -> Iterator[Workspace]:
    """Return a workspace with one app that comes from a file."""
    with wb.open(shutil.copytree(made, tmp_path / "team")) as workspace:
        yield workspace


def queued(ws: Workspace, *apps: str, kind: str = "refresh") -> list[Run]:
    """Return runs that wait."""
    return [ws.reviews.runs.queue(app, kind, DUE + timedelta(days=n)) for n, app in enumerate(apps)]


def ended(ws: Workspace, runs: list[Run]) -> list[tuple[str, str]]:
    """Do them, and return state and problem of each as the table has it."""
    told = {run.run for run in perform(ws, ws.reviews, runs)}
    assert told == {run.run for run in runs}
    return [(found.state, found.problem or "") for found in map(ws.reviews.runs.get, runs)]


def test_a_refresh_finishes_with_what_it_found(ws: Workspace):
    """The source is as it was: finished, without a change."""
    (app,) = ws.apps["id"]
    (run,) = queued(ws, app)
    assert ended(ws, [run]) == [("finished", "")]
    done = ws.reviews.runs.get(run)
    assert (done.changes, done.threats_new) == (0, 0)


def test_an_app_that_was_imported_by_hand_is_read_where_all_exports_lie(ws: Workspace):
    """No refresh has told from where it came: its changed export is found all the same, and its review looks at that."""
    (app,) = ws.apps["id"]
    (ws.path / "workbench.toml").write_text('[estate]\nsources = ["order-intake.json"]\n')
    edited(ws.path / "order-intake.json", lambda c: c["nodes"].pop())
    with wb.open(ws.path) as again:
        (run,) = queued(again, app)
        assert ended(again, [run]) == [("finished", "")]
        assert (again.reviews.runs.get(run).changes or 0) > 0
        assert again.reviews.open(app).imported is not None


def test_a_source_that_is_gone_fails_that_app_and_says_what_to_do(ws: Workspace):
    """No file, no silence: the run has failed, names the file and says what to do."""
    (app,) = ws.apps["id"]
    (ws.path / "order-intake.json").unlink()
    (run,) = queued(ws, app)
    ((state, problem),) = ended(ws, [run])
    assert (state, "order-intake.json" in problem) == ("failed", True)
    assert "look at its source" in (ws.reviews.runs.get(run).next_step or "")


def test_what_hinders_all_fails_all_and_leaves_none_running(ws: Workspace, monkeypatch: pytest.MonkeyPatch):
    """An error of the whole refresh ends every run that was begun, also one that nobody expected."""
    (app,) = ws.apps["id"]

    def fails(error: Exception) -> None:
        def refresh(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(Estate, "refresh", refresh)

    fails(UsageError("no server is called 'main'"))
    (first,) = queued(ws, app)
    assert ended(ws, [first]) == [("failed", "UsageError: no server is called 'main'")]
    fails(ZeroDivisionError("ours"))
    second = ws.reviews.runs.queue(app, "refresh", DUE + timedelta(days=9))
    with pytest.raises(ZeroDivisionError):
        list(perform(ws, ws.reviews, [second]))
    assert ws.reviews.runs.get(second).problem == "ZeroDivisionError: ours"


def test_several_due_times_of_one_app_are_done_one_after_the_other(ws: Workspace):
    """Where all missed times are made up for, each has its own finished run."""
    (app,) = ws.apps["id"]
    assert ended(ws, queued(ws, app, app)) == [("finished", ""), ("finished", "")]


def test_an_app_that_is_gone_and_one_that_is_running_are_missed_with_the_reason(ws: Workspace):
    """Neither waits forever: the table says why nothing was run."""
    (app,) = ws.apps["id"]
    gone, taken = queued(ws, "gone", app)
    running = ws.reviews.runs.queue(app, "refresh")
    lease = ws.reviews.runs.begin(running)
    (first, why), (second, because) = ended(ws, [gone, taken])
    assert (first, why) == ("missed", "the app is no longer in the model")
    assert (second, "somebody else refreshes these apps right now" in because) == ("missed", True)
    lease.end("finished")


def test_an_unreadable_notebook_keeps_nothing_else_waiting(ws: Workspace):
    """The review whose notebook is broken is missed and names it."""
    (app,) = ws.apps["id"]
    (ws.path / "notebooks" / "90-periodic-review.ipynb").write_text("<<<<<<< ours")
    runs = queued(ws, app, app, kind="review")
    assert [(state, "90-periodic-review.ipynb" in why) for state, why in ended(ws, runs)] == [("missed", True)] * 2


def test_a_review_that_cannot_begin_is_missed_with_the_reason(ws: Workspace):
    """The app is not there any more: nothing to review."""
    (run,) = queued(ws, "gone", kind="review")
    ((state, problem),) = ended(ws, [run])
    assert (state, problem) == ("missed", "the app is no longer in the model")
