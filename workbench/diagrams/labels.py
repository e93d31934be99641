"""Find room for the labels of lines: on the line or beside it, clear of shapes, arrow heads, other lines and labels."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from workbench.diagrams.graph import Box
from workbench.diagrams.routes import along, samples

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from workbench.diagrams.graph import Point

Size = tuple[float, float]
_SHARES = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8)  # of the way from start to end, best first
_CELL = 96.0
_CLEAR = 2.0  # pixels left free around a label
_MOST_COVERED = 0.35  # of its own line that a label may hide before it goes beside the line
_HIDDEN = 2000.0  # what hiding all of its own line would cost, in square pixels of overlap
_FAR = 1.5  # what each further choice costs


def place(
    labels: Iterable[tuple[str, Size]],
    routes: Mapping[str, tuple[Point, ...]],
    taken: Iterable[Box],
    *,
    careful: bool = True,
) -> dict[str, Point]:
    """Return the centre of each label (edge id, size). With care, they keep clear of other lines too."""
    crowd = _Crowd(taken)
    lines = {edge: samples(route) for edge, route in routes.items()}
    for edge, points in lines.items() if careful else ():
        for x, y in points[2:-1:3]:
            crowd.add(Box(x - 4, y - 4, x + 4, y + 4), edge)
        for x, y in (points[0], points[-1]):
            crowd.add(Box(x - 8, y - 8, x + 8, y + 8))
    places = {}
    for edge, size in labels:
        costs: dict[Point, float] = {}
        for i, spot in enumerate(_spots(routes[edge], size)):
            box = _around(spot, size)
            harm = crowd.overlap(box, edge) + _hiding(lines[edge], box)
            costs.setdefault(spot, harm + _FAR * i)
            if harm == 0:
                break  # later spots can only be farther
        places[edge] = min(costs, key=costs.__getitem__)
        crowd.add(_around(places[edge], size))
    return places


def _spots(route: tuple[Point, ...], size: Size) -> Iterator[Point]:
    for share in _SHARES:
        x, y = along(route, share)
        yield x, y
        before, after = along(route, max(share - 0.1, 0)), along(route, min(share + 0.1, 1))
        steep = abs(after[1] - before[1]) > abs(after[0] - before[0]) * 0.5
        dx, dy = (size[0] / 2 + 7, 0.0) if steep else (0.0, size[1] / 2 + 6)
        yield x + dx, y + dy
        yield x - dx, y - dy


def _hiding(line: tuple[Point, ...], box: Box) -> float:
    covered = sum(map(box.holds, line)) / len(line)
    return max(covered - _MOST_COVERED, 0) * _HIDDEN


def _around(centre: Point, size: Size) -> Box:
    x, y = centre
    w, h = size[0] / 2 + _CLEAR, size[1] / 2 + _CLEAR
    return Box(x - w, y - h, x + w, y + h)


class _Crowd:
    """Boxes by the squares of a grid that they touch, so that a question costs the same however many there are."""

    def __init__(self, boxes: Iterable[Box]) -> None:
        self._cells: dict[tuple[int, int], list[tuple[Box, str | None]]] = defaultdict(list)
        for box in boxes:
            self.add(box)

    def add(self, box: Box, line: str | None = None) -> None:
        """Add a box; one that is a piece of a line does not stand in the way of that line's own label."""
        for cell in _cells(box):
            self._cells[cell].append((box, line))

    def overlap(self, box: Box, line: str) -> float:
        """Return how many square pixels of a box are covered by others."""
        # In a fixed order, because sums of floats depend on it.
        near = dict.fromkeys(other for cell in _cells(box) for other in self._cells.get(cell, ()))
        return sum(_shared(box, other) for other, owner in near if owner != line)


def _cells(box: Box) -> list[tuple[int, int]]:
    left, right = int(box.left // _CELL), int(box.right // _CELL)
    top, bottom = int(box.top // _CELL), int(box.bottom // _CELL)
    if left == right and top == bottom:
        return [(left, top)]
    return [(column, row) for column in range(left, right + 1) for row in range(top, bottom + 1)]


def _shared(a: Box, b: Box) -> float:
    wide = min(a.right, b.right) - max(a.left, b.left)
    high = min(a.bottom, b.bottom) - max(a.top, b.top)
    return wide * high if wide > 0 and high > 0 else 0.0
