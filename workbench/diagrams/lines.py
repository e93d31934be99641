"""Flows as lines with arrow heads, labels and marks where they cross a boundary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.diagrams.icons import KEY, OPEN_LOCK, sign
from workbench.diagrams.palette import INK, LINE, PAPER, SOFT_INK
from workbench.diagrams.routes import crossings
from workbench.diagrams.shapes import badge_sign, badge_width, class_sign
from workbench.diagrams.text import fit, width
from workbench.diagrams.xml import number, path_of, tag, text, title

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.diagrams.graph import Box, Point
    from workbench.diagrams.picture import Line

SIZE = 10.0
HEIGHT = 20.0
_MOST_TEXT = 120.0
_SIGN = 26.0
_TIP = 8.0
_ALARM = "#b8460b"


@dataclass(frozen=True, slots=True)
class Label:
    """What is written on a flow: its size, and its drawing around 0, 0."""

    width: float
    height: float
    drawing: str

    def at(self, centre: Point) -> str:
        """Return the label around a point."""
        return tag("g", self.drawing, transform=f"translate({number(centre[0])} {number(centre[1])})")


def label(line: Line) -> Label | None:
    """Return a flow's label, or None for a flow without one."""
    if line.number is None and not line.flows:
        return Label(_SIGN, HEIGHT, class_sign(line.mark, 0, 0)) if line.mark and not line.mark_at_ends else None
    parts = _parts(line)
    wide = sum(part for part, _ in parts) + 10
    colour = line.mark.look.colour if line.mark else LINE
    back = tag(
        "rect", x=-wide / 2, y=-HEIGHT / 2, width=wide, height=HEIGHT, rx=10, fill=PAPER, stroke=colour, stroke_width=1
    )
    words = tag("g", *(drawing for _, drawing in parts), transform=f"translate({number(5 - wide / 2)} 0)")
    return Label(wide, HEIGHT, title(*line.details) + back + words)


def drawn(line: Line, route: tuple[Point, ...], boxes: Iterable[Box]) -> str:
    """Return a flow's line, its arrow heads and the rings where it crosses boundaries."""
    colour, wide = (line.mark.look.colour, line.mark.look.width) if line.mark else (LINE, 1.3)
    dash = "7 4" if line.plain_text else "1.5 3.5" if line.kind == "tool" else None
    ends = [_tip(route[-1], route[-2], colour)] + ([_tip(route[0], route[1], colour)] if line.two_way else [])
    stroke = tag(
        "path",
        d=path_of(_shortened(route, both=line.two_way)),
        fill="none",
        stroke=colour,
        stroke_width=wide,
        stroke_dasharray=dash,
    )
    rings = [
        tag("circle", cx=x, cy=y, r=3.4, fill=PAPER, stroke=INK, stroke_width=1.4) for x, y in crossings(route, boxes)
    ]
    return tag("g", title(*line.details), stroke, *ends, *rings)


def _parts(line: Line) -> list[tuple[float, str]]:
    """Return the pieces of a label as (width, drawing), from left to right, beginning at 0."""
    parts: list[tuple[float, str]] = []

    def at() -> float:
        return sum(wide for wide, _ in parts)

    count, words = str(line.number or ""), fit(line.text, _MOST_TEXT, SIZE)
    if count:
        parts.append((width(count, SIZE, bold=True) + 6, text(count, 2, 3.5, SIZE, SOFT_INK, weight="700")))
    if line.mark:
        parts.append((24, class_sign(line.mark, at() + 12, 0)))
    if words:
        parts.append((width(words, SIZE) + 9, text(words, at() + 3, 3.5, SIZE, INK)))
    if line.plain_text:
        parts.append((18, sign(OPEN_LOCK, at() + 1, -7.5, _ALARM, 14)))
    if line.credentialed:
        parts.append((17, sign(KEY, at() + 2, -6.5, SOFT_INK, 13)))
    if line.badge:
        parts.append((badge_width(line.badge), badge_sign(line.badge, at() + badge_width(line.badge), 0)))
    return parts


def _tip(end: Point, towards: Point, colour: str) -> str:
    x, y = end
    dx, dy = x - towards[0], y - towards[1]
    length = max((dx * dx + dy * dy) ** 0.5, 1e-6)
    dx, dy = dx / length, dy / length
    bx, by = x - dx * _TIP, y - dy * _TIP
    half = _TIP * 0.45
    points = ((x, y), (bx - dy * half, by + dx * half), (bx + dy * half, by - dx * half))
    return tag("path", d="M" + "L".join(f"{number(px)} {number(py)}" for px, py in points) + "Z", fill=colour)


def _shortened(route: tuple[Point, ...], *, both: bool) -> tuple[Point, ...]:
    """Return the line drawn back from its arrow heads, so that a thick line does not blunt them."""
    points = list(route)
    points[-1] = _back(points[-1], points[-2])
    if both:
        points[0] = _back(points[0], points[1])
    return tuple(points)


def _back(end: Point, towards: Point) -> Point:
    dx, dy = towards[0] - end[0], towards[1] - end[1]
    length = max((dx * dx + dy * dy) ** 0.5, 1e-6)
    step = min(_TIP * 0.7, length * 0.9)
    return end[0] + dx / length * step, end[1] + dy / length * step
