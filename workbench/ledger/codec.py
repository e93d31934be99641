"""Elements to the bytes that are stored and hashed, and back."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from workbench.ledger.chain import canonical
from workbench.ledger.errors import DamagedError, LedgerError
from workbench.model import NOUNS, Element, element_to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Stored(NamedTuple):
    """An element as an entry holds it."""

    sequence: int
    noun: str
    element: str
    after: bytes


class UnreadableError(DamagedError):
    """The bytes of an entry are not an element of its noun."""

    def __init__(self, row: Stored, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"entry {row.sequence} ({row.noun} {row.element!r}) cannot be read: {reason}. "
            "A newer workbench wrote it, or the file is damaged; `workbench ledger verify` tells which."
        )


def to_bytes(element: Element) -> bytes:
    """Return the canonical JSON of an element.

    Raises
    ------
    LedgerError
        If a value has no JSON form (NaN, Infinity, a lone surrogate).
    """
    try:
        return canonical(element_to_json(element))
    except ValueError as error:
        raise LedgerError(f"{element.noun} {element.id!r} cannot be stored: {error}; correct the value") from error


def from_rows(rows: Iterable[Stored]) -> dict[int, Element]:
    """Return the element of each row by its sequence.

    Raises
    ------
    UnreadableError
        If the bytes of one are not an element of its noun.
    """
    groups: dict[str, list[Stored]] = defaultdict(list)
    for row in rows:
        groups[row.noun].append(row)
    found: dict[int, Element] = {}
    for noun, group in groups.items():
        found.update(zip((row.sequence for row in group), _parse(noun, group), strict=True))
    return found


def _parse(noun: str, rows: Sequence[Stored]) -> list[Element]:
    if noun not in NOUNS:
        raise UnreadableError(rows[0], f"unknown noun {noun!r}")
    try:
        # One call for all of them: ten thousand single calls take twice as long.
        elements: list[Element] = _reader(noun).validate_json(b"[" + b",".join(row.after for row in rows) + b"]")
    except ValidationError:
        elements = [_parse_one(row) for row in rows]
    for row, element in zip(rows, elements, strict=True):
        if element.id != row.element:
            raise UnreadableError(row, f"it holds the element {element.id!r}")
    return elements


def _parse_one(row: Stored) -> Element:
    try:
        return NOUNS[row.noun].model_validate_json(row.after)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise UnreadableError(row, f"{place}: {first['msg']}" if place else first["msg"]) from None


@cache
def _reader(noun: str) -> TypeAdapter[Any]:
    return TypeAdapter(list[NOUNS[noun]])  # type: ignore[valid-type]
