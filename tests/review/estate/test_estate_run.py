"""One pass over an estate: every app has a run that ends once, and notebooks are run only where there is something to see."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from estates import edited, refreshed
from typer.testing import CliRunner

from workbench.cli.commands import app as command
from workbench.errors import UsageError
from workbench.ledger import StorageError
from workbench.model import Review
from workbench.review.estate import namespace
from workbench.review.estate.together import KIND, Together

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from workbench.workspace import Workspace

ONE, TWO, THREE = (f"n8n-estate{n:06d}" for n in range(3))
FINISH = "import workbench as wb\nws = wb.open(workspace)\nreview = ws.reviews.open(app, run=run)\n"


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read without other processes."""
    monkeypatch.setattr(namespace.Estate, "refresh", lambda self, apps=None, **_: refreshed(self._ws, apps))


def small_notebook(folder: Path, code: str = "") -> None:
    """Put a review notebook into the workspace that does little more than report back."""
    first = nbformat.v4.new_code_cell(
        'workspace = ".."\napp = ""\nexports = []\nas_of = None\nsince = None\nrun = None'
    )
    first.metadata["tags"] = ["parameters"]
    cells = [
        first,
        nbformat.v4.new_code_cell(f"{code}\n{FINISH}print(review.imported_table)\nws.reviews.finish(review)"),
    ]
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(made, folder / "notebooks" / "90-periodic-review.ipynb")


def approve(ws: Workspace, *apps: str) -> None:
    """Record a review of each app."""
    for app in apps:
        ws.reviews.finish(ws.reviews.open(app, exports=[ws.path / "exports" / f"app-000{app[-1]}.json"]))


def states(ws: Workspace, kind: str = KIND) -> list[tuple[str, str]]:
    """Return app and state of the runs of a kind, in their order."""
    runs = ws.reviews.runs.table(kind=kind)
    return list(zip(runs["app"], runs["state"], strict=True))


@pytest.mark.usefixtures("in_process")
def test_every_app_has_one_run_with_what_it_found(again: Callable[[], Workspace], folder: Path):
    """New apps, those as they were and those that failed: each ends in one state, with figures and what to do next."""
    ws = again()
    ws.reviews.estate.run(notebooks=False)
    assert states(ws) == [(ONE, "finished"), (TWO, "finished"), (THREE, "finished")]
    (folder / "exports" / "app-0000.json").write_text('{"nodes": [', encoding="utf-8")
    edited(folder / "exports" / "app-0001.json", lambda c: c.update(active=False))

    done = ws.reviews.estate.run(notebooks=False)

    last = ws.reviews.runs.table(kind=KIND).tail(3).set_index("app")
    assert list(last["state"]) == ["failed", "finished", "finished"]
    assert "not JSON" in last.loc[ONE, "problem"]
    assert f"--app {ONE}" in last.loc[ONE, "next_step"]
    assert (last.loc[TWO, "changes"] > 0, last.loc[THREE, "changes"]) == (True, 0)
    assert (last["threats_open"] > 0).all()
    assert not done.ok
    assert (folder / "reviews" / "estate" / "threats.csv").exists()


@pytest.mark.usefixtures("in_process")
def test_only_what_changed_or_is_due_is_wanted(ws: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Never reviewed, changed since, due since: each with its reason; the rest is left alone, as is what failed."""
    wanted: list[dict[str, Any]] = []

    def render(_ws: Workspace, rows: dict[str, Any], *_: object) -> Any:
        wanted.append(rows)
        return ws.reviews.runs.table(kind="nothing")

    monkeypatch.setattr(namespace, "render", render)
    approve(ws, ONE, TWO)
    assert ws.reviews.estate.run().wanted == {THREE: "never reviewed"}
    approve(ws, THREE)
    assert ws.reviews.estate.run().wanted == {}

    edited(folder / "exports" / "app-0001.json", lambda c: c["nodes"][0]["parameters"].update(path="other"))
    (folder / "exports" / "app-0002.json").write_text('{"nodes": [', encoding="utf-8")
    found = ws.reviews.estate.run().wanted
    assert list(found) == [TWO]
    assert found[TWO].startswith("changed since the review of 2")
    assert wanted[-1][TWO]["state"] == "changed"

    approve(ws, TWO)
    due = ws.reviews.due()
    monkeypatch.setattr(ws.reviews, "due", lambda: due.assign(due=ws.now.today))
    assert {app: why.partition(" ")[0] for app, why in ws.reviews.estate.run().wanted.items()} == {
        ONE: "due",
        TWO: "due",
    }


@pytest.mark.usefixtures("in_process")
def test_nobody_looks_at_retired_apps_unless_they_are_named(ws: Workspace, monkeypatch: pytest.MonkeyPatch):
    """All apps: those in use. An app that is named is looked at whatever it is."""
    monkeypatch.setattr(namespace, "render", lambda workspace, *_: workspace.reviews.runs.table().iloc[:0])
    with ws.app(ONE).edit(why="gone") as m:
        m.set(ws.app(ONE).element.name, lifecycle="retired")
    assert set(ws.reviews.estate.run().wanted) == {TWO, THREE}
    assert set(ws.reviews.estate.run([ONE]).wanted) == {ONE}


@pytest.mark.slow
def test_notebooks_are_run_by_several_processes_and_a_killed_one_is_lost_alone(ws: Workspace, folder: Path):
    """One finishes and shows what the refresh found; the one whose process is killed is lost, and nothing waits for it."""
    approve(ws, THREE)
    small_notebook(folder, f"import os, signal\nif app == {TWO!r}: os.kill(os.getppid(), signal.SIGKILL)")
    told: list[tuple[int, int]] = []

    done = ws.reviews.estate.run(workers=2, rendering=lambda *step: told.append(step[:2]))

    assert dict(states(ws, "review")) == {ONE: "finished", TWO: "lost"}
    assert sorted(told) == [(1, 2), (2, 2)]
    assert not done.ok
    pages = done.reviews.set_index("app")["page"]
    assert "as it was" in (folder / pages[ONE]).read_text(encoding="utf-8")
    assert ws.ledger.metas("fresh:") == {}
    assert {review.app for review in ws.model.of(Review)} == {ONE, THREE}


@pytest.mark.usefixtures("in_process")
def test_whoever_comes_second_leaves_what_is_being_refreshed(ws: Workspace):
    """Runs of some apps are taken: the others are refreshed; if all are, it says so and begins nothing."""
    held = Together.begin(ws.reviews.runs, [ONE, TWO])
    done = ws.reviews.estate.run(notebooks=False)
    assert list(done.refreshed.apps["app"]) == [THREE]

    rest = Together.begin(ws.reviews.runs, [THREE])
    with pytest.raises(UsageError, match="somebody else refreshes"):
        ws.reviews.estate.run(notebooks=False)
    assert states(ws).count((THREE, "running")) == 1
    assert (sorted(held.apps), list(rest.apps)) == ([ONE, TWO], [THREE])


@pytest.mark.parametrize("error", [StorageError("the disk is full"), KeyboardInterrupt(), MemoryError()])
def test_what_ends_a_refresh_ends_all_its_runs(ws: Workspace, error: BaseException, monkeypatch: pytest.MonkeyPatch):
    """Whatever it is, no run stays open, each says why, and the next refresh works."""

    def broken(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patch, pytest.raises(type(error)):
        patch.setattr(namespace.Estate, "refresh", broken)
        ws.reviews.estate.run(notebooks=False)
    assert [state for _, state in states(ws)] == ["failed"] * 3

    monkeypatch.setattr(namespace.Estate, "refresh", lambda self, apps=None, **_: refreshed(self._ws, apps))
    ws.reviews.estate.run(notebooks=False)
    assert [state for _, state in states(ws)][3:] == ["finished"] * 3


def test_a_refresh_whose_process_is_killed_is_lost(ws: Workspace):
    """Nobody gives signs of life for its runs, so they are lost, and the next one begins."""
    child = os.fork()
    if not child:
        Together.begin(ws.reviews.runs, [ONE, TWO, THREE])
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert [state for _, state in states(ws)] == ["lost"] * 3
    assert set(Together.begin(ws.reviews.runs, [ONE]).apps) == {ONE}


def test_signs_of_life_are_given_for_all_runs(ws: Workspace):
    """As long as the refresh works, each of its runs is alive."""
    held = Together.begin(ws.reviews.runs, [ONE, TWO])
    first = ws.reviews.runs.table(kind=KIND)["beat"]
    with held.kept(every=0.01):
        while (ws.reviews.runs.table(kind=KIND)["beat"] <= first).any():
            pass
    assert states(ws) == [(ONE, "running"), (TWO, "running")]


def test_runs_that_wait_are_the_ones_that_are_begun(ws: Workspace):
    """A queued run is taken and no second one made; one that somebody has begun is left out."""
    waiting = [ws.reviews.runs.queue(app, KIND) for app in (ONE, TWO)]
    ws.reviews.runs.begin(waiting[1]).end("finished")
    assert set(Together.begin(ws.reviews.runs, [ONE, TWO], waiting).apps) == {ONE}
    assert states(ws) == [(ONE, "running"), (TWO, "finished")]


def test_the_command_says_what_is_not_as_it_was(folder: Path):
    """New apps and what could not be read are shown; the exit code says that something could not."""
    (folder / "exports" / "app-0002.json").write_text('{"nodes": [', encoding="utf-8")
    shown = CliRunner().invoke(
        command, ["-C", str(folder), "review", "refresh", "--workers", "1"], standalone_mode=False
    )
    assert shown.return_value == 2
    assert "2 apps: 2 new" in shown.output
    assert "app-0002.json" in shown.output


def test_options_that_do_not_go_together_are_wrong_use(folder: Path):
    """A cluster for one app, or days for all of them, would be ignored: they are refused."""
    for wrong in (["--dask", "tcp://x:1"], ["--all", "--app", "x"], ["--all", "--since", "2026-01-01"]):
        shown = CliRunner().invoke(command, ["-C", str(folder), "review", "run", *wrong])
        assert isinstance(shown.exception, UsageError)
