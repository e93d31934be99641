"""A secret within a text."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Of several spans that overlap, the one with the lowest rank names the kind.
VENDOR, FORM, NAMED = 0, 1, 2
# The whole of a value, for want of a part that alone is secret.
WHOLE = 3


class Span(NamedTuple):
    """Where a secret stands in a text, and what it is."""

    start: int
    end: int
    kind: str
    rank: int


def merged(found: Iterable[Span]) -> list[Span]:
    """Return the spans in their order, those that overlap as one; a whole value gives way to its parts."""
    spans = sorted(span for span in found if span.start < span.end)
    result: list[Span] = []
    for span in _without_wholes(spans):
        if result and span.start < result[-1].end:
            last = result[-1]
            kind = min(last, span, key=lambda s: s.rank).kind
            result[-1] = Span(last.start, max(last.end, span.end), kind, min(last.rank, span.rank))
        else:
            result.append(span)
    return result


def _without_wholes(spans: list[Span]) -> list[Span]:
    parts = [span for span in spans if span.rank < WHOLE]
    wholes = [span for span in spans if span.rank == WHOLE]
    if not wholes or not parts:
        return spans
    starts = [part.start for part in parts]
    kept = [w for w in wholes if not (i := bisect_left(starts, w.start)) < len(parts) or parts[i].end > w.end]
    return sorted(parts + kept)


def moved(found: Iterable[Span], by: int) -> Iterator[Span]:
    """Yield the spans of a part of a text at their places in the whole."""
    return (Span(span.start + by, span.end + by, span.kind, span.rank) for span in found)
