"""What was written after a place of the ledger, without reading any content."""

from __future__ import annotations

from typing import TYPE_CHECKING

import builders as b

from workbench.ledger import Ledger
from workbench.model import added, removed, replaced

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_touched_after_a_place_is_told_in_order(tmp_path: Path) -> None:
    """Each entry behind it with noun, element and the time of its batch; what is gone, too; nothing before it."""
    store, step = b.store("table"), b.process("step")
    with Ledger.create(tmp_path / "ledger.sqlite") as ledger:
        ledger.append([added(b.app()), added(store)], actor="ana", why="drawn")
        place = ledger.head.sequence
        second = ledger.append([replaced(store, store.changed(name="Table")), added(step)], actor="ana", why="named")
        third = ledger.append([removed(step)], actor="ana", why="not there")

        found = ledger.touched(place)

        assert [(t.sequence, t.noun, t.element) for t in found] == [
            (3, "store", store.id), (4, "process", step.id), (5, "process", step.id),
        ]  # fmt: skip
        assert second is not None
        assert third is not None
        assert [t.at for t in found] == [second.at, second.at, third.at]
        assert ledger.touched(ledger.head.sequence) == []
