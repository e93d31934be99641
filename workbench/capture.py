"""What a room that models together calls: quick entry, forms, the canvas, undo. Part of AppView."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from workbench import quick, undoing
from workbench.ledger import ConflictError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from contextlib import AbstractContextManager

    from workbench.canvas import Spots
    from workbench.diagrams.graph import Point
    from workbench.editor import Editor
    from workbench.ledger import Batch
    from workbench.model import Change, Placement
    from workbench.quick import Preview
    from workbench.snapshot import Snapshot
    from workbench.workspace import Workspace

T = TypeVar("T")
_TRIES = 3
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Capture(ABC):
    """Live capture of one app."""

    id: str
    workspace: Workspace

    @property
    @abstractmethod
    def snapshot(self) -> Snapshot:
        """Return the state that is read."""

    @abstractmethod
    def edit(self, *, why: str, actor: str | None = None) -> AbstractContextManager[Editor]:
        """Change the app as one step."""

    @abstractmethod
    def _commit(self, changes: Sequence[Change], why: str, actor: str | None) -> None: ...

    @abstractmethod
    def _writable(self) -> None: ...

    def quick(self, text: str, *, why: str = "", actor: str | None = None) -> Preview:
        """Enter a line such as `Order form -> Check order -> Stock table : name, card number`; see `quick.HELP`.

        All of it is saved as one step, and what it did is returned. The same line again changes nothing.

        Raises
        ------
        quick.QuickError
            If the line is wrong or not finished; says where.
        """
        self._writable()

        def enter() -> Preview:
            done = quick.entered(text, self)
            self._commit(done.changes, why or f"quick entry: {text}", actor)
            return done

        return once_more(enter)

    def place(
        self,
        where: Mapping[str, Point | None],
        *,
        rest: Mapping[str, Point] = _NOTHING,
        why: str = "moved on the canvas",
        actor: str | None = None,
    ) -> None:
        """Put elements, by name or id, on spots of the canvas: their centres, to the right and downwards.

        None takes a spot back. `rest` is where the others are drawn now: those without a spot of their own are kept
        there, so that the picture stays as people know it.
        """

        def put() -> None:
            model, held = self.snapshot.model, self.placements
            free = {i: point for i, point in rest.items() if i in model and (i not in held or held[i].x is None)}
            with self.edit(why=why, actor=actor) as edit:
                for name, point in {**free, **where}.items():
                    edit.place(name, point)

        once_more(put)

    def collapse(
        self, boundary: str, collapsed: bool | None = True, *, why: str = "", actor: str | None = None  # noqa: FBT001, FBT002 - read as collapse("Our network", False)
    ) -> None:  # fmt: skip
        """Show a trust boundary as one shape in this app, or open; None leaves it to the size of the picture."""
        with self.edit(why=why or f"{'closed' if collapsed else 'opened'} on the canvas", actor=actor) as edit:
            edit.collapse(boundary, collapsed)

    @property
    def placements(self) -> dict[str, Placement]:
        """Return what people said about where elements stand on the canvas, by the element's id."""
        return self.snapshot.model.placements(self.id)

    def layout(self, visible: Collection[str] | None = None, *, settled: Mapping[str, Point] = _NOTHING) -> Spots:
        """Return centre, width and height of each element and boundary on the canvas; see `canvas.layout`."""
        from workbench import canvas  # noqa: PLC0415 - layout loads when asked for

        return canvas.layout(self.snapshot.model, self.id, visible, settled)

    def undo(self, *, mine: bool = False, why: str = "undo", actor: str | None = None) -> Batch:
        """Take back the newest edit of this app that is in effect: anyone's, or with `mine` the actor's own.

        Votes, cards and the steps of a workshop are no edits.

        Raises
        ------
        UsageError
            If there is none.
        ledger.ConflictError
            If somebody has built on it since; it holds both versions.
        """
        return self._take_back(undoing.step_to_undo, mine, why, actor)

    def redo(self, *, mine: bool = False, why: str = "redo", actor: str | None = None) -> Batch:
        """Bring back what the newest undo took away, as long as nothing was edited after it.

        Raises
        ------
        UsageError
            If there is no such undo.
        """
        return self._take_back(undoing.step_to_redo, mine, why, actor)

    def _take_back(self, chosen: Callable[..., Batch], mine: bool, why: str, actor: str | None) -> Batch:  # noqa: FBT001 - passed on
        self._writable()
        who = actor or self.workspace.config.who()
        step = chosen(self.workspace.ledger, self.id, who if mine else None)
        return self.workspace.ledger.undo(actor=who, why=why, batch=step.number)


def once_more(step: Callable[[], T]) -> T:
    """Take a step, and take it again on the newest state if somebody else wrote in between.

    For steps that say what is to be and not what is to change: a second person who makes the same element uses it.
    """
    for _ in range(_TRIES):
        try:
            return step()
        except ConflictError:
            continue
    return step()
