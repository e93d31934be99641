"""The Ledger: append, read, undo, verify, export."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from sqlalchemy import insert, select

from workbench.ledger import chain, migrate, reading, schema, sqlite, times, undo, writing
from workbench.ledger.ages import Age, ages
from workbench.ledger.database import Database
from workbench.ledger.errors import DamagedError, LedgerError, ReadOnlyError
from workbench.ledger.export import export
from workbench.ledger.runs import RunTable
from workbench.ledger.snapshot import Snapshot, checked_sequence
from workbench.ledger.touching import Touch, touched
from workbench.ledger.verify import verify
from workbench.model import Model, invert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from workbench.ledger.values import Anchor, Batch, Entry, Verification
    from workbench.model import Change

_SQLITE = "sqlite:///"
_PAGE = 1000


class Ledger:
    """The append-only history of a workspace, and the model that it folds to. Safe to use from several threads."""

    def __init__(self, database: Database, genesis: str, identity: str) -> None:
        self._database = database
        self._genesis = genesis
        self.id = identity
        """Made once, when the ledger was created."""
        self._snapshot = Snapshot()
        self._writing = Lock()

    @classmethod
    def create(cls, path_or_url: str | Path, *, identity: str | None = None) -> Self:
        """Make a new, empty ledger and open it.

        Raises
        ------
        LedgerError
            If there is something at that path already, or its folder does not exist.
        """
        path = _path(path_or_url)
        if not path.parent.is_dir():
            raise LedgerError(f"the folder {path.parent} does not exist; make it first")
        if path.exists() and path.stat().st_size:
            raise LedgerError(f"{path} exists already; open it, or give another path")
        database = Database(sqlite.engine(path, read_only=False, new=True), str(path))
        # All of it in one transaction: after a crash there is a whole ledger or an empty file.
        with _closing_on_error(database), database.write() as connection:
            migrate.upgrade(connection)
            if connection.execute(select(schema.ledger)).first() is not None:
                raise LedgerError(f"another process has just made {path}; open it")
            row = {"id": identity or str(uuid4()), "format": chain.FORMAT, "created": times.to_text(datetime.now(UTC))}
            connection.execute(insert(schema.ledger), row)
        return cls._opened(database)

    @classmethod
    def open(cls, path_or_url: str | Path, *, read_only: bool = False) -> Self:
        """Open a ledger, for reading only if its file or folder cannot be written; an older schema is upgraded.

        Raises
        ------
        LedgerError
            If there is none, it is no ledger, or a newer workbench wrote it.
        """
        path = _path(path_or_url)
        if not path.is_file():
            raise LedgerError(f"there is no ledger at {path}; create one, or give the path of a ledger.sqlite")
        reason = "it was asked for" if read_only else sqlite.why_read_only(path)
        database = Database(sqlite.engine(path, read_only=reason is not None), str(path), reason)
        with _closing_on_error(database):
            _bring_up_to_date(database)
            return cls._opened(database)

    @classmethod
    def _opened(cls, database: Database) -> Self:
        with database.read() as connection:
            row = connection.execute(select(schema.ledger)).one_or_none()
        if row is None:
            raise DamagedError(f"{database.place} has the tables of a ledger but no identity; restore it from a backup")
        return cls(database, chain.ledger_hash(row.id, row.created), row.id)

    def close(self) -> None:
        """Close the file; the ledger cannot be used afterwards."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Ledger: {self._database.place}>"

    @property
    def read_only(self) -> str | None:
        """Return why the ledger can only be read; None if it can be written."""
        return self._database.read_only

    @property
    def runs(self) -> RunTable:
        """Return the table of runs, which is no part of the history."""
        return RunTable(self._database, self._writing)

    @property
    def head(self) -> Anchor:
        """Return the newest place and its hash: kept outside, it lets `verify` prove that nothing was cut or redone."""
        with self._database.read() as connection:
            return reading.anchor(reading.head(connection), self._genesis)

    def append(
        self,
        changes: Iterable[Change],
        *,
        actor: str,
        why: str,
        on_behalf_of: str | None = None,
        at: datetime | None = None,
        remember: Callable[[Batch], Mapping[str, str | None]] | None = None,
    ) -> Batch | None:
        """Write Changes as one batch, on disk when this returns; None if there are none.

        `remember` gives small facts, as for `set_meta`, to keep in the same transaction: both or none.

        Raises
        ------
        ConflictError
            If a Change's `before` is not what is stored; it holds every conflict, and nothing was written.
        LedgerError
            If a value cannot be stored, the ledger is read-only, busy, or the disk fails; nothing was written.
        """
        prepared = writing.prepare(change for change in changes if change.before != change.after)
        if not prepared.changes:
            return None
        with self._writing, self._database.write() as connection:
            # Asked for once the lock is held: whoever waited longer must not look as if the clock had gone back.
            said = writing.Said(actor, why, at or datetime.now(UTC), on_behalf_of)
            batch, elements = writing.append(connection, prepared, said, self._genesis)
            writing.set_meta(connection, remember(batch) if remember else {})
        self._snapshot.remember(elements)
        return batch

    def undo(self, *, actor: str, why: str = "undo", batch: int | None = None, at: datetime | None = None) -> Batch:
        """Append the inverse of a batch: the newest that is in effect and no undo itself, or the one with that number.

        Undo the number of an undo to redo.

        Raises
        ------
        ConflictError
            If later edits built on what the batch did.
        LedgerError
            If there is nothing to undo, or the batch is undone already.
        """
        with self._writing, self._database.write() as connection:
            target = undo.target(connection, batch)
            said = writing.Said(actor, why, at or datetime.now(UTC), undoes=target.number)
            done, elements = writing.append(connection, writing.prepare(invert(target.changes)), said, self._genesis)
        self._snapshot.remember(elements)
        return done

    def model(self, as_of: int | datetime | None = None) -> Model:
        """Return the model now, right after a sequence, or as of a time (the last batch made at or before it).

        Raises
        ------
        LedgerError
            If the sequence is not in the ledger, or the time has no zone.
        """
        with self._database.read() as connection:
            if as_of is None:
                return self._snapshot.model(connection)
            if isinstance(as_of, datetime):
                return self._snapshot.model_at(connection, reading.sequence_at(connection, as_of))
            head = reading.head(connection)
            return self._snapshot.model_at(connection, checked_sequence(as_of, head.last if head else 0))

    def batches(self, limit: int | None = None) -> list[Batch]:
        """Return the batches with their Changes, oldest first; with a limit, the newest ones."""
        with self._database.read() as connection:
            return reading.batches(connection, limit=limit)

    def touched(self, after: int) -> list[Touch]:
        """Return which elements were written after a sequence, and when, oldest first."""
        with self._database.read() as connection:
            return touched(connection, after)

    def ages(self, ids: Iterable[str] | None = None) -> dict[str, Age]:
        """Return when each element that exists, or each of some, came in, and when it was changed last, by its id."""
        with self._database.read() as connection:
            return ages(connection, ids)

    def undone(self) -> dict[int, int]:
        """Return which batches are out of effect, by number, and the number of the batch that undid each."""
        with self._database.read() as connection:
            return undo.undone_by(reading.undoing(connection))

    def undoing(self) -> dict[int, int]:
        """Return which batch takes back which, by their numbers, also those that were taken back themselves."""
        with self._database.read() as connection:
            return reading.undoing(connection)

    def entries(self, element_id: str | None = None) -> Iterator[Entry]:
        """Yield the entries, oldest first, of the whole ledger or of one element."""
        after = 0
        # Page by page, so that a slow reader does not keep others from writing.
        while True:
            with self._database.read() as connection:
                page = reading.entries(connection, after, _PAGE, element_id)
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1].sequence

    def verify(self, anchor: Anchor | None = None) -> Verification:
        """Return whether the file itself is as it was written; an anchor kept outside also proves the tail."""
        return verify(self._database, self._genesis, anchor)

    def export(self, path: str | Path) -> None:
        """Write the history as JSON lines, to be checked by `verify_export.py` without the workbench."""
        export(self._database, Path(path), self._genesis)

    def backup(self, path: str | Path) -> None:
        """Copy the ledger to a new file in one consistent state, also while others write.

        Raises
        ------
        LedgerError
            If there is something at that path already, or it cannot be written.
        """
        if Path(path).exists():
            raise LedgerError(f"{path} exists already; give another path, a backup never overwrites")
        self._database.backup(Path(path))

    def meta(self, key: str) -> str | None:
        """Return a small fact of the workspace, or None."""
        query = select(schema.meta.c.value).where(schema.meta.c.key == key)
        with self._database.read() as connection:
            return connection.execute(query).scalar_one_or_none()

    def metas(self, prefix: str) -> dict[str, str]:
        """Return the small facts whose keys begin with `prefix`, by the rest of the key."""
        with self._database.read() as connection:
            return reading.metas(connection, prefix)

    def revise_metas(self, prefix: str, revise: Callable[[dict[str, str]], Mapping[str, str | None]]) -> None:
        """Keep what `revise` makes of the facts of `metas`, by the rest of the key, with nobody writing in between."""
        with self._writing, self._database.write() as connection:
            revised = revise(reading.metas(connection, prefix))
            writing.set_meta(connection, {f"{prefix}{key}": value for key, value in revised.items()})

    def set_meta(self, key: str, value: str | None) -> None:
        """Keep a small fact of the workspace; None forgets it. Facts are no part of the history."""
        with self._writing, self._database.write() as connection:
            writing.set_meta(connection, {key: value})


def _path(path_or_url: str | Path) -> Path:
    text = str(path_or_url)
    if text.startswith(_SQLITE):
        return Path(text.removeprefix(_SQLITE))
    if "://" in text:
        kind = text.partition("://")[0]
        raise LedgerError(f"{kind} is no kind of ledger that this version knows; give a path, or sqlite:///path")
    return Path(path_or_url)


def _bring_up_to_date(database: Database) -> None:
    with database.read() as connection:
        if not migrate.check(migrate.revision(connection)):
            return
    if database.read_only is not None:
        raise ReadOnlyError(
            f"{database.place} was written by an older workbench and must be upgraded first, but {database.read_only}; "
            "open it once where it can be written"
        )
    with database.write() as connection:
        migrate.upgrade(connection)


@contextmanager
def _closing_on_error(database: Database) -> Iterator[None]:
    try:
        yield
    except BaseException:
        database.close()
        raise
