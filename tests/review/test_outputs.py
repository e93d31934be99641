"""What runs made is kept whole, by app and date, and for as long as workbench.toml says."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import writers

from workbench.keeping import RunSettings
from workbench.ledger import Ledger
from workbench.review import Run, Runs
from workbench.review.clock import Clock
from workbench.review.outputs import LATEST, NOTEBOOK, PAGE, Outputs

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Return an empty ledger in the workspace's folder."""
    with Ledger.create(tmp_path / "ledger.sqlite") as made:
        yield made


def kept(runs: Runs, outputs: Outputs, days: int, app: str = "orders", kind: str = "review") -> Run:
    """Return a run that ended so many days ago and left notebook and page."""
    runs.clock = Clock(now=lambda: NOW - timedelta(days=days))
    lease = runs.begin(runs.queue(app, kind))
    for name in (NOTEBOOK, PAGE):
        (outputs.draft(lease.run) if name == NOTEBOOK else _draft(outputs, lease.run)).joinpath(name).write_text("x")
    outputs.publish(lease.run)
    return lease.end("finished", output=outputs.name(lease.run, NOTEBOOK), page=outputs.name(lease.run, PAGE))


def _draft(outputs: Outputs, run: Run) -> Path:
    return outputs.folder / run.app / f".run-{run.run}"


def there(outputs: Outputs) -> set[str]:
    """Return the names of everything that lies in the folders of the apps."""
    return {path.name for path in outputs.folder.glob("*/*")}


def test_output_lies_by_app_and_date(ledger: Ledger, tmp_path: Path):
    """The folder of a run is called by its time; whoever bookmarks the app's newest page finds it under one name."""
    runs, outputs = Runs(ledger.runs), Outputs(tmp_path)
    run = kept(runs, outputs, 3)
    outputs.newest(run)

    assert run.output == f"reviews/orders/{run.run}/review.ipynb"
    assert run.run.startswith("20261030T120000-")
    assert there(outputs) == {run.run, LATEST}
    assert (tmp_path / "reviews" / "orders" / LATEST).read_text() == "x"


def test_an_id_cannot_lead_out_of_the_folder(tmp_path: Path):
    """Whatever an app is called, its output lies in a folder of its own under reviews/."""
    run = Run("20261030T120000-00000000", "../../etc/x", "review", "running", NOW)
    made = Outputs(tmp_path).draft(run)

    assert made.resolve().parent.parent == (tmp_path / "reviews").resolve()


def test_old_output_goes_but_the_newest_stays(ledger: Ledger, tmp_path: Path):
    """What is older than keep_days goes, all but the newest keep_last of each app and kind; that it ran stays known."""
    runs, outputs = Runs(ledger.runs), Outputs(tmp_path)
    old = [kept(runs, outputs, days) for days in (500, 450, 420)]
    other, young = kept(runs, outputs, 600, app="invoices"), kept(runs, outputs, 10)
    gone = outputs.tidy(runs, RunSettings(keep_days=400, keep_last=2), NOW)

    assert gone == [old[0].run, old[1].run]
    assert there(outputs) == {old[2].run, other.run, young.run}
    assert [(run.state, run.output is None, run.page is None) for run in runs.all(app="orders")] == [
        ("finished", True, True), ("finished", True, True), ("finished", False, False), ("finished", False, False),
    ]  # fmt: skip
    assert outputs.tidy(runs, RunSettings(keep_days=400, keep_last=2), NOW) == []


def test_what_lost_runs_left_goes_and_what_runs_stays(ledger: Ledger, tmp_path: Path):
    """Drafts and folders of runs that have ended without them go; drafts of running ones and what people put there stay."""
    runs, outputs = Runs(ledger.runs), Outputs(tmp_path)
    running, lost, late = (runs.begin(runs.queue("orders", kind)) for kind in ("review", "refresh", "quarterly"))
    for lease in (running, lost, late):
        outputs.draft(lease.run)
    outputs.publish(late.run)
    for lease in (lost, late):
        lease.end("failed", problem="x")
    for name in ("notes of ana.txt", "20200101T000000-00000000"):
        (outputs.folder / "orders" / name).mkdir()
    outputs.tidy(runs, RunSettings(), NOW)

    assert there(outputs) == {f".run-{running.run.run}", "notes of ana.txt", "20200101T000000-00000000"}


def test_a_page_in_the_making_that_goes_meanwhile_is_no_fault(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Another process gave its page the name between our look into the folder and our look at the file."""
    runs, outputs = Runs(ledger.runs), Outputs(tmp_path)
    (tmp_path / "reviews" / "orders").mkdir(parents=True)
    glob = Path.glob

    def late(path: Path, pattern: str) -> list[Path]:
        return [*glob(path, pattern), path / "orders" / f".{LATEST}.gone.part"]

    monkeypatch.setattr(Path, "glob", late)
    assert outputs.tidy(runs, RunSettings(), NOW) == []


def test_a_page_that_was_not_made_leaves_the_newest_as_it_was(ledger: Ledger, tmp_path: Path):
    """The page under the app's name is that of the last run which had one."""
    runs, outputs = Runs(ledger.runs), Outputs(tmp_path)
    outputs.newest(kept(runs, outputs, 3))
    outputs.newest(replace(kept(runs, outputs, 2), run="without"))

    assert (outputs.folder / "orders" / LATEST).read_text() == "x"


@pytest.mark.parametrize("kills", [9, pytest.param(200, marks=pytest.mark.soak)])
def test_a_reader_sees_the_old_or_the_new_and_never_a_part(ledger: Ledger, tmp_path: Path, kills: int):
    """Killed at any moment, output under its name is whole, the newest page is one that was finished, the next run works."""
    writer = subprocess.Popen(
        [sys.executable, writers.__file__, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdin is not None
    assert writer.stdout is not None
    runs, outputs = Runs(ledger.runs), Outputs(tmp_path)
    for number in range(kills):
        seen = _marks(outputs)
        writer.stdin.write("go\n")
        writer.stdin.flush()
        process = int(writer.stdout.readline())
        # One after the other while it is drafted, put in place and made the newest.
        while not (_marks(outputs) - seen) & STAGES[number % 3](_marks(outputs)):
            pass
        time.sleep(random.Random(number).uniform(0, 0.03))  # noqa: S311 - any moment will do
        os.kill(process, signal.SIGKILL)
        assert writer.stdout.readline() == "gone\n"
        _all_is_whole(runs, outputs)
    writer.stdin.close()
    writer.wait(30)
    assert drafted(_marks(outputs))
    outputs.tidy(runs, RunSettings(), datetime.now(UTC) + timedelta(days=1))
    assert {name for name in there(outputs) if name.startswith(".")} == set()
    told = runs.all()
    finished = sum(run.state == "finished" for run in told)
    assert {run.state for run in told} == {"finished", "lost"}
    sys.stdout.write(f"\nkilled {kills} times during output: {finished} runs finished, all whole; 0 seen in part\n")


def _marks(outputs: Outputs) -> set[tuple[str, int]]:
    """Return what lies in the folders of the apps, each with its number on the disk."""
    return {(path.name, number) for path in outputs.folder.glob("*/*") if (number := _number(path))}


def _number(path: Path) -> int:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0


def drafted(marks: set[tuple[str, int]]) -> set[tuple[str, int]]:
    return {mark for mark in marks if mark[0].startswith(".run")}


STAGES = (
    drafted,
    lambda marks: {mark for mark in marks if mark[0][0].isdigit()},
    lambda marks: {mark for mark in marks if mark[0] == LATEST},
)


def _all_is_whole(runs: Runs, outputs: Outputs) -> None:
    """Check every file that has a name of its own, and what the table says of it."""
    told = {run.run: run for run in runs.all()}
    assert not any(run.state in {"running", "queued"} for run in told.values())
    for folder in outputs.folder.glob("*/[0-9]*"):
        expected = writers.content(folder.name)
        assert [(folder / name).read_bytes() == expected for name in (NOTEBOOK, PAGE)] == [True, True]
    for run in told.values():
        if run.state == "finished":
            assert (outputs.folder.parent / str(run.output)).exists()
    newest = outputs.folder / "orders" / LATEST
    if newest.exists():
        of = newest.read_bytes().partition(b"\n")[0].decode()
        assert newest.read_bytes() == writers.content(of)
        assert told[of].state == "finished"
