"""Append Changes: compare with what is stored, chain, write; within a transaction that the caller holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, delete, insert, update

from workbench.ledger import chain, codec, reading, schema, times
from workbench.ledger.errors import ConflictError, LedgerError
from workbench.ledger.reading import Held
from workbench.ledger.values import Batch, Conflict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from workbench.ledger.reading import AnyRow
    from workbench.model import Change, Element

_state = schema.state
_INSERT_BATCH, _INSERT_ENTRY, _INSERT_STATE = insert(schema.batch), insert(schema.entry), insert(_state)
_UPDATE_STATE = update(_state).where(_state.c.element == bindparam("key")).values(sequence=bindparam("to"))
_DELETE_STATE = delete(_state).where(_state.c.element == bindparam("key"))


@dataclass(frozen=True)
class Said:
    """Who does it, when and why."""

    actor: str
    why: str
    at: datetime
    on_behalf_of: str | None = None
    undoes: int | None = None
    assurance: str = "declared"


class Prepared(NamedTuple):
    """Changes as they will be stored, checked as far as that needs no database."""

    changes: tuple[Change, ...]
    stored: tuple[bytes | None, ...]
    """The bytes of each `after`."""
    elements: tuple[Element | None, ...]
    """Each `after`, read back from its bytes."""


def prepare(changes: Iterable[Change]) -> Prepared:
    """Return Changes ready to be written, so that nobody waits for this while the database is locked.

    Raises
    ------
    LedgerError
        If an element cannot be stored, or would not be read back as it was given.
    """
    changes = tuple(changes)
    stored = tuple(None if change.after is None else codec.to_bytes(change.after) for change in changes)
    return Prepared(changes, stored, _read_back(changes, stored))


def append(connection: Connection, prepared: Prepared, said: Said, genesis: str) -> tuple[Batch, dict[int, Element]]:
    """Write one batch; return it and its elements by sequence.

    Raises
    ------
    ConflictError
        If the `before` of any Change is not what is stored.
    LedgerError
        If a text cannot be stored.
    """
    head = reading.head(connection)
    first = head.last + 1 if head else 1
    stored = reading.held(connection, {change.id for change in prepared.changes})
    rows = [_row(first + n, change, prepared.stored[n]) for n, change in enumerate(prepared.changes)]
    _link_to_before(connection, prepared.changes, rows, stored)
    batch = _batch_row(head, first, len(rows), said)
    _chain(rows, batch, head.hash if head else genesis)
    connection.execute(_INSERT_BATCH, batch)
    connection.execute(_INSERT_ENTRY, rows)
    _write_state(connection, rows, stored)
    elements = {first + n: element for n, element in enumerate(prepared.elements) if element is not None}
    return reading.as_batch(batch, prepared.changes), elements


def set_meta(connection: Connection, facts: Mapping[str, str | None]) -> None:
    """Keep small facts; None forgets one."""
    for key, value in facts.items():
        connection.execute(delete(schema.meta).where(schema.meta.c.key == key))
        if value is not None:
            connection.execute(insert(schema.meta), {"key": key, "value": value})


def _row(sequence: int, change: Change, after: bytes | None) -> dict[str, Any]:
    return {"sequence": sequence, "noun": change.noun, "element": change.id, "after": after}


def _read_back(changes: Sequence[Change], stored: Sequence[bytes | None]) -> tuple[Element | None, ...]:
    """Parse what is about to be written: history that nobody can read could never be corrected."""
    rows = [codec.Stored(n, c.noun, checked_text("id", c.id), stored[n] or b"") for n, c in enumerate(changes)]
    try:
        found = codec.from_rows(row for row in rows if row.after)
    except codec.UnreadableError as error:
        raise LedgerError(f"an element has unchecked values: {error.reason}; nothing was written") from None
    for n, change in enumerate(changes):
        if found.get(n) != change.after:
            raise LedgerError(
                f"{change.noun} {change.id!r} reads back otherwise than it was given; nothing was written"
            )
    return tuple(found.get(n) for n in range(len(changes)))


def _link_to_before(
    connection: Connection, changes: Sequence[Change], rows: Sequence[dict[str, Any]], stored: Mapping[str, Held]
) -> None:
    """Set `before` of each row, or raise with everything that is stored otherwise than the writer believed."""
    now: dict[str, Held] = dict(stored)
    conflicts = []
    for change, row in zip(changes, rows, strict=True):
        held = now.pop(change.id, None)
        if not _is(held, change.before):
            conflicts.append(_conflict(connection, change, held))
        row["before"] = held.sequence if held else None
        if row["after"] is not None:
            now[change.id] = Held(row["sequence"], change.noun, row["after"], "", "")
    if conflicts:
        raise ConflictError(conflicts)


def _is(held: Held | None, element: Element | None) -> bool:
    if held is None or element is None:
        return held is None and element is None
    if held.noun != element.noun:
        return False
    # Equal values may differ in their bytes, such as the same instant in two time zones.
    return held.after == codec.to_bytes(element) or _element(held, element.id) == element


def _element(held: Held, element_id: str) -> Element | None:
    if held.after is None:
        return None
    return codec.from_rows([codec.Stored(held.sequence, held.noun, element_id, held.after)])[held.sequence]


def _conflict(connection: Connection, change: Change, held: Held | None) -> Conflict:
    last = held or reading.last_of(connection, change.id)
    theirs = _element(held, change.id) if held else None
    if last is None or not last.at:
        return Conflict(change.id, change, theirs)
    return Conflict(change.id, change, theirs, last.actor, times.from_text(last.at))


def _batch_row(head: AnyRow | None, first: int, count: int, said: Said) -> dict[str, Any]:
    return {
        "number": head.number + 1 if head else 1,
        "first": first,
        "last": first + count - 1,
        "at": times.to_text(said.at),
        "actor": checked_text("actor", said.actor),
        "why": checked_text("why", said.why),
        "on_behalf_of": None if said.on_behalf_of is None else checked_text("on_behalf_of", said.on_behalf_of),
        "undoes": said.undoes,
        "assurance": said.assurance,
        "note": _note(head, said.at),
    }


def _note(head: AnyRow | None, at: datetime) -> str | None:
    back = times.from_text(head.at) - at if head else times.NONE
    return f"the clock went back {back.total_seconds():.0f} seconds" if back > times.BACK else None


def _chain(rows: Sequence[dict[str, Any]], batch: dict[str, Any], previous: str) -> None:
    link = previous
    for row in rows:
        fields = (row[name] for name in ("sequence", "noun", "element", "before", "after"))
        link = row["hash"] = chain.entry_hash(link, *fields)
        row["batch"] = batch["number"]
    batch["hash"] = chain.batch_hash(link, *batch.values())


def _write_state(connection: Connection, rows: Sequence[Mapping[str, Any]], stored: Mapping[str, Held]) -> None:
    last = {row["element"]: row for row in rows}
    kept = {element: row["sequence"] for element, row in last.items() if row["after"] is not None}
    new = [{"element": e, "sequence": s} for e, s in kept.items() if e not in stored]
    moved = [{"key": e, "to": s} for e, s in kept.items() if e in stored]
    gone = [{"key": e} for e in last if e not in kept and e in stored]
    for statement, values in ((_INSERT_STATE, new), (_UPDATE_STATE, moved), (_DELETE_STATE, gone)):
        if values:
            connection.execute(statement, values)


def checked_text(name: str, text: str) -> str:
    """Return a text that every database can keep and that says something.

    Raises
    ------
    LedgerError
        If it is empty, or holds a NUL or half a surrogate pair.
    """
    if not text.strip():
        raise LedgerError(f"{name} is empty; say {_EXPECTED.get(name, 'something')}")
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise LedgerError(f"{name} {text!r} holds a character that cannot be stored (NUL or half a surrogate pair)")
    return text


_EXPECTED = {"actor": "who makes the change", "why": "why the change is made"}
