"""Find a place for everything: Graphviz in a child process with a time limit, else the plain layered layout."""

from __future__ import annotations

import math
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from workbench.diagrams.beside import beside
from workbench.diagrams.boxes import boxes_around
from workbench.diagrams.dot import from_json, to_dot
from workbench.diagrams.graph import Graph, Layout, box_of
from workbench.diagrams.graphviz import LayoutError, ask
from workbench.diagrams.layered import layered, layers
from workbench.diagrams.routes import plain_routes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.diagrams.graph import Direction, Point

# Beyond these, Graphviz's time stops being worth it; measured in benchmarks/b4_diagram.py.
MOST_NODES = 300
MOST_CAREFUL = 150
SECONDS = 20
_DIRECTIONS: tuple[Direction, ...] = ("down", "right")
PAGE = 1.2
"""Width by height of a drawing that fits a screen and half a page."""
SCREEN = 1.7
"""Width by height of the canvas."""
ROOMY = 1.4
"""Between ranks on the canvas, where labels are bigger on a projector."""


def lay_out(
    graph: Graph,
    direction: Direction | None = None,
    *,
    seconds: float = SECONDS,
    page: float = PAGE,
    space: float = 1,
) -> Layout:
    """Return places for a graph: the same for the same graph.

    `direction` is chosen from its shape if not given, so that width by height is near to `page`; `space` is how many
    times the usual room there is between ranks.
    """
    direction = direction or _direction(graph, page)
    if len(graph.nodes) > MOST_NODES:
        return layered(graph, direction, reason=f"more than {MOST_NODES} nodes")
    dot = to_dot(graph, direction, hasty=len(graph.nodes) > MOST_CAREFUL, space=space)
    try:
        return from_json(graph, ask(dot, seconds))
    except LayoutError as error:
        return layered(graph, direction, reason=str(error))


def on_screen(graph: Graph) -> Layout:
    """Return places for a graph on the canvas."""
    return lay_out(graph, page=SCREEN, space=ROOMY)


_known_on_screen = lru_cache(maxsize=8)(on_screen)


def ways(graph: Graph, positions: Mapping[str, Point]) -> dict[str, tuple[Point, ...]]:
    """Return the points over which the layout for the canvas leads lines, where both ends stand as it has them."""
    layout = _known_on_screen(graph)
    standing = {i: (round(x), round(y)) for i, (x, y) in layout.positions.items()}
    unmoved = {i for i, point in standing.items() if positions[i] == point}
    # The knots of a curve without its ends; those of a straight piece lie on the line.
    return {e.id: layout.routes[e.id][3:-3:3] for e in graph.edges if {e.source, e.target} <= unmoved}


def given(graph: Graph, positions: Mapping[str, Point]) -> Layout:
    """Return the layout with positions that a person chose; nodes without one stand near their neighbours."""
    found = {**positions, **beside(graph, positions)}
    return standing(graph, found, ways(graph, found))


def standing(
    graph: Graph, positions: Mapping[str, Point], over: Mapping[str, tuple[Point, ...]] = MappingProxyType({})
) -> Layout:
    """Return the layout with a position for every node; `over` are the points that lines pass, if not straight ones."""
    boxes = boxes_around(graph, positions)
    rectangles = [*boxes.values(), *(box_of(node, positions[node.id]) for node in graph.nodes)]
    left, top = min((b.left for b in rectangles), default=0), min((b.top for b in rectangles), default=0)

    def moved(point: Point) -> Point:
        return point[0] - left, point[1] - top

    here = {node.id: moved(positions[node.id]) for node in graph.nodes}
    return Layout(
        engine="given",
        width=max((b.right for b in rectangles), default=0) - left,
        height=max((b.bottom for b in rectangles), default=0) - top,
        positions=here,
        boxes={i: box.moved(-left, -top) for i, box in boxes.items()},
        routes=plain_routes(graph, here, {edge: tuple(map(moved, points)) for edge, points in over.items()}),
    )


def _direction(graph: Graph, page: float) -> Direction:
    """Choose the way that gives the better page: long chains go down, wide fans go to the right."""
    after: dict[str, list[str]] = {}
    for edge in graph.edges:
        after.setdefault(edge.source, []).append(edge.target)
    found = layers([node.id for node in graph.nodes], after)
    deepest, widest = max(len(found), 1), max(map(len, found), default=1)
    shapes = {"right": deepest * 290 / (widest * 80), "down": widest * 214 / (deepest * 110)}
    return min(_DIRECTIONS, key=lambda way: abs(math.log(shapes[way] / page)))
