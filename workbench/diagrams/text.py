"""How wide text is, and how to make it fit: estimated from a table, so that a drawing is the same on any machine."""

from __future__ import annotations

import unicodedata
from functools import cache

# Widths of the printable ASCII characters in Helvetica, Arial and Liberation Sans, in thousandths of the font size.
_ASCII = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778,
    722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278,
    278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
_OTHER = 600
_WIDE = 1000
# Other fonts stand in where none of the three is installed; DejaVu Sans is about a tenth wider.
_MARGIN = 1.1
_BOLD = 1.07
_ELLIPSIS = "…"


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the estimated width of `text` in pixels at a font size in pixels."""
    return sum(map(_advance, text)) / 1000 * size * _MARGIN * (_BOLD if bold else 1)


def fit(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Return `text`, cut with an ellipsis if it is wider than `room` pixels."""
    limit = _units(room, size, bold=bold)
    used, kept = 0, 0
    for place, sign in enumerate(text):
        used += _advance(sign)
        if used + _advance(_ELLIPSIS) <= limit:
            kept = place + 1
        if used > limit:
            return text[:kept].rstrip() + _ELLIPSIS
    return text


def wrap(text: str, room: float, size: float, *, lines: int, bold: bool = False) -> tuple[str, ...]:
    """Return `text` in at most `lines` lines no wider than `room` pixels; the last is cut with an ellipsis."""
    rest = " ".join(text[:400].split())
    done: list[str] = []
    while rest and len(done) < lines - 1:
        head = _head(rest, room, size, bold=bold)
        done.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return (*done, fit(rest, room, size, bold=bold)) if rest else tuple(done)


def _head(text: str, room: float, size: float, *, bold: bool) -> str:
    """Return as much of the start of `text` as fits: whole words, or a piece of a word longer than the line."""
    end, used = 0, 0.0
    limit = _units(room, size, bold=bold)
    for end, sign in enumerate(text):  # noqa: B007 - used after the loop
        used += _advance(sign)
        if used > limit:
            break
    else:
        return text
    breaks = [i + (text[i] != " ") for i in range(max(end - 1, 0), 0, -1) if text[i] in " -_/.:@" and i + 1 <= end]
    return text[: breaks[0] if breaks and breaks[0] > end // 3 else max(end, 1)]


def _units(room: float, size: float, *, bold: bool) -> float:
    """Return how many thousandths of the font size fit into `room` pixels."""
    return room * 1000 / size / _MARGIN / (_BOLD if bold else 1)


@cache
def _advance(sign: str) -> int:
    code = ord(sign)
    if 32 <= code < 127:  # noqa: PLR2004 - printable ASCII
        return _ASCII[code - 32]
    if unicodedata.combining(sign):
        return 0
    return _WIDE if unicodedata.east_asian_width(sign) in "WF" else _OTHER
