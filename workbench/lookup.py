"""Find elements by name and flows by their ends, at once, while they change."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from workbench.model import Flow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workbench.model import Element


class Lookup:
    """Elements by id, by name without regard to case, and flows by their ends."""

    def __init__(self, elements: Iterable[Element]) -> None:
        self.by_id: dict[str, Element] = {}
        self._by_name: dict[str, dict[str, None]] = defaultdict(dict)
        self._by_ends: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        for element in elements:
            self._enter(element)

    def put(self, element: Element) -> None:
        """Add an element, or replace the one with its id."""
        if element.id in self.by_id:
            self._leave(self.by_id[element.id])
        self._enter(element)

    def drop(self, element_id: str) -> None:
        """Take an element out."""
        self._leave(self.by_id.pop(element_id))

    def named(self, name: str) -> Iterator[Element]:
        """Yield the elements with a name, in the order in which they came."""
        yield from (self.by_id[i] for i in self._by_name.get(name.casefold(), ()))

    def between(self, source: str, target: str) -> Flow | None:
        """Return the first flow between two ids."""
        found = next(iter(self._by_ends.get((source, target), ())), None)
        flow = self.by_id[found] if found is not None else None
        return flow if isinstance(flow, Flow) else None

    def _enter(self, element: Element) -> None:
        self.by_id[element.id] = element
        self._by_name[element.name.casefold()][element.id] = None
        if isinstance(element, Flow):
            self._by_ends[element.source_id, element.target_id][element.id] = None

    def _leave(self, element: Element) -> None:
        del self._by_name[element.name.casefold()][element.id]
        if isinstance(element, Flow):
            del self._by_ends[element.source_id, element.target_id][element.id]
