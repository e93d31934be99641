"""Where the elements of an app stand on its canvas: as people put them, and as the layout has it where nobody did."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from workbench.diagrams.beside import beside
from workbench.diagrams.boxes import boxes_around
from workbench.diagrams.drawing import as_graph
from workbench.diagrams.fold import folded, to_close
from workbench.diagrams.graph import Graph, Node, box_of
from workbench.diagrams.layout import on_screen
from workbench.diagrams.picture import picture
from workbench.model import Boundary, Placement

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from workbench.diagrams.graph import Box, Point
    from workbench.diagrams.picture import Picture
    from workbench.model import Model

Spot = tuple[int, int, int, int]
"""Centre to the right and downwards, width and height, in points."""
Spots = dict[str, Spot]
"""By the id of the element or boundary."""
_EMPTY = (200.0, 70.0)  # of a boundary with nothing in it
_NOTHING: Mapping[str, Point] = MappingProxyType({})


def layout(
    model: Model, app: str, visible: Collection[str] | None = None, settled: Mapping[str, Point] = _NOTHING
) -> Spots:
    """Return where each element and boundary of an app is drawn, by id; elements in closed boundaries have no place.

    Parameters
    ----------
    visible
        Ids of the elements to show; all if not given. Boundaries are shown as far as they hold one of them.
    settled
        Where elements were drawn last, so that they stay there; what people said goes before it.
    """
    said = model.placements(app)
    shown = _only(picture(model, app), visible)
    shown = folded(shown, to_close(shown, {i: p.collapsed for i, p in said.items()}))
    graph = _with_empty(as_graph(shown), model, said, visible)
    kept = {i: (float(p.x), float(p.y)) for i, p in said.items() if p.x is not None and p.y is not None}
    return _spots(graph, _positions(graph, {**settled, **kept}, model))


def _only(shown: Picture, visible: Collection[str] | None) -> Picture:
    """Return the picture with some elements only, and the boundaries around them."""
    if visible is None:
        return shown
    shapes = tuple(s for s in shown.shapes if s.id in visible)
    here = {s.id for s in shapes}
    needed = {s.frame for s in shapes}
    for frame in reversed(shown.frames):  # inner before outer
        needed |= {frame.parent} if frame.id in needed else set()
    lines = tuple(line for line in shown.lines if line.source in here and line.target in here)
    frames = tuple(f for f in shown.frames if f.id in needed)
    return replace(shown, shapes=shapes, lines=lines, frames=frames)


def _with_empty(graph: Graph, model: Model, said: Mapping[str, Placement], visible: Collection[str] | None) -> Graph:
    """Return the graph with the boundaries that somebody put on the canvas and that hold nothing yet."""
    there = {n.id for n in graph.nodes} | {g.id for g in graph.groups}
    hidden = {b.id for n in graph.nodes if (e := model.get(n.id)) for b in model.boundaries_around(e)}
    empty = [
        Node(i, *_EMPTY, boundary.boundary if boundary.boundary in there else None)
        for i, p in said.items()
        if isinstance(boundary := model[i], Boundary) and i not in there | hidden and p.x is not None
        and (visible is None or i in visible)
    ]  # fmt: skip
    return replace(graph, nodes=(*graph.nodes, *empty))


def _positions(graph: Graph, known: Mapping[str, Point], model: Model) -> Mapping[str, Point]:
    here = {n.id for n in graph.nodes}
    found = {i: point for i, point in known.items() if i in here}
    found |= _closed(graph, known, model)
    return {**found, **beside(graph, found)} if found else on_screen(graph).positions


def _closed(graph: Graph, known: Mapping[str, Point], model: Model) -> dict[str, Point]:
    """Return places for closed boundaries: in the middle of what they hide."""
    found: dict[str, Point] = {}
    for node in graph.nodes:
        if isinstance(model.get(node.id), Boundary) and node.id not in known:
            inside = [p for i, p in known.items() if i in model and _is_in(model, i, node.id)]
            if inside:
                found[node.id] = sum(x for x, _ in inside) / len(inside), sum(y for _, y in inside) / len(inside)
    return found


def _is_in(model: Model, element: str, boundary: str) -> bool:
    return any(b.id == boundary for b in model.boundaries_around(model[element]))


def _spots(graph: Graph, positions: Mapping[str, Point]) -> Spots:
    boxes = {n.id: box_of(n, positions[n.id]) for n in graph.nodes} | boxes_around(graph, positions)
    return {i: _spot(box) for i, box in boxes.items()}


def _spot(box: Box) -> Spot:
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return round(x), round(y), round(box.width), round(box.height)
