"""Several processes want the same: one works, none works twice, and whoever was too slow is refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from workbench.ledger import Ledger
from workbench.review import Runs
from workbench.review.clock import is_alive

if TYPE_CHECKING:
    from collections.abc import Iterator

RACERS = 4
SCRIPT = Path(__file__).with_name("racers.py")


class Racer:
    """A process that works on runs."""

    def __init__(self, folder: Path, number: int) -> None:
        self._lines = (folder / f"{number}.lines").open("w", buffering=1)
        self._answers = (folder / f"{number}.answers").open()
        self.process = int(self.answer())

    def told(self, line: str) -> None:
        """Say what to do."""
        self._lines.write(f"{line}\n")

    def answer(self) -> str:
        """Return what came of it."""
        return self._answers.readline().strip()

    def ask(self, line: str) -> str:
        """Say what to do and return what came of it."""
        self.told(line)
        return self.answer()

    def close(self) -> None:
        """Let the process end."""
        self._answers.close()
        self._lines.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an empty ledger."""
    made = tmp_path_factory.mktemp("overlaps")
    Ledger.create(made / "ledger.sqlite").close()
    return made


@pytest.fixture(scope="module")
def racers(folder: Path) -> Iterator[list[Racer]]:
    """Return processes that are ready to start, for all tests here."""
    for number in range(RACERS):
        os.mkfifo(folder / f"{number}.lines")
        os.mkfifo(folder / f"{number}.answers")
    everybody = subprocess.Popen([sys.executable, str(SCRIPT), str(folder), str(RACERS)])
    started = [Racer(folder, number) for number in range(RACERS)]
    yield started
    for racer in started:
        racer.close()
    everybody.wait(30)


def raced(folder: Path, racers: list[Racer], numbers: range) -> None:
    """Let all start at once for each due time; one works each time, and the others are told."""
    for number in numbers:
        for racer in racers:
            racer.told(f"race {number}")
        answers = Counter(racer.answer() for racer in racers)
        assert answers == {"worked": 1, "taken": len(racers) - 1}
    worked = [int(line) for line in (folder / "journal").read_text(encoding="utf-8").split()]
    assert [number for number in worked if number in numbers] == list(numbers)
    with Ledger.open(folder / "ledger.sqlite") as ledger:
        runs = [run for run in Runs(ledger.runs).all(app="orders") if run.due]
    assert len(runs) == len({run.due for run in runs}) == len(set(worked))
    assert {run.state for run in runs} == {"finished"}


def test_of_four_processes_one_works(folder: Path, racers: list[Racer]):
    """Five due times, each found by four schedulers at once: five runs, none doubled."""
    raced(folder, racers, range(5))


@pytest.mark.soak
def test_fifty_forced_overlaps(folder: Path, racers: list[Racer]):
    """Fifty due times, each found by four schedulers at once: fifty runs, none doubled."""
    raced(folder, racers, range(100, 150))
    sys.stdout.write("\n50 due times found by 4 processes at once: 50 worked, 150 told that it is taken, 0 doubled\n")


def test_who_was_stopped_for_too_long_is_refused(folder: Path, racers: list[Racer]):
    """A process that stood still while its lease ran out cannot end its run; another one begins meanwhile."""
    slow, other = racers[:2]
    assert slow.ask("begin 1") == "begun"
    assert other.ask("begin 1") == "taken"
    os.kill(slow.process, signal.SIGSTOP)
    try:
        with Ledger.open(folder / "ledger.sqlite") as ledger:
            runs = Runs(ledger.runs)
            runs.lease_seconds = 0
            assert [(run.app, run.state) for run in runs.settle()] == [("app 1", "lost")]
        assert other.ask("begin 1") == "begun"
    finally:
        os.kill(slow.process, signal.SIGCONT)
    assert slow.ask("end 1") == "refused"
    assert other.ask("end 1") == "ended"


def test_the_run_of_a_killed_process_is_lost_and_the_next_one_works(folder: Path, racers: list[Racer]):
    """Nobody waits for the lease of a process that is gone."""
    assert racers[-1].ask("begin 2") == "begun"
    assert racers[0].ask("begin 2") == "taken"
    os.kill(racers[-1].process, signal.SIGKILL)
    assert racers[-1].answer() == ""
    while is_alive(racers[-1].process):
        pass
    assert racers[0].ask("begin 2") == "begun"
    with Ledger.open(folder / "ledger.sqlite") as ledger:
        found = Runs(ledger.runs).all(app="app 2")
    assert [(run.state, run.problem) for run in found if run.state == "lost"] == [
        ("lost", "its process ended before it could say how")
    ]
