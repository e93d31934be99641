"""Write SVG by hand: escaped, with short numbers, the same bytes for the same input."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from workbench.diagrams.graph import Point

Attributes = dict[str, str | float | None]
_SPECIAL = re.compile("[&<>\"']")
_QUOTES = {'"': "&quot;", "'": "&#39;"}


def number(value: float) -> str:
    """Return a number with at most one decimal."""
    text = f"{value:.1f}"
    if text[-2:] == ".0":
        return "0" if text == "-0.0" else text[:-2]
    return text


def tag(name: str, *content: str, **attributes: str | float | None) -> str:
    """Return an element around content that is already SVG; `_` in attribute names becomes `-`, None leaves one out."""
    parts = [f"<{name}"]
    for key, value in attributes.items():
        if value is not None:
            text = quoted(value) if isinstance(value, str) else number(value)
            parts.append(f' {_attribute(key)}="{text}"')
    return f"{''.join(parts)}>{''.join(content)}</{name}>" if content else f"{''.join(parts)}/>"


def quoted(text: str) -> str:
    """Return text that can stand in an element or between quotes."""
    return escape(text, _QUOTES) if _SPECIAL.search(text) else text


@cache
def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def title(*lines: str) -> str:
    """Return the title that browsers show on hover and screen readers read."""
    return tag("title", quoted("\n".join(line for line in lines if line)))


def text(
    words: str, x: float, y: float, size: float, fill: str, *, weight: str | None = None, anchor: str | None = None
) -> str:
    """Return one line of text; y is its baseline."""
    return tag("text", quoted(words), x=x, y=y, font_size=size, fill=fill, font_weight=weight, text_anchor=anchor)


def path_of(points: tuple[Point, ...]) -> str:
    """Return the path data of a cubic Bézier line."""
    first, *rest = (f"{number(x)},{number(y)}" for x, y in points)
    return f"M{first}C{' '.join(rest)}"
