"""Processes that are killed lose nothing that was acknowledged; processes that write at once lose nothing at all."""

from __future__ import annotations

import multiprocessing
import random
import statistics
import time
from typing import TYPE_CHECKING, Any

import pytest
import workers

from workbench.ledger import Anchor, Ledger
from workbench.model import added

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

# A fork has everything imported, so that starting a child costs milliseconds.
context = multiprocessing.get_context("fork")


def _start(function: Any, *arguments: Any) -> tuple[Any, Connection]:
    hears, says = context.Pipe(duplex=False)
    process = context.Process(target=function, args=(arguments[0], says, *arguments[1:]), daemon=True)
    process.start()
    says.close()
    return process, hears


def _killed(path: Path, number: int, after: float) -> list[tuple[int, str]]:
    """Kill a writing process some time after its first batch; return what it had said was acknowledged."""
    process, hears = _start(workers.write_until_killed, path, number)
    said = [hears.recv()]
    time.sleep(after)
    process.kill()
    process.join()
    # What it said before it died is still in the pipe; the end of the pipe, or half a message, is its death.
    try:
        while True:
            said.append(hears.recv())
    except (EOFError, OSError):
        return said


@pytest.mark.parametrize("times", [15, pytest.param(200, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])])
def test_a_killed_process_loses_nothing_that_was_acknowledged(path: Path, times: int) -> None:
    """After each kill -9 in the middle of writing all acknowledged batches are there; chain and state are right."""
    chance = random.Random(3)  # noqa: S311
    acknowledged = 0
    for number in range(times):
        said = _killed(path, number, chance.uniform(0, 0.15))
        acknowledged += len(said)
        with Ledger.open(path) as ledger:
            assert ledger.verify(Anchor(*said[-1])).ok
            # At most one batch was written and not yet told of.
            assert 0 <= ledger.head.sequence - said[-1][0] <= 3
    print(f"\n{times} kills, {acknowledged} batches acknowledged, 0 lost")  # noqa: T201


@pytest.mark.parametrize("times", [15, pytest.param(1000, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])])
def test_eight_processes_that_write_at_once_lose_nothing(path: Path, times: int) -> None:
    """Eight processes add one to shared counters; every addition is there, each conflict was told to the later one."""
    with Ledger.open(path) as ledger:
        ledger.append([added(counter) for counter in workers.COUNTERS], actor="test", why="to count")
    started = [_start(workers.count, path, times, seed) for seed in range(8)]
    told = [hears.recv() for _, hears in started]
    for process, _ in started:
        process.join()
    with Ledger.open(path) as ledger:
        total = sum(e.settings["n"] for e in ledger.model())  # type: ignore[misc]
        assert (total, ledger.verify().entries) == (8 * times, 8 * times + len(workers.COUNTERS))
    waits = sorted(wait for each, _ in told for wait in each)
    figures = [
        f"{value * 1000:.0f} ms" for value in (statistics.median(waits), waits[int(len(waits) * 0.99)], waits[-1])
    ]
    conflicts = sum(n for _, n in told)
    print(f"\n{8 * times} edits, {conflicts} conflicts, median {', p99 '.join(figures[:2])}, longest {figures[2]}")  # noqa: T201


def test_a_backup_that_is_taken_while_others_write_is_whole(path: Path, tmp_path: Path) -> None:
    """A copy through SQLite's backup, taken while four processes write, verifies and has a whole number of batches."""
    with Ledger.open(path) as ledger:
        ledger.append([added(counter) for counter in workers.COUNTERS], actor="test", why="to count")
        started = [_start(workers.count, path, 10, seed) for seed in range(4)]
        ledger.backup(tmp_path / "backup.sqlite")
        for process, hears in started:
            hears.recv()
            process.join()
        with Ledger.open(tmp_path / "backup.sqlite") as backup:
            assert backup.verify().ok
            assert ledger.verify(backup.head).ok
