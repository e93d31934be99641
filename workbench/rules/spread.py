"""Two ways through a graph, both linear: how surely something gets somewhere, and what all gets there."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

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

    def out(self, *grades: int) -> Neighbours:
        """Return the nodes after each node by edges of those grades."""
        chosen = self._of(grades)
        return Neighbours(self.size, self.source[chosen], self.target[chosen])

    def back(self, *grades: int) -> Neighbours:
        """Return the nodes before each node by edges of those grades."""
        chosen = self._of(grades)
        return Neighbours(self.size, self.target[chosen], self.source[chosen])

    def _of(self, grades: Sequence[int]) -> NDArray[np.bool_] | slice:
        if len(grades) == len(GRADES):
            return slice(None)
        chosen = np.zeros(NEVER, dtype=np.bool_)
        chosen[list(grades)] = True
        return chosen[self.grade]  # type: ignore[no-any-return]


class Neighbours:
    """The neighbours of each node, in order: those of `n` are `flat[starts[n] : starts[n + 1]]`."""

    def __init__(self, size: int, source: Ints, target: Ints) -> None:
        self.size = size
        self.first: Ints = np.concatenate(([0], np.cumsum(np.bincount(source, minlength=size))))
        # One number for both ends sorts several times faster than two keys.
        keys = np.sort(source * np.int64(size) + target)
        self.ends: Ints = keys % size if size else keys

    def __len__(self) -> int:
        return len(self.ends)

    @cached_property
    def starts(self) -> list[int]:
        """Return where the neighbours of each node begin, as a list."""
        starts: list[int] = self.first.tolist()
        return starts

    @cached_property
    def flat(self) -> list[int]:
        """Return all neighbours as a list."""
        flat: list[int] = self.ends.tolist()
        return flat

    def __getitem__(self, node: int) -> list[int]:
        return self.flat[self.starts[node] : self.starts[node + 1]]

    def of_all(self, nodes: Ints) -> tuple[Ints, Ints]:
        """Return (node, neighbour) for each neighbour of some nodes, in their order."""
        counts = self.first[nodes + 1] - self.first[nodes]
        origin = np.repeat(nodes, counts)
        place = np.arange(len(origin)) - np.repeat(np.cumsum(counts) - counts, counts)
        return origin, self.ends[np.repeat(self.first[nodes], counts) + place]


class Reach:
    """How surely each node is reached, and from which node."""

    def __init__(self, size: int) -> None:
        self.grades = np.full(size, NEVER, dtype=np.int8)
        self.origins = np.full(size, -1, dtype=np.int64)

    @cached_property
    def grade(self) -> list[int]:
        """Return the grade of each node as a list; only when all is reached."""
        return self.grades.tolist()

    @cached_property
    def before(self) -> list[int]:
        """Return the node from which each node is reached, -1 for a start, as a list; only when all is reached."""
        return self.origins.tolist()

    def path(self, node: int) -> list[int]:
        """Return the nodes from the start to `node`."""
        found = []
        while node >= 0:
            found.append(node)
            node = self.before[node]
        return found[::-1]


def spread(size: int, by_grade: Mapping[int, Neighbours], starts: Mapping[int, Iterable[int]]) -> Reach:
    """Return how surely each node is reached from `starts` (by grade): a way is as sure as its least sure step.

    Among the surest ways the recorded one is a shortest.
    """
    if sum(map(len, by_grade.values())) <= _BROAD:
        return _spread_singly(size, by_grade, starts)
    reach = Reach(size)
    done = np.empty(0, dtype=np.int64)
    usable: list[Neighbours] = []
    for grade in GRADES:
        begin = np.array(sorted(starts.get(grade, ())), dtype=np.int64)
        begin = begin[reach.grades[begin] == NEVER]
        reach.grades[begin] = grade
        if grade in by_grade and len(by_grade[grade]):
            usable.append(by_grade[grade])
            begin = np.concatenate((begin, _step(reach, done, grade, [by_grade[grade]])))
        done = np.concatenate((done, begin, *_onward(reach, begin, grade, usable)))
    return reach


def _spread_singly(size: int, by_grade: Mapping[int, Neighbours], starts: Mapping[int, Iterable[int]]) -> Reach:
    """Do the same node by node, in lists."""
    grades, before = [NEVER] * size, [-1] * size
    done: list[int] = []
    usable: list[Neighbours] = []
    for grade in GRADES:
        queue = [node for node in sorted(set(starts.get(grade, ()))) if grades[node] == NEVER]
        for node in queue:
            grades[node] = grade
        if grade in by_grade and len(by_grade[grade]):
            usable.append(by_grade[grade])
            reached: list[int] = []
            _follow(done, reached, grade, usable[-1:], (grades, before))
            queue += sorted(reached)
        _follow(queue, queue, grade, usable, (grades, before))
        done += queue
    reach = Reach(size)
    reach.grades[:], reach.origins[:] = grades, before
    return reach


def _follow(
    nodes: list[int], found: list[int], grade: int, edges: Sequence[Neighbours], reach: tuple[list[int], list[int]]
) -> None:
    """Reach what is one edge away from `nodes` and append it to `found`: all that they lead to, if both are one list."""
    grades, before = reach
    for node in nodes:
        for neighbours in edges:
            for after in neighbours[node]:
                if grades[after] == NEVER:
                    grades[after], before[after] = grade, node
                    found.append(after)


def _onward(reach: Reach, frontier: Ints, grade: int, edges: Sequence[Neighbours]) -> Iterator[Ints]:
    """Yield the nodes that are reached from a frontier, round by round; along a long chain one by one."""
    for _ in range(_ROUNDS if sum(map(len, edges)) > _BROAD else 0):
        if not len(frontier):
            return
        frontier = _step(reach, frontier, grade, edges)
        yield frontier
    if len(frontier) and edges:
        yield np.array(_singly(reach, frontier.tolist(), grade, edges), dtype=np.int64)


def _step(reach: Reach, frontier: Ints, grade: int, edges: Sequence[Neighbours]) -> Ints:
    """Reach what is one edge away from a frontier and return it."""
    reached = [np.empty(0, dtype=np.int64)]
    for neighbours in edges:
        origin, after = neighbours.of_all(frontier)
        new = reach.grades[after] == NEVER
        nodes, first = np.unique(after[new], return_index=True)
        reach.grades[nodes], reach.origins[nodes] = grade, origin[new][first]
        reached.append(nodes)
    return np.concatenate(reached)


def _singly(reach: Reach, frontier: list[int], grade: int, edges: Sequence[Neighbours]) -> list[int]:
    grades, before = reach.grades.tolist(), reach.origins.tolist()
    queue = list(frontier)
    _follow(queue, queue, grade, edges, (grades, before))
    reach.grades[:], reach.origins[:] = grades, before
    return queue[len(frontier) :]


def flood(start: Ints, edges: Edges, *, grades: Sequence[int] = GRADES, back: bool = False) -> Ints:
    """Return the bits in `start` after they have run along edges of some grades until nothing changes.

    A round moves all bits one edge on, which is fast where the graph is broad; what is still moving after some rounds,
    along a long chain, is followed node by node.
    """
    chosen = edges._of(grades)  # noqa: SLF001 - two halves of one module
    source, target = edges.source[chosen], edges.target[chosen]
    if back:
        source, target = target, source
    values = start.copy()
    moved = values != 0
    order = np.argsort(target, kind="stable")
    source, target = source[order], target[order]
    for _ in range(_ROUNDS):
        on = moved[source]
        if not on.any():
            return values
        into = target[on]
        first = np.flatnonzero(np.concatenate(([True], into[1:] != into[:-1])))
        nodes = into[first]
        held = values[nodes]
        joined = held | np.bitwise_or.reduceat(values[source[on]], first)
        values[nodes] = joined
        moved = np.zeros(len(values), dtype=np.bool_)
        moved[nodes] = joined != held
    return _flood_on(values, moved, Neighbours(edges.size, source, target))


_ROUNDS = 48
# From that many edges on, whole arrays at a time are faster than node by node.
_BROAD = 1000


def _flood_on(start: Ints, moved: NDArray[np.bool_], neighbours: Neighbours) -> Ints:
    values: list[int] = start.tolist()
    starts, flat = neighbours.starts, neighbours.flat
    queue = np.flatnonzero(moved).tolist()
    waiting = bytearray(len(values))
    for node in queue:
        waiting[node] = 1
    for node in queue:
        waiting[node] = 0
        carried = values[node]
        for after in flat[starts[node] : starts[node + 1]]:
            held = values[after]
            if carried & ~held:
                values[after] = held | carried
                if not waiting[after]:
                    waiting[after] = 1
                    queue.append(after)
    return np.array(values, dtype=np.int64)


def flooded(start: Ints, edges: Edges) -> tuple[Ints, Ints]:
    """Return the bits that surely (or by assumption), and that possibly, get to each node."""
    sure = flood(start, edges, grades=(SURE, ASSUMED))
    return sure, flood(start, edges) if (edges.grade == MAYBE).any() else sure
