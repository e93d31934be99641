"""Connections to one SQLite file, each set up and checked for durability.

Write-ahead logging is used from SQLite 3.51.3 on; before it, two connections that wrote and checkpointed at once could
damage the file (3.7.0 to 3.51.2), so older libraries get the rollback journal. Files are never mapped into memory.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from sqlalchemy import create_engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import QueuePool

from workbench.ledger.errors import ReadOnlyError, StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlalchemy import Connection, Engine
    from sqlalchemy.pool import ConnectionPoolEntry

TIMEOUT = 30.0
"""Seconds to wait for another process."""
_PAUSE = (0.0005, 0.003)
"""Seconds between two tries for the lock; a commit holds it for about as long."""
_SAFE_WAL = (3, 51, 3)
_WAL_MARK = b"\x02\x02"


def engine(path: Path, *, read_only: bool, new: bool = False) -> Engine:
    """Return an engine over the file; each of its connections is set up and checked before use."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            _uri(path, read_only=read_only, new=new), uri=True, timeout=TIMEOUT, check_same_thread=False,
            isolation_level=None,
        )  # fmt: skip
        try:
            _set_up(connection, _READING if read_only else durability())
        except BaseException:
            connection.close()
            raise
        return connection

    made = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=5, max_overflow=-1)
    event.listen(made, "begin", _begin)
    event.listen(made, "connect", _mark)
    event.listen(made, "checkout", _refuse_inherited)
    return made


def durability(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> Mapping[str, str | int]:
    """Return the pragmas of a writing connection and the values that they must then show."""
    wal = version >= _SAFE_WAL
    # Synchronous 2 is FULL, 3 is EXTRA: with a rollback journal only EXTRA also syncs the folder after the commit.
    return {"journal_mode": "wal" if wal else "delete", "synchronous": 2 if wal else 3, **_ALWAYS}


# Schema that came with the file may not call functions with side effects; REPLACE may not slip past a delete trigger.
_ALWAYS = {"mmap_size": 0, "foreign_keys": 1, "trusted_schema": 0, "recursive_triggers": 1, "cell_size_check": 1}
_READING = {"query_only": 1, **_ALWAYS}


def backup(engine: Engine, path: Path) -> None:
    """Copy the database in one consistent state, also while others write; the copy appears whole or not at all."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    source = engine.raw_connection()
    try:
        with closing(sqlite3.connect(unfinished)) as target:
            cast("sqlite3.Connection", source.driver_connection).backup(target)
        unfinished.replace(path)
    finally:
        source.close()
        unfinished.unlink(missing_ok=True)


def code(error: BaseException | None) -> int:
    """Return SQLite's code of an error without its details; 0 for an error that is none of SQLite's."""
    if isinstance(error, sqlite3.OperationalError) and "decode to UTF-8" in str(error):
        return sqlite3.SQLITE_CORRUPT
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def why_read_only(path: Path) -> str | None:
    """Return why the file can only be read, or None if it can be written."""
    for place, what in ((path, "the file"), (path.parent, "its folder")):
        if not _writable(place):
            return f"{what} cannot be written by this user"
    return None


def _writable(place: Path) -> bool:
    # A program that runs with another user's rights writes with those.
    return os.access(place, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _uri(path: Path, *, read_only: bool, new: bool) -> str:
    mode = "ro" if read_only else "rwc" if new else "rw"
    # In a folder that cannot be written, SQLite cannot make the side files that reading a WAL database needs.
    still = read_only and not _writable(path.parent) and _in_wal_mode(path)
    if still and _size(_wal_file(path)):
        raise ReadOnlyError(
            f"{path} has unfinished write-ahead entries in {_wal_file(path).name} and its folder cannot be written; "
            "open it once where it can be written, or copy both files to such a place"
        )
    return f"file:{quote(str(path.absolute()))}?mode={mode}{'&immutable=1' if still else ''}"


def _in_wal_mode(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(20)[18:20] == _WAL_MARK


def _wal_file(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _set_up(connection: sqlite3.Connection, pragmas: Mapping[str, str | int]) -> None:
    for name, value in pragmas.items():
        connection.execute(f"PRAGMA {name}={value}")
    for name, value in pragmas.items():
        row = connection.execute(f"PRAGMA {name}").fetchone()
        # A library that was built without memory mapping does not answer; that is as good as 0.
        if row is not None and row[0] != value:
            raise StorageError(
                f"SQLite {sqlite3.sqlite_version} refuses the setting {name}={value} (it stays {row[0]}); "
                "without it a commit could be lost, so the ledger is not opened. Keep it on a local disk."
            )


def _begin(connection: Connection) -> None:
    """Take the lock for the whole transaction, with the same chance for all who wait.

    SQLite's own waiting sleeps the longer the longer it has waited: under load newcomers overtake, and a writer among
    eight waited for up to 20 seconds.
    """
    driver = cast("sqlite3.Connection", connection.connection.driver_connection)
    statement = connection.get_execution_options().get("begin", "BEGIN")
    deadline = time.monotonic() + TIMEOUT
    driver.execute("PRAGMA busy_timeout=0")
    while not _began(driver, statement, give_up=time.monotonic() >= deadline):
        time.sleep(random.uniform(*_PAUSE))  # noqa: S311 - to take turns, not to keep secret
    # From here on only a commit waits, for those who are still reading.
    driver.execute(f"PRAGMA busy_timeout={TIMEOUT * 1000:.0f}")


def _began(driver: sqlite3.Connection, statement: str, *, give_up: bool) -> bool:
    try:
        driver.execute(statement)
        # BEGIN alone takes no lock; the first read does.
        driver.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except sqlite3.OperationalError as error:
        driver.rollback()
        if code(error) != sqlite3.SQLITE_BUSY or give_up:
            raise
        return False
    return True


def _mark(_: object, record: ConnectionPoolEntry) -> None:
    record.info["process"] = os.getpid()


def _refuse_inherited(_: object, record: ConnectionPoolEntry, __: object) -> None:
    """Replace a connection that came through a fork: two processes on one handle damage the file."""
    if record.info["process"] != os.getpid():
        record.dbapi_connection = None  # type: ignore[misc] # as SQLAlchemy's manual says
        raise DisconnectionError("the connection belongs to the parent process")
