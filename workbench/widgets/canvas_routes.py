"""The ways along which a layout led lines: good for as long as both ends of a line stand where the layout put them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from workbench.diagrams.layout import on_screen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.diagrams.graph import Graph, Layout, Point

    Ends = tuple[Point, Point]

_laid_out = lru_cache(maxsize=8)(on_screen)


class Routes:
    """Remembers ways, so that lines do not change when something elsewhere is added."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Ends, tuple[Point, ...]]] = {}

    def over(self, graph: Graph, places: Mapping[str, Point]) -> dict[str, tuple[Point, ...]]:
        """Return the points that each line passes; none for a straight one."""
        ends = {e.id: (places[e.source], places[e.target]) for e in graph.edges}
        if any(self._stale(edge, now) for edge, now in ends.items()):
            self._learn(graph, _laid_out(graph), ends)
        return {edge: () if self._stale(edge, now) else self._known[edge][1] for edge, now in ends.items()}

    def _stale(self, edge: str, ends: Ends) -> bool:
        return edge not in self._known or self._known[edge][0] != ends

    def _learn(self, graph: Graph, layout: Layout, ends: Mapping[str, Ends]) -> None:
        standing = {i: (round(x), round(y)) for i, (x, y) in layout.positions.items()}
        for edge in graph.edges:
            if (standing[edge.source], standing[edge.target]) == ends[edge.id]:
                # The knots of a curve without its ends; those of a straight piece lie on the line.
                self._known[edge.id] = ends[edge.id], layout.routes[edge.id][3:-3:3]
