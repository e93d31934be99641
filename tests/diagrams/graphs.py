"""Graphs to lay out."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from workbench.diagrams.graph import Edge, Graph, Group, Node, box_of

if TYPE_CHECKING:
    from workbench.diagrams.graph import Box, Layout


def chain(count: int, *, groups: int = 2) -> Graph:
    """Return nodes in a row, spread over groups of which every second lies in the first."""
    boxes = tuple(Group(f"g{i}", 100, "g0" if i % 2 else None) for i in range(groups))
    nodes = tuple(Node(f"n{i}", 150, 50, f"g{i * groups // count}" if groups else None) for i in range(count))
    edges = tuple(Edge(f"e{i}", f"n{i}", f"n{i + 1}") for i in range(count - 1))
    return Graph(nodes, edges, boxes)


@st.composite
def graphs(draw: st.DrawFn, most: int = 14) -> Graph:
    """Return any small graph: nested groups, several lines between two nodes, circles, loops, lone nodes."""
    groups = [f"g{i}" for i in range(draw(st.integers(0, 4)))]
    parents = {g: draw(st.sampled_from([None, *groups[:i]])) for i, g in enumerate(groups)}
    count = draw(st.integers(1, most))
    nodes = tuple(
        Node(f"n{i}", draw(st.integers(60, 200)), draw(st.integers(30, 90)), draw(st.sampled_from([None, *groups])))
        for i in range(count)
    )
    pick = st.integers(0, count - 1)
    ends = draw(st.lists(st.tuples(pick, pick), max_size=2 * most))
    edges = tuple(Edge(f"e{i}", f"n{a}", f"n{b}") for i, (a, b) in enumerate(ends))
    held = {n.group for n in nodes}
    while any(parents.get(g) not in held for g in list(held) if g is not None):
        held |= {parents[g] for g in list(held) if g is not None}
    return Graph(nodes, edges, tuple(Group(g, 90, parents[g]) for g in groups if g in held))


def check(graph: Graph, layout: Layout) -> None:
    """Assert that a layout shows all of a graph: nothing overlaps, and groups hold their members and nothing else."""
    boxes = {n.id: box_of(n, layout.positions[n.id]) for n in graph.nodes}
    for a, b in combinations(boxes.values(), 2):
        assert a.right <= b.left or b.right <= a.left or a.bottom <= b.top or b.bottom <= a.top
    for node in graph.nodes:
        if node.group is not None:
            assert _within(boxes[node.id], layout.boxes[node.group])
    for group in graph.groups:
        if group.parent is not None:
            assert _within(layout.boxes[group.id], layout.boxes[group.parent])
    assert set(layout.routes) == {e.id for e in graph.edges}
    assert all(len(route) % 3 == 1 and len(route) >= 4 for route in layout.routes.values())
    for box in [*boxes.values(), *layout.boxes.values()]:
        assert box.left >= -1
        assert box.right <= layout.width + 1
        assert box.top >= -1
        assert box.bottom <= layout.height + 1


def _within(inner: Box, outer: Box) -> bool:
    return (
        outer.left <= inner.left
        and inner.right <= outer.right
        and outer.top <= inner.top
        and inner.bottom <= outer.bottom
    )
