"""When each element that exists came in, and when it was changed last."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from workbench.ledger import schema, times

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_entry, _batch, _state = schema.entry, schema.batch, schema.state


class Age(NamedTuple):
    """Where in the ledger an element begins, and where it is as it is now."""

    added: int
    """Sequence of the entry that added it; of the last one if it was removed in between."""
    added_at: datetime
    changed: int
    """Sequence of the entry that holds it now."""
    changed_at: datetime


def ages(connection: Connection) -> dict[str, Age]:
    """Return the age of every element that exists now, by its id."""
    came = (
        select(_entry.c.element, func.max(_entry.c.sequence).label("sequence"))
        .where(_entry.c.before.is_(None), _entry.c.after.is_not(None))
        .group_by(_entry.c.element)
        .subquery()
    )
    first, first_batch, last, last_batch = _entry.alias(), _batch.alias(), _entry.alias(), _batch.alias()
    query = (
        select(_state.c.element, first.c.sequence, first_batch.c.at, last.c.sequence, last_batch.c.at)
        .join_from(_state, came, came.c.element == _state.c.element)
        .join(first, first.c.sequence == came.c.sequence)
        .join(first_batch, first_batch.c.number == first.c.batch)
        .join(last, last.c.sequence == _state.c.sequence)
        .join(last_batch, last_batch.c.number == last.c.batch)
    )
    # Thousands of elements come in with one batch.
    moment = cache(times.from_text)
    return {row[0]: Age(row[1], moment(row[2]), row[3], moment(row[4])) for row in connection.execute(query)}
