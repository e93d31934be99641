"""Whatever ends a run before its time, it ends in one visible state that says what to do, and the next run works."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import workbench as wb
from workbench.keeping import RunSettings
from workbench.ledger import sqlite
from workbench.model import Review
from workbench.review.outputs import NOTEBOOK, Outputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from workbench.workspace import Workspace

    Write = Callable[..., Path]
    Fault = Callable[["Faults"], "tuple[str, str]"]

# Leaves the finish record without the seconds that importing the workbench in a kernel takes.
REPORT = (
    "import sqlite3, os\n"
    "with sqlite3.connect(os.path.join(workspace, 'ledger', 'ledger.sqlite')) as c:\n"
    "    c.execute('INSERT INTO meta VALUES (?, ?)', ('finished:' + run, '{}'))"
)
FINISH = (
    "import workbench as wb\nfrom workbench.ledger import sqlite\nsqlite.TIMEOUT = 0.5\n"
    "ws = wb.open(workspace)\nws.reviews.finish(ws.reviews.open(app, run=run))"
)


class Faults:
    """A workspace in which runs go wrong; each method is a fault, and returns the state and words that it must give."""

    def __init__(self, ws: Workspace, write: Write, patch: pytest.MonkeyPatch) -> None:
        self.ws, self.write, self.patch = ws, write, patch
        self.runs = ws.reviews.runs

    def run(self, *cells: str, at_cell: Callable[[], None] | None = None, **limits: int) -> pd.DataFrame:
        """Run a notebook with these cells; `at_cell` happens before the second of them."""

        def progress(done: int, cells: int, words: str) -> None:
            if at_cell and done == 3:
                at_cell()

        self.ws.__dict__["config"] = self.ws.config.model_copy(update={"runs": RunSettings(**limits)})
        return self.ws.reviews.run(["orders"], notebook=self.write(*cells), progress=progress)

    def kernel_killed(self) -> tuple[str, str]:
        """Kill the kernel in a cell; papermill's output calls all cells completed."""
        self.run("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", REPORT)
        return "failed", "the kernel died in cell 3"

    def cell_error(self) -> tuple[str, str]:
        """Let a cell fail."""
        self.run("raise ValueError('x' * 9000)", REPORT)
        return "failed", "cell 3 failed with ValueError: xxx"

    def no_finish_record(self) -> tuple[str, str]:
        """Run all cells, the last of which does not report back."""
        self.run("1 + 1")
        return "failed", "without its finish record"

    def cell_too_long(self) -> tuple[str, str]:
        """Let a cell take longer than one may."""
        self.run("import time\ntime.sleep(60)", REPORT, cell_seconds=1)
        return "failed", "Timeout: cell 3 took longer than 1 seconds"

    def run_too_long(self) -> tuple[str, str]:
        """Let all cells together take too long, and none of them alone."""
        self.run(*["import time\ntime.sleep(0.5)"] * 9, REPORT, run_seconds=2)
        return "failed", "Timeout: all cells together took longer than 2 seconds"

    def stopped_by_hand(self) -> tuple[str, str]:
        """Press Ctrl-C, and again if nothing happens: Python drops one that meets it while it cleans up an object."""
        with self.in_a_cell() as process:
            while process.poll() is None:
                process.send_signal(signal.SIGINT)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(20)
        return "failed", "stopped by hand"

    def process_killed(self) -> tuple[str, str]:
        """Kill the process that runs the notebook."""
        with self.in_a_cell() as process:
            process.kill()
            process.wait()
        return "lost", "its process ended before it could say how"

    @contextmanager
    def in_a_cell(self) -> Iterator[subprocess.Popen[bytes]]:
        """Give another process that runs a notebook, while the notebook is in a cell that takes long."""
        mark = self.ws.path / "mark"
        path = self.write(f"open({str(mark)!r}, 'w').close()\nimport time\ntime.sleep(60)", REPORT)
        # What a shell starts in the background ignores Ctrl-C; this one is to hear it.
        hears = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        code = f"{hears}import workbench as w; w.open({str(self.ws.path)!r}).reviews.run(['orders'], notebook={str(path)!r})"
        process = subprocess.Popen([sys.executable, "-c", code], start_new_session=True, stderr=subprocess.DEVNULL)
        while not mark.exists():
            time.sleep(0.02)
            assert process.poll() is None
        yield process
        mark.unlink()

    def disk_full(self) -> tuple[str, str]:
        """Fill the disk on which the output notebook is written."""
        draft = Outputs.draft

        def full(outputs: Outputs, run: object) -> Path:
            made = draft(outputs, run)  # type: ignore[arg-type]
            (made / NOTEBOOK).symlink_to("/dev/full")
            return made

        with self.patch.context() as patch:
            patch.setattr(Outputs, "draft", full)
            self.run(REPORT)
        return "failed", "the disk is full: [Errno 28]"

    def output_unwritable(self) -> tuple[str, str]:
        """Put something in the way where the output is to be kept."""
        folder = self.ws.path / "reviews"
        folder.rename(folder.with_name("aside"))
        folder.write_text("in the way", encoding="utf-8")
        try:
            self.run(REPORT)
        finally:
            folder.unlink()
            folder.with_name("aside").rename(folder)
        return "failed", "the output could not be written: "

    def ledger_locked(self) -> tuple[str, str]:
        """Hold the ledger while the notebook wants to record."""
        lock = (
            "import sqlite3, os\nc = sqlite3.connect(os.path.join(workspace, 'ledger', 'ledger.sqlite'))\n"
            "c.isolation_level = None\nc.execute('BEGIN IMMEDIATE')"
        )
        self.run(lock, FINISH)
        return "failed", "cell 4 failed with BusyError: "

    def ledger_locked_at_the_end(self) -> tuple[str, str]:
        """Hold the ledger, and go on holding it when the run ends."""
        with self.locked() as lock, self.patch.context() as patch:
            patch.setattr(sqlite, "TIMEOUT", 0.2)
            self.run("1", "2", at_cell=lock)
            assert self.runs.all()[-1].state == "lost"
        return "lost", "its end could not be written down: "

    @contextmanager
    def locked(self) -> Iterator[Callable[[], None]]:
        """Give what takes the ledger's lock, until the end of the block."""
        path = self.ws.path / "ledger" / "ledger.sqlite"
        # Where a loop runs already, as in a notebook, papermill tells of its cells from another thread.
        other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        yield lambda: other.execute("BEGIN IMMEDIATE").close()
        other.close()

    def ledger_away(self) -> tuple[str, str]:
        """Take the folder of the ledger away, and bring it back after the run."""
        folder, away = self.ws.path / "ledger", self.ws.path / "away"
        self.run("1", "2", at_cell=lambda: folder.rename(away) and None)
        away.rename(folder)
        return "lost", "its end could not be written down: "

    def overlap(self) -> tuple[str, str]:
        """Let the app's review be running already."""
        lease = self.runs.begin(self.runs.queue("orders"))
        self.run(REPORT)
        lease.end("finished")
        return "missed", "a review of orders is running (on "

    def taken_over(self) -> tuple[str, str]:
        """Take the run for lost while its notebook goes on, which then records nothing and leaves no output."""
        before = self.recorded

        def silent() -> None:
            self.runs.lease_seconds = -1
            self.runs.settle()

        try:
            self.run("1", FINISH, at_cell=silent)
        finally:
            self.runs.lease_seconds = 120
        assert self.recorded == before
        return "lost", "it gave no sign of life for "

    @property
    def recorded(self) -> int:
        """Return how many reviews are in the model."""
        return len(list(self.ws.model.of(Review)))


FAULTS = [
    Faults.kernel_killed, Faults.cell_error, Faults.no_finish_record, Faults.cell_too_long, Faults.run_too_long,
    Faults.stopped_by_hand, Faults.process_killed, Faults.disk_full, Faults.output_unwritable, Faults.ledger_locked,
    Faults.ledger_locked_at_the_end, Faults.ledger_away, Faults.overlap, Faults.taken_over,
]  # fmt: skip


@pytest.fixture
def faults(ws: Workspace, notebook: Write, monkeypatch: pytest.MonkeyPatch) -> Faults:
    """Return a workspace in which runs go wrong."""
    return Faults(ws, notebook, monkeypatch)


def seen(faults: Faults, fault: Fault) -> str:
    """Provoke a fault and return the one state that its run is seen in, now and by who opens the workspace later."""
    known = {run.run for run in faults.runs.all()}
    state, problem = fault(faults)
    told = faults.runs.all()
    (new,) = [run for run in told if run.run not in known and run.problem]
    assert (new.state, problem in str(new.problem), len(str(new.problem)) <= 600) == (state, True, True), new
    assert "run it again: workbench review run --app orders" in str(new.next_step)
    assert [run for run in told if run.state in {"running", "queued"}] == []
    assert (new.output is None) == (not list((faults.ws.path / "reviews").glob(f"*/{new.run}")))
    assert faults.runs.all() == told
    return new.state


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_ends_in_one_state(faults: Faults, fault: Fault):
    """Each fault is one row of the history with what went wrong and what to do; the next run can begin."""
    seen(faults, fault)
    assert faults.runs.begin(faults.runs.queue("orders")).end("finished").state == "finished"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of its own with six megabytes, where this user may make one."""
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(tmp_path)], check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


@pytest.mark.soak
def test_a_disk_that_is_full_under_the_ledger_too(small_disk: Path, notebook: Write, monkeypatch: pytest.MonkeyPatch):
    """Where not even the end of the run can be written, it is lost, is seen as lost at once, and stays so; ten times."""
    fill = (
        "import os\nfile = open(os.path.join(workspace, 'filler'), 'wb')\n"
        "try:\n    while True:\n        file.write(b'x' * 4096)\n        file.flush()\nexcept OSError:\n    pass"
    )
    with wb.init(small_disk / "team") as ws:
        ws.new_app("Orders", why="by hand", platform="n8n")
        faults = Faults(ws, notebook, monkeypatch)
        states: Counter[str] = Counter()
        for _ in range(10):
            row = faults.run(fill, REPORT).iloc[0]
            assert [run.state for run in faults.runs.all()][-1] == row["state"]
            (ws.path / "filler").unlink()
            assert [run.state for run in faults.runs.all()][-1] == row["state"]
            states[row["state"]] += 1
            assert faults.run(REPORT).iloc[0]["state"] == "finished"
        assert ws.ledger.verify().ok
    ended = ", ".join(f"{times} x {state}" for state, times in states.items())
    sys.stdout.write(f"\n{'disk full under the ledger':<26} {ended:<14} next run finished 10 of 10\n")
    assert states == {"lost": 10}


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_every_fault_ten_times(faults: Faults, fault: Fault):
    """Ten times each fault in one workspace: always the same state, nothing lost or doubled, the next run finishes."""
    states: Counter[str] = Counter()
    for _ in range(10):
        states[seen(faults, fault)] += 1
        following = faults.run(REPORT).iloc[0]
        assert (following["state"], following["problem"]) == ("finished", None)
    ended = ", ".join(f"{times} x {state}" for state, times in states.items())
    sys.stdout.write(f"\n{fault.__name__.replace('_', ' '):<26} {ended:<14} next run finished 10 of 10\n")
    assert len(states) == 1
