"""Layouts show all of a graph, the same each time, whatever becomes of Graphviz."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from diagrams.graphs import chain, check, graphs
from hypothesis import given, settings

from workbench.diagrams import layout as module
from workbench.diagrams.dot import from_json, to_dot
from workbench.diagrams.graph import Edge, Graph, Group, Node, box_of
from workbench.diagrams.graphviz import LayoutError, ask
from workbench.diagrams.layered import layered
from workbench.diagrams.layout import MOST_NODES, boxes_around, lay_out
from workbench.diagrams.layout import given as placed_by_hand

if TYPE_CHECKING:
    from workbench.diagrams.graph import Direction, Layout

EMPTY = Graph(())


def test_an_empty_graph_has_no_size() -> None:
    """Nothing takes no room, whatever lays it out."""
    for layout in (lay_out(EMPTY), layered(EMPTY), placed_by_hand(EMPTY, {"gone": (1.0, 2.0)})):
        assert (layout.positions, layout.boxes, layout.routes) == ({}, {}, {})


@settings(max_examples=60)
@given(graphs())
def test_graphviz_shows_all_of_a_graph(graph: Graph) -> None:
    """Nothing overlaps, and boundaries hold exactly what is in them."""
    layout = lay_out(graph)
    assert (layout.engine, layout.reason) == ("dot", "")
    check(graph, layout)


@settings(max_examples=150)
@given(graphs(most=30))
def test_the_plain_layout_shows_all_of_a_graph(graph: Graph) -> None:
    """It does so too, in both directions."""
    ways: tuple[Direction, Direction] = ("right", "down")
    for way in ways:
        check(graph, layered(graph, way))


@settings(max_examples=40)
@given(graphs())
def test_positions_of_a_person_are_kept(graph: Graph) -> None:
    """What somebody placed stays there relative to the rest; what they did not place still shows."""
    chosen = {n.id: (400.0 * i, 130.0 * (i % 3)) for i, n in enumerate(graph.nodes) if i % 4 != 3}
    layout = placed_by_hand(graph, chosen)
    assert set(layout.positions) == {n.id for n in graph.nodes}
    first = next(iter(chosen))
    shift = (layout.positions[first][0] - chosen[first][0], layout.positions[first][1] - chosen[first][1])
    for i, (x, y) in chosen.items():
        assert layout.positions[i] == pytest.approx((x + shift[0], y + shift[1]))


@settings(max_examples=25)
@given(graphs(), graphs())
def test_what_was_laid_out_before_does_not_matter(first: Graph, second: Graph) -> None:
    """The warm process answers like a new one."""
    before = lay_out(first)
    lay_out(second)
    assert lay_out(first) == before


def test_big_graphs_get_the_plain_layout() -> None:
    """Graphviz would take too long; the layout says why it was not asked."""
    graph = chain(MOST_NODES + 1, groups=6)
    layout = lay_out(graph)
    assert (layout.engine, layout.reason) == ("layered", f"more than {MOST_NODES} nodes")
    check(graph, layout)


def test_ten_thousand_nodes_are_laid_out() -> None:
    """Long chains and wide fans need no recursion that deep."""
    graph = chain(10_000, groups=20)
    assert len(layered(graph, "down").positions) == 10_000


def test_a_failing_graphviz_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plain layout takes over and says why."""

    def fails(_: str, __: float) -> bytes:
        raise LayoutError("Graphviz ended with -6")

    monkeypatch.setattr(module, "ask", fails)
    graph = chain(5)
    layout = lay_out(graph)
    assert (layout.engine, layout.reason) == ("layered", "Graphviz ended with -6")
    check(graph, layout)


def test_long_chains_go_down_and_wide_fans_to_the_right() -> None:
    """The direction follows from the shape."""

    def size(graph: Graph) -> Layout:
        return lay_out(graph)

    long_chain = size(chain(12, groups=0))
    assert long_chain.height > long_chain.width
    fan = Graph(
        tuple(Node(f"n{i}", 150, 50) for i in range(13)), tuple(Edge(f"e{i}", "n0", f"n{i}") for i in range(1, 13))
    )
    wide = size(fan)
    assert wide.width < 13 * 150


def test_lines_end_at_the_borders_of_what_they_join() -> None:
    """No arrow stops short of its shape or goes into it."""
    graph = chain(8)
    for layout in (lay_out(graph), layered(graph, "down")):
        nodes = {n.id: box_of(n, layout.positions[n.id]) for n in graph.nodes}
        for edge in graph.edges:
            for point, end in ((layout.routes[edge.id][0], edge.source), (layout.routes[edge.id][-1], edge.target)):
                box = nodes[end]
                grown, shrunk = box.moved(0, 0), box
                assert grown.left - 3 <= point[0] <= grown.right + 3
                assert grown.top - 3 <= point[1] <= grown.bottom + 3
                inside = shrunk.left + 3 < point[0] < shrunk.right - 3 and shrunk.top + 3 < point[1] < shrunk.bottom - 3
                assert not inside


def test_names_never_reach_graphviz() -> None:
    """Ids become numbers, so that nothing in them can be DOT."""
    node = Node('"]; node [shape=none', 100, 50, "}")
    text = to_dot(Graph((node,), (Edge("\\", node.id, node.id),), (Group("}", 50),)), "down")
    assert "shape=none" not in text
    assert from_json(Graph((node,), (Edge("\\", node.id, node.id),), (Group("}", 50),)), ask(text, 10)).positions


def test_boxes_of_groups_follow_their_members() -> None:
    """A box holds its members and the boxes within it; one without members is not drawn."""
    graph = Graph((Node("a", 100, 50, "in"),), (), (Group("out", 10), Group("in", 10, "out"), Group("none", 10)))
    boxes = boxes_around(graph, {"a": (0.0, 0.0)})
    assert set(boxes) == {"in", "out"}
    assert boxes["out"].left < boxes["in"].left < -50


def test_the_order_of_links_does_not_matter_to_the_plain_layout() -> None:
    """The same graph with its edges shuffled has the same places."""
    graph = chain(20, groups=3)
    edges = list(graph.edges)
    random.Random(3).shuffle(edges)  # noqa: S311 - an order, no secret
    assert layered(Graph(graph.nodes, tuple(edges), graph.groups)).positions == layered(graph).positions
