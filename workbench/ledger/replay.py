"""Follow the history from its beginning and compare each link, order and predecessor with what must be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.ledger import chain, times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.ledger.reading import AnyRow
    from workbench.ledger.values import Anchor

_CUT = "entries were cut off, or the anchor is of another ledger"


class ProblemError(Exception):
    """Something in the file is not as it was written."""

    def __init__(self, problem: str, sequence: int | None = None) -> None:
        super().__init__(problem)
        self.sequence = sequence


class Replay:
    """The history as far as it was read and found right, and the state that it leads to."""

    def __init__(self, genesis: str, anchor: Anchor | None) -> None:
        self.link = genesis
        self.number = self.sequence = 0
        self.now: dict[str, int] = {}
        """Which entry holds each element that exists."""
        self.information: list[str] = []
        self._anchor = anchor
        self._last_at: str | None = None

    def begin(self) -> None:
        """Compare an anchor of the empty ledger.

        Raises
        ------
        ProblemError
            If it is that of another ledger.
        """
        self._compare_anchor(0, self.link)

    def take(self, batch: AnyRow, entries: Sequence[AnyRow]) -> None:
        """Check one batch and go on from it.

        Raises
        ------
        ProblemError
            If anything in it is not what was written.
        """
        number, first, last, at, *said, link = batch
        if (number, first) != (self.number + 1, self.sequence + 1):
            raise ProblemError(f"batch {self.number + 1} is missing or out of order", self.sequence + 1)
        if len(entries) != last - first + 1 or not entries:
            raise ProblemError(f"batch {number} has {len(entries)} of its {last - first + 1} entries", first)
        before = self.link
        for row in entries:
            self._entry(row)
        own = self.link
        self.link = chain.batch_hash(own, number, first, last, at, *said)
        if self.link != link:
            self.link, self.sequence = before, first - 1
            raise ProblemError(f"batch {number}: who, when or why is not what was written", first)
        self.number = number
        self._compare_anchor(last, own, link)
        self._look_at_time(batch)

    def _entry(self, row: AnyRow) -> None:
        sequence, _, noun, element, before, after, link = row
        if sequence != self.sequence + 1:
            raise ProblemError(f"entry {self.sequence + 1} is missing or out of order", self.sequence + 1)
        self.link = chain.entry_hash(self.link, sequence, noun, element, before, after)
        if self.link != link:
            raise ProblemError(f"entry {sequence} ({noun} {element!r}) is not what was written", sequence)
        if before != self.now.pop(element, None):
            raise ProblemError(f"entry {sequence} does not follow from the state before it", sequence)
        if after is not None:
            self.now[element] = sequence
        self.sequence = sequence
        if self._anchor is not None and sequence == self._anchor.sequence and self._anchor.hash == link:
            self._anchor = None

    def _compare_anchor(self, sequence: int, *links: str) -> None:
        """Accept the hash of an entry or of the batch that it closes, both are shown to people."""
        if self._anchor is None or self._anchor.sequence > sequence:
            return
        if self._anchor.sequence < sequence or self._anchor.hash not in links:
            at = self._anchor.sequence
            raise ProblemError(f"the history up to entry {at} is not the one that the anchor was taken of", at)
        self._anchor = None

    def _look_at_time(self, batch: AnyRow) -> None:
        last, self._last_at = self._last_at, batch.at
        back = (times.from_text(last) - times.from_text(batch.at)) if last else times.NONE
        if back > times.BACK:
            self.information.append(
                f"batch {batch.number} (entries {batch.first} to {batch.last}) is dated {back.total_seconds():.0f} "
                "seconds before the batch it follows: a clock was put back, or the time was given by hand"
            )

    def end(self) -> None:
        """Raise ProblemError if the history ended before the anchor."""
        if self._anchor is not None:
            places = f"the ledger ends at entry {self.sequence}, the anchor is at {self._anchor.sequence}"
            raise ProblemError(f"{places}: {_CUT}", self.sequence + 1)
