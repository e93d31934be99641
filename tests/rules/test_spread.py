"""Reach and floods over graphs, against the obvious slow way."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from models import LONGER

from workbench.rules import reach, spread
from workbench.rules.spread import GRADES, NEVER, Edges


@st.composite
def _graphs(draw: Any) -> tuple[int, list[tuple[int, int, int]], dict[int, list[int]]]:
    size = draw(st.integers(1, 9))
    node = st.integers(0, size - 1)
    edges = draw(st.lists(st.tuples(node, node, st.sampled_from(GRADES)), max_size=18))
    starts = {grade: draw(st.lists(node, max_size=2)) for grade in GRADES}
    return size, edges, starts


def _edges(size: int, edges: list[tuple[int, int, int]]) -> Edges:
    table = np.array(edges, dtype=np.int64).reshape(-1, 3)
    return Edges(size, [(table[:, 0], table[:, 1], table[:, 2])])


def _slow(size: int, edges: list[tuple[int, int, int]], starts: dict[int, list[int]]) -> list[int]:
    grades = [NEVER] * size
    for grade, nodes in starts.items():
        for node in nodes:
            grades[node] = min(grades[node], grade)
    for _ in range(size + 1):
        for a, b, grade in edges:
            grades[b] = min(grades[b], max(grades[a], grade))
    return grades


@pytest.mark.parametrize("rounds", [0, 2, 48])
@settings(max_examples=50 * LONGER, deadline=None)
@given(_graphs())
def test_a_way_is_as_sure_as_its_least_sure_step(rounds: int, graph: Any) -> None:
    """Grades are those of the surest way, and each recorded way leads there from a start, by real edges."""
    size, edges, starts = graph
    before = spread._ROUNDS, spread._BROAD
    spread._ROUNDS, spread._BROAD = rounds, -1
    try:
        made = _edges(size, edges)
        found = spread.spread(size, {grade: made.out(grade) for grade in GRADES}, starts)
    finally:
        spread._ROUNDS, spread._BROAD = before
    assert found.grade == _slow(size, edges, starts)
    for node in range(size):
        if found.grade[node] < NEVER:
            path = found.path(node)
            assert path[-1] == node
            worst = [g for g, nodes in starts.items() if path[0] in nodes]
            steps = [[g for a, b, g in edges if (a, b) == pair] for pair in itertools.pairwise(path)]
            assert max([min(worst), *map(min, steps)]) == found.grade[node]


@pytest.mark.parametrize("rounds", [0, 1, 48])
@settings(max_examples=50 * LONGER, deadline=None)
@given(_graphs(), st.data())
def test_bits_run_until_nothing_changes(rounds: int, graph: Any, data: Any) -> None:
    """A flood gives each node the bits of all nodes that lead to it, forwards and backwards."""
    size, edges, _ = graph
    start = data.draw(st.lists(st.integers(0, 15), min_size=size, max_size=size))
    before = spread._ROUNDS
    spread._ROUNDS = rounds
    try:
        made = _edges(size, edges)
        forward = spread.flood(np.array(start), made).tolist()
        backward = spread.flood(np.array(start), made, back=True).tolist()
    finally:
        spread._ROUNDS = before
    assert forward == _flooded(start, [(a, b) for a, b, _ in edges])
    assert backward == _flooded(start, [(b, a) for a, b, _ in edges])


def _flooded(start: list[int], edges: list[tuple[int, int]]) -> list[int]:
    values = list(start)
    for _ in values:
        for a, b in edges:
            values[b] |= values[a]
    return values


@settings(max_examples=60 * LONGER, deadline=None)
@given(_graphs())
def test_circles_are_found_by_whoever_reaches_itself(graph: Any) -> None:
    """A node lies on a circle if it can be reached from itself."""
    size, edges, _ = graph
    pairs = np.array([(a, b) for a, b, _ in edges], dtype=np.int64).reshape(-1, 2)
    reached = np.zeros((size, size), dtype=bool)
    for a, b in pairs:
        reached[a, b] = True
    for _ in range(size):
        reached |= reached @ reached
    found = set(reach._circling(size, pairs[:, 0], pairs[:, 1]))
    assert found == set(np.flatnonzero(np.diag(reached)).tolist())


def test_a_long_chain_is_followed_to_its_end() -> None:
    """Beyond the rounds that whole arrays are worth, nodes are followed one by one."""
    size = 3000
    chain = [(n, n + 1, 0) for n in range(size - 1)]
    made = _edges(size, chain)
    found = spread.spread(size, {0: made.out(0)}, {0: [0]})
    assert found.grade == [0] * size
    assert spread.flood(np.array([1] + [0] * (size - 1)), made).tolist() == [1] * size
