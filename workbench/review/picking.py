"""Which areas a quarterly review looks at: the most urgent ones, so that none is left out for too long.

Each area has a last quarter in which it has to be looked at. A choice is sound if what is left over can still be done:
for each number of quarters to come, no more areas are due within it than fit into it. As every area comes back within
`quarters` and no more than fit are there, such a choice always exists; the earliest due ones are one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class Candidate:
    """An area that could be looked at."""

    key: str
    last: int
    """Quarter in which it was looked at last, or came into being."""
    score: int
    """How urgent it is: risk, change and age together."""


@dataclass(frozen=True)
class Choice:
    """What is looked at, most urgent first."""

    picked: tuple[str, ...]
    turn: frozenset[str]
    """Those of them that are there because their turn has come, and not because they are the most urgent."""
    late: tuple[str, ...]
    """What cannot be done in time, because reviews were left out or there is too little time."""


def pick(candidates: Iterable[Candidate], now: int, *, areas: int, most: int, quarters: int) -> Choice:
    """Choose `areas` candidates for the quarter `now`, up to `most` if otherwise one would be left out for too long.

    The same candidates give the same choice, in whatever order they come.
    """
    ranked = sorted(candidates, key=lambda c: (-c.score, c.last, c.key))
    many = min(_enough(ranked, now, areas, most, quarters), len(ranked))
    picked: list[Candidate] = []
    for candidate in ranked:
        if len(picked) < many and _leaves_time(ranked, [*picked, candidate], now, many, quarters):
            picked.append(candidate)
    if len(picked) < many:
        # Too much is late already: what was due first goes first.
        picked = sorted(ranked, key=lambda c: (c.last, -c.score, c.key))[:many]
    chosen = {c.key for c in picked}
    urgent = {c.key for c in ranked[:many]}
    late = [c.key for c in ranked if c.key not in chosen and c.last + quarters <= now]
    return Choice(
        tuple(c.key for c in ranked if c.key in chosen),
        frozenset(chosen - urgent) | {c.key for c in picked if c.last + quarters <= now},
        tuple(late),
    )


def _enough(ranked: Sequence[Candidate], now: int, areas: int, most: int, quarters: int) -> int:
    """Return the smallest number a quarter with which everything comes in time, or `most`."""
    for many in range(areas, most):
        if len(ranked) <= many * quarters and _fits(ranked, now, many, quarters):
            return many
    return most


def _leaves_time(ranked: Sequence[Candidate], picked: list[Candidate], now: int, many: int, quarters: int) -> bool:
    """Tell whether, after these and the earliest due others, the rest comes in time."""
    taken = {c.key for c in picked}
    others = sorted((c for c in ranked if c.key not in taken), key=lambda c: (c.last, c.key))
    rest = others[many - len(picked) :]
    return _fits(rest, now + 1, many, quarters)


def _fits(waiting: Sequence[Candidate], now: int, many: int, quarters: int) -> bool:
    due = [c.last + quarters - now + 1 for c in waiting]
    return all(sum(within <= slots for within in due) <= many * slots for slots in range(quarters + 1))
