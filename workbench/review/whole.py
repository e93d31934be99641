"""When an app is due to be reviewed as a whole: one rule, for the calendar and for `ws.reviews.due()`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from workbench.model import Review

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from workbench.config import Config
    from workbench.model import App, Model


@dataclass(frozen=True)
class Whole:
    """The next review of a whole app."""

    last: Review | None
    """None if there was none so far."""
    due: date | None
    """None for never."""
    why: str


def whole(config: Config, model: Model, app: App, reviews: Sequence[Review], came: date) -> Whole:
    """Return when an app is due: on the day that the last workshop agreed on, else a rhythm after the last review.

    Parameters
    ----------
    reviews
        Those of the app, the newest first; those with links are of a few areas only and do not count.
    came
        The day on which the app came in, from which the rhythm counts before the first review.
    """
    last = next((r for r in reviews if not r.links), None)
    agreed = getattr(model.get(last.workshop), "next_on", None) if last else None
    if agreed is not None:
        return Whole(last, agreed, "agreed in the last workshop")
    days = config.review_days(app.id, app.criticality)
    since = config.schedule.day(last.at) if last and last.at else came
    why = f"reviewed every {days} days" if last else "never reviewed as a whole"
    return Whole(last, None if days is None else since + timedelta(days=days), why)


def reviews_by_app(model: Model) -> dict[str, list[Review]]:
    """Return the reviews of each app, by its id, the newest first."""
    found: dict[str, list[Review]] = {}
    for review in sorted((r for r in model.of(Review) if r.at), key=lambda r: str(r.at), reverse=True):
        found.setdefault(review.app or "", []).append(review)
    return found
