"""Who looked at each element last, and whether that is too long ago.

A review of an app covers what was in the app then; one with links covers those elements only, such as the few of a
quarterly bite. What came in later has not been reviewed, and is old when it has been there for as long as a review
may be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.model import ELEMENTS, Review

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from workbench.ledger.ages import Age
    from workbench.model import Element, Model


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is known of the last look at an element."""

    reviewed: datetime | None
    """When it was reviewed last; None for never."""
    by: str | None
    """By whom; declared, not verified."""
    age: int | None
    """Days since then, or since it came in if it was never reviewed; None if that is not known."""
    days: int | None
    """After how many days a review is old; None for never."""

    @property
    def stale(self) -> bool:
        """Tell whether the review is older than it may be."""
        return self.days is not None and self.age is not None and self.age > self.days

    @property
    def words(self) -> str:
        """Return it as a sentence's part, such as `review is 120 days old, due every 92`."""
        if self.reviewed is None:
            told = "never reviewed" if self.age is None else f"never reviewed, here for {_days(self.age)}"
        else:
            told = f"reviewed {self.reviewed:%Y-%m-%d}{f' by {self.by}' if self.by else ''}, {_days(self.age or 0)} ago"
        return f"{told}; due every {_days(self.days)}" if self.stale and self.days is not None else told


def stamps(
    model: Model, ages: Mapping[str, Age], today: date, days: Mapping[str, int | None], app: str | None = None
) -> dict[str, Stamp]:
    """Return the stamp of each element of one app, or of all, by its id.

    Parameters
    ----------
    ages
        When each element came in; what has no age was there always.
    days
        After how many days a review is old, by the id of the app.
    """
    reviews = _newest_first(model)
    return {
        e.id: _stamp(e, reviews.get(e.app or e.id, ()), ages.get(e.id), today, days.get(e.app or e.id))
        for cls in ELEMENTS
        for e in model.of(cls)
        if (e.app or e.id) in days and app in (None, e.app, e.id)
    }


def _newest_first(model: Model) -> dict[str, list[Review]]:
    found: dict[str, list[Review]] = {}
    for review in sorted((r for r in model.of(Review) if r.at and r.app), key=lambda r: str(r.at), reverse=True):
        found.setdefault(review.app or "", []).append(review)
    return found


def _stamp(element: Element, reviews: Iterable[Review], age: Age | None, today: date, days: int | None) -> Stamp:
    last = next((r for r in reviews if _covers(r, element, age)), None)
    since = last.at if last else age.added_at if age else None
    old = max((today - since.date()).days, 0) if since else None
    return Stamp(last.at if last else None, last.by if last else None, old, days)


def _covers(review: Review, element: Element, age: Age | None) -> bool:
    there = age is None or review.ledger_sequence is None or age.added <= review.ledger_sequence
    # A link may be to a finding, whose id ends with that of its element.
    return there and (not review.links or any(link.rpartition("@")[2] == element.id for link in review.links))


def _days(number: int | None) -> str:
    return f"{number} day{'' if number == 1 else 's'}"
