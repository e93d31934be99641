"""What other processes do to a ledger while a test looks on."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any

import builders as b
import histories

from workbench.ledger import ConflictError, Ledger
from workbench.model import replaced

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

COUNTERS = [b.process(f"counter {n}", settings={"n": 0}) for n in range(10)]


def write_until_killed(path: Path, says: Connection, number: int) -> None:
    """Append steps without end, and tell of each batch once it is acknowledged."""
    with Ledger.open(path) as ledger:
        steps = histories.steps(f"of process {number}")
        while True:
            batch = ledger.append([next(steps) for _ in range(3)], actor=f"process {number}", why="until killed")
            assert batch is not None
            says.send((batch.sequence_last, batch.hash))


def count(path: Path, says: Connection, times: int, seed: int) -> None:
    """Add one to a counter many times, and tell how long each took and how often others were quicker."""
    chance = random.Random(seed)  # noqa: S311 - to repeat, not to keep secret
    waits, conflicts = [], 0
    with Ledger.open(path) as ledger:
        for _ in range(times):
            begun = time.perf_counter()
            conflicts += _add_one(ledger, chance.choice(COUNTERS).id, seed)
            waits.append(time.perf_counter() - begun)
    says.send((waits, conflicts))


def _add_one(ledger: Ledger, counter: str, seed: int) -> int:
    """Return how many conflicts it took."""
    conflicts = 0
    while True:
        now: Any = ledger.model()[counter]
        following = now.changed(settings={"n": now.settings["n"] + 1})
        try:
            ledger.append([replaced(now, following)], actor=f"process {seed}", why="count")
        except ConflictError:
            conflicts += 1
        else:
            return conflicts
