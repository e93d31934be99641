"""How often something is looked at: the table [schedule] of `workbench.toml`, as wall-clock times in one time zone."""

from __future__ import annotations

import re
from datetime import time
from typing import TYPE_CHECKING, Annotated, Literal, get_args
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

Cadence = Literal["daily", "weekly", "monthly", "quarterly", "half_yearly", "yearly", "never"]
Kind = Literal["refresh", "review", "quarterly"]
Missed = Literal["once", "skip", "all"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

KINDS: tuple[Kind, ...] = get_args(Kind)
WEEKDAYS: tuple[str, ...] = get_args(Weekday)
DAYS: Mapping[Cadence, int | None] = {
    "daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "half_yearly": 183, "yearly": 365, "never": None,
}  # fmt: skip
"""After how many days a look of that cadence is old; None for never."""
WORDS: Mapping[Kind, str] = {"refresh": "refresh", "review": "review", "quarterly": "quarterly bite"}


_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no time zone; expected a name such as Europe/Madrid or UTC")
    return name


def _time(given: object) -> object:
    # "2:30" is read as well; seconds would promise a precision that no scheduler here has.
    match = _TIME.fullmatch(given) if isinstance(given, str) else None
    if match:
        return time(int(match[1]), int(match[2]))
    if isinstance(given, time) and given.second == given.microsecond == 0 and given.tzinfo is None:
        return given
    raise ValueError(f"{str(given)!r} is no time; expected hours and minutes such as 02:30")


Wall = Annotated[time, BeforeValidator(_time)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rhythm(_Part):
    """How often one kind of look is due, by how critical the app is."""

    high: Cadence = "quarterly"
    medium: Cadence = "quarterly"
    low: Cadence = "quarterly"
    unknown: Cadence = "quarterly"
    """Of apps of which nobody has said how critical they are."""
    at: Wall | None = None
    """Time of day; None for the schedule's own."""
    missed: Missed | None = None
    """What becomes of times that passed unused; None for the schedule's own."""

    def of(self, criticality: str | None) -> Cadence:
        """Return the cadence for a criticality; None is not known."""
        cadence: Cadence = getattr(self, criticality or "unknown")
        return cadence


class _Refresh(Rhythm):
    high: Cadence = "daily"
    medium: Cadence = "weekly"
    low: Cadence = "monthly"
    unknown: Cadence = "weekly"


class _Review(Rhythm):
    high: Cadence = "monthly"
    low: Cadence = "half_yearly"


class Events(_Part):
    """What asks for a review before it is due."""

    within_days: int = Field(default=7, ge=0)
    """How soon after what happened the review is due."""
    severity: Literal["Low", "Medium", "High", "Critical"] | None = "High"
    """A new finding at least as severe asks for one; None for no finding."""


class ScheduleSettings(_Part):
    """The table [schedule]."""

    time_zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    at: Wall = time(2, 30)
    weekday: Weekday = "monday"
    """Of what is due weekly; the others are due on the first day of their month."""
    missed: Missed = "once"
    late_minutes: int = Field(default=60, ge=1, le=24 * 60)
    """Up to so much later a time counts as kept, and not as missed."""
    refresh: _Refresh = _Refresh()
    review: _Review = _Review()
    quarterly: Rhythm = Rhythm()
    events: Events = Events()

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone."""
        return ZoneInfo(self.time_zone)

    def day(self, moment: datetime) -> date:
        """Return the day that a moment is on in this time zone."""
        return moment.astimezone(self.zone).date()

    def rhythm(self, kind: Kind) -> Rhythm:
        """Return the rhythm of a kind, with the schedule's own values where it has none."""
        own: Rhythm = getattr(self, kind)
        return own.model_copy(update={"at": own.at or self.at, "missed": own.missed or self.missed})


def review_days(schedule: ScheduleSettings, criticality: str | None, own: int | None = None) -> int | None:
    """Return after how many days an app's review is old: its own number, else that of its criticality; None for never."""
    return own if own is not None else DAYS[schedule.review.of(criticality)]
