"""The picture of an app as the data that the canvas draws: shapes drawn as SVG, places, words, what filters ask for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from workbench.ageing import stale
from workbench.diagrams import fold, lines, shapes
from workbench.diagrams.drawing import as_graph
from workbench.diagrams.marks import threats_by_element
from workbench.diagrams.palette import BOUNDARIES, LINE
from workbench.diagrams.picture import Picture, picture
from workbench.diagrams.wording import listed, titled
from workbench.diagrams.xml import number, tag
from workbench.model import Boundary, Connection, DataField
from workbench.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.appview import AppView
    from workbench.canvas import Spots
    from workbench.diagrams.graph import Graph, Point
    from workbench.diagrams.marks import Mark, Threat
    from workbench.diagrams.picture import Frame, Line, Shape
    from workbench.diagrams.shapes import Size, Type
    from workbench.model import Element, Model, Placement
    from workbench.widgets.canvas_routes import Routes

ROOM = 11.0
"""Around a shape for signs that reach beyond its outline."""
_FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif"


@dataclass(frozen=True)
class Drawing:
    """One moment of an app, to be drawn on the canvas."""

    app: AppView
    letters: Type
    routes: Routes
    settled: Mapping[str, Point]
    """Where things were drawn last."""

    @cached_property
    def model(self) -> Model:
        """Return the model of all apps."""
        return self.app.snapshot.model

    @cached_property
    def placements(self) -> dict[str, Placement]:
        """Return what people arranged in this app, by element."""
        return self.app.placements

    @cached_property
    def arranged(self) -> bool:
        """Return whether anybody put anything anywhere."""
        return any(p.x is not None for p in self.placements.values())

    @cached_property
    def whole(self) -> Picture:
        """Return the picture with every boundary open."""
        threats = self.app.threats
        old = stale(self.app.workspace, self.app.snapshot, self.app.id)
        return picture(self.model, self.app.id, threats[threats["status"] == "open"], old)

    @cached_property
    def closed(self) -> set[str]:
        """Return the boundaries that are shown as one shape."""
        return fold.to_close(self.whole, {i: p.collapsed for i, p in self.placements.items()})

    @cached_property
    def shown(self) -> Picture:
        """Return the picture as it is shown."""
        return fold.folded(self.whole, self.closed)

    @cached_property
    def spots(self) -> Spots:
        """Return centre, width and height of everything that is shown."""
        return self.app.layout(settled=self.settled)

    @cached_property
    def positions(self) -> dict[str, Point]:
        """Return the centre of each shape and empty boundary."""
        frames = {f.id for f in self.shown.frames}
        return {i: (x, y) for i, (x, y, _, _) in self.spots.items() if i not in frames}

    @cached_property
    def empty(self) -> list[Boundary]:
        """Return the boundaries that were drawn here and hold nothing yet."""
        drawn = {f.id for f in self.shown.frames} | {s.id for s in self.shown.shapes}
        found = [self.model[i] for i in self.spots if i not in drawn]
        return [b for b in found if isinstance(b, Boundary)]

    @cached_property
    def graph(self) -> Graph:
        """Return the picture as sizes and links."""
        return as_graph(self.shown)

    @cached_property
    def ways(self) -> dict[str, tuple[Point, ...]]:
        """Return the points that each line passes."""
        return self.routes.over(self.graph, self.positions)

    @cached_property
    def members(self) -> dict[str, list[str]]:
        """Return the elements in each closed boundary."""
        found: dict[str, list[str]] = defaultdict(list)
        shapes_now = {s.id for s in self.shown.shapes}
        for shape in self.whole.shapes:
            around = [b.id for b in self.model.boundaries_around(self.model[shape.id])]
            outer = next((b for b in around if b in shapes_now), None)
            if outer is not None:
                found[outer].append(shape.id)
        return found

    @cached_property
    def threats(self) -> dict[str, list[Threat]]:
        """Return the open threats by what shows them."""
        return threats_by_element(self.model.of_app(self.app.id), self.app.threats, self.app.id)

    def known(self, element: str) -> Point | None:
        """Return where an element stood last, though a closed boundary hides it now."""
        placed = self.placements.get(element)
        if placed is not None and placed.x is not None and placed.y is not None:
            return float(placed.x), float(placed.y)
        return self.settled.get(element)

    def view(self) -> dict[str, Any]:
        """Return all of it as JSON data."""
        return {
            "summary": self.shown.summary,
            "nodes": [self._node(s) for s in self.shown.shapes],
            "frames": [self._frame(f) for f in self.shown.frames] + [self._empty_frame(b) for b in self.empty],
            "lines": [self._line(x) for x in self.shown.lines],
            "fields": sorted({visible(f.name) for f in self.model.of(DataField) if f.app == self.app.id}),
            "stands": self._stands(),
            "arranged": self.arranged,
        }

    def _stands(self) -> dict[str, str]:
        """Return what stands for what cannot be seen: a closed boundary for what it holds, a service for connections."""
        found = {i: boundary for boundary, inside in self.members.items() for i in inside}
        connections = [c for c in self.model.of(Connection) if c.app == self.app.id and c.service]
        return found | {c.id: found.get(f"{c.service}", f"{c.service}") for c in connections}

    def _node(self, shape: Shape) -> dict[str, Any]:
        size, art = _shape_art(shape, self.letters)
        element = self.model[shape.id]
        closed = shape.form == "boundary"
        ids = [shape.id, *self.members.get(shape.id, ())]
        return {
            "id": shape.id, "name": shape.name, "form": shape.form, "what": shape.what, "parent": shape.frame,
            "place": self._place(shape.id), "size": [size.width, size.height],
            "art": art,
            "classification": _class(shape.mark), "suggested": bool(shape.mark and shape.mark.suggested),
            "reach": shape.reach.words if shape.reach else None, "unsure": shape.unsure, "holds": shape.holds,
            "old": shape.stale,
            "data": [] if closed else self._data(element), **self._facts(ids, element), "closed": closed,
        }  # fmt: skip

    def _frame(self, frame: Frame) -> dict[str, Any]:
        wide = shapes.badge_width(frame.badge) if frame.badge else 0
        sign = shapes.badge_sign(frame.badge, wide, 8) if frame.badge else ""
        return {
            "id": frame.id, "parent": frame.parent, "title": frame.title,
            "badge": {"art": _svg(sign, wide, 16), "size": [wide, 16]} if sign else None,
            **_tint(frame.kind), **self._facts([frame.id], self.model[frame.id]),
        }  # fmt: skip

    def _empty_frame(self, boundary: Boundary) -> dict[str, Any]:
        return {
            "id": boundary.id, "parent": self._frame_of(boundary), "title": visible(titled(boundary)), "badge": None,
            "place": self._place(boundary.id), "size": list(self.spots[boundary.id][2:]),
            **_tint(boundary.kind), **self._facts([boundary.id], boundary),
        }  # fmt: skip

    def _line(self, line: Line) -> dict[str, Any]:
        flows = [self.model[i] for i in line.flows or (line.id,)]
        names = sorted({i for f in flows for i in self._data(f)})
        return {
            "id": line.id, "source": line.source, "target": line.target, "name": line.details[0], "number": line.number,
            "colour": line.mark.look.colour if line.mark else LINE, "width": line.mark.look.width if line.mark else 1.3,
            "dash": [7, 4] if line.plain_text else [2, 4] if line.kind == "tool" else None, "twoWay": line.two_way,
            "via": [[round(x, 1), round(y, 1)] for x, y in self.ways[line.id]],
            "label": _label(line),
            "classification": _class(line.mark), "suggested": bool(line.mark and line.mark.suggested), "data": names,
            "text": listed(names, 3), "details": list(line.details[1:]), "flows": [f.id for f in flows],
            **self._facts([f.id for f in flows], flows[0] if len(flows) == 1 else None),
        }  # fmt: skip

    def _facts(self, ids: Iterable[str], element: Element | None) -> dict[str, Any]:
        found = sorted((t for i in ids for t in self.threats.get(i, ())), key=lambda t: (t.rank, t.title))
        return {
            "owner": element.owner if element is not None else None,
            "plain": visible(element.name) if element is not None else None,
            "threats": [{"id": t.id, "title": visible(t.title), "severity": t.severity} for t in found],
        }

    def _data(self, element: Element) -> list[str]:
        fields = [self.model.get(i) for i in getattr(element, "data", ())]
        return [visible(f.name) for f in fields if f is not None]

    def _place(self, element: str) -> list[float]:
        return list(self.spots[element][:2])

    def _frame_of(self, boundary: Boundary) -> str | None:
        known = {f.id for f in self.shown.frames}
        return next((b.id for b in self.model.boundaries_around(boundary) if b.id in known), None)


def _class(mark: Mark | None) -> str | None:
    return mark.look.name.lower() if mark else None


def _tint(kind: str | None) -> Mapping[str, str]:
    tint = BOUNDARIES[kind]
    return {"ground": tint.ground, "border": tint.border}


# What has not changed is not drawn again.
@lru_cache(maxsize=4096)
def _shape_art(shape: Shape, letters: Type) -> tuple[Size, str]:
    size = shapes.measure(shape, letters)
    centre = size.width / 2 + ROOM, size.height / 2 + ROOM
    return size, _svg(shapes.drawn(shape, size, centre, letters), size.width + 2 * ROOM, size.height + 2 * ROOM)


@lru_cache(maxsize=4096)
def _label(line: Line) -> dict[str, Any] | None:
    label = lines.label(line)
    if label is None:
        return None
    drawing = label.at((label.width / 2 + 2, label.height / 2 + 2))
    return {"art": _svg(drawing, label.width + 4, label.height + 4), "size": [label.width, label.height]}


def _svg(drawing: str, width: float, height: float) -> str:
    box = f"0 0 {number(width)} {number(height)}"
    namespace = "http://www.w3.org/2000/svg"
    return tag("svg", drawing, xmlns=namespace, font_family=_FONT, width=width, height=height, viewBox=box)
