"""Columns on inside and outside: crossings, and how what a store holds can get out."""

from __future__ import annotations

from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from workbench.rules.columns import ASSUMED as DOUBTED
from workbench.rules.columns import Flags, Numbers, Truth
from workbench.rules.graph import ACTOR, NODE_NOUNS, SERVICE, STORE, Graph
from workbench.rules.lineage import Lineage
from workbench.rules.spread import ASSUMED, GRADES, MAYBE, NEVER, SURE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from workbench.rules.columns import Data
    from workbench.rules.facts import Facts
    from workbench.rules.spread import Adjacency

_NO_ROUTE = (NEVER, -1, -1)


class Exits:
    """The surest, then shortest way of what is at each place to a store, service or actor outside.

    Two ways to different ends are kept for each place: for what lies outside itself, being written back where it came
    from is no way out.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.graph: Graph = facts.part(Graph)
        self.lineage: Lineage = facts.part(Lineage)

    @cached_property
    def ends(self) -> dict[int, list[int]]:
        """Return where data can be that is outside, by grade."""
        graph = self.graph
        system = np.isin(graph.noun, (STORE, SERVICE, ACTOR))
        maybe = system & graph.outside.unknown
        return {SURE: np.flatnonzero(system & graph.outside.true).tolist(), MAYBE: np.flatnonzero(maybe).tolist()}

    @cached_property
    def _routes(self) -> list[list[tuple[int, int, int]]]:
        """For each place up to two of (grade, end, next place), the first ends being different."""
        edges = self.lineage.moving
        back = {grade: edges.back(grade) for grade in GRADES}
        routes: list[list[tuple[int, int, int]]] = [[] for _ in range(self.lineage.size)]
        done: list[tuple[int, int]] = []
        usable: list[Adjacency] = []
        for grade in GRADES:
            queue: deque[tuple[int, int]] = deque()
            for end in self.ends.get(grade, ()):
                _offer(routes, queue, end, (grade, end, -1))
            if back[grade]:
                usable.append(back[grade])
                for place, end in done:
                    for before in back[grade][place]:
                        _offer(routes, queue, before, (grade, end, place))
            while queue:
                place, end = queue.popleft()
                done.append((place, end))
                for adjacency in usable:
                    for before in adjacency[place]:
                        _offer(routes, queue, before, (grade, end, place))
        return routes

    def route(self, place: int) -> tuple[int, int, int]:
        """Return (grade, end, next place) of the way out of a place, to another end than itself."""
        return next((route for route in self._routes[place] if route[1] != place), _NO_ROUTE)

    def grades(self, places: range) -> NDArray[np.int8]:
        """Return how surely there is a way out of each place."""
        return np.array([self.route(place)[0] for place in places], dtype=np.int8)

    def path(self, place: int) -> tuple[str, ...]:
        """Return the ids on the way out of a place; empty if there surely is none."""
        grade, end, following = self.route(place)
        if grade >= MAYBE:
            return ()
        places = [place]
        while following >= 0:
            places.append(following)
            following = next(route[2] for route in self._routes[following] if route[1] == end)
        return self.lineage.ids(places)


def _offer(
    routes: list[list[tuple[int, int, int]]], queue: deque[tuple[int, int]], place: int, route: tuple[int, int, int]
) -> None:
    held = routes[place]
    if not held or (len(held) == 1 and held[0][1] != route[1]):
        held.append(route)
        queue.append((place, route[1]))


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
    at = [element.boundary for element in graph.elements] + [None]
    pairs = [(at[a], at[b]) for a, b in zip(graph.source.tolist(), graph.target.tolist(), strict=True)]
    return _flags([None if a is None or b is None else a != b for a, b in pairs])


def outside_path(facts: Facts) -> Data:
    """Return whether what each store holds can get outside."""
    rows = facts.part(Graph).rows("store")
    grades = facts.part(Exits).grades(range(rows.start, rows.stop))
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
    exits, places = facts.part(Exits), range(rows.start, rows.stop)
    counts = np.array([count(exits.path(place)) for place in places], dtype=np.int64)
    return Numbers(counts, exits.grades(places) != MAYBE)


def data_leaves(facts: Facts) -> Data:
    """Return whether each data field is carried outside: by a flow that says so, or from where it is held or entered."""
    place = {i: n for n, i in enumerate(facts.ids("data"))}
    true = np.zeros(len(place), dtype=np.bool_)
    possible = np.zeros(len(place), dtype=np.bool_)
    told = facts.column("flow", "leaves")
    assert isinstance(told, Flags)  # noqa: S101 - the vocabulary says so
    for row, flow in enumerate(facts.part(Graph).flows):
        for name in flow.data:
            if name in place:
                true[place[name]] |= told.truth.true[row]
                possible[place[name]] |= not told.truth.false[row]
    graph, exits = facts.part(Graph), facts.part(Exits)
    for noun in ("store", "entry_point"):
        for row, element in enumerate(facts.elements(noun)):
            grade = exits.route(graph.first[noun] + row)[0] if element.data else NEVER  # type: ignore[attr-defined]
            for name in element.data:  # type: ignore[attr-defined]
                if name in place:
                    true[place[name]] |= grade <= ASSUMED
                    possible[place[name]] |= grade < NEVER
    return Flags(Truth(true, ~(true | possible)))
