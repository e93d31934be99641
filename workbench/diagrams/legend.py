"""What the signs in a drawing mean; only those that it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.diagrams.ageing import WORDS, hatch
from workbench.diagrams.graph import Box
from workbench.diagrams.icons import KEY, OPEN_LOCK, sign
from workbench.diagrams.marks import Badge, Mark
from workbench.diagrams.palette import CLASSES, INK, LINE, OFF, PAPER, SEVERITIES, SOFT_INK
from workbench.diagrams.shapes import badge_sign, badge_width, class_sign, unknown_sign
from workbench.diagrams.text import width
from workbench.diagrams.xml import tag, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.diagrams.picture import Picture
    from workbench.diagrams.xml import Attributes

_SIZE = 10.5
_ROW = 26.0
_ALARM = "#b8460b"
Item = tuple[float, str, str]
"""Width of a sign, its drawing around y = 0 from x = 0, and what it means."""


def legend(picture: Picture, room: float) -> tuple[float, str]:
    """Return the height and the drawing of the legend, its top left at 0, 0."""
    x, y, parts = 0.0, _ROW / 2, []
    for wide, drawing, words in _items(picture):
        length = wide + 6 + width(words, _SIZE) + 20
        if x and x + length > room:
            x, y = 0.0, y + _ROW
        content = drawing + text(words, wide + 6, 3.7, _SIZE, SOFT_INK)
        parts.append(tag("g", content, transform=f"translate({x:.0f} {y:.0f})"))
        x += length
    return (y + _ROW / 2 if parts else 0.0), "".join(parts)


def _items(picture: Picture) -> Iterator[Item]:
    yield from _outlines(picture)
    yield from _classes(picture)
    yield from _line_signs(picture)
    yield from _badges(picture)


def _outlines(picture: Picture) -> Iterator[Item]:
    forms = {s.form for s in picture.shapes}
    look: Attributes = {"fill": PAPER, "stroke": SOFT_INK, "stroke_width": 1.3}
    outlines = {
        "entry_point": (tag("path", d="M1 -7H16L22 0L16 7H1Z", **look), "entry point"),
        "process": (tag("rect", x=1, y=-7, width=21, height=14, rx=6, **look), "process"),
        "agent": (
            tag("rect", x=1, y=-7, width=21, height=14, rx=6, **look)
            + tag("rect", x=3.5, y=-4.5, width=16, height=9, rx=4, **look),
            "AI agent",
        ),
        "store": (
            tag("path", d="M2 -5A10 3 0 0 1 22 -5V5A10 3 0 0 1 2 5ZM2 -5A10 3 0 0 0 22 -5", **look),
            "data store",
        ),
        "service": (tag("rect", x=1, y=-7, width=21, height=14, **look), "person or system outside the app"),
    }
    if "actor" in forms:
        forms.add("service")
    yield from ((24.0, *outlines[form]) for form in outlines if form in forms)
    if any(s.unsure for s in picture.shapes):
        dotted = tag("rect", x=1, y=-7, width=21, height=14, rx=3, **(look | {"stroke_dasharray": "2 3"}))
        yield 24.0, dotted, "kind not known"
    if any(s.off for s in picture.shapes):
        yield (
            24.0,
            tag("rect", x=1, y=-7, width=21, height=14, rx=6, fill=PAPER, stroke=OFF, stroke_dasharray="4 3"),
            "switched off",
        )
    if any(s.stale for s in picture.shapes):
        box = {"x": 1, "y": -7, "width": 21, "height": 14, "rx": 3}
        yield 24.0, tag("rect", **box, **look) + hatch(Box(3, -5, 20, 5), 6), WORDS


def _classes(picture: Picture) -> Iterator[Item]:
    if any(s.unclassified for s in picture.shapes):
        yield 22.0, unknown_sign(11, 0), "data not classified"
    marks = [s.mark for s in picture.shapes if s.mark] + [line.mark for line in picture.lines if line.mark]
    used = {m.look.name for m in marks}
    for look in CLASSES.values():
        if look.name in used:
            stroke = tag("path", d="M0 0H40", stroke=look.colour, stroke_width=look.width)
            yield 40.0, stroke + class_sign(Mark(look, 0, suggested=False), 20, 0), look.name.lower()
    if any(m.suggested for m in marks):
        ring = tag("circle", cx=11, cy=0, r=9, fill="none", stroke=INK, stroke_width=1, stroke_dasharray="2 2.5")
        yield 22.0, ring, "class only suggested by names"


def _line_signs(picture: Picture) -> Iterator[Item]:
    if any(_frame(picture, line.source) != _frame(picture, line.target) for line in picture.lines):
        ring = tag("path", d="M0 0H28", stroke=LINE, stroke_width=1.3)
        yield (
            28.0,
            ring + tag("circle", cx=14, cy=0, r=3.4, fill=PAPER, stroke=INK, stroke_width=1.4),
            "crosses a trust boundary",
        )
    if any(line.plain_text for line in picture.lines):
        dashed = tag("path", d="M0 0H24", stroke=LINE, stroke_width=1.6, stroke_dasharray="7 4")
        yield 42.0, dashed + sign(OPEN_LOCK, 27, -7.5, _ALARM, 14), "not encrypted"
    if any(line.credentialed and line.number for line in picture.lines):
        yield 15.0, sign(KEY, 1, -6.5, SOFT_INK, 13), "uses a stored connection"
    if any(line.kind == "tool" for line in picture.lines):
        yield (
            28.0,
            tag("path", d="M0 0H28", stroke=LINE, stroke_width=1.3, stroke_dasharray="1.5 3.5"),
            "an agent's tool",
        )


def _frame(picture: Picture, shape: str) -> str | None:
    return next(s.frame for s in picture.shapes if s.id == shape)


def _badges(picture: Picture) -> Iterator[Item]:
    badges = [item.badge for group in (picture.shapes, picture.lines, picture.frames) for item in group if item.badge]
    for look in SEVERITIES.values():
        if any(b.look == look for b in badges):
            example = Badge(1, look)
            wide = badge_width(example)
            yield wide, badge_sign(example, wide, 0), f"open threats, {look.name.lower()} at worst"
