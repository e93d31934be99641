"""Columns on inside and outside: crossings, and how what a store holds can get out."""

from __future__ import annotations

import heapq
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from workbench.rules.columns import ASSUMED as DOUBTED
from workbench.rules.columns import Flags, Numbers, Truth
from workbench.rules.graph import ACTOR, NODE_NOUNS, STORE, Graph, among
from workbench.rules.lineage import Lineage
from workbench.rules.linked import Linked
from workbench.rules.spread import ASSUMED, GRADES, MAYBE, NEVER, SURE, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from workbench.rules.columns import Data
    from workbench.rules.facts import Facts
    from workbench.rules.spread import Neighbours, Reach


class Exits:
    """The surest, then shortest way of what is at each place to a store, service or actor outside."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.graph: Graph = facts.part(Graph)
        self.lineage: Lineage = facts.part(Lineage)
        self._own: dict[int, tuple[int, list[int]]] = {}
        self._paths: dict[int, tuple[str, ...]] = {}

    @cached_property
    def ends(self) -> dict[int, list[int]]:
        """Return where data can be that is outside, by grade."""
        graph = self.graph
        system = among(graph.noun, STORE, ACTOR)
        maybe = system & graph.outside.unknown
        return {SURE: np.flatnonzero(system & graph.outside.true).tolist(), MAYBE: np.flatnonzero(maybe).tolist()}

    @cached_property
    def _reach(self) -> Reach:
        """The ends, followed back: `before` of a place is the next place on its way out."""
        edges = self.lineage.moving
        return spread(self.lineage.size, {grade: edges.back(grade) for grade in GRADES}, self.ends)

    def _way(self, place: int) -> tuple[int, list[int]]:
        """Return (grade, places) of the way out of a place; what lies outside itself needs another end than itself."""
        if self._reach.before[place] < 0 and self._reach.grade[place] < NEVER:
            if place not in self._own:
                self._own[place] = self._elsewhere(place)
            return self._own[place]
        return self._reach.grade[place], self._reach.path(place)[::-1]

    def _elsewhere(self, start: int) -> tuple[int, list[int]]:
        """Return the way from an end to another end; what other apps call the same store is no other end.

        Only places whose own way leads back to `start` are gone through, and those belong to no other end.
        """
        same = self.facts.part(Linked).twins.get(start, frozenset({start}))
        best: tuple[int, int, list[int]] = (NEVER, 0, [])
        ways = {start: [start]}
        heap = [(SURE, 1, start)]
        while heap:
            grade, steps, place = heapq.heappop(heap)
            for after, edge in self._after(place):
                if after in ways:
                    continue
                ways[after] = [*ways[place], after]
                rest = self._reach.path(after)[::-1]
                if rest[-1] in same:
                    heapq.heappush(heap, (max(grade, edge), steps + 1, after))
                    continue
                whole = (max(grade, edge, self._reach.grade[after]), steps + len(rest), [*ways[place], *rest])
                best = min(best, whole)
        return best[0], best[2]

    def _after(self, place: int) -> Iterator[tuple[int, int]]:
        for grade, neighbours in self._forward.items():
            yield from ((after, grade) for after in neighbours[place] if self._reach.grade[after] < NEVER)

    @cached_property
    def _forward(self) -> dict[int, Neighbours]:
        return {grade: self.lineage.moving.out(grade) for grade in GRADES}

    def grade(self, place: int) -> int:
        """Return how surely there is a way out of a place."""
        if self._reach.before[place] < 0 and self._reach.grade[place] < NEVER:
            return self._way(place)[0]
        return self._reach.grade[place]

    def grades(self, places: slice) -> NDArray[np.int8]:
        """Return how surely there is a way out of each place."""
        grades = self._reach.grades[places].copy()
        for number in np.flatnonzero((self._reach.origins[places] < 0) & (grades < NEVER)).tolist():
            grades[number] = self._way(places.start + number)[0]
        return grades

    def path(self, place: int) -> tuple[str, ...]:
        """Return the ids on the way out of a place; empty if there is none for sure."""
        if place not in self._paths:
            grade, places = self._way(place)
            self._paths[place] = self.lineage.ids(places) if grade < MAYBE else ()
        return self._paths[place]


# --- columns ---------------------------------------------------------------------------------------------------------


def outside(facts: Facts, noun: str) -> Data:
    """Return whether each row lies in the internet or with a third party."""
    graph = facts.part(Graph)
    if noun in NODE_NOUNS:
        rows = graph.rows(noun)
        return Flags(Truth(graph.outside.true[rows], graph.outside.false[rows]))
    if noun == "boundary":
        return _flags([graph.around(boundary) for boundary in facts.ids(noun)])
    return _flags([graph.around(element.boundary) for element in facts.elements(noun)])


def _flags(values: Sequence[bool | None]) -> Flags:
    true = np.array([v is True for v in values], dtype=np.bool_)
    return Flags(Truth(true, np.array([v is False for v in values], dtype=np.bool_)))


def _ends(facts: Facts) -> tuple[Truth, Truth]:
    """Return for each flow whether its source and its target lie outside; unknown if it is not in the model."""
    graph = facts.part(Graph)
    true, false = np.append(graph.outside.true, False), np.append(graph.outside.false, False)
    return Truth(true[graph.source], false[graph.source]), Truth(true[graph.target], false[graph.target])


def leaves(facts: Facts) -> Data:
    """Return whether each flow goes from inside to outside, one way or back."""
    source, target = _ends(facts)
    back = facts.part(Lineage).back & source & ~target
    return Flags((~source & target) | back)


def arrives(facts: Facts) -> Data:
    """Return whether each flow comes from outside to inside, one way or back."""
    source, target = _ends(facts)
    back = facts.part(Lineage).back & ~source & target
    return Flags((source & ~target) | back)


def crosses(facts: Facts) -> Data:
    """Return whether source and target of each flow lie in different boundaries."""
    graph = facts.part(Graph)
    at = np.append(graph.boundary.codes, -1)
    source, target = at[graph.source], at[graph.target]
    known = (source >= 0) & (target >= 0)
    return Flags(Truth(known & (source != target), known & (source == target)))


def outside_path(facts: Facts) -> Data:
    """Return whether what each store holds can get outside."""
    rows = facts.part(Graph).rows("store")
    grades = facts.part(Exits).grades(rows)
    doubt = np.where(grades == ASSUMED, DOUBTED, 0).astype(np.int8)
    return Flags(Truth(grades <= ASSUMED, grades == NEVER), doubt)


def outside_hops(facts: Facts) -> Data:
    """Return how many steps the shortest such path has; none if there surely is no path."""
    graph = facts.part(Graph)
    return _counted(facts, lambda path: sum(graph.index.get(i, graph.processes) < graph.processes for i in path))


def outside_apps(facts: Facts) -> Data:
    """Return how many apps the shortest such path runs through."""
    return _counted(facts, lambda path: len({facts.model[i].app for i in path} - {None}))


def _counted(facts: Facts, count: Callable[[tuple[str, ...]], int]) -> Data:
    rows = facts.part(Graph).rows("store")
    exits = facts.part(Exits)
    grades = exits.grades(rows)
    counts = np.zeros(len(grades), dtype=np.int64)
    for number in np.flatnonzero(grades < MAYBE).tolist():
        counts[number] = count(exits.path(rows.start + number))
    return Numbers(counts, grades != MAYBE)


def data_leaves(facts: Facts) -> Data:
    """Return whether each data field is carried outside: by a flow that says so, or from where it is held or entered."""
    place = {i: n for n, i in enumerate(facts.ids("data"))}
    true = np.zeros(len(place), dtype=np.bool_)
    possible = np.zeros(len(place), dtype=np.bool_)
    told = facts.column("flow", "leaves")
    assert isinstance(told, Flags)  # noqa: S101 - the vocabulary says so
    for row, data in enumerate(facts.values("flow", "data")):
        for name in data:
            if name in place:
                true[place[name]] |= told.truth.true[row]
                possible[place[name]] |= not told.truth.false[row]
    graph, exits = facts.part(Graph), facts.part(Exits)
    for noun in ("store", "entry_point"):
        for row, data in enumerate(facts.values(noun, "data")):
            grade = exits.grade(graph.first[noun] + row) if data else NEVER
            for name in data:
                if name in place:
                    true[place[name]] |= grade <= ASSUMED
                    possible[place[name]] |= grade < NEVER
    return Flags(Truth(true, ~(true | possible)))
