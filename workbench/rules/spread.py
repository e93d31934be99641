"""Two ways through a graph, both linear: how surely something gets somewhere, and what all gets there."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Adjacency = list[list[int]]

# How sure a connection or a reach is. ASSUMED counts as true with less confidence; MAYBE is unknown.
SURE, ASSUMED, MAYBE, NEVER = 0, 1, 2, 3
GRADES = (SURE, ASSUMED, MAYBE)


class Edges:
    """Directed edges with a grade."""

    def __init__(self, size: int, parts: Sequence[tuple[Ints, Ints, Ints]]) -> None:
        """Take (from, to, grade) arrays; edges with a negative end are dropped."""
        self.size = size
        columns = [np.concatenate([part[i] for part in parts]) if parts else np.empty(0, int) for i in range(3)]
        kept = (columns[0] >= 0) & (columns[1] >= 0) & (columns[2] < NEVER)
        self.source, self.target, self.grade = (column[kept] for column in columns)

    def out(self, grade: int) -> Adjacency:
        """Return for each node the nodes after it by edges of one grade."""
        return _lists(self.size, self.source, self.target, self.grade == grade)

    def back(self, grade: int) -> Adjacency:
        """Return for each node the nodes before it by edges of one grade."""
        return _lists(self.size, self.target, self.source, self.grade == grade)


def _lists(size: int, source: Ints, target: Ints, chosen: NDArray[np.bool_]) -> Adjacency:
    if not chosen.any():
        return []
    a, b = source[chosen], target[chosen]
    order = np.lexsort((b, a))
    ends = np.cumsum(np.bincount(a, minlength=size)).tolist()
    flat = b[order].tolist()
    starts = [0, *ends[:-1]]
    return [flat[i:j] if i < j else _NONE for i, j in zip(starts, ends, strict=True)]


_NONE: list[int] = []


class Reach:
    """How surely each node is reached, and from which node."""

    def __init__(self, size: int) -> None:
        self.grade = [NEVER] * size
        self.before = [-1] * size

    def grades(self) -> NDArray[np.int8]:
        """Return the grade of each node."""
        return np.array(self.grade, dtype=np.int8)

    def path(self, node: int) -> list[int]:
        """Return the nodes from the start to `node`."""
        found = []
        while node >= 0:
            found.append(node)
            node = self.before[node]
        return found[::-1]


def spread(size: int, by_grade: Mapping[int, Adjacency], starts: Mapping[int, Iterable[int]]) -> Reach:
    """Return how surely each node is reached from `starts` (by grade): a way is as sure as its least sure step.

    Among the surest ways the recorded one is a shortest.
    """
    reach = Reach(size)
    grade_of, before = reach.grade, reach.before
    done: list[int] = []
    usable: list[Adjacency] = []
    for grade in GRADES:
        edges = by_grade.get(grade) or []
        queue: deque[int] = deque()
        for node in sorted(starts.get(grade, ())):
            if grade_of[node] == NEVER:
                grade_of[node] = grade
                queue.append(node)
        if edges:
            usable.append(edges)
            for node in done:
                for after in edges[node]:
                    if grade_of[after] == NEVER:
                        grade_of[after], before[after] = grade, node
                        queue.append(after)
        while queue:
            node = queue.popleft()
            done.append(node)
            for adjacency in usable:
                for after in adjacency[node]:
                    if grade_of[after] == NEVER:
                        grade_of[after], before[after] = grade, node
                        queue.append(after)
    return reach


def flood(values: list[int], adjacency: Adjacency, keep: int = -1) -> None:
    """Let the bits in `values` run along the edges until nothing changes; `keep` masks what passes."""
    queue = deque(i for i, value in enumerate(values) if value)
    waiting = bytearray(len(values))
    for node in queue:
        waiting[node] = 1
    while queue:
        node = queue.popleft()
        waiting[node] = 0
        carried = values[node] & keep
        for after in adjacency[node]:
            held = values[after]
            if carried & ~held:
                values[after] = held | carried
                if not waiting[after]:
                    waiting[after] = 1
                    queue.append(after)


def flooded(start: list[int], edges: Edges) -> tuple[Ints, Ints]:
    """Return the bits that surely (or by assumption), and that possibly, get to each node."""
    certain = merged(edges.out(SURE), edges.out(ASSUMED))
    sure = list(start)
    if certain:
        flood(sure, certain)
    maybe = edges.out(MAYBE)
    may = sure
    if maybe:
        may = list(sure)
        flood(may, merged(certain, maybe))
    return np.array(sure, dtype=np.int64), np.array(may, dtype=np.int64)


def merged(first: Adjacency, second: Adjacency) -> Adjacency:
    """Return the edges of both."""
    if not first or not second:
        return first or second
    return [a + b if a and b else a or b for a, b in zip(first, second, strict=True)]
