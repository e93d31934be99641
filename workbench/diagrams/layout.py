"""Find a place for everything: Graphviz in a child process with a time limit, else the plain layered layout."""

from __future__ import annotations

import math
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


def given(graph: Graph, positions: Mapping[str, Point]) -> Layout:
    """Return the layout with positions that a person chose; nodes without one stand near their neighbours."""
    return standing(graph, {**positions, **beside(graph, positions)})


def standing(graph: Graph, positions: Mapping[str, Point]) -> Layout:
    """Return the layout with a position for every node."""
    boxes = boxes_around(graph, positions)
    rectangles = [*boxes.values(), *(box_of(node, positions[node.id]) for node in graph.nodes)]
    left, top = min((b.left for b in rectangles), default=0), min((b.top for b in rectangles), default=0)
    moved = {node.id: (positions[node.id][0] - left, positions[node.id][1] - top) for node in graph.nodes}
    return Layout(
        engine="given",
        width=max((b.right for b in rectangles), default=0) - left,
        height=max((b.bottom for b in rectangles), default=0) - top,
        positions=moved,
        boxes={i: box.moved(-left, -top) for i, box in boxes.items()},
        routes=plain_routes(graph, moved),
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
