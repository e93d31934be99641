"""Transactions on the database of a ledger, with its errors put into words."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from workbench.ledger import sqlite
from workbench.ledger.errors import BusyError, DamagedError, LedgerError, ReadOnlyError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

_STOPPED = "an earlier write failed in a way that leaves the state of the disk unknown"


class Database:
    """Reads and writes, each in one transaction: all of it or nothing."""

    def __init__(self, engine: Engine, place: str, read_only: str | None = None) -> None:
        self.engine = engine
        self.place = place
        self.read_only = read_only
        """Why the database can only be read; None if it can be written."""
        self._stopped = self._closed = False

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Hold one consistent state for reading."""
        with self._in_words(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Hold the right to write until the end of the block, then commit; take everything back on an error.

        Raises
        ------
        ReadOnlyError
            If the database was opened for reading.
        StorageError
            If an earlier write failed in a way that leaves the state of the disk unknown.
        """
        if self.read_only is not None:
            raise ReadOnlyError(f"{self.place} is open for reading only: {self.read_only}")
        if self._stopped:
            raise StorageError(f"{self.place}: {_STOPPED}; close it, check the disk, open and verify it again")
        # The lock is taken before the first read, so that nobody writes between our check and our insert.
        options = {"begin": "BEGIN IMMEDIATE"}
        with self._in_words(), self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    def backup(self, path: Path) -> None:
        """Copy the database in one consistent state, also while others write."""
        with self._in_words():
            sqlite.backup(self.engine, path)

    def close(self) -> None:
        """Close all connections; nothing can be read or written afterwards."""
        self._closed = True
        self.engine.dispose()

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        if self._closed:
            raise LedgerError(f"{self.place} is closed; open it again")
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            raise self._error(error) from error
        except UnicodeDecodeError as error:
            # Python reads the words of SQLite's own complaint, which quote the damaged place.
            raise DamagedError(f"{self.place}: {error}; {_DAMAGED}") from error

    def _error(self, error: DBAPIError | sqlite3.Error) -> LedgerError:
        original = error.orig if isinstance(error, DBAPIError) else error
        code = sqlite.code(original)
        # An operating system that failed to write or sync once may tell success the next time: never go on after it.
        self._stopped = self._stopped or code == sqlite3.SQLITE_IOERR
        kind, advice = _WORDS.get(code, (LedgerError, "this is not expected; please report it"))
        return kind(f"{self.place}: {original}; {advice}")


_DAMAGED = "the file is damaged; restore it from a backup and keep this copy"
_WORDS: dict[int, tuple[type[LedgerError], str]] = {
    sqlite3.SQLITE_BUSY: (
        BusyError,
        f"another process has held the ledger for {sqlite.TIMEOUT:.0f} seconds; nothing was written, try again",
    ),
    sqlite3.SQLITE_FULL: (
        StorageError,
        "nothing was written and everything committed before is safe; free some space and try again",
    ),
    sqlite3.SQLITE_IOERR: (
        StorageError,
        "reading or writing the disk failed; close the ledger, check the disk, open and verify it again",
    ),
    sqlite3.SQLITE_CORRUPT: (DamagedError, _DAMAGED),
    sqlite3.SQLITE_NOTADB: (DamagedError, "the file is not a ledger; give the path of a ledger.sqlite"),
    sqlite3.SQLITE_READONLY: (ReadOnlyError, "make the file and its folder writable, or open it for reading only"),
    sqlite3.SQLITE_CANTOPEN: (StorageError, "check that the path exists and that this user may read it"),
    sqlite3.SQLITE_CONSTRAINT: (LedgerError, "the ledger refused it; nothing was written"),
}
