"""When each element that exists came in, and when it was changed last."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select, true

from workbench.ledger import schema, times

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

_entry, _batch, _state = schema.entry, schema.batch, schema.state


class Age(NamedTuple):
    """Where in the ledger an element begins, and where it is as it is now."""

    added: int
    """Sequence of the entry that added it; of the last one if it was removed in between."""
    added_at: datetime
    changed: int
    """Sequence of the entry that holds it now."""
    changed_at: datetime


_CHUNK = 500


def ages(connection: Connection, ids: Iterable[str] | None = None) -> dict[str, Age]:
    """Return the age of every element that exists now, or of some of them, by its id."""
    if ids is None:
        return _ages(connection, true())
    found: dict[str, Age] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), _CHUNK):
        found |= _ages(connection, _entry.c.element.in_(wanted[start : start + _CHUNK]))
    return found


def _ages(connection: Connection, which: ColumnElement[bool]) -> dict[str, Age]:
    came = (
        select(_entry.c.element, func.max(_entry.c.sequence).label("sequence"))
        .where(_entry.c.before.is_(None), _entry.c.after.is_not(None), which)
        .group_by(_entry.c.element)
        .subquery()
    )
    first, first_batch, last, last_batch = _entry.alias(), _batch.alias(), _entry.alias(), _batch.alias()
    query = (
        select(_state.c.element, first.c.sequence, first_batch.c.at, last.c.sequence, last_batch.c.at)
        .join_from(came, _state, came.c.element == _state.c.element)
        .join(first, first.c.sequence == came.c.sequence)
        .join(first_batch, first_batch.c.number == first.c.batch)
        .join(last, last.c.sequence == _state.c.sequence)
        .join(last_batch, last_batch.c.number == last.c.batch)
    )
    # Thousands of elements come in with one batch.
    moment = cache(times.from_text)
    return {row[0]: Age(row[1], moment(row[2]), row[3], moment(row[4])) for row in connection.execute(query)}
