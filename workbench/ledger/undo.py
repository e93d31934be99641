"""Which batch an undo takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.ledger import reading
from workbench.ledger.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from workbench.ledger.values import Batch


def target(connection: Connection, number: int | None) -> Batch:
    """Return the batch to undo: the one with that number, else the newest that is in effect.

    Raises
    ------
    LedgerError
        If there is none, or it is undone already.
    """
    undone = undone_by(reading.undoing(connection))
    if number is None:
        number = next((n for n in reading.plain_numbers(connection) if n not in undone), None)
    if number is None:
        raise LedgerError("there is nothing to undo: no batch of the ledger is in effect")
    if number in undone:
        by = undone[number]
        raise LedgerError(f"batch {number} is undone already, by batch {by}; undo batch {by} to have it back")
    found = reading.batches(connection, number=number)
    if not found:
        raise LedgerError(f"the ledger has no batch {number}; its batches are numbered from 1")
    return found[0]


def undone_by(undoing: Mapping[int, int]) -> dict[int, int]:
    """Return which batch is out of effect because of which.

    An undo that is itself undone has no effect, so newest first: by the time an undo is looked at, whether it stands is
    known.
    """
    undone: dict[int, int] = {}
    for number in sorted(undoing, reverse=True):
        if number not in undone:
            undone[undoing[number]] = number
    return undone
