"""Ways of data over several apps: from where it is kept or entered, over a link between apps, to somewhere outside.

A place is passed in one of three states: before any link, behind one, or just come from what another app calls the same
store (from there the way goes on with a step, never there and back). One run from a receiver backwards gives a way for
all places at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from workbench.rules.graph import ENTRY, STORE, Graph
from workbench.rules.lineage import Lineage
from workbench.rules.linked import Linked
from workbench.rules.outside import Exits
from workbench.rules.spread import ASSUMED, NEVER, SURE, Edges, flood, spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from workbench.rules.facts import Facts

    Ints = NDArray[np.int64]
    Part = tuple[Ints, Ints, Ints]

_BEFORE, _BEHIND, _SAME = range(3)


@dataclass(frozen=True)
class Way:
    """A surest, then shortest way from a store or entry point over another app to a receiver outside."""

    ids: tuple[str, ...]
    sure: bool
    """Every step of it is certain; else some was assumed."""


class Crossings:
    """The ways of data over links between apps."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.graph: Graph = facts.part(Graph)
        self.line: Lineage = facts.part(Lineage)
        self._links: Linked = facts.part(Linked)

    def ways(self, receiver: Iterable[str]) -> Iterator[Way]:
        """Yield a way from each store and entry point that is not itself the receiver, given by the ids of its elements."""
        own = {self.graph.index[i] for i in receiver if i in self.graph.index}
        ends = sorted(own & self._outside)
        if not self._beyond[ends].any():
            return
        back = {grade: self._states.back(grade) for grade in (SURE, ASSUMED)}
        reach = spread(3 * self.line.size, back, {SURE: [self._state(_BEHIND, end) for end in ends]})
        for start in np.flatnonzero(self._kept & (reach.grades[: len(self.graph)] < NEVER)).tolist():
            if start not in own:
                places = [state % self.line.size for state in reach.path(start)[::-1]]
                yield Way(self.line.ids(places), bool(reach.grades[start] == SURE))

    @cached_property
    def _beyond(self) -> NDArray[np.bool_]:
        """Return the places that some link between apps leads to."""
        values = np.zeros(self.line.size, dtype=np.int64)
        for part in (*self.line.linked, self._links.stores):
            values[part[1]] = 1
        found: NDArray[np.bool_] = flood(values, self.line.moving, grades=(SURE, ASSUMED)) > 0
        return found

    @cached_property
    def _outside(self) -> frozenset[int]:
        return frozenset(self.facts.part(Exits).ends[SURE])

    @cached_property
    def _kept(self) -> NDArray[np.bool_]:
        """Return the nodes at which data is kept or entered."""
        kept: NDArray[np.bool_] = (self.graph.noun == STORE) | ((self.graph.noun == ENTRY) & ~self.graph.disabled)
        return kept

    def _state(self, state: int, place: int) -> int:
        return state * self.line.size + place

    @cached_property
    def _states(self) -> Edges:
        moving = self.line.moving
        calls, same = self._pairs(*self.line.linked), self._pairs(self._links.stores)
        pairs = moving.source * self.line.size + moving.target
        called, shared = np.isin(pairs, calls), np.isin(pairs, same)
        plain = ~called & ~shared
        steps = [
            (plain, _BEFORE, _BEFORE), (plain, _BEHIND, _BEHIND), (plain, _SAME, _BEHIND),
            (called, _BEFORE, _BEHIND), (called, _BEHIND, _BEHIND), (called, _SAME, _BEHIND),
            (shared, _BEFORE, _SAME), (shared, _BEHIND, _SAME),
        ]  # fmt: skip
        size = self.line.size
        parts = [
            (moving.source[kind] + a * size, moving.target[kind] + b * size, moving.grade[kind]) for kind, a, b in steps
        ]
        return Edges(3 * size, parts)

    def _pairs(self, *parts: Part) -> Ints:
        found: Ints = np.concatenate([part[0] * self.line.size + part[1] for part in parts])
        return found
