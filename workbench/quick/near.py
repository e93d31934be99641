"""Names that are nearly the same: slips of the keyboard, another case, a plural."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHORT, _LONG, _LONGEST = 4, 8, 80
_DIGITS = re.compile(r"\d+")


def near(name: str, others: Iterable[str]) -> str | None:
    """Return the name among `others` that is closest to `name` without being it; None if none is close."""
    found = [(far, other) for other in others if other != name and (far := apart(name, other)) is not None]
    return min(found)[1] if found else None


@lru_cache(maxsize=65536)
def apart(name: str, other: str) -> int | None:
    """Return how many slips two names are apart; None if more than somebody makes in a name that long.

    Names whose numbers differ are different names, not slips.
    """
    a, b = plain(name), plain(other)
    if a == b:
        return 0
    most = slips(min(len(a), len(b)))
    if max(len(a), len(b)) > _LONGEST or abs(len(a) - len(b)) > most or _DIGITS.findall(a) != _DIGITS.findall(b):
        return None
    return distance(a, b, most)


@lru_cache(maxsize=16384)
def plain(name: str) -> str:
    """Return a name without case, spaces and signs."""
    return "".join(c for c in name.casefold() if c.isalnum()) or name.casefold()


def slips(length: int) -> int:
    """Return how many slips are likely in a name of that length."""
    return 0 if length < _SHORT else 1 if length < _LONG else 2


def distance(a: str, b: str, most: int) -> int | None:
    """Return in how many places two texts differ: a letter more, less, another, or two swapped; None above `most`."""
    if len(set(a) ^ set(b)) > 2 * most:
        return None
    row = _last_row(a, b, most)
    return row[-1] if row and row[-1] <= most else None


def distance_to_begin(typed: str, name: str, most: int) -> int | None:
    """Return in how many places what was typed differs from the beginning of a name; None above `most`."""
    if len(set(typed) - set(name)) > most:
        return None
    row = _last_row(typed, name[: len(typed) + most], most)
    return best if row and (best := min(row)) <= most else None


def _last_row(a: str, b: str, most: int) -> list[int]:
    """Return how far `a` is from each beginning of `b`; nothing if it is farther than `most` from all of them."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        earlier, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return []
    return row
