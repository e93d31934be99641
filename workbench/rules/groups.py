"""Who belongs to what, worked out once: rows by app, by connection, by boundary."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.rules.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from workbench.rules.facts import Facts

    Groups = Mapping[str, list[int]]


def app_rows(facts: Facts, noun: str) -> NDArray[np.int64]:
    """Return for each row of a frame the row of its app, -1 if it has none."""
    return facts.part(_app_rows, noun)


def _app_rows(facts: Facts, noun: str) -> NDArray[np.int64]:
    place = {i: n for n, i in enumerate(facts.ids("app"))}
    apps = facts.ids(noun) if noun == "app" else facts.values(noun, "app")
    return np.array([place.get(app, -1) for app in apps], dtype=np.int64)


def by_app(facts: Facts, noun: str) -> Groups:
    """Return the rows of a frame by the id of their app."""
    return facts.part(_by_app, noun)


def _by_app(facts: Facts, noun: str) -> Groups:
    return _grouped(zip(facts.values(noun, "app"), range(len(facts.ids(noun))), strict=True))


def flows_by_connection(facts: Facts) -> Groups:
    """Return the rows of flows by the id of the connection that they use."""
    return facts.part(_flows_by_connection)


def _flows_by_connection(facts: Facts) -> Groups:
    return _grouped(zip(facts.values("flow", "connection"), range(len(facts.ids("flow"))), strict=True))


def flows_by_node(facts: Facts) -> Mapping[int, list[int]]:
    """Return the rows of flows by the nodes at their ends."""
    return facts.part(_flows_by_node)


def _flows_by_node(facts: Facts) -> Mapping[int, list[int]]:
    graph = facts.part(Graph)
    found: dict[int, list[int]] = defaultdict(list)
    for row, ends in enumerate(zip(graph.source.tolist(), graph.target.tolist(), strict=True)):
        for node in {*ends}:
            found[node].append(row)
    return found


def nodes_by_boundary(facts: Facts) -> Mapping[int, list[int]]:
    """Return the nodes that lie in each boundary, at any depth, by the row of the boundary."""
    return facts.part(_nodes_by_boundary)


def _nodes_by_boundary(facts: Facts) -> Mapping[int, list[int]]:
    around = facts.part(Enclosures)
    found: dict[int, list[int]] = defaultdict(list)
    boundaries = facts.part(Graph).boundary
    rows = [around.rows(boundary) for boundary in boundaries.values]
    for node, code in enumerate(boundaries.codes.tolist()):
        for row in rows[code] if code >= 0 else ():
            found[row].append(node)
    return found


class Enclosures:
    """The rows of the boundaries around things."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._row = {i: n for n, i in enumerate(facts.ids("boundary"))}
        self._known: dict[str | None, tuple[int, ...]] = {None: ()}

    def rows(self, boundary: str | None) -> tuple[int, ...]:
        """Return the rows of a boundary and of those around it; a circle ends where it closes."""
        if boundary not in self._known:
            found: dict[int, None] = {}
            at = boundary
            while at in self._row and self._row[at] not in found:
                found[self._row[at]] = None
                at = self._facts.model[at].boundary
            self._known[boundary] = tuple(found)
        return self._known[boundary]


def _grouped(pairs: Iterable[tuple[Any, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for key, row in pairs:
        if key is not None:
            found[key].append(row)
    return found
