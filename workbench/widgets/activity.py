"""Activity: who changed what, as it happens, with undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from workbench.analysis.words import change_in_words, name_lookup
from workbench.widgets.panel import Panel

if TYPE_CHECKING:
    from workbench.ledger import Batch

_LOOKED_AT, _SHOWN, _LINES = 100, 8, 4


class Activity(Panel):
    """The newest steps of an app, by whomever, with undo and redo."""

    bundle: ClassVar[str] = "activity"

    def _state(self) -> dict[str, Any]:
        undone = self.app.workspace.ledger.undone()
        steps = [b for b in self.app.workspace.ledger.batches(limit=_LOOKED_AT) if self._concerns(b)]
        return {
            "title": f"What happened in {self.app.name}",
            "steps": [self._step(batch, undone) for batch in reversed(steps[-_SHOWN:])],
        }

    def do_undo(self) -> None:
        """Take back the newest step of the app that stands."""
        self.app.undo(why="taken back in the activity list", actor=self.actor)

    def do_redo(self) -> None:
        """Take back the newest undo of the app that stands."""
        self.app.redo(why="done again in the activity list", actor=self.actor)

    def _concerns(self, batch: Batch) -> bool:
        return any(self.app.id in (c.id, getattr(c.after or c.before, "app", None)) for c in batch.changes)

    def _step(self, batch: Batch, undone: dict[int, int]) -> dict[str, Any]:
        names = name_lookup(self.app.workspace.model)
        lines = [change_in_words(change, names) for change in batch.changes[:_LINES]]
        rest = len(batch.changes) - len(lines)
        return {
            "number": batch.number,
            "who": batch.actor,
            "when": f"{batch.at:%Y-%m-%d %H:%M} UTC",
            "why": batch.why,
            "what": [*lines, *([f"and {rest} more"] if rest else [])],
            "undone": batch.number in undone,
        }
