"""What moves along the wires of a flow in which later steps name what earlier ones gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# What moves along the wires of larger flows is not worked out.
_MOST_STEPS = 600


def moving(
    keys: Sequence[str], wires: Sequence[tuple[str, str]], taken: Mapping[str, Iterable[tuple[str, str]]]
) -> dict[tuple[str, str], set[str]]:
    """Return the fields that move along each wire: given at or before its beginning, taken at or after its end.

    Parameters
    ----------
    taken
        (step that gives it, field) of all that each step takes.
    """
    if len(keys) > _MOST_STEPS:
        return {wire: set() for wire in wires}
    place = {key: 1 << i for i, key in enumerate(keys)}
    before = _reached(place, [(b, a) for a, b in wires])
    after = _reached(place, wires)
    takers: dict[tuple[str, str], int] = {}
    for key, tokens in taken.items():
        for token in tokens:
            takers[token] = takers.get(token, 0) | place[key]
    return {
        (a, b): {field for (origin, field), users in takers.items() if place[origin] & before[a] and users & after[b]}
        for a, b in wires
    }


def _reached(place: Mapping[str, int], wires: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return for each step the bits of itself and of all that the wires lead to from it."""
    found, changed = dict(place), True
    while changed:
        changed = False
        for a, b in wires:
            more = found[a] | found[b]
            if more != found[a]:
                found[a], changed = more, True
    return found
