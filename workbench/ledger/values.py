"""What a ledger takes and gives: frozen values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from datetime import datetime

    from workbench.model import Change, Element

_ANCHOR = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


@dataclass(frozen=True)
class Anchor:
    """A place in the ledger and its hash; kept outside, it proves later that nothing before it was touched."""

    sequence: int
    hash: str
    at: datetime | None = None
    """Time of the batch at that place; None for an empty ledger."""

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the anchor that `str(anchor)` wrote.

        Raises
        ------
        ValueError
            If the text is not `sequence:hash`.
        """
        match = _ANCHOR.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text!r} is no anchor; expected SEQUENCE:HASH, the hash in 64 lower-case hex digits")
        return cls(int(match[1]), match[2])


@dataclass(frozen=True)
class Entry:
    """One Change as the ledger holds it."""

    sequence: int
    batch: int
    at: datetime
    actor: str
    why: str
    change: Change
    hash: str


@dataclass(frozen=True)
class Batch:
    """Changes that were made in one step, with who, when and why."""

    number: int
    sequence_first: int
    sequence_last: int
    at: datetime
    actor: str
    why: str
    changes: tuple[Change, ...]
    hash: str
    """Hash of the last entry, which covers everything up to here."""
    on_behalf_of: str | None = None
    undoes: int | None = None
    """Number of the batch that this one takes back."""
    assurance: str = "declared"
    """How sure the actor is: declared, that is as the program said."""
    note: str | None = None
    """What the ledger itself remarked, such as a clock that went back."""

    @property
    def anchor(self) -> Anchor:
        """Return the anchor of the ledger right after this batch."""
        return Anchor(self.sequence_last, self.hash, self.at)


@dataclass(frozen=True)
class Conflict:
    """One element that is stored otherwise than the writer believed."""

    id: str
    mine: Change
    theirs: Element | None
    """What is stored now; None if it is not there."""
    by: str | None = None
    """Who made it so."""
    at: datetime | None = None

    def __str__(self) -> str:
        who = f" by {self.by}" if self.by else ""
        when = f" at {self.at:%Y-%m-%d %H:%M:%S} UTC" if self.at else ""
        return f"{self.mine.noun} {self.id!r} {self._happened()}{who}{when}"

    def _happened(self) -> str:
        if self.theirs is None:
            return "is not there (removed, or never added)" if self.by is None else "was removed"
        if self.mine.before is None:
            return "was added already"
        before, theirs = self.mine.before, self.theirs
        fields = [f for f in type(theirs).model_fields if getattr(theirs, f) != getattr(before, f, None)]
        return f"was changed meanwhile (in {', '.join(fields)})"


@dataclass(frozen=True)
class Verification:
    """Whether the ledger is as it was written."""

    ok: bool
    entries: int
    """Number of entries that were checked and are right."""
    problem: str | None = None
    """The first thing that is wrong, in words."""
    at_sequence: int | None = None
    """Sequence of the first entry that is wrong, if one is."""
    anchored: bool = False
    """An outside anchor was given and compared; without one, a cut tail or a tail written anew can go unseen."""
    information: tuple[str, ...] = ()
    """What is odd but not wrong, such as times that go back."""
