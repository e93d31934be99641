"""Questions to the tables of a ledger, each within a transaction that the caller holds."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, func, select

from workbench.ledger import codec, schema, times
from workbench.ledger.codec import Stored
from workbench.ledger.values import Anchor, Batch, Entry
from workbench.model import Change

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, RowMapping, Select

    AnyRow = Row[*tuple[Any, ...]]
    Columns = RowMapping | dict[str, Any]

_entry, _batch, _state = schema.entry, schema.batch, schema.state
_previous = schema.entry.alias("previous")
_CHUNK = 500
_LAST_SIGN = "\U0010ffff"


class Held(NamedTuple):
    """What is stored now under an id, and who put it there."""

    sequence: int
    noun: str
    after: bytes | None
    actor: str
    at: str


_HEAD = select(_batch.c.number, _batch.c.last, _batch.c.at, _batch.c.hash).order_by(_batch.c.number.desc()).limit(1)
_STORED = select(_entry.c.sequence, _entry.c.noun, _entry.c.element, _entry.c.after)
_HELD = select(_entry.c.element, _entry.c.sequence, _entry.c.noun, _entry.c.after, _batch.c.actor, _batch.c.at).join(
    _batch
)
_HELD_NOW = _HELD.join(_state, _state.c.sequence == _entry.c.sequence).where(
    _state.c.element.in_(bindparam("ids", expanding=True))
)
_FULL = select(
    _entry.c.sequence, _entry.c.batch, _entry.c.noun, _entry.c.element, _entry.c.before, _entry.c.after, _entry.c.hash,
    _previous.c.after.label("earlier"),
)  # fmt: skip
_FULL = _FULL.join_from(_entry, _previous, _entry.c.before == _previous.c.sequence, isouter=True).order_by(
    _entry.c.sequence
)


def head(connection: Connection) -> AnyRow | None:
    """Return number, last, at and hash of the last batch; None for an empty ledger."""
    return connection.execute(_HEAD).one_or_none()


def hash_of(connection: Connection, number: int) -> str | None:
    """Return the hash of one batch, or None if there is no such batch."""
    return connection.execute(select(_batch.c.hash).where(_batch.c.number == number)).scalar_one_or_none()


def current(connection: Connection) -> list[Stored]:
    """Return what exists now."""
    return _stored(connection, _STORED.join_from(_state, _entry, _state.c.sequence == _entry.c.sequence))


def changed_since(connection: Connection, sequence: int) -> list[Stored]:
    """Return the entries after `sequence`, oldest first; `after` is None where an element was removed."""
    return _stored(connection, _STORED.where(_entry.c.sequence > sequence).order_by(_entry.c.sequence))


def state_at(connection: Connection, sequence: int) -> list[Stored]:
    """Return what existed right after the entry `sequence`."""
    newest = (
        select(func.max(_entry.c.sequence).label("sequence"))
        .where(_entry.c.sequence <= sequence)
        .group_by(_entry.c.element)
        .subquery()
    )
    query = _STORED.join_from(newest, _entry, newest.c.sequence == _entry.c.sequence).where(_entry.c.after.is_not(None))
    return _stored(connection, query)


def sequence_at(connection: Connection, at: datetime) -> int:
    """Return the last sequence of the last batch that was made at or before a time; 0 if there is none."""
    query = select(func.max(_batch.c.last)).where(_batch.c.at <= times.to_text(at))
    return connection.execute(query).scalar_one() or 0


def held(connection: Connection, ids: Iterable[str]) -> dict[str, Held]:
    """Return what exists now of the elements with those ids."""
    found: dict[str, Held] = {}
    for chunk in _chunks(sorted(ids)):
        rows = connection.execute(_HELD_NOW, {"ids": chunk})
        found.update((row[0], Held(*row[1:])) for row in rows)
    return found


def last_of(connection: Connection, element_id: str) -> Held | None:
    """Return the last entry of an id, also if it removed the element."""
    query = _HELD.where(_entry.c.element == element_id).order_by(_entry.c.sequence.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return Held(*row[1:]) if row else None


def batches(connection: Connection, *, limit: int | None = None, number: int | None = None) -> list[Batch]:
    """Return batches with their Changes, oldest first: the newest `limit`, or the one with that number."""
    query = select(_batch).order_by(_batch.c.number.desc()).limit(limit)
    query = query if number is None else query.where(_batch.c.number == number)
    rows = connection.execute(query).mappings().all()[::-1]
    if not rows:
        return []
    changes = _changes_by_batch(connection, rows[0]["first"], rows[-1]["last"])
    return [as_batch(row, tuple(changes[row["number"]])) for row in rows]


def entries(connection: Connection, after: int, limit: int, element_id: str | None = None) -> list[Entry]:
    """Return up to `limit` entries that follow the sequence `after`, oldest first."""
    query = _FULL.where(_entry.c.sequence > after).limit(limit)
    rows = connection.execute(query if element_id is None else query.where(_entry.c.element == element_id)).all()
    if not rows:
        return []
    said = {row.number: row for row in _batch_rows(connection, {row.batch for row in rows})}
    changes = _changes(rows)
    return [_as_entry(row, said[row.batch], change) for row, change in zip(rows, changes, strict=True)]


def metas(connection: Connection, prefix: str) -> dict[str, str]:
    """Return the small facts whose keys begin with a prefix, by the rest of the key."""
    key = schema.meta.c.key
    # Between two ends, so that the index serves and no sign of the prefix means anything else.
    query = select(key, schema.meta.c.value).where(key.between(prefix, f"{prefix}{_LAST_SIGN}"))
    return {row.key.removeprefix(prefix): row.value for row in connection.execute(query)}


def undoing(connection: Connection) -> dict[int, int]:
    """Return which batch undoes which: number → the number it takes back."""
    query = select(_batch.c.number, _batch.c.undoes).where(_batch.c.undoes.is_not(None))
    return {row.number: row.undoes for row in connection.execute(query)}


def plain_numbers(connection: Connection) -> Iterator[int]:
    """Yield the numbers of the batches that undo nothing, newest first."""
    query = select(_batch.c.number).where(_batch.c.undoes.is_(None)).order_by(_batch.c.number.desc())
    yield from connection.execute(query).scalars()


def anchor(row: AnyRow | None, genesis: str) -> Anchor:
    """Return a row of `head` as an Anchor."""
    return Anchor(0, genesis) if row is None else Anchor(row.last, row.hash, times.from_text(row.at))


def as_batch(row: Columns, changes: tuple[Change, ...]) -> Batch:
    """Return a row of the batch table, by column name, as a Batch."""
    return Batch(
        number=row["number"], sequence_first=row["first"], sequence_last=row["last"], at=times.from_text(row["at"]),
        actor=row["actor"], why=row["why"], changes=changes, hash=row["hash"], on_behalf_of=row["on_behalf_of"],
        undoes=row["undoes"], assurance=row["assurance"], note=row["note"],
    )  # fmt: skip


def _stored(connection: Connection, query: Select[Any]) -> list[Stored]:
    return [Stored(*row) for row in connection.execute(query)]


def _batch_rows(connection: Connection, numbers: set[int]) -> Iterator[AnyRow]:
    for chunk in _chunks(sorted(numbers)):
        yield from connection.execute(select(_batch).where(_batch.c.number.in_(chunk)))


def _changes_by_batch(connection: Connection, first: int, last: int) -> dict[int, list[Change]]:
    rows = connection.execute(_FULL.where(_entry.c.sequence.between(first, last))).all()
    groups: dict[int, list[Change]] = defaultdict(list)
    for row, change in zip(rows, _changes(rows), strict=True):
        groups[row.batch].append(change)
    return groups


def _changes(rows: Sequence[AnyRow]) -> list[Change]:
    """Return the Change of each row; an element that several rows share is read once."""
    stored = {row.sequence: Stored(row.sequence, row.noun, row.element, row.after) for row in rows}
    stored |= {r.before: Stored(r.before, r.noun, r.element, r.earlier) for r in rows if r.before is not None}
    found = codec.from_rows(row for row in stored.values() if row.after is not None)
    return [Change(noun=r.noun, id=r.element, before=found.get(r.before), after=found.get(r.sequence)) for r in rows]


def _as_entry(row: AnyRow, said: AnyRow, change: Change) -> Entry:
    return Entry(row.sequence, row.batch, times.from_text(said.at), said.actor, said.why, change, row.hash)


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
