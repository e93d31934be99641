"""Walk the whole history, page by page, so that a long walk does not keep others from writing."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from workbench.ledger import schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from workbench.ledger.database import Database
    from workbench.ledger.reading import AnyRow

_BATCHES = 500
_ENTRIES = 5000
_batch, _entry = schema.batch, schema.entry


class Group(NamedTuple):
    """A row of the batch table with the rows of the entry table that say they belong to it."""

    batch: AnyRow
    entries: Sequence[AnyRow]


def groups(database: Database, after: int = 0) -> Iterator[Group]:
    """Yield the batches after a number with their entries, oldest first, as they stand in the file."""
    while True:
        with database.read() as connection:
            page = _page(connection, after)
        if not page:
            return
        yield from page
        after = page[-1].batch.number


def _page(connection: Connection, after: int) -> list[Group]:
    query = select(_batch).where(_batch.c.number > after).order_by(_batch.c.number).limit(_BATCHES)
    batches = _fitting(connection.execute(query).all())
    if not batches:
        return []
    span = _entry.c.sequence.between(batches[0].first, batches[-1].last)
    by_batch: dict[int, list[AnyRow]] = defaultdict(list)
    for row in connection.execute(select(_entry).where(span).order_by(_entry.c.sequence)).all():
        by_batch[row.batch].append(row)
    return [Group(row, by_batch[row.number]) for row in batches]


def _fitting(batches: Sequence[AnyRow]) -> Sequence[AnyRow]:
    """Return as many batches as have few enough entries, at least one."""
    total = 0
    for n, row in enumerate(batches):
        total += row.last - row.first + 1
        if n and total > _ENTRIES:
            return batches[:n]
    return batches
