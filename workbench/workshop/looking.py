"""What a workshop looks at: the hottest places, cards for them, and what is new since the last time."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from workbench.analysis import changes
from workbench.analysis.frames import LIST, TEXT, WHOLE, frame
from workbench.editor import Editor
from workbench.errors import UsageError
from workbench.model import Model, Review
from workbench.workshop.choosing import MOST, Chooser
from workbench.workshop.course import Course
from workbench.workshop.prompts import METHODS

if TYPE_CHECKING:
    import pandas as pd

    from workbench.snapshot import Snapshot
    from workbench.workshop.choosing import Suggestion

SPOTS = {
    "element": TEXT, "name": TEXT, "noun": TEXT, "open": WHOLE, "crossings": WHOLE, "because": LIST,
}  # fmt: skip


class Looking(Course):
    """Prompts and hot spots, and the difference to the last review."""

    def prompts(
        self, element: str | None = None, *, method: str | None = None, most: int = MOST, after: int = 0
    ) -> list[Suggestion]:
        """Return cards with questions to the room: at most seven at once, for where the risk is highest.

        Parameters
        ----------
        element : id or name of one element; without it the app's hot spots in turn
        method : stride, linddun (only where data about people is) or incident; without it all of them
        after : how many were shown already, for more on demand

        Raises
        ------
        UsageError
            If there is no such element or method.
        """
        if method is not None and method not in METHODS:
            raise UsageError(f"got {method!r} as a method; expected one of {', '.join(METHODS)}")
        found = None if element is None else Editor(self.model, self.app.id).find(element).id
        return self._chooser.deal(found, method=method, most=most, after=after)

    @property
    def hot_spots(self) -> pd.DataFrame:
        """Return one row a place of the app, the first to talk about first.

        Columns
        -------
        element, name, noun : id, name and kind of the element
        open, crossings : open findings at it, flows across a trust boundary
        because : tuple of the reasons in words
        """
        rows = [
            {"element": s.element.id, "name": s.element.name, "noun": s.element.noun, "open": s.open,
             "crossings": s.crossings, "because": s.because}
            for s in self._chooser.spots
        ]  # fmt: skip
        return frame(SPOTS, rows)

    @property
    def focus(self) -> str | None:
        """Return the id of the element that a step of the kind “focus” is about: each has another hot spot."""
        steps = [step.id for step in self.agenda.steps if step.kind == "focus"]
        spots = self._chooser.spots
        place = steps.index(self.step.id) if self.step.id in steps else len(spots)
        return spots[place].element.id if place < len(spots) else None

    @property
    def changes(self) -> pd.DataFrame:
        """Return what was changed in the app since the last review before this workshop; see analysis.changes.elements."""
        before = self._before
        return changes.elements(before.model.of_app(self.app.id) if before else Model(), self.app.model)

    @property
    def new_threats(self) -> pd.DataFrame:
        """Return the findings that are new, gone, better or worse since then; see analysis.changes.threats."""
        now, before = self.app.threats, self._before
        old = before.threats if before else now.iloc[:0]
        return changes.threats(old[old["app"] == self.app.id], now)

    @cached_property
    def _before(self) -> Snapshot | None:
        """Return the state at the last review that was finished before this workshop began."""
        began = self.record.steps[0].started
        earlier = [r for r in self.model.of(Review) if r.app == self.app.id and r.at is not None and r.at < began]
        last = max(earlier, key=lambda r: r.at or began, default=None)
        if last is None or last.ledger_sequence is None:
            return None
        # Judged on its own day: what ended since then by its date alone is new as well.
        return self.app.workspace.as_of(last.ledger_sequence, on=last.at.astimezone().date() if last.at else None)

    @property
    def _chooser(self) -> Chooser:
        return Chooser(self.app.model, self.app.id, self.app.threats)
