"""Write SVG by hand: escaped, with short numbers, the same bytes for the same input."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from workbench.diagrams.graph import Point

Attributes = dict[str, str | float | None]
_QUOTES = {'"': "&quot;", "'": "&#39;"}


def number(value: float) -> str:
    """Return a number with at most one decimal."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def tag(name: str, *content: str, **attributes: str | float | None) -> str:
    """Return an element around content that is already SVG; `_` in attribute names becomes `-`, None leaves one out."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value, _QUOTES) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{given}>{''.join(content)}</{name}>" if content else f"<{name}{given}/>"


def title(*lines: str) -> str:
    """Return the title that browsers show on hover and screen readers read."""
    return tag("title", escape("\n".join(line for line in lines if line)))


def text(
    words: str, x: float, y: float, size: float, fill: str, *, weight: str | None = None, anchor: str | None = None
) -> str:
    """Return one line of text; y is its baseline."""
    return tag("text", escape(words), x=x, y=y, font_size=size, fill=fill, font_weight=weight, text_anchor=anchor)


def path_of(points: tuple[Point, ...]) -> str:
    """Return the path data of a cubic Bézier line."""
    first, *rest = (f"{number(x)},{number(y)}" for x, y in points)
    return f"M{first}C{' '.join(rest)}"
