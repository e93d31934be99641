"""QuickEntry: one line makes flows; what it will make is shown as it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from workbench import quick
from workbench.widgets.panel import Panel
from workbench.widgets.plain import plain

if TYPE_CHECKING:
    from workbench.quick import Preview


class QuickEntry(Panel):
    """A field in which a line such as `Order form -> Check order : name` becomes elements and flows."""

    bundle: ClassVar[str] = "quickentry"

    def _state(self) -> dict[str, Any]:
        kinds = [{"id": kind.id, "says": kind.says} for kind in quick.kinds()]
        return {"title": f"Add to {self.app.name}", "help": quick.HELP, "kinds": kinds}

    def do_look(self, text: str, cursor: int) -> dict[str, Any]:
        """Return what a line would make, and names that fit at the cursor; nothing is written."""
        return {**_shown(quick.preview(text, self.app)), "names": plain(self._names(text, cursor))}

    def do_kind(self, text: str, start: int, kind: str | None = None) -> str:
        """Return the line in which the element that begins at `start` is of another kind."""
        return quick.with_kind(text, start, kind)

    def do_enter(self, text: str) -> dict[str, Any]:
        """Enter a line as one step, and return what it made."""
        return _shown(self.app.quick(text, why="told in the room", actor=self.actor))

    def do_undo(self) -> None:
        """Take back one's own newest edit."""
        self.app.undo(why="taken back in quick entry", actor=self.actor, mine=True)

    def _names(self, text: str, cursor: int) -> list[quick.Suggestion]:
        return quick.complete(text, cursor, self.app.workspace.model, self.app.id)


def _shown(preview: Preview) -> dict[str, Any]:
    problem = preview.problem
    return {
        "items": plain(preview.items),
        "doubts": plain(preview.warnings),
        "ready": preview.ready,
        "missing": preview.line.missing,
        "problem": {"says": problem.problem, "start": problem.start, "end": problem.end} if problem else None,
        "changes": len(preview.changes),
    }
