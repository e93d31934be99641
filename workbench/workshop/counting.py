"""Counting of votes, without anything that reads or writes: how many, from where to where, do we disagree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbench.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.model import Vote

VALUES: Mapping[str, range] = {
    "dot": range(6), "likelihood": range(1, 6), "impact": range(1, 6), "confidence": range(1, 6), "true": range(2),
}  # fmt: skip
"""What can be voted, by the kind of vote; apart from that, “don't know”."""
RATED = ("likelihood", "impact")
FEWEST_DOTS = 3
DISAGREE_FROM = 2
"""Votes that lie so many levels apart are worth talking about."""
MOST_HANDS = 1000
_PLACES = 7  # values 0 to 5, then “don't know”


@dataclass(frozen=True)
class Count:
    """The votes of one kind on one thing."""

    kind: str
    voted: int
    """How many people voted; a hand that was counted is one."""
    own: int | None = None
    """What the one who asks has voted; None if nothing, or “don't know”."""
    has_voted: bool = False
    """The one who asks has voted."""
    counts: Mapping[int, int] | None = None
    """How many for each value; None until it is revealed."""
    dont_know: int | None = None
    """How many do not know; None until it is revealed."""

    @property
    def lowest(self) -> int | None:
        """Return the lowest value that somebody voted; None if unknown."""
        return min((value for value, voices in (self.counts or {}).items() if voices), default=None)

    @property
    def highest(self) -> int | None:
        """Return the highest value that somebody voted; None if unknown."""
        return max((value for value, voices in (self.counts or {}).items() if voices), default=None)

    @property
    def spread(self) -> int | None:
        """Return how many levels lie between the lowest and the highest; None if unknown."""
        return None if self.lowest is None or self.highest is None else self.highest - self.lowest

    @property
    def disagreement(self) -> bool | None:
        """Tell whether people see it differently enough to talk; None until it is revealed."""
        if self.counts is None:
            return None
        limit = 1 if self.kind == "true" else DISAGREE_FROM
        return self.kind != "dot" and (self.spread or 0) >= limit


@dataclass(frozen=True)
class Votes:
    """All votes on one thing."""

    about: str
    revealed: bool
    kinds: Mapping[str, Count] = field(default_factory=dict)
    """By kind: likelihood, impact, dot, true, confidence; those that somebody voted."""

    @property
    def voted(self) -> int:
        """Return how many people voted, by the kind that most voted."""
        return max((count.voted for count in self.kinds.values()), default=0)

    @property
    def spread(self) -> int | None:
        """Return the widest spread of its kinds; None if unknown."""
        return max((c.spread for c in self.kinds.values() if c.spread is not None), default=None)

    @property
    def disagreement(self) -> bool | None:
        """Tell whether people disagree in one of its kinds; None until it is revealed."""
        return any(count.disagreement for count in self.kinds.values()) if self.revealed else None

    @property
    def dots(self) -> int:
        """Return the number of dots, which everybody may see at any time."""
        given = self.kinds["dot"].counts if "dot" in self.kinds else None
        return sum(value * voices for value, voices in (given or {}).items())


def count(votes: Iterable[Vote], about: str, *, revealed: bool, reader: str | None = None) -> Votes:
    """Return the votes on one thing as `reader` may see them; dots are always open."""
    kinds: dict[str, list[Vote]] = {}
    for vote in votes:
        if vote.about == about:
            kinds.setdefault(vote.kind, []).append(vote)
    counts = {
        kind: _count(kind, kinds[kind], reader, shown=revealed or kind == "dot") for kind in VALUES if kind in kinds
    }
    return Votes(about, revealed, counts)


def dots_each(items: int) -> int:
    """Return how many dots each person has for so many things to choose from."""
    return max(FEWEST_DOTS, -(-items // 4))


def voices(vote: Vote) -> dict[int | None, int]:
    """Return how many voted which value in one record: a person's, or hands that were counted."""
    if not vote.tally:
        return {vote.value: 1}
    *values, unknown = (*vote.tally, *[0] * (_PLACES - len(vote.tally)))
    counted: dict[int | None, int] = {value: hands for value, hands in enumerate(values) if hands}
    return counted | ({None: unknown} if unknown else {})


def tally(kind: str, counts: Mapping[int | None, int]) -> tuple[int, ...]:
    """Return hands that were counted as a record keeps them: those for 0 to 5, then those that do not know.

    Raises
    ------
    UsageError
        If a value cannot be voted, or a number of hands is none.
    """
    for value, hands in counts.items():
        checked(kind, value)
        if not isinstance(hands, int) or isinstance(hands, bool) or not 0 <= hands <= MOST_HANDS:
            raise UsageError(f"got {hands!r} hands for {value}; give a whole number from 0 to {MOST_HANDS}")
    return tuple(counts.get(value, 0) for value in (*range(_PLACES - 1), None))


def checked(kind: str, value: object) -> None:
    """Refuse what cannot be voted.

    Raises
    ------
    UsageError
        If there is no such kind of vote, or the value is none of its values.
    """
    if kind not in VALUES:
        raise UsageError(f"got {kind!r} as a kind of vote; expected one of {', '.join(VALUES)}")
    fits = value is None or (isinstance(value, int) and not isinstance(value, bool) and value in VALUES[kind])
    if not fits:
        low, high = VALUES[kind][0], VALUES[kind][-1]
        raise UsageError(f"got {value!r} as a vote on {kind}; give a whole number from {low} to {high}, or None")


def _count(kind: str, votes: list[Vote], reader: str | None, *, shown: bool) -> Count:
    total: dict[int | None, int] = {}
    for vote in votes:
        for value, hands in voices(vote).items():
            total[value] = total.get(value, 0) + hands
    own = next((v for v in votes if reader is not None and v.by == reader and not v.tally), None)
    return Count(
        kind=kind,
        voted=sum(total.values()),
        own=own.value if own else None,
        has_voted=own is not None,
        counts={value: total.get(value, 0) for value in VALUES[kind]} if shown else None,
        dont_know=total.get(None, 0) if shown else None,
    )
