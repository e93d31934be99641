"""Flows as lines with arrow heads, labels and marks where they cross a boundary."""

from __future__ import annotations

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


def label_size(line: Line) -> tuple[float, float] | None:
    """Return the room that a flow's label needs, or None for a flow without one."""
    if line.number is None:
        return (_SIGN, HEIGHT) if line.mark and not line.mark_at_ends else None
    return sum(part[0] for part in _parts(line, 0, 0)) + 10, HEIGHT


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


def label(line: Line, centre: Point) -> str:
    """Return a flow's label around a point."""
    size = label_size(line)
    if size is None:
        return ""
    if line.number is None and line.mark:
        return class_sign(line.mark, *centre)
    left, top = centre[0] - size[0] / 2, centre[1] - HEIGHT / 2
    colour = line.mark.look.colour if line.mark else LINE
    back = tag("rect", x=left, y=top, width=size[0], height=HEIGHT, rx=10, fill=PAPER, stroke=colour, stroke_width=1)
    return tag("g", title(*line.details), back, *(drawing for _, drawing in _parts(line, left + 5, centre[1])))


def _parts(line: Line, left: float, y: float) -> list[tuple[float, str]]:
    """Return the pieces of a label as (width, drawing), from left to right."""
    parts: list[tuple[float, str]] = []

    def add(wide: float, drawing: str) -> None:
        parts.append((wide, drawing))

    def at() -> float:
        return left + sum(wide for wide, _ in parts)

    count = str(line.number)
    add(width(count, SIZE, bold=True) + 6, text(count, at() + 2, y + 3.5, SIZE, SOFT_INK, weight="700"))
    if line.mark:
        add(24, class_sign(line.mark, at() + 12, y))
    words = fit(line.text, _MOST_TEXT, SIZE)
    if words:
        add(width(words, SIZE) + 6, text(words, at() + 3, y + 3.5, SIZE, INK))
    if line.plain_text:
        add(18, sign(OPEN_LOCK, at() + 1, y - 7.5, _ALARM, 14))
    if line.credentialed:
        add(17, sign(KEY, at() + 2, y - 6.5, SOFT_INK, 13))
    if line.badge:
        add(badge_width(line.badge), badge_sign(line.badge, at() + badge_width(line.badge), y))
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
