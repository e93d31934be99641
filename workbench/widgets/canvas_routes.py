"""The ways along which a layout led lines: good for as long as both ends of a line stand where the layout put them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.diagrams.layout import ways

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.diagrams.graph import Graph, Point

    Ends = tuple[Point, Point]


class Routes:
    """Remembers ways, so that lines do not change when something elsewhere is added."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Ends, tuple[Point, ...]]] = {}

    def over(self, graph: Graph, places: Mapping[str, Point]) -> dict[str, tuple[Point, ...]]:
        """Return the points that each line passes; none for a straight one."""
        ends = {e.id: (places[e.source], places[e.target]) for e in graph.edges}
        if any(self._stale(edge, now) for edge, now in ends.items()):
            self._known |= {edge: (ends[edge], way) for edge, way in ways(graph, places).items()}
        return {edge: () if self._stale(edge, now) else self._known[edge][1] for edge, now in ends.items()}

    def _stale(self, edge: str, ends: Ends) -> bool:
        return edge not in self._known or self._known[edge][0] != ends
