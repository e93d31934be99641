"""The table of runs, which lies in the ledger's database so that a run and what it recorded are one transaction."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, or_, select, update

from workbench.ledger.schema import run as table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from threading import Lock

    from sqlalchemy import ColumnElement, Connection

    from workbench.ledger.database import Database

_PART = 500


class RunRows:
    """The rows, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, **equal: Any) -> list[dict[str, Any]]:
        """Return the rows in which these columns have these values, in the order in which they came."""
        query = select(table).where(*_equal(equal)).order_by(table.c.number)
        return [dict(row) for row in self._connection.execute(query).mappings()]

    def outdated(self, before: str, last: int) -> list[dict[str, Any]]:
        """Return the rows with output of before a time, all but the last so many with output of each app and kind."""
        newer = func.row_number().over(partition_by=(table.c.app, table.c.kind), order_by=table.c.number.desc())
        kept = or_(table.c.output.is_not(None), table.c.page.is_not(None))
        ranked = select(table, newer.label("rank")).where(kept).subquery()
        at = func.coalesce(ranked.c.ended, ranked.c.queued)
        query = select(ranked).where(ranked.c.rank > last, at < before).order_by(ranked.c.number)
        return [dict(row) for row in self._connection.execute(query).mappings()]

    def without_output(self, runs: Iterable[str], states: Collection[str]) -> set[str]:
        """Return which of these runs are in one of these states and have no output."""
        found: set[str] = set()
        wanted = iter(runs)
        while part := list(islice(wanted, _PART)):
            query = select(table.c.run).where(
                table.c.run.in_(part), table.c.state.in_(states), table.c.output.is_(None)
            )
            found.update(self._connection.execute(query).scalars())
        return found

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row."""
        self._connection.execute(insert(table).values(**row))

    def change(self, values: Mapping[str, Any], **equal: Any) -> int:
        """Set values in the rows in which these columns have these values; returns in how many."""
        return self._connection.execute(update(table).where(*_equal(equal)).values(**values)).rowcount

    def newest_token(self) -> int:
        """Return the highest token that was ever given; 0 if none was."""
        return self._connection.execute(select(func.max(table.c.token))).scalar() or 0


class RunTable:
    """The table, to be read or written a transaction at a time."""

    def __init__(self, database: Database, lock: Lock) -> None:
        self._database = database
        self._lock = lock

    @property
    def read_only(self) -> bool:
        """Tell whether the table can only be read."""
        return self._database.read_only is not None

    @contextmanager
    def reading(self) -> Iterator[RunRows]:
        """Hold one consistent state for reading; also within `remember` of an append, where nobody else writes."""
        with self._database.read() as connection:
            yield RunRows(connection)

    @contextmanager
    def writing(self) -> Iterator[RunRows]:
        """Hold the right to write: what is read in the block stays true until its end.

        Raises
        ------
        LedgerError
            If the ledger is read-only or busy, or the disk fails; nothing was written.
        """
        with self._lock, self._database.write() as connection:
            yield RunRows(connection)


def _equal(values: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    return [table.c[name] == value for name, value in values.items()]
