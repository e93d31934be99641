"""Find a place for everything: Graphviz in a child process with a time limit, else the plain layered layout."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from workbench.diagrams.dot import from_json, to_dot
from workbench.diagrams.graph import Box, Graph, Layout, box_of
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
_PAGE = 1.2  # width by height of a drawing that fits a screen and half a page
_PADDING = 14.0
_TITLE = 26.0


def lay_out(graph: Graph, direction: Direction | None = None, *, seconds: float = SECONDS) -> Layout:
    """Return places for a graph: the same for the same graph. `direction` is chosen from its shape if not given."""
    direction = direction or _direction(graph)
    if len(graph.nodes) > MOST_NODES:
        return layered(graph, direction, reason=f"more than {MOST_NODES} nodes")
    dot = to_dot(graph, direction, hasty=len(graph.nodes) > MOST_CAREFUL)
    try:
        return from_json(graph, ask(dot, seconds))
    except LayoutError as error:
        return layered(graph, direction, reason=str(error))


def given(graph: Graph, positions: Mapping[str, Point]) -> Layout:
    """Return the layout with positions that a person chose; nodes without one stand in a row below."""
    chosen = {node.id: positions[node.id] for node in graph.nodes if node.id in positions}
    chosen |= _row_below(graph, chosen)
    boxes = boxes_around(graph, chosen)
    rectangles = [*boxes.values(), *(box_of(node, chosen[node.id]) for node in graph.nodes)]
    left, top = min((b.left for b in rectangles), default=0), min((b.top for b in rectangles), default=0)
    chosen = {i: (x - left, y - top) for i, (x, y) in chosen.items()}
    return Layout(
        engine="given",
        width=max((b.right for b in rectangles), default=0) - left,
        height=max((b.bottom for b in rectangles), default=0) - top,
        positions=chosen,
        boxes={i: box.moved(-left, -top) for i, box in boxes.items()},
        routes=plain_routes(graph, chosen),
    )


def boxes_around(graph: Graph, positions: Mapping[str, Point]) -> dict[str, Box]:
    """Return the smallest rectangles around the members of each group, with room for titles; empty groups have none."""
    inner: dict[str, list[Box]] = {group.id: [] for group in graph.groups}
    for node in graph.nodes:
        if node.group is not None:
            inner[node.group].append(box_of(node, positions[node.id]))
    boxes: dict[str, Box] = {}
    for group in sorted(graph.groups, key=lambda g: -_depth(g.id, graph)):
        held = inner[group.id]
        if not held:
            continue
        box = Box(
            min(b.left for b in held), min(b.top for b in held), max(b.right for b in held), max(b.bottom for b in held)
        )
        wide = max(box.right, box.left + group.title_width)
        boxes[group.id] = Box(box.left - _PADDING, box.top - _PADDING - _TITLE, wide + _PADDING, box.bottom + _PADDING)
        if group.parent is not None:
            inner[group.parent].append(boxes[group.id])
    return boxes


def _depth(group: str, graph: Graph) -> int:
    parents = {g.id: g.parent for g in graph.groups}
    depth, current = 0, parents[group]
    while current is not None:
        depth, current = depth + 1, parents[current]
    return depth


def _row_below(graph: Graph, chosen: Mapping[str, Point]) -> dict[str, Point]:
    bottom = max((y for _, y in chosen.values()), default=0) + 140
    missing = [node for node in graph.nodes if node.id not in chosen]
    return {node.id: (i * (node.width + 40), bottom) for i, node in enumerate(missing)}


def _direction(graph: Graph) -> Direction:
    """Choose the way that gives the better page: long chains go down, wide fans go to the right."""
    after: dict[str, list[str]] = {}
    for edge in graph.edges:
        after.setdefault(edge.source, []).append(edge.target)
    found = layers([node.id for node in graph.nodes], after)
    deepest, widest = max(len(found), 1), max(map(len, found), default=1)
    shapes = {"right": deepest * 290 / (widest * 80), "down": widest * 214 / (deepest * 110)}
    return min(_DIRECTIONS, key=lambda way: abs(math.log(shapes[way] / _PAGE)))
