"""What a layout gets and gives: boxes with sizes in, places in pixels out. No words, no colours, no model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Point = tuple[float, float]
Direction = Literal["right", "down"]


@dataclass(frozen=True, slots=True)
class Node:
    """A thing of a known size, within a group or free."""

    id: str
    width: float
    height: float
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A line between two nodes."""

    id: str
    source: str
    target: str
    weight: int = 1
    """How much a layout should try to keep it short and straight."""


@dataclass(frozen=True, slots=True)
class Group:
    """A box around nodes and other groups."""

    id: str
    title_width: float
    parent: str | None = None


@dataclass(frozen=True)
class Graph:
    """Nodes, edges and groups in an order that a layout keeps where it can."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()
    groups: tuple[Group, ...] = ()

    def around(self, group: str | None) -> tuple[str, ...]:
        """Return a group and those around it, inner before outer."""
        parents = {g.id: g.parent for g in self.groups}
        found: list[str] = []
        while group is not None and group not in found:
            found.append(group)
            group = parents.get(group)
        return tuple(found)

    def within(self, group: str) -> Graph:
        """Return what lies in a group at any depth, as a graph of its own."""
        inside = {n.id for n in self.nodes if group in self.around(n.group)}
        return self._of(inside)

    def without(self, nodes: Collection[str]) -> Graph:
        """Return the graph without some nodes, their edges, and groups that hold nothing then."""
        return self._of({n.id for n in self.nodes} - set(nodes))

    def _of(self, ids: Collection[str]) -> Graph:
        nodes = tuple(n for n in self.nodes if n.id in ids)
        used = {g for n in nodes for g in self.around(n.group)}
        edges = tuple(e for e in self.edges if e.source in ids and e.target in ids)
        return Graph(nodes, edges, tuple(g for g in self.groups if g.id in used))


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Return right minus left."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Return bottom minus top."""
        return self.bottom - self.top

    def holds(self, point: Point) -> bool:
        """Return whether a point lies inside or on the edge."""
        return self.left <= point[0] <= self.right and self.top <= point[1] <= self.bottom

    def moved(self, dx: float, dy: float) -> Box:
        """Return the box shifted."""
        return Box(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)


@dataclass(frozen=True)
class Layout:
    """Where everything goes, in pixels from the top left."""

    engine: Literal["dot", "layered", "given"]
    """What made it: Graphviz, the plain fallback, or positions that a person chose."""
    width: float
    height: float
    positions: Mapping[str, Point]
    """Centre of each node."""
    boxes: Mapping[str, Box]
    """Rectangle of each group."""
    routes: Mapping[str, tuple[Point, ...]]
    """Control points of each edge's cubic Bézier line, from border to border: 4, 7, 10, …"""
    reason: str = ""
    """Why Graphviz was not used; empty if it was, or was not asked."""


def box_of(node: Node, centre: Point) -> Box:
    """Return the rectangle of a node around its centre."""
    return Box(
        centre[0] - node.width / 2, centre[1] - node.height / 2, centre[0] + node.width / 2, centre[1] + node.height / 2
    )
