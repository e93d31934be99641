"""The shapes of a data-flow diagram, with their words and marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.diagrams.ageing import hatch, old_sign
from workbench.diagrams.graph import Box
from workbench.diagrams.icons import icon
from workbench.diagrams.palette import BOUNDARIES, INK, OFF, PAPER, SOFT_INK
from workbench.diagrams.text import fit, width, wrap
from workbench.diagrams.xml import number, tag, text, title

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.diagrams.graph import Point
    from workbench.diagrams.marks import Badge, Mark, Reach
    from workbench.diagrams.picture import Form, Shape
    from workbench.diagrams.xml import Attributes

_WIDTHS: Mapping[Form, float] = {
    "actor": 150, "service": 172, "process": 180, "agent": 180, "store": 172, "entry_point": 190, "boundary": 190
}  # fmt: skip
BORDERS: Mapping[Form, str] = {
    "actor": "#3e4c59", "service": "#3e4c59", "process": "#2f6f9f", "agent": "#6b4c9a", "store": "#2e7d5f",
    "entry_point": "#8a5a00", "boundary": "#3e4c59",
}  # fmt: skip
GROUNDS: Mapping[Form, str] = {
    "actor": "#f5f7fa", "service": "#f5f7fa", "process": PAPER, "agent": "#f6f2fb", "store": "#f3faf6",
    "entry_point": "#fff8e8", "boundary": PAPER,
}  # fmt: skip
_ICON_ROOM = 32.0
_POINT = 10.0  # how far the tip of an entry point reaches
_LID = 6.0  # half the height of a cylinder's lid
_ALARM = "#b8460b"
_PILL = 9.0


@dataclass(frozen=True, slots=True)
class Type:
    """Sizes of letters, in pixels."""

    name: float
    leading: float
    what: float | None
    """Of the line that says what something is; None leaves the line out."""
    lines: int = 3
    """Most lines of a name."""
    signs: float = 1.0
    """How much bigger signs are than usual."""


NORMAL = Type(12.5, 15.0, 10.0)
PROJECTOR = Type(18.0, 21.0, None, lines=2, signs=1.25)
"""To be read from the back of a room, in shapes as wide as the normal ones."""


@dataclass(frozen=True, slots=True)
class Size:
    """How big a shape is, and its name in lines that fit."""

    width: float
    height: float
    name: tuple[str, ...]


def measure(shape: Shape, letters: Type = NORMAL) -> Size:
    """Return the size that a shape needs."""
    wide = _WIDTHS[shape.form]
    room = _room(shape, wide)
    lines = wrap(shape.name or "(no name)", room, letters.name, lines=letters.lines, bold=True)
    what = letters.leading if letters.what else 0
    lid = 2 * _LID if shape.form == "store" else 0
    return Size(wide, 17 + what + letters.leading * len(lines) + lid, lines)


def _room(shape: Shape, wide: float) -> float:
    return wide - _ICON_ROOM - 12 - (_POINT if shape.form == "entry_point" else 0)


def drawn(shape: Shape, size: Size, centre: Point, letters: Type = NORMAL) -> str:
    """Return a shape around its centre."""
    left, top = centre[0] - size.width / 2, centre[1] - size.height / 2
    border = OFF if shape.off else _border(shape)
    inner = top + (2 * _LID if shape.form == "store" else 0)
    content = [title(*shape.details), _outline(shape, left, top, size, border)]
    if shape.stale:
        content.append(hatch(_inner(shape, left, top, size)))
    content.append(icon(shape.form, shape.kind, left + 10, inner + 10, border))
    content += _words(shape, size, letters, left + _ICON_ROOM, inner + 6)
    return tag("g", *content, *_signs(shape, Box(left, top, left + size.width, top + size.height), letters.signs))


def _signs(shape: Shape, box: Box, scale: float) -> Iterator[str]:
    """Yield what stands on a shape's outline: class, threats, and from where it can be reached."""
    lid, tip = (_LID if shape.form == "store" else 0), (_POINT if shape.form == "entry_point" else 0)
    if shape.mark or shape.unclassified:
        drawing = class_sign(shape.mark, 0, 0) if shape.mark else unknown_sign(0, 0)
        yield _sized(drawing, box.left + 5, box.top + 1 + lid, scale)
    if shape.badge:
        yield _sized(badge_sign(shape.badge, 0, 0), box.right - tip - 4, box.top + lid, scale)
    if shape.stale:
        yield _sized(old_sign(0, 0), box.left + 6, box.bottom, scale)
    if shape.reach:
        yield _sized(reach_sign(shape.reach, 0, 0), box.right - tip - 6, box.bottom, scale)


def _sized(drawing: str, x: float, y: float, scale: float) -> str:
    times = f" scale({scale:.3g})" if scale != 1 else ""
    return tag("g", drawing, transform=f"translate({number(x)} {number(y)}){times}")


def _words(shape: Shape, size: Size, letters: Type, left: float, top: float) -> Iterator[str]:
    """Yield the lines of a shape's name, and of what it is."""
    ink = OFF if shape.off else INK
    baseline = top + letters.leading
    for line in size.name:
        yield text(line, left, baseline, letters.name, ink, weight="600")
        baseline += letters.leading
    if letters.what:
        colour, weight = (_ALARM, "600") if shape.open_door else (OFF if shape.off else SOFT_INK, None)
        words = fit(shape.what, _room(shape, size.width), letters.what)
        yield text(words, left, baseline - 1, letters.what, colour, weight=weight)


def _border(shape: Shape) -> str:
    return BOUNDARIES[shape.kind].border if shape.form == "boundary" else BORDERS[shape.form]


def _inner(shape: Shape, left: float, top: float, size: Size) -> Box:
    """Return a box that lies within the outline, also at its corners."""
    tip, lid = (_POINT if shape.form == "entry_point" else 0), (_LID if shape.form == "store" else 0)
    return Box(left + 5, top + 5 + 2 * lid, left + size.width - tip - 5, top + size.height - 5 - lid)


def _outline(shape: Shape, left: float, top: float, size: Size, border: str) -> str:
    dash = "5 4" if shape.off else "2 3" if shape.unsure else None
    ground = BOUNDARIES[shape.kind].ground if shape.form == "boundary" else GROUNDS[shape.form]
    look: Attributes = {"fill": ground, "stroke": border, "stroke_width": 1.5, "stroke_dasharray": dash}
    w, h = size.width, size.height
    match shape.form:
        case "entry_point":
            n = [number(v) for v in (left, top, left + w - _POINT, left + w, top + h / 2, top + h)]
            return tag(
                "path", d=f"M{n[0]} {n[1]}H{n[2]}L{n[3]} {n[4]}L{n[2]} {n[5]}H{n[0]}Z", stroke_linejoin="round", **look
            )
        case "store":
            return _cylinder(left, top, size, look)
        case "actor" | "service":
            return tag("rect", x=left, y=top, width=w, height=h, **look)
        case "boundary":
            behind = tag("rect", x=left + 4, y=top + 4, width=w, height=h, rx=8, **look)
            return behind + tag("rect", x=left, y=top, width=w, height=h, rx=8, **(look | {"stroke_dasharray": "8 4"}))
        case _:
            ring = tag(
                "rect",
                x=left + 3,
                y=top + 3,
                width=w - 6,
                height=h - 6,
                rx=13,
                fill="none",
                stroke=border,
                stroke_width=0.7,
            )
            box = tag("rect", x=left, y=top, width=w, height=h, rx=16, **look)
            return box + (ring if shape.form == "agent" else "")


def _cylinder(left: float, top: float, size: Size, look: Attributes) -> str:
    x, right, y, bottom, r = (
        number(v) for v in (left, left + size.width, top + _LID, top + size.height - _LID, size.width / 2)
    )
    body = f"M{x} {y}A{r} {_LID} 0 0 1 {right} {y}V{bottom}A{r} {_LID} 0 0 1 {x} {bottom}Z"
    lid = f"M{x} {y}A{r} {_LID} 0 0 0 {right} {y}"
    return tag("path", d=body, **look) + tag("path", d=lid, **(look | {"fill": "none"}))


def class_sign(mark: Mark, x: float, y: float) -> str:
    """Return a classification's letter in its own outline, around x, y."""
    look = mark.look
    outline = {
        "circle": tag("circle", cx=x, cy=y, r=8, fill=look.colour),
        "square": tag("rect", x=x - 8, y=y - 7.5, width=16, height=15, rx=2.5, fill=look.colour),
        "diamond": tag("path", d=_polygon(x, y, ((0, -10), (10.5, 0), (0, 10), (-10.5, 0))), fill=look.colour),
        "octagon": tag("path", d=_polygon(x, y, _OCTAGON), fill=look.colour),
    }[look.sign]
    if mark.suggested:
        # A ring that is not closed: nobody has confirmed it yet.
        outline += tag(
            "circle", cx=x, cy=y, r=11.5, fill="none", stroke=look.colour, stroke_width=1, stroke_dasharray="2 2.5"
        )
    return outline + text(look.letter, x, y + 3.4, 9.5, look.ink, weight="700", anchor="middle")


def unknown_sign(x: float, y: float) -> str:
    """Return the sign of data that nobody has classified, around x, y."""
    ring = tag("circle", cx=x, cy=y, r=8, fill=PAPER, stroke=SOFT_INK, stroke_width=1.2, stroke_dasharray="2 2")
    return ring + text("?", x, y + 3.6, 10, SOFT_INK, weight="700", anchor="middle")


def reach_sign(reach: Reach, right: float, y: float) -> str:
    """Return from where something can be reached, in a pill whose right end is at `right`, centred on y."""
    wide = width(reach.words, _PILL, bold=True) + 16
    dash = None if reach.known else "2 2"
    fill, ink = (_ALARM, PAPER) if reach.open else (PAPER, SOFT_INK)
    edge = PAPER if reach.open else SOFT_INK
    pill = tag(
        "rect", x=right - wide, y=y - 7, width=wide, height=14, rx=7, fill=fill, stroke=edge, stroke_width=1.1,
        stroke_dasharray=dash,
    )  # fmt: skip
    return pill + text(reach.words, right - wide / 2, y + 3.2, _PILL, ink, weight="700", anchor="middle")


_OCTAGON = ((-4, -9), (4, -9), (9, -4), (9, 4), (4, 9), (-4, 9), (-9, 4), (-9, -4))


def _polygon(x: float, y: float, corners: tuple[tuple[float, float], ...]) -> str:
    return "M" + "L".join(f"{number(x + dx)} {number(y + dy)}" for dx, dy in corners) + "Z"


def badge_width(badge: Badge) -> float:
    """Return how wide a badge is."""
    return 20 + width(badge.text, 10, bold=True)


def badge_sign(badge: Badge, right: float, y: float) -> str:
    """Return a badge with count and severity letter whose right end is at `right`, centred on y."""
    wide, look = badge_width(badge), badge.look
    left = right - wide
    pill = tag("rect", x=left, y=y - 8, width=wide, height=16, rx=8, fill=look.colour, stroke=PAPER, stroke_width=1.2)
    warning = tag("path", d=_polygon(left + 9, y + 0.5, ((0, -4.6), (4.4, 3.2), (-4.4, 3.2))), fill=look.ink)
    return pill + warning + text(badge.text, left + 15, y + 3.6, 10, look.ink, weight="700")
