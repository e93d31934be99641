"""Elements whose review is too old: grey lines across the shape and words on its edge, for eyes that see no colours too."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from workbench.diagrams.palette import PAPER, SOFT_INK
from workbench.diagrams.text import width
from workbench.diagrams.xml import number, tag, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.diagrams.graph import Box
    from workbench.diagrams.picture import Line, Picture, Shape

Item = TypeVar("Item", "Shape", "Line")
WORDS = "review is old"
_LETTERS = 9.0
_STROKE = "#c3ccd5"


def aged(shown: Picture, stale: Mapping[str, str]) -> Picture:
    """Return the picture with what is `stale` (words by the id of the element) marked and told in its details."""
    if not stale:
        return shown
    shapes = tuple(_aged(s, stale) for s in shown.shapes)
    lines = tuple(_aged(line, stale) for line in shown.lines)
    old = sum(s.id in stale for s in shapes)
    told = f" · review is old: {old} of {len(shapes)} elements" if old else ""
    return replace(shown, shapes=shapes, lines=lines, summary=f"{shown.summary}{told}")


def _aged(item: Item, stale: Mapping[str, str]) -> Item:
    words = stale.get(item.id)
    return item if words is None else replace(item, stale=words, details=(*item.details, f"{WORDS}: {words}"))


def hatch(box: Box, gap: float = 10.0) -> str:
    """Return grey lines across a box, so far apart; lines and no pattern, because the canvas draws lines only."""
    lines = []
    total = math.ceil((box.left + box.top) / gap + 0.5) * gap
    while total < box.right + box.bottom:
        left, right = max(box.left, total - box.bottom), min(box.right, total - box.top)
        lines.append(f"M{number(left)} {number(total - left)}L{number(right)} {number(total - right)}")
        total += gap
    return tag("path", d="".join(lines), fill="none", stroke=_STROKE, stroke_width=1.6)


def old_sign(left: float, y: float) -> str:
    """Return the words in a pill that begins at `left`, centred on y."""
    wide = sign_width()
    pill = tag("rect", x=left, y=y - 7, width=wide, height=14, rx=7, fill=PAPER, stroke=SOFT_INK, stroke_width=1.1)
    return pill + text(WORDS, left + wide / 2, y + 3.2, _LETTERS, SOFT_INK, weight="700", anchor="middle")


def sign_width() -> float:
    """Return how wide the words in their pill are."""
    return width(WORDS, _LETTERS, bold=True) + 16
