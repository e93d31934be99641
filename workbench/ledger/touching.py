"""What was written after a place of the ledger: ids and times alone, which cost nothing to read."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from workbench.ledger import schema, times

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_entry, _batch = schema.entry, schema.batch


class Touch(NamedTuple):
    """One entry."""

    sequence: int
    noun: str
    element: str
    at: datetime


def touched(connection: Connection, after: int) -> list[Touch]:
    """Return the entries after a sequence, oldest first."""
    query = (
        select(_entry.c.sequence, _entry.c.noun, _entry.c.element, _batch.c.at)
        .join_from(_entry, _batch, _batch.c.number == _entry.c.batch)
        .where(_entry.c.sequence > after)
        .order_by(_entry.c.sequence)
    )
    moment = cache(times.from_text)
    return [Touch(row[0], row[1], row[2], moment(row[3])) for row in connection.execute(query)]
