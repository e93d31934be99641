"""What follows from another change and is not told by itself: the flows of a new step, the border around a new service."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from workbench.model import Boundary, Connection, Flow, Process

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workbench.model import Change

# Fields that hold ids: where these came or went, that is told.
_IDS = frozenset({"data", "uses", "starts", "connection", "service", "boundary"})


class Following:
    """Changes that are told with others."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._changes = {change.id: change for change in changes}
        self._moved = {c.id: c.action for c in changes if c.action != "changed"}
        self._switched = {
            c.id for c in changes if isinstance(c.after, Process) and c.action == "changed" and "enabled" in c.fields
        }
        self._with: dict[str, set[str]] = defaultdict(set)
        self._taken: dict[str, set[str]] = defaultdict(set)
        self.ids: set[str] = set()
        """Ids of elements whose coming or going is told elsewhere."""
        for change in changes:
            for told_by in self._leaders(change):
                self.ids.add(change.id)
                self._with[told_by].add(change.id)

    def _leaders(self, change: Change) -> Iterable[str]:
        """Yield the ids of the elements whose change brings this one along."""
        element = change.after or change.before
        if change.action == "changed":
            return ()
        if element is not None and self._moved.get(element.app or "") == change.action:
            return [f"{element.app}"]
        if isinstance(element, Flow):
            ends = (element.source_id, element.target_id)
            return [i for i in ends if self._moved.get(i) == change.action or i in self._switched]
        if isinstance(element, Connection):
            return [i for i in (element.service,) if i is not None and self._moved.get(i) == change.action]
        if isinstance(element, Boundary):
            return self._inside(element.id)
        return ()

    def _inside(self, boundary: str) -> list[str]:
        """Return the ids of what came, went or moved and lies, or lay, in a boundary."""
        sides = ((c.id, side) for c in self._changes.values() for side in (c.before, c.after) if side is not None)
        return [
            i
            for i, side in sides
            if side.boundary == boundary and (i in self._moved or "boundary" in self._changes[i].fields)
        ]

    def take(self, ids: Iterable[str], told_by: str, fields: Iterable[str]) -> None:
        """Let one element tell that others came or went, and some of its own fields."""
        for each in ids:
            self._with[told_by] |= {each, *self._with[each]}
            self.ids.add(each)
        self._taken[told_by].update(fields)

    def with_(self, element: str) -> frozenset[str]:
        """Return the ids of what came or went with an element."""
        return frozenset(self._with.get(element, ()))

    def tells(self, change: Change, field: str) -> bool:
        """Tell whether something else already says that this field changed."""
        if field == "data" or field in self._taken.get(change.id, ()):
            return True
        if field == "passes_input" and change.id in self._switched:
            return True
        return (field in _IDS and self._by_ids(change, field)) or self._by_end(change, field)

    def _by_ids(self, change: Change, field: str) -> bool:
        before, after = (_ids(getattr(side, field)) for side in (change.before, change.after))
        return bool(before ^ after) and all(i in self._moved for i in before ^ after)

    def _by_end(self, change: Change, field: str) -> bool:
        """Tell whether an end of a flow changed in the same way, such as the proof that an entry point asks for."""
        if not isinstance(change.after, Flow) or not isinstance(change.before, Flow):
            return False
        ends = (self._changes.get(end) for end in (change.after.source_id, change.after.target_id))
        own = (getattr(change.before, field, None), getattr(change.after, field, None))
        return any(end is not None and field in end.fields and _sides(end, field) == own for end in ends)


def _sides(change: Change, field: str) -> tuple[object, object]:
    return getattr(change.before, field, None), getattr(change.after, field, None)


def _ids(value: object) -> frozenset[str]:
    parts = value if isinstance(value, tuple) else (value,)
    return frozenset(f"{getattr(part, 'origin', part)}" for part in parts if part is not None)
