"""When the power goes, everything that was acknowledged is there; the same test finds weaker settings wanting.

The SQL that a ledger sends is recorded, then run by another SQLite on a disk that loses its power at a random write.
What is left is opened by the ledger and verified against the anchor of the last acknowledged batch.
"""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import apsw
import histories
import power
import pytest
from sqlalchemy import event

from workbench.ledger import Anchor, Ledger, LedgerError, sqlite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

FILE = "ledger.sqlite"
BATCHES = 12
ROLLBACK, WAL = (sqlite.durability(version) for version in ((3, 40, 1), (3, 51, 3)))


class Recording(NamedTuple):
    """A ledger before, the SQL of each batch, and the anchor after each."""

    before: bytes
    batches: Sequence[Sequence[str]]
    anchors: Sequence[Anchor]


@pytest.fixture(scope="module")
def recording(written_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """Return what a ledger says to its database while twelve batches are written."""
    path = tmp_path_factory.mktemp("power") / FILE
    path.write_bytes(written_file.read_bytes())
    batches, steps = [], histories.steps()
    with Ledger.open(path) as ledger:
        said = _listen(ledger)
        anchors = [ledger.head]
        for n in range(BATCHES):
            said.clear()
            ledger.append([next(steps) for _ in range(_entries(n))], actor="ana", why=f"step {n}" * 50)
            batches.append(_written(said))
            anchors.append(ledger.head)
    return Recording(written_file.read_bytes(), batches, anchors)


def _entries(batch: int) -> int:
    """Return how many Changes a batch of the recording has."""
    return 1 + batch % 4


def _listen(ledger: Ledger) -> list[str]:
    """Return the list to which every statement is added that the ledger's connections run from now on."""
    said: list[str] = []
    engine = ledger._database.engine
    # Connections that are open already would not be heard.
    engine.dispose()
    event.listen(engine, "connect", lambda connection, _: connection.set_trace_callback(said.append))
    return said


def _written(said: Iterable[str]) -> list[str]:
    """Return the statements that write; one that fires a trigger is told a second time right after the first."""
    return [sql for sql, _ in groupby(said) if not sql.startswith(("PRAGMA", "--", "SELECT"))]


def test_the_recording_is_that_of_whole_transactions(recording: Recording) -> None:
    """Each batch is one transaction that takes the lock before it reads."""
    assert {(batch[0], batch[-1]) for batch in recording.batches} == {("BEGIN IMMEDIATE", "COMMIT")}


def test_the_recording_has_every_write_once(recording: Recording) -> None:
    """Each batch inserts itself once and each of its entries once, with and without triggers that fire."""
    inserted = [Counter(sql.split()[2] for sql in batch if sql.startswith("INSERT")) for batch in recording.batches]
    wanted = [(1, _entries(n)) for n in range(BATCHES)]
    assert [(tables["batch"], tables["entry"]) for tables in inserted] == wanted


def _run(recording: Recording, disk: power.Disk, pragmas: Mapping[str, str | int]) -> int:
    """Write batches until the power goes; return how many were acknowledged."""
    acknowledged = 0
    connection = apsw.Connection(FILE, vfs=disk.vfs_name)
    try:
        # A log without shared memory needs a program that is alone; a small log is worked off within the test.
        alone = {"locking_mode": "exclusive", "wal_autocheckpoint": 20} if pragmas["journal_mode"] == "wal" else {}
        for name, value in (alone | dict(pragmas)).items():
            connection.execute(f"PRAGMA {name}={value}").fetchall()
        for batch in recording.batches:
            for statement in batch:
                connection.execute(statement)
            acknowledged += 1
    except (power.PowerLossError, apsw.Error):
        assert disk.cut_at is not None
    finally:
        disk.stop()
        connection.close(True)
    return acknowledged


def _cut(recording: Recording, folder: Path, pragmas: Mapping[str, str | int], at: int, chance: random.Random) -> str:
    """Return what became of a ledger whose power went at an operation: kept, lost or corrupt."""
    disk = _disk(recording, at)
    acknowledged = _run(recording, disk, pragmas)
    for path in folder.iterdir():
        path.unlink()
    for name, content in disk.survivors(chance).items():
        (folder / name).write_bytes(content)
    disk.unregister()
    try:
        with Ledger.open(folder / FILE) as ledger:
            if not ledger.verify().ok:
                return "corrupt"
            assert ledger.head.sequence <= recording.anchors[min(acknowledged + 1, BATCHES)].sequence
            return "kept" if ledger.verify(recording.anchors[acknowledged]).ok else "lost"
    except (LedgerError, sqlite3.Error):
        return "corrupt"


_made = 0


def _disk(recording: Recording, cut_at: int | None) -> power.Disk:
    global _made  # noqa: PLW0603 - a file system needs a name of its own
    _made += 1
    disk = power.Disk(f"losing-{_made}", {FILE: recording.before}, cut_at)
    disk.vfs_name = f"losing-{_made}"  # type: ignore[attr-defined]
    return disk


def _outcomes(recording: Recording, folder: Path, pragmas: Mapping[str, str | int], cuts: int) -> dict[str, int]:
    whole = _disk(recording, None)
    assert _run(recording, whole, pragmas) == len(recording.batches)
    chance = random.Random(5)  # noqa: S311
    found = {"kept": 0, "lost": 0, "corrupt": 0}
    for _ in range(cuts):
        found[_cut(recording, folder, pragmas, chance.randint(1, whole.operations), chance)] += 1
    whole.unregister()
    print(f"\n{pragmas['journal_mode']}, synchronous {pragmas['synchronous']}: {found}")  # noqa: T201
    return found


CUTS = pytest.mark.parametrize("cuts", [30, pytest.param(1000, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])])


@CUTS
@pytest.mark.parametrize("pragmas", [ROLLBACK, WAL], ids=["rollback journal", "write-ahead log"])
def test_a_power_loss_loses_nothing_that_was_acknowledged(
    recording: Recording, tmp_path: Path, pragmas: Mapping[str, str | int], cuts: int
) -> None:
    """With the settings of a ledger, wherever the power goes, every acknowledged batch is there."""
    assert _outcomes(recording, tmp_path, pragmas, cuts) == {"kept": cuts, "lost": 0, "corrupt": 0}


@pytest.mark.parametrize(
    ("pragmas", "expected"),
    [
        ({**WAL, "synchronous": 1}, "lost"),
        ({**WAL, "synchronous": 0}, "corrupt"),
        ({**ROLLBACK, "synchronous": 2}, "lost"),
        ({**ROLLBACK, "synchronous": 0}, "corrupt"),
    ],
    ids=["log NORMAL", "log OFF", "journal FULL", "journal OFF"],
)
def test_weaker_settings_are_found_wanting(
    recording: Recording, tmp_path: Path, pragmas: Mapping[str, str | int], expected: str
) -> None:
    """The control: with less syncing the same test does find losses, so it can."""
    assert _outcomes(recording, tmp_path, pragmas, 40)[expected] > 0
