"""Graphviz's languages: a Graph as DOT text, and its JSON answer as a Layout. Names in DOT are numbers, never text."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from workbench.diagrams.graph import Box, Layout
from workbench.diagrams.routes import is_straight, rounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.diagrams.graph import Direction, Graph, Point

_INCH = 72  # Graphviz counts sizes in inches and places in points; a pixel is a point here.
_RANKS = {"right": "LR", "down": "TB"}
_SPACE = {"right": (24, 110), "down": (34, 50)}  # between neighbours, between ranks: room for labels
TITLE_HEIGHT = 24
_MARGIN = 16
_INSET = 5  # Graphviz lets neighbouring clusters touch; drawn a little smaller, they do not


def to_dot(graph: Graph, direction: Direction, *, hasty: bool = False, space: float = 1) -> str:
    """Return the graph in DOT; in haste, lines are straight and less time goes into avoiding crossings.

    `space` is how many times the usual room there is between ranks.
    Lines with corners are found faster than curves, and `rounded` makes them as pleasant.
    """
    beside, between = (f"{pixels / _INCH:.3f}" for pixels in (_SPACE[direction][0], _SPACE[direction][1] * space))
    haste = " splines=line mclimit=0.3" if hasty else " newrank=true splines=polyline"
    spaces = f"nodesep={beside} ranksep={between}"
    lines = [
        "digraph {",
        f"graph [rankdir={_RANKS[direction]} {spaces} labeljust=l labelloc=t margin=0{haste}]",
        'node [shape=box fixedsize=true label="" margin=0]',
        "edge [arrowhead=none]",
        *_clusters(graph),
        *_edges(graph),
        "}",
    ]
    return "\n".join(lines)


def from_json(graph: Graph, answer: bytes) -> Layout:
    """Return the Layout in Graphviz's answer (`json0`) for the graph."""
    data = json.loads(answer)
    _, _, width, height = _numbers(data["bb"])
    objects = {item["name"]: item for item in data.get("objects", [])}
    edges = {item["id"]: item for item in data.get("edges", [])}
    return Layout(
        engine="dot",
        width=width,
        height=height,
        positions={node.id: _point(objects[f"n{i}"]["pos"], height) for i, node in enumerate(graph.nodes)},
        boxes={group.id: _box(objects[f"cluster_{i}"], height) for i, group in enumerate(graph.groups)},
        routes={edge.id: _route(edges[f"e{i}"]["pos"], height) for i, edge in enumerate(graph.edges)},
    )


def _clusters(graph: Graph) -> Iterator[str]:
    members: dict[str | None, list[str]] = defaultdict(list)
    for i, node in enumerate(graph.nodes):
        size = f"width={node.width / _INCH:.3f} height={node.height / _INCH:.3f}"
        members[node.group].append(f"n{i} [{size}]")
    inner: dict[str | None, list[int]] = defaultdict(list)
    for i, group in enumerate(graph.groups):
        inner[group.parent].append(i)

    def inside(name: str | None) -> Iterator[str]:
        yield from members[name]
        for i in inner[name]:
            yield f"subgraph cluster_{i} {{ margin={_MARGIN} label={_space(graph.groups[i].title_width, TITLE_HEIGHT)}"
            yield from inside(graph.groups[i].id)
            yield "}"

    return inside(None)


def _edges(graph: Graph) -> Iterator[str]:
    numbers = {node.id: i for i, node in enumerate(graph.nodes)}
    for i, edge in enumerate(graph.edges):
        weight = f" weight={edge.weight}" if edge.weight != 1 else ""
        yield f'n{numbers[edge.source]} -> n{numbers[edge.target]} [id="e{i}"{weight}]'


def _space(width: float, height: float) -> str:
    """Return a label that takes exactly this room, so that no font on this machine has a say."""
    return f'<<table border="0" fixedsize="true" width="{width:.0f}" height="{height:.0f}"><tr><td></td></tr></table>>'


def _numbers(text: str) -> list[float]:
    return [float(number) for number in text.split(",")]


def _point(text: str, height: float) -> Point:
    x, y = _numbers(text)
    return x, height - y


def _box(item: Mapping[str, Any], height: float) -> Box:
    left, bottom, right, top = _numbers(item["bb"])
    return Box(left + _INSET, height - top + _INSET, right - _INSET, height - bottom - _INSET)


def _route(text: str, height: float) -> tuple[Point, ...]:
    # A line may come in pieces (`;`) and with arrow tips (`e,x,y`), which are switched off.
    points = [_point(p, height) for p in text.split(";", maxsplit=1)[0].split() if p[0] not in "es"]
    # Most pieces are straight, written as curves; only lines side by side truly bend.
    return rounded(points[::3]) if is_straight(points) else tuple(points)
