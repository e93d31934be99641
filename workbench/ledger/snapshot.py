"""The current model, kept between reads: only what changed since is read and parsed."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from workbench.ledger import codec, reading
from workbench.ledger.errors import LedgerError
from workbench.model import Model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from workbench.model import Element

_FRESH = 50_000


class Snapshot:
    """The model at one place of the ledger; entries never change, so their sequence is the key."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._head = (0, 0, "")
        self._elements: dict[str, Element] = {}
        self._sequences: dict[str, int] = {}
        self._model = Model()
        self._fresh: dict[int, Element] = {}

    def remember(self, elements: Mapping[int, Element]) -> None:
        """Keep elements that were just written, so that they need not be parsed again."""
        with self._lock:
            # Only a program that writes on and on without ever reading gets here with many.
            if len(self._fresh) > _FRESH:
                self._fresh.clear()
            self._fresh.update(elements)

    def model(self, connection: Connection) -> Model:
        """Return the newest model; the same object as long as nothing was written."""
        head = reading.head(connection)
        with self._lock:
            if head is None:
                self._forget()
            elif (head.number, head.last, head.hash) != self._head:
                self._advance(connection)
                self._head = (head.number, head.last, head.hash)
                self._model = Model.keyed(self._elements)
                self._fresh.clear()
            return self._model

    def model_at(self, connection: Connection, sequence: int) -> Model:
        """Return the model right after an entry; elements that are still as they were then are not parsed again."""
        self.model(connection)
        rows = reading.state_at(connection, sequence)
        with self._lock:
            known = {sequence: self._elements[i] for i, sequence in self._sequences.items()}
        elements = known | codec.from_rows(row for row in rows if row.sequence not in known)
        return Model(elements[row.sequence] for row in rows)

    def _forget(self) -> None:
        if self._head[0]:
            self._head, self._elements, self._sequences, self._model = (0, 0, ""), {}, {}, Model()
            self._fresh.clear()

    def _advance(self, connection: Connection) -> None:
        # A file that was restored from a backup has another history: what is known says nothing about it.
        number, last, link = self._head
        if number and reading.hash_of(connection, number) == link:
            rows = reading.changed_since(connection, last)
        else:
            self._forget()
            rows = reading.current(connection)
        known = self._fresh
        parsed = codec.from_rows(row for row in rows if row.after is not None and row.sequence not in known)
        for row in rows:
            if row.after is None:
                self._elements.pop(row.element, None)
                self._sequences.pop(row.element, None)
            else:
                self._elements[row.element] = known.get(row.sequence) or parsed[row.sequence]
                self._sequences[row.element] = row.sequence


def checked_sequence(sequence: int, last: int) -> int:
    """Return a sequence that the ledger has.

    Raises
    ------
    LedgerError
        If it lies before the beginning or after the end.
    """
    if not 0 <= sequence <= last:
        raise LedgerError(f"the ledger has the sequences 0 to {last}; {sequence} is not among them")
    return sequence
