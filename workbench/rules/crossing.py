"""Ways of data over several apps: from where it is kept or entered, over a link between apps, to somewhere outside."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from workbench.rules.graph import ENTRY, STORE, Graph
from workbench.rules.lineage import Lineage
from workbench.rules.linked import Linked
from workbench.rules.outside import Exits
from workbench.rules.spread import ASSUMED, SURE, Edges, flood

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from workbench.rules.facts import Facts

    State = tuple[int, bool]
    Part = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]

_LEAVES, _BEYOND = 1, 2


@dataclass(frozen=True)
class Way:
    """A shortest way from a store or entry point over another app to a system or person outside."""

    start: str
    end: str
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

    @cached_property
    def starts(self) -> list[int]:
        """Return the stores and entry points whose data gets outside over a link."""
        edges = self.line.moving
        values = np.zeros(self.line.size, dtype=np.int64)
        values[list(self._ends)] = _LEAVES
        ahead = flood(values, edges, grades=(SURE, ASSUMED), back=True)
        over = np.zeros(self.line.size, dtype=np.int64)
        for source, target in self._over:
            if ahead[target]:
                over[source] = _BEYOND
        reached = flood(over, edges, grades=(SURE, ASSUMED), back=True)[: len(self.graph)]
        kept = (self.graph.noun == STORE) | (self.graph.noun == ENTRY)
        return np.flatnonzero(kept & (reached > 0)).tolist()

    @cached_property
    def _ends(self) -> frozenset[int]:
        return frozenset(self.facts.part(Exits).ends[SURE])

    @cached_property
    def _over(self) -> frozenset[tuple[int, int]]:
        """Return the edges that go from one app to another."""
        return self._shared.union(*map(_pairs, self.line.linked))

    @cached_property
    def _shared(self) -> frozenset[tuple[int, int]]:
        return _pairs(self._links.stores)

    @cached_property
    def _after(self) -> tuple[list[list[int]], frozenset[tuple[int, int]]]:
        """Return the places after each place, and the edges that are assumed."""
        edges: Edges = self.line.moving
        near = edges.out(SURE, ASSUMED)
        doubted: NDArray[np.bool_] = edges.grade == ASSUMED
        pairs = zip(edges.source[doubted].tolist(), edges.target[doubted].tolist(), strict=True)
        return [near[place] for place in range(self.line.size)], frozenset(pairs)

    def ways(self, start: int) -> Iterator[Way]:
        """Yield a shortest way from a place to each end outside that it reaches over a link between apps."""
        before: dict[State, State | None] = {(start, False): None}
        waiting: deque[State] = deque(before)
        own = self._links.twins.get(start, frozenset({start}))
        while waiting:
            state = waiting.popleft()
            place, crossed = state
            arrived = before[state]
            shared = arrived is not None and (arrived[0], place) in self._shared
            for after in self._after[0][place]:
                if shared and (place, after) in self._shared:
                    # From one name of a store to the next, and never there and back.
                    continue
                following = (after, crossed or (place, after) in self._over)
                if following in before or (after, True) in before:
                    continue
                before[following] = state
                waiting.append(following)
                if following[1] and after in self._ends and after not in own and (place, after) not in self._over:
                    yield self._way(before, following)

    def _way(self, before: dict[State, State | None], state: State) -> Way:
        places: list[int] = []
        at: State | None = state
        while at is not None:
            places.append(at[0])
            at = before[at]
        places.reverse()
        sure = self._after[1].isdisjoint(pairwise(places))
        ids = self.line.ids(places)
        return Way(ids[0], ids[-1], ids, sure)


def _pairs(part: Part) -> frozenset[tuple[int, int]]:
    return frozenset(zip(part[0].tolist(), part[1].tolist(), strict=True))
