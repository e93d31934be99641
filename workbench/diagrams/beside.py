"""A place for what is new in a drawing that people know: near its neighbours, on nothing, moving nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.diagrams.boxes import boxes_around
from workbench.diagrams.graph import Box, box_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.diagrams.graph import Graph, Node, Point

_STEP = (58.0, 42.0)
_RINGS = 40
_CLEAR = 26.0
_ASIDE = 290.0  # from the middle of an element to that of the next along a flow
_BELOW = 120.0


def beside(graph: Graph, known: Mapping[str, Point]) -> dict[str, Point]:
    """Return places for the nodes that have none; the same for the same graph and places."""
    found = dict(known)
    waiting = [n for n in graph.nodes if n.id not in known]
    while waiting:
        # What flows to or from something that has its place goes first, so that its own neighbours follow it.
        near = next((n for n in waiting if _linked(graph, n, found)), waiting[0])
        waiting.remove(near)
        found[near.id] = _free(graph, near, found)
    return {i: point for i, point in found.items() if i not in known}


def _linked(graph: Graph, node: Node, found: Mapping[str, Point]) -> bool:
    return any(
        (e.source == node.id and e.target in found) or (e.target == node.id and e.source in found) for e in graph.edges
    )


def _free(graph: Graph, node: Node, found: Mapping[str, Point]) -> Point:
    """Return the nearest point to where the node would like to be at which it and its boundary cover nothing."""
    around = set(graph.around(node.group))
    boxes = {n.id: box_of(n, found[n.id]) for n in graph.nodes if n.id in found}
    frames = _frames(graph, found)
    inside = {n.id for n in graph.nodes if node.group is not None and node.group in graph.around(n.group)}
    own = [box for i, box in boxes.items() if i in inside]
    strangers = [box for i, box in boxes.items() if i not in inside]
    strangers += [b for i, b in frames.items() if i not in around and node.group not in graph.around(i)]
    start = _wish(graph, node, found, frames)
    for x, y in _rings(start):
        box = box_of(node, (x, y))
        if not any(_touch(box, b) for b in boxes.values()) and not any(
            _touch(_hull([box, *own]), b) for b in strangers
        ):
            return x, y
    bottom = max((b.bottom for b in [*boxes.values(), *frames.values()]), default=0.0)
    return start[0], bottom + _BELOW


def _wish(graph: Graph, node: Node, found: Mapping[str, Point], frames: Mapping[str, Box]) -> Point:
    before = [found[e.source] for e in graph.edges if e.target == node.id and e.source in found]
    after = [found[e.target] for e in graph.edges if e.source == node.id and e.target in found]
    wishes = [(x + _ASIDE, y) for x, y in before] + [(x - _ASIDE, y) for x, y in after]
    if node.group in frames:
        box = frames[f"{node.group}"]
        # Among its own; between them and its neighbours elsewhere if there are any.
        wishes = [
            (min(max(x, box.left + 90), box.right + 90), min(max(y, box.top + 60), box.bottom + 60)) for x, y in wishes
        ] or [((box.left + box.right) / 2, box.bottom - 50)]
    if not wishes:
        bottom = max((y for _, y in found.values()), default=-_BELOW)
        wishes = [(min((x for x, _ in found.values()), default=0.0), bottom + _BELOW)]
    return sum(x for x, _ in wishes) / len(wishes), sum(y for _, y in wishes) / len(wishes)


def _rings(start: Point) -> Iterator[Point]:
    """Yield points around a start, the near ones first."""
    yield start
    for ring in range(1, _RINGS):
        spots = [(i, j) for i in range(-ring, ring + 1) for j in range(-ring, ring + 1) if max(abs(i), abs(j)) == ring]
        # Below and to the right before above and to the left: that is where drawings grow.
        for i, j in sorted(spots, key=lambda s: (abs(s[0]) + abs(s[1]), -s[1], -s[0])):
            yield start[0] + i * _STEP[0], start[1] + j * _STEP[1]


def _frames(graph: Graph, found: Mapping[str, Point]) -> dict[str, Box]:
    return boxes_around(graph.without({n.id for n in graph.nodes if n.id not in found}), found)


def _hull(boxes: list[Box]) -> Box:
    return Box(
        min(b.left for b in boxes), min(b.top for b in boxes), max(b.right for b in boxes), max(b.bottom for b in boxes)
    )


def _touch(a: Box, b: Box) -> bool:
    return (
        a.left < b.right + _CLEAR
        and b.left < a.right + _CLEAR
        and a.top < b.bottom + _CLEAR
        and b.top < a.bottom + _CLEAR
    )
