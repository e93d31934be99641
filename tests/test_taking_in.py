"""What imports said is remembered for the next merge: the last three, without those that were undone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from estates import edited, refreshed, write_app

import workbench as wb
from workbench.taking_in import Remembered

if TYPE_CHECKING:
    from pathlib import Path


def test_the_last_import_in_effect_counts(tmp_path: Path) -> None:
    """Three are kept; one that was undone is passed over; an app that never came in has none."""
    with wb.init(tmp_path / "team") as ws:
        (ws.path / "workbench.toml").write_text('[estate]\nsources = ["a.json"]\n', encoding="utf-8")
        path = write_app(ws.path / "a.json", 1, steps=2)
        for number in range(4):
            edited(path, lambda c, n=number: c["nodes"][0]["parameters"].update(path=f"way{n}"))
            refreshed(ws)
        last = ws.last_draft("n8n-estate000001")
        assert len(json.loads(ws.ledger.meta("imports:n8n-estate000001") or "[]")) == 3

        ws.undo()

        earlier = Remembered.of(ws, "n8n-estate000001").elements
        assert "way3" in str(last)
        assert ("way2" in str(earlier), "way3" in str(earlier)) == (True, False)
        assert ws.last_draft("nowhere") == []
