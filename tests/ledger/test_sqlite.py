"""Every connection is set up so that what was acknowledged is on disk; what cannot be written can still be read."""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import builders as b
import histories
import pytest
from sqlalchemy import event

from workbench.ledger import BusyError, Ledger, LedgerError, ReadOnlyError, StorageError, sqlite
from workbench.model import added

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = 65534


def _pragmas(ledger: Ledger, *names: str) -> list[object]:
    with ledger._database.read() as connection:
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]


def _wal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behave as with a SQLite whose write-ahead log is safe."""
    monkeypatch.setattr(sqlite, "durability", lambda chosen=sqlite.durability: chosen((3, 51, 3)))


@pytest.mark.parametrize(
    ("version", "journal", "synchronous"),
    [((3, 40, 1), "delete", 3), ((3, 51, 2), "delete", 3), ((3, 51, 3), "wal", 2), ((3, 54, 1), "wal", 2)],
)
def test_the_journal_follows_the_version_of_sqlite(version: tuple[int, ...], journal: str, synchronous: int) -> None:
    """Before 3.51.3 two writers could damage a file with a write-ahead log, so it is used from there on only."""
    wanted = sqlite.durability(version)
    assert (wanted["journal_mode"], wanted["synchronous"], wanted["mmap_size"]) == (journal, synchronous, 0)


@pytest.mark.parametrize("wal", [False, True])
def test_every_connection_is_durable(path: Path, monkeypatch: pytest.MonkeyPatch, wal: bool) -> None:
    """Each of many connections shows the settings that were asked for, and nothing is mapped into memory."""
    if wal:
        _wal(monkeypatch)
    with Ledger.open(path) as ledger:
        connections = [ledger._database.engine.connect() for _ in range(8)]
        names = ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "recursive_triggers")
        found = {tuple(c.exec_driver_sql(f"PRAGMA {n}").scalar() for n in names) for c in connections}
        mapped = {c.exec_driver_sql("PRAGMA mmap_size").scalar() for c in connections}
        for connection in connections:
            connection.close()
    expected = sqlite.durability()
    assert found == {tuple(expected[name] for name in names)}
    assert mapped <= {0, None}


def test_a_setting_that_sqlite_refuses_stops_the_ledger(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the journal cannot be had as it must be, the ledger is not opened."""
    monkeypatch.setattr(sqlite, "durability", lambda: {"journal_mode": "nosuchmode"})
    with pytest.raises(StorageError, match=r"refuses the setting journal_mode.*it stays delete"):
        Ledger.open(path)


def test_a_ledger_works_in_both_journals(written: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger that was written with one journal goes on with the other, and back."""
    written.close()
    steps = histories.steps()
    for wal in (True, False):
        with monkeypatch.context() as patch:
            if wal:
                _wal(patch)
            with Ledger.open(written._database.place) as ledger:
                ledger.append([next(steps)], actor="ana", why="either way")
                assert _pragmas(ledger, "journal_mode") == ["wal" if wal else "delete"]
                assert ledger.verify().entries == (12 if wal else 13)
    assert not Path(f"{written._database.place}-wal").exists()


def test_a_ledger_opened_for_reading_cannot_be_written(written: Ledger) -> None:
    """A ledger that was opened for reading reads, and says why it does not write."""
    with Ledger.open(written._database.place, read_only=True) as ledger:
        assert (ledger.model(), ledger.verify().ok) == (written.model(), True)
        for write in (
            lambda: ledger.append([added(b.store("s"))], actor="a", why="w"),
            lambda: ledger.set_meta("k", "v"),
        ):
            with pytest.raises(ReadOnlyError, match=r"open for reading only: it was asked for"):
                write()


@contextmanager
def _as_nobody() -> Iterator[None]:
    """Act with the rights of an ordinary user; who is none other than root already does."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def protected(written_file: Path) -> Iterator[Path]:
    """Return a ledger in a folder that ordinary users may read but not write."""
    folder = Path(tempfile.mkdtemp())
    path = shutil.copy(written_file, folder / "ledger.sqlite")
    path.chmod(0o444)
    folder.chmod(0o555)
    yield path
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_ledger_that_cannot_be_written_is_read(protected: Path) -> None:
    """A ledger on a read-only medium opens for reading without being asked, and says why it cannot be written."""
    with _as_nobody(), Ledger.open(protected) as ledger:
        assert ledger.read_only == "the file cannot be written by this user"
        assert (len(ledger.model()), ledger.verify().ok) == (3, True)
        with pytest.raises(ReadOnlyError, match="cannot be written by this user"):
            ledger.undo(actor="ana")


def test_a_file_in_a_folder_that_cannot_be_written_is_read(protected: Path) -> None:
    """A writable file in a read-only folder cannot be written safely, for the journal has no place."""
    protected.chmod(0o666)
    with _as_nobody(), Ledger.open(protected) as ledger:
        assert (ledger.read_only, ledger.verify().ok) == ("its folder cannot be written by this user", True)


def test_a_closed_ledger_with_write_ahead_log_is_read_anywhere(
    protected: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the last close nothing is left in the write-ahead log, so that a copy on a read-only medium opens."""
    with monkeypatch.context() as patch:
        _wal(patch)
        protected.chmod(0o644)
        protected.parent.chmod(0o755)
        with Ledger.open(protected) as ledger:
            ledger.append([added(b.store("late"))], actor="ana", why="with a log")
        protected.parent.chmod(0o555)
    with _as_nobody(), Ledger.open(protected) as ledger:
        assert (b.store("late") in list(ledger.model()), ledger.verify().entries) == (True, 12)


def test_an_unfinished_write_ahead_log_on_a_read_only_medium_is_explained(protected: Path) -> None:
    """With entries left in a log that cannot be worked off, the message says what to do instead of showing old data."""
    protected.chmod(0o644)
    with closing(sqlite3.connect(protected)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    protected.with_name("ledger.sqlite-wal").write_bytes(b"x" * 100)
    with _as_nobody(), pytest.raises(ReadOnlyError, match=r"unfinished write-ahead entries in ledger\.sqlite-wal"):
        Ledger.open(protected)


def test_another_holder_is_waited_for_and_then_named(
    ledger: Ledger, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When another program holds the file for too long, nothing is written and the message says to try again."""
    monkeypatch.setattr(sqlite, "TIMEOUT", 0.1)
    ledger._database.engine.dispose()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match="nothing was written, try again"):
            ledger.append([added(b.app())], actor="ana", why="too late")
        other.execute("ROLLBACK")
    assert ledger.append([added(b.app())], actor="ana", why="again") is not None


def _big(n: int) -> list[object]:
    return [added(b.store(f"{n}", notes=("x" * 2000,)))]


def _fill(ledger: Ledger) -> tuple[int, LedgerError]:
    """Append until it fails; return how many were acknowledged and the error."""
    for n in range(1000):
        try:
            ledger.append(_big(n), actor="ana", why="fill")  # type: ignore[arg-type]
        except LedgerError as error:
            return n, error
    raise AssertionError("the disk never got full")


def test_a_full_disk_loses_nothing(ledger: Ledger) -> None:
    """A full disk is an error that says so; all that was acknowledged is there, and it goes on when there is room."""
    ledger._database.engine.dispose()
    event.listen(
        ledger._database.engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count=60")
    )
    acknowledged, error = _fill(ledger)
    assert (type(error), "free some space and try again" in str(error)) == (StorageError, True)
    assert (len(ledger.model()), ledger.verify().ok, acknowledged > 5) == (acknowledged, True, True)
    with Ledger.open(ledger._database.place) as roomy:
        roomy.append(_big(acknowledged), actor="ana", why="again")  # type: ignore[arg-type]
        assert roomy.verify().entries == acknowledged + 1
    assert len(ledger.model()) == acknowledged + 1


@contextmanager
def _largest_file(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_after_an_error_of_the_disk_nothing_more_is_written(path: Path) -> None:
    """After a failed write nothing is written until it is opened again; then all acknowledged entries are there."""
    with Ledger.open(path) as ledger:
        with _largest_file(path.stat().st_size + 40_000):
            acknowledged, error = _fill(ledger)
        assert (type(error), "reading or writing the disk failed" in str(error)) == (StorageError, True)
        with pytest.raises(StorageError, match="close it, check the disk, open and verify it again"):
            ledger.append([added(b.app())], actor="ana", why="too early")
        assert len(ledger.model()) == acknowledged
    with Ledger.open(path) as ledger:
        assert (ledger.verify().entries, acknowledged > 5) == (acknowledged, True)
        ledger.append([added(b.app())], actor="ana", why="mended")


def _append(ledger: Ledger) -> None:
    ledger.append([added(b.store("of the child"))], actor="child", why="forked")


def test_a_forked_child_uses_its_own_connection(ledger: Ledger) -> None:
    """A child process that inherits an open ledger writes through a connection of its own, and both go on."""
    ledger.append([added(b.app())], actor="parent", why="before")
    child = multiprocessing.get_context("fork").Process(target=_append, args=(ledger,))
    child.start()
    child.join()
    ledger.append([added(b.store("of the parent"))], actor="parent", why="after")
    assert (child.exitcode, len(ledger.model()), ledger.verify().ok) == (0, 3, True)
