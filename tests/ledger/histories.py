"""A history with everything that a history can have, the same each time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import builders as b

from workbench.model import Change, added, removed, replaced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.ledger import Ledger

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
IDENTITY = "00000000-0000-4000-8000-000000000001"


def at(minutes: float) -> datetime:
    """Return a time of the history."""
    return START + timedelta(minutes=minutes)


def write(ledger: Ledger) -> None:
    """Write 5 batches with 11 entries: an import, edits, a removal, an undo, a redo, and words in other scripts."""
    form, table = b.process("form", kind="form"), b.store("table", settings={"retention.days": 30, "shared": None})
    flow = b.flow(form, table, notes=("Zürich → 東京",))
    ledger.append([added(e) for e in (b.app(), form, table, flow)], actor="ana", why="first import", at=at(0))
    better = form.changed(enabled=True)
    ledger.append([replaced(form, better)], actor="bo", why="seen in the workshop", on_behalf_of="cem", at=at(1))
    ledger.append([removed(flow), replaced(table, table.changed(name="Bestellungen"))], actor="ana", why="x", at=at(2))
    ledger.undo(actor="ana", at=at(3))
    ledger.undo(actor="bo", why="it was right after all", batch=4, at=at(4))


def steps(name: str = "counter") -> Iterator[Change]:
    """Yield Changes of one element without end, each on top of the one before."""
    element = b.process(name, settings={"n": 0})
    yield added(element)
    while True:
        following = element.changed(settings={"n": int(element.settings["n"] or 0) + 1})
        yield replaced(element, following)
        element = following
