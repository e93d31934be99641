"""What a line of quick entry would do, in plain words, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from workbench.model import Change
    from workbench.quick.values import Line, QuickError

Does = Literal["new", "used", "changed"]
Thing = Literal["element", "boundary", "data", "flow"]


@dataclass(frozen=True)
class Item:
    """One thing that a line makes, uses or changes."""

    does: Does
    thing: Thing
    id: str
    says: str
    """In a sentence."""
    start: int
    """Where the line says it."""
    end: int
    kind: str | None = None
    """Of an element: id of its kind in `quick.kinds()`; None where it is not known."""
    guessed: str | None = None
    """The word in the name that the kind of a new element was guessed from."""


@dataclass(frozen=True)
class Doubt:
    """Something that may be a slip; the line can be entered all the same."""

    says: str
    start: int
    end: int
    instead: str | None = None
    """What to write from `start` to `end` if it was one."""


@dataclass(frozen=True)
class Preview:
    """What a line would do. `changes` are what entering it writes."""

    text: str
    line: Line
    items: tuple[Item, ...] = ()
    warnings: tuple[Doubt, ...] = ()
    changes: tuple[Change, ...] = ()
    problem: QuickError | None = None
    """Why the line cannot be read or entered as it is; `line` is then what could be read."""

    @property
    def ready(self) -> bool:
        """Return whether the line can be entered."""
        return self.problem is None and self.line.missing is None
