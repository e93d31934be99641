"""The data-flow diagram as SVG: written by hand, with no font, clock or chance having a say, so that git can diff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.diagrams import lines, shapes
from workbench.diagrams.graph import Box, Edge, Graph, Group, Node, box_of
from workbench.diagrams.labels import place
from workbench.diagrams.layout import MOST_CAREFUL, given, lay_out
from workbench.diagrams.legend import legend
from workbench.diagrams.palette import BOUNDARIES, INK, LINE, PAPER, SOFT_INK
from workbench.diagrams.picture import Picture, picture
from workbench.diagrams.routes import samples
from workbench.diagrams.text import fit, width
from workbench.diagrams.xml import quoted, tag, text, title

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from workbench.diagrams.graph import Layout, Point
    from workbench.diagrams.lines import Label
    from workbench.diagrams.picture import Frame
    from workbench.diagrams.xml import Attributes
    from workbench.model import Model

_EDGE = 24.0
_HEAD = 60.0
_NARROWEST = 720.0
_FRAME_TITLE = 11.5
_FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif"


def svg(
    model: Model,
    app: str | None = None,
    threats: pd.DataFrame | None = None,
    positions: Mapping[str, Point] | None = None,
    stale: Mapping[str, str] | None = None,
) -> str:
    """Return the data-flow diagram of one app, or of the whole model, as SVG: the same text for the same input.

    `threats` are rows of the register, shown as badges; `positions` are centres by element id that a person chose;
    `stale` says in words, by element id, why a review is too old: those are shaded.
    """
    shown = picture(model, app, threats, stale or {})
    return drawn(shown, placed(shown, positions))


def places(model: Model, app: str | None = None, positions: Mapping[str, Point] | None = None) -> Layout:
    """Return where the elements, boundaries and flows of one app, or of the whole model, go; centres, in pixels."""
    return placed(picture(model, app), positions)


def placed(shown: Picture, positions: Mapping[str, Point] | None = None) -> Layout:
    """Return places for everything in a picture."""
    graph = as_graph(shown)
    return given(graph, positions) if positions else lay_out(graph)


def as_graph(shown: Picture) -> Graph:
    """Return a picture as sizes and links."""
    frames = {s.id: s.frame for s in shown.shapes}
    sizes = {s.id: shapes.measure(s) for s in shown.shapes}
    return Graph(
        nodes=tuple(Node(s.id, sizes[s.id].width, sizes[s.id].height, s.frame) for s in shown.shapes),
        edges=tuple(
            Edge(f.id, f.source, f.target, 4 if frames[f.source] == frames[f.target] else 1) for f in shown.lines
        ),
        groups=tuple(Group(f.id, _title_width(f), f.parent) for f in shown.frames),
    )


def _title_width(frame: Frame) -> float:
    badge = shapes.badge_width(frame.badge) + 8 if frame.badge else 0
    return min(width(frame.title, _FRAME_TITLE, bold=True), 260) + badge


def drawn(shown: Picture, places: Layout) -> str:
    """Return the SVG of a picture whose parts have their places."""
    sizes = {s.id: shapes.measure(s) for s in shown.shapes}
    found = {f.id: lines.label(f) for f in shown.lines}
    labels = {i: label for i, label in found.items() if label is not None}
    spots = _label_places(shown, places, sizes, labels)
    area = _area(places, labels, spots)
    wide = max(area.width, _NARROWEST)
    legend_height, signs = legend(shown, wide)
    notes = "".join(text(n, 0, 14 + 16 * i, 10.5, SOFT_INK) for i, n in enumerate(shown.notes))
    left, top, below = (
        _EDGE + (wide - area.width) / 2 - area.left,
        _EDGE + _HEAD - area.top,
        _EDGE + _HEAD + area.height + 26,
    )
    height = below + legend_height + 16 * len(shown.notes) + _EDGE
    body = [
        tag("rect", width=wide + 2 * _EDGE, height=height, fill=PAPER),
        tag("g", _head(shown, wide), transform=f"translate({_EDGE:.0f} {_EDGE:.0f})"),
        tag(
            "g",
            "\n",
            *_content(shown, places, sizes),
            *_labels(labels, spots),
            transform=f"translate({left:.0f} {top:.0f})",
        ),
        tag("g", signs, transform=f"translate({_EDGE:.0f} {below:.0f})"),
        tag("g", notes, transform=f"translate({_EDGE:.0f} {below + legend_height:.0f})") if notes else "",
    ]
    return _document(shown, wide + 2 * _EDGE, height, body)


def _area(places: Layout, labels: Mapping[str, Label], spots: Mapping[str, Point]) -> Box:
    """Return the rectangle that everything is in; labels and the curves of lines may reach beyond the boxes."""
    points = [p for route in places.routes.values() for p in samples(route)] + [
        (0.0, 0.0),
        (places.width, places.height),
    ]
    for i, label in labels.items():
        x, y = spots[i]
        points += [(x - label.width / 2, y - label.height / 2), (x + label.width / 2, y + label.height / 2)]
    across, down = [x for x, _ in points], [y for _, y in points]
    return Box(min(across), min(down), max(across), max(down))


def _document(shown: Picture, wide: float, height: float, body: list[str]) -> str:
    described = tag("desc", quoted(_description(shown)))
    content = "\n".join(part for part in body if part)
    return tag(
        "svg", title(f"Data-flow diagram: {shown.title}"), described, "\n", content, "\n",
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {wide:.0f} {height:.0f}", width=f"{wide:.0f}",
        height=f"{height:.0f}", role="img", font_family=_FONT,
    ) + "\n"  # fmt: skip


def _content(shown: Picture, places: Layout, sizes: Mapping[str, shapes.Size]) -> list[str]:
    """Return frames below lines below titles below shapes; labels come on top."""
    parts = [_frame(f, places.boxes[f.id]) for f in shown.frames]
    parts += [lines.drawn(f, places.routes[f.id], places.boxes.values()) for f in shown.lines]
    parts += [_frame_title(f, places.boxes[f.id]) for f in shown.frames]
    parts += [shapes.drawn(s, sizes[s.id], places.positions[s.id]) for s in shown.shapes]
    if not shown.shapes:
        parts.append(text("Nothing is modelled yet.", 0, 14, 13, SOFT_INK))
    return [part + "\n" for part in parts]


def _labels(labels: Mapping[str, Label], spots: Mapping[str, Point]) -> list[str]:
    return [label.at(spots[i]) + "\n" for i, label in labels.items()]


def _label_places(
    shown: Picture, places: Layout, sizes: Mapping[str, shapes.Size], labels: Mapping[str, Label]
) -> dict[str, Point]:
    wanted = [(i, (label.width, label.height)) for i, label in labels.items()]
    taken = [box_of(Node(i, size.width, size.height), places.positions[i]) for i, size in sizes.items()]
    titles = (places.boxes[f.id] for f in shown.frames)
    taken += [Box(b.left, b.top, b.left + min(b.width, 160), b.top + 24) for b in titles]
    return place(wanted, places.routes, taken, careful=len(shown.shapes) <= MOST_CAREFUL)


def _frame(frame: Frame, box: Box) -> str:
    tint = BOUNDARIES[frame.kind]
    ground = tag(
        "rect", x=box.left, y=box.top, width=box.width, height=box.height, rx=8, fill=tint.ground, stroke=tint.border,
        stroke_width=1.4, stroke_dasharray="8 4",
    )  # fmt: skip
    return tag("g", title(*frame.details), ground)


def _frame_title(frame: Frame, box: Box) -> str:
    """Return a boundary's name with a halo, because lines may pass behind it."""
    tint = BOUNDARIES[frame.kind]
    badge_room = shapes.badge_width(frame.badge) + 8 if frame.badge else 0
    words = fit(frame.title, box.width - 20 - badge_room, _FRAME_TITLE, bold=True)
    halo: Attributes = {"stroke": tint.ground, "stroke_width": 4.0, "stroke_linejoin": "round", "paint_order": "stroke"}
    name = text(words, box.left + 10, box.top + 18, _FRAME_TITLE, tint.border, weight="700")
    badge = shapes.badge_sign(frame.badge, box.right - 8, box.top + 14) if frame.badge else ""
    return tag("g", name, **halo) + badge


def _head(shown: Picture, wide: float) -> str:
    rule = tag("path", d=f"M0 44H{wide:.0f}", stroke=LINE, stroke_width=0.6)
    return (
        text(fit(shown.title, wide, 18, bold=True), 0, 16, 18, INK, weight="700")
        + text(shown.summary, 0, 34, 11.5, SOFT_INK)
        + rule
    )


def _description(shown: Picture) -> str:
    flows = "; ".join(", ".join(line.details) for line in shown.lines if line.number is not None)
    return f"{shown.summary}. {flows}" if flows else shown.summary
