"""Lines between boxes: plain ones for positions that no engine routed, and where a line crosses a border."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from functools import lru_cache
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

from workbench.diagrams.graph import Box, box_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from workbench.diagrams.graph import Graph, Point

_STEPS = 6
# How much each of four control points counts at each step.
_WEIGHTS = tuple(
    ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
    for t in (step / _STEPS for step in range(1, _STEPS + 1))
)
_BEND = 26.0
_TURN = 18.0  # pixels before a corner at which a line begins to turn


def plain_routes(
    graph: Graph, positions: Mapping[str, Point], over: Mapping[str, tuple[Point, ...]] = MappingProxyType({})
) -> dict[str, tuple[Point, ...]]:
    """Return a line for each edge, from border to border, over points that it passes if there are some.

    Straight lines between the same two nodes bend apart.
    """
    boxes = {node.id: box_of(node, positions[node.id]) for node in graph.nodes}
    siblings: dict[tuple[str, str], int] = defaultdict(int)
    routes = {}
    for edge in graph.edges:
        if points := over.get(edge.id):
            ends = _border(boxes[edge.source], points[0]), _border(boxes[edge.target], points[-1])
            routes[edge.id] = rounded([ends[0], *points, ends[1]])
            continue
        pair = (min(edge.source, edge.target), max(edge.source, edge.target))
        nth = siblings[pair]
        siblings[pair] += 1
        side = 1 if edge.source == pair[0] else -1
        bend = side * _BEND * ((nth + 1) // 2) * (1 if nth % 2 else -1)
        routes[edge.id] = _line(boxes[edge.source], boxes[edge.target], bend)
    return routes


def is_straight(route: Sequence[Point]) -> bool:
    """Return whether each Bézier piece of a line keeps to the straight line between its ends."""
    return all(
        abs((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])) <= max(math.dist(a, b), 1.0)
        for i in range(0, len(route) - 3, 3)
        for a, b in ((route[i], route[i + 3]),)
        for p in route[i + 1 : i + 3]
    )


def rounded(corners: Sequence[Point]) -> tuple[Point, ...]:
    """Return a line from corner to corner that turns in curves, as Bézier control points."""
    route = [corners[0]]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        start, end = _towards(corner, before), _towards(corner, after)
        route += [*_straight(route[-1], start), *(_between(p, corner, 2 / 3) for p in (start, end)), end]
    return (*route, *_straight(route[-1], corners[-1]))


def _towards(corner: Point, other: Point) -> Point:
    """Return where a line towards `other` begins to turn around a corner."""
    length = math.dist(corner, other)
    return _between(corner, other, min(_TURN / length, 0.5) if length else 0.0)


def _straight(start: Point, end: Point) -> tuple[Point, Point, Point]:
    return _between(start, end, 1 / 3), _between(start, end, 2 / 3), end


def _between(a: Point, b: Point, part: float) -> Point:
    return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part


def _line(source: Box, target: Box, bend: float) -> tuple[Point, ...]:
    if source == target:
        return _loop(source)
    start, end = _centre(source), _centre(target)
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = max((dx * dx + dy * dy) ** 0.5, 1e-6)
    middle = ((start[0] + end[0]) / 2 - dy / length * bend * 2, (start[1] + end[1]) / 2 + dx / length * bend * 2)
    first, last = _border(source, middle), _border(target, middle)
    if bend == 0:
        middle = ((first[0] + last[0]) / 2, (first[1] + last[1]) / 2)
    towards = [(p[0] + (middle[0] - p[0]) * 2 / 3, p[1] + (middle[1] - p[1]) * 2 / 3) for p in (first, last)]
    return first, towards[0], towards[1], last


def _loop(box: Box) -> tuple[Point, ...]:
    x, y = box.right, box.top + box.height / 2
    return (x, y - 8), (x + 40, y - 24), (x + 40, y + 24), (x, y + 8)


def _centre(box: Box) -> Point:
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


def _border(box: Box, towards: Point) -> Point:
    """Return where a straight line from the box's centre to a point leaves the box."""
    x, y = _centre(box)
    dx, dy = towards[0] - x, towards[1] - y
    reach = max(abs(dx) / (box.width / 2), abs(dy) / (box.height / 2), 1e-6)
    return (x + dx / max(reach, 1), y + dy / max(reach, 1))


@lru_cache(maxsize=8192)
def samples(route: tuple[Point, ...]) -> tuple[Point, ...]:
    """Return points along a Bézier line, close enough together to measure it."""
    points = [route[0]]
    for start in range(0, len(route) - 3, 3):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = route[start : start + 4]
        points += [(p * ax + q * bx + r * cx + s * dx, p * ay + q * by + r * cy + s * dy) for p, q, r, s in _WEIGHTS]
    return tuple(points)


@lru_cache(maxsize=8192)
def _lengths(route: tuple[Point, ...]) -> tuple[float, ...]:
    """Return how far along the line each sample is."""
    steps = (math.dist(a, b) for a, b in pairwise(samples(route)))
    return (0.0, *accumulate(steps))


def along(route: tuple[Point, ...], part: float) -> Point:
    """Return the point at a part (0 to 1) of the length of a line."""
    points, lengths = samples(route), _lengths(route)
    far = lengths[-1] * part
    after = min(max(bisect_left(lengths, far), 1), len(points) - 1)
    (ax, ay), (bx, by) = points[after - 1], points[after]
    step = lengths[after] - lengths[after - 1]
    share = (far - lengths[after - 1]) / step if step else 0.0
    return ax + (bx - ax) * share, ay + (by - ay) * share


def crossings(route: tuple[Point, ...], boxes: Iterable[Box]) -> Iterator[Point]:
    """Yield the points where a line passes the border of a box that holds exactly one of its ends."""
    points = samples(route)
    for box in boxes:
        if box.holds(points[0]) == box.holds(points[-1]):
            continue
        for a, b in pairwise(points):
            if box.holds(a) != box.holds(b):
                yield _pass(a, b, box)
                break


def _pass(a: Point, b: Point, box: Box) -> Point:
    for _ in range(8):  # to a fraction of a pixel
        half = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
        a, b = (half, b) if box.holds(a) == box.holds(half) else (a, half)
    return a
