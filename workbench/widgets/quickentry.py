"""QuickEntry: one line makes flows; what it will make is shown as it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from workbench import quick
from workbench.widgets.panel import Panel
from workbench.widgets.plain import plain
from workbench.widgets.steps import QUICK, step_in_words

if TYPE_CHECKING:
    from workbench.quick import Preview

_LOOKED_AT, _LINES = 200, 30


class QuickEntry(Panel):
    """A field in which a line such as `Order form -> Check order : name` becomes elements and flows.

    Places in a line, in what its methods take and give, are counted in characters of Python.
    """

    bundle: ClassVar[str] = "quickentry"

    def _state(self) -> dict[str, Any]:
        kinds = [{"id": kind.id, "says": kind.says} for kind in quick.kinds()]
        head = self.app.workspace.ledger.head.sequence
        return {"title": f"Add to {self.app.name}", "help": quick.HELP, "kinds": kinds, "head": head}

    def do_look(self, text: str, cursor: int) -> dict[str, Any]:
        """Return what a line would make, and names that fit at the cursor; nothing is written."""
        names = quick.complete(text, cursor, self.app.workspace.model, self.app.id)
        return {**_shown(quick.preview(text, self.app)), "names": plain(names)}

    def do_kind(self, text: str, start: int, kind: str | None = None) -> str:
        """Return the line in which the element that begins at `start` is of another kind."""
        return quick.with_kind(text, start, kind)

    def do_enter(self, text: str) -> dict[str, Any]:
        """Enter a line as one step, and return what it made."""
        return _shown(self.app.quick(text, actor=self.actor))

    def do_lines(self) -> list[str]:
        """Return the lines that this person has entered here, newest first, each once; also those taken back."""
        steps = reversed(self.app.workspace.ledger.batches(limit=_LOOKED_AT))
        own = (s for s in steps if s.actor == self.actor and s.undoes is None and s.why.startswith(QUICK))
        here = (s.why.removeprefix(QUICK) for s in own if any(self._is_here(c.after) for c in s.changes))
        return list(dict.fromkeys(here))[:_LINES]

    def do_undo(self) -> str:
        """Take back one's own newest edit, and return what it was in words."""
        step = self.app.undo(why="taken back in quick entry", actor=self.actor, mine=True)
        return step_in_words(self.app, step)

    def do_redo(self) -> str:
        """Do again what one has taken back last, and return what it was in words."""
        step = self.app.redo(why="done again in quick entry", actor=self.actor, mine=True)
        return step_in_words(self.app, step)

    def _is_here(self, element: Any) -> bool:
        return element is not None and element.app == self.app.id


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
