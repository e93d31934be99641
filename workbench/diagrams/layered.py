"""A plain layered layout without Graphviz: group by group from the inside out, in near-linear time."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.diagrams.graph import Box, Layout
from workbench.diagrams.routes import plain_routes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.diagrams.graph import Direction, Graph, Point

_GAP = 26.0
_BETWEEN_LAYERS = 64.0
_PADDING = 14.0
_TITLE = 26.0
_SWEEPS = 4
_PAGE = 1.3  # how much wider than high shelves become
_LONGEST = 1.5  # how many times longer than wide a drawing may become before it is folded


@dataclass(frozen=True)
class _Block:
    """A laid-out node or group: its size, and what is in it relative to its top left."""

    width: float
    height: float
    points: Mapping[str, Point]
    boxes: Mapping[str, Box]


def layered(graph: Graph, direction: Direction = "right", *, reason: str = "") -> Layout:
    """Return a layout in layers along the flows, each group laid out on its own and then placed as one block."""
    parents = {group.id: group.parent for group in graph.groups}
    nodes = {node.id: node for node in graph.nodes}
    inside: dict[str | None, list[str]] = defaultdict(list)
    for group in graph.groups:
        inside[group.parent].append(group.id)
    for node in graph.nodes:
        inside[node.group].append(node.id)
    links = _links(graph, parents)

    def block(item: str) -> _Block:
        if item in nodes:
            node = nodes[item]
            return _Block(node.width, node.height, {item: (node.width / 2, node.height / 2)}, {})
        return _framed(item, _arranged(item, inside[item]), titles[item])

    def _arranged(group: str | None, items: list[str]) -> _Block:
        return _arrange({item: block(item) for item in items}, links[group], direction)

    titles = {group.id: group.title_width for group in graph.groups}
    whole = _arranged(None, inside[None])
    routes = plain_routes(graph, whole.points)
    return Layout("layered", whole.width, whole.height, whole.points, whole.boxes, routes, reason=reason)


def _links(graph: Graph, parents: Mapping[str, str | None]) -> dict[str | None, list[tuple[str, str]]]:
    """Return, for each group, which of its direct members an edge joins."""
    paths = {node.id: _path(node.id, node.group, parents) for node in graph.nodes}
    links: dict[str | None, list[tuple[str, str]]] = defaultdict(list)
    for edge in graph.edges:
        group: str | None = None
        for a, b in zip(paths[edge.source], paths[edge.target], strict=False):
            if a != b:
                links[group].append((a, b))
                break
            group = a
    return links


def _path(node: str, group: str | None, parents: Mapping[str, str | None]) -> list[str]:
    """Return the groups around a node from the outside in, and the node."""
    path = [node]
    while group is not None:
        path.append(group)
        group = parents[group]
    return path[::-1]


def _framed(group: str, content: _Block, title: float) -> _Block:
    width = max(content.width, title) + 2 * _PADDING
    height = content.height + 2 * _PADDING + _TITLE
    shift = ((width - content.width) / 2, _PADDING + _TITLE)
    boxes = {i: box.moved(*shift) for i, box in content.boxes.items()} | {group: Box(0, 0, width, height)}
    return _Block(width, height, _moved(content.points, shift), boxes)


def _arrange(blocks: Mapping[str, _Block], links: Iterable[tuple[str, str]], direction: Direction) -> _Block:
    """Return the blocks in layers along their links; those that no link joins to the others stand on their own."""
    after: dict[str, list[str]] = defaultdict(list)
    before: dict[str, list[str]] = defaultdict(list)
    for source, target in sorted(set(links)):
        after[source].append(target)
        before[target].append(source)
    pieces = []
    for part in _parts(blocks, after, before):
        rows = _split(_ordered(layers(part, after), before, after), math.ceil(1.3 * math.sqrt(len(part))))
        pieces.append(_folded([{item: blocks[item] for item in layer} for layer in rows], direction))
    return pieces[0] if len(pieces) == 1 else _shelved(pieces)


def _parts(items: Iterable[str], *neighbours: Mapping[str, list[str]]) -> list[list[str]]:
    """Return the items in groups that links join, in their order."""
    parts: list[list[str]] = []
    part_of: dict[str, int] = {}
    order = list(items)
    for root in order:
        stack = [root] if root not in part_of else []
        while stack:
            item = stack.pop()
            if item not in part_of:
                part_of[item] = len(parts)
                stack += [other for near in neighbours for other in near.get(item, ())]
        if part_of[root] == len(parts):
            parts.append([])
    for item in order:
        parts[part_of[item]].append(item)
    return parts


def _shelved(pieces: list[_Block]) -> _Block:
    """Return pieces beside each other on shelves, big ones first, about as wide as high."""
    room = max(
        math.sqrt(_PAGE * sum((p.width + _GAP) * (p.height + _GAP) for p in pieces)), *(p.width for p in pieces), 0
    )
    x, y, shelf, wide = 0.0, 0.0, 0.0, 0.0
    points: dict[str, Point] = {}
    boxes: dict[str, Box] = {}
    for piece in sorted(pieces, key=lambda p: -p.height):
        if x and x + piece.width > room:
            x, y, shelf = 0.0, y + shelf + _GAP, 0.0
        points |= _moved(piece.points, (x, y))
        boxes |= {i: box.moved(x, y) for i, box in piece.boxes.items()}
        wide, shelf = max(wide, x + piece.width), max(shelf, piece.height)
        x += piece.width + _GAP
    return _Block(wide, y + shelf, points, boxes)


def layers(items: Iterable[str], after: Mapping[str, list[str]]) -> list[list[str]]:
    """Return the items in layers, each one beyond the farthest that leads to it.

    Edges that close a circle do not count.
    """
    order, forward = _topological(items, after)
    layer = dict.fromkeys(order, 0)
    for item in order:
        for target in forward[item]:
            layer[target] = max(layer[target], layer[item] + 1)
    rows: list[list[str]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for item in items:
        rows[layer[item]].append(item)
    return rows


def _topological(items: Iterable[str], after: Mapping[str, list[str]]) -> tuple[list[str], dict[str, list[str]]]:
    """Return the items so that each comes before what it leads to, and the edges without those that close a circle."""
    state: dict[str, int] = {}
    done: list[str] = []
    forward: dict[str, list[str]] = defaultdict(list)
    for root in items:
        stack = [(root, iter(after.get(root, ())))] if root not in state else []
        state.setdefault(root, 1)
        while stack:
            item, targets = stack[-1]
            target = next(targets, None)
            if target is None:
                state[item] = 2
                done.append(item)
                stack.pop()
            elif state.get(target) != 1:
                forward[item].append(target)
                if target not in state:
                    state[target] = 1
                    stack.append((target, iter(after.get(target, ()))))
    return done[::-1], forward


def _ordered(
    layers: list[list[str]], before: Mapping[str, list[str]], after: Mapping[str, list[str]]
) -> list[list[str]]:
    """Return the layers with each item near the middle of its neighbours, so that few lines cross."""
    place = {item: i for layer in layers for i, item in enumerate(layer)}
    for sweep in range(_SWEEPS):
        neighbours = after if sweep % 2 else before
        for layer in layers[::-1] if sweep % 2 else layers:
            pull = {i: _mean([place[n] for n in neighbours.get(i, ())], place[i]) for i in layer}
            layer.sort(key=pull.__getitem__)
            place.update((item, i) for i, item in enumerate(layer))
    return layers


def _mean(places: list[int], otherwise: int) -> float:
    return sum(places) / len(places) if places else otherwise


def _split(layers: list[list[str]], most: int) -> list[list[str]]:
    """Return the layers with those that are too long cut into several, so that the drawing stays near a square."""
    most = max(most, 4)
    return [layer[i : i + most] for layer in layers for i in range(0, len(layer), most)]


def _folded(layers: list[dict[str, _Block]], direction: Direction) -> _Block:
    """Return the layers one after the other, begun anew beside themselves where one row would be too long to see."""
    whole = _stacked(layers, direction)
    along, across = _extent(whole, direction)
    folds = round(math.sqrt(along / max(across, 1.0) / _LONGEST))
    if folds < 2:  # noqa: PLR2004 - one row
        return whole
    each = math.ceil(len(layers) / folds)
    pieces = [_stacked(layers[i : i + each], direction) for i in range(0, len(layers), each)]
    return _stacked([{f"{i}": piece} for i, piece in enumerate(pieces)], "down" if direction == "right" else "right")


def _stacked(layers: list[dict[str, _Block]], direction: Direction) -> _Block:
    """Return the layers side by side ("right") or below each other ("down"), each centred."""
    points: dict[str, Point] = {}
    boxes: dict[str, Box] = {}
    across = [sum(_extent(b, direction)[1] for b in layer.values()) + _GAP * (len(layer) - 1) for layer in layers]
    tallest, along = max(across, default=0.0), 0.0
    for layer, extent in zip(layers, across, strict=True):
        depth = max(_extent(b, direction)[0] for b in layer.values())
        place = (tallest - extent) / 2
        for block in layer.values():
            length, breadth = _extent(block, direction)
            shift = _turned((along + (depth - length) / 2, place), direction)
            points |= _moved(block.points, shift)
            boxes |= {i: box.moved(*shift) for i, box in block.boxes.items()}
            place += breadth + _GAP
        along += depth + _BETWEEN_LAYERS
    width, height = _turned((max(along - _BETWEEN_LAYERS, 0.0), tallest), direction)
    return _Block(width, height, points, boxes)


def _extent(block: _Block, direction: Direction) -> tuple[float, float]:
    """Return the size along and across the direction of the layers."""
    return _turned((block.width, block.height), direction)


def _turned(pair: tuple[float, float], direction: Direction) -> tuple[float, float]:
    return pair if direction == "right" else (pair[1], pair[0])


def _moved(points: Mapping[str, Point], shift: Point) -> dict[str, Point]:
    return {i: (x + shift[0], y + shift[1]) for i, (x, y) in points.items()}
