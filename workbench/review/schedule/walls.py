"""Wall-clock times: on which days something is due, and at which instant of those days.

A day has one due time, whatever the clocks do on it. A time that a change to summer time leaves out is due at the first
instant after the gap; one that comes twice when summer time ends is due at the first. What was done is kept by day, so
that neither another time zone nor a clock that is put back makes a day come twice.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from workbench.cadence import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from workbench.cadence import Cadence, Kind, ScheduleSettings

_MONTHS: dict[Cadence, tuple[int, ...]] = {
    "monthly": tuple(range(1, 13)), "quarterly": (1, 4, 7, 10), "half_yearly": (1, 7), "yearly": (1,),
}  # fmt: skip
_LAST_YEAR = 9990
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Wall:
    """A rule that says on which days and at which time of day, such as daily at 02:30 in Europe/Madrid."""

    cadence: Cadence
    at: time
    zone: ZoneInfo
    weekday: int = 0
    """Of a weekly rule; Monday is 0."""

    @classmethod
    def of(cls, schedule: ScheduleSettings, kind: Kind, criticality: str | None) -> Wall:
        """Return the rule by which a kind of look at an app of that criticality is due."""
        rhythm = schedule.rhythm(kind)
        at = rhythm.at or schedule.at
        return cls(rhythm.of(criticality), at, schedule.zone, WEEKDAYS.index(schedule.weekday))

    def __str__(self) -> str:
        return f"{self.cadence.replace('_', '-')} at {self.at:%H:%M} {self.zone.key}"

    def days(self, after: date) -> Iterator[date]:
        """Yield the days later than `after`, in order and without end but that of the calendar; none for never."""
        if self.cadence in ("daily", "weekly"):
            step = 1 if self.cadence == "daily" else 7
            ahead = 1 if step == 1 else (self.weekday - after.weekday() - 1) % 7 + 1
            day = after + timedelta(days=ahead)
            while day.year < _LAST_YEAR:
                yield day
                day += timedelta(days=step)
            return
        months = _MONTHS.get(self.cadence, ())
        for year in range(after.year, _LAST_YEAR if months else after.year):
            yield from (day for month in months if (day := date(year, month, 1)) > after)

    def instant(self, day: date) -> datetime:
        """Return when it is due on a day, in UTC."""
        wanted = datetime.combine(day, self.at)
        first = wanted.replace(tzinfo=self.zone).astimezone(UTC)
        if self._shown(first) == wanted:
            return first
        # In a gap, Python takes the time for one after it; the other reading lies before it.
        return self._end_of_gap(wanted.replace(tzinfo=self.zone, fold=1).astimezone(UTC), first)

    def today(self, now: datetime) -> date:
        """Return the day that it is in the rule's time zone."""
        return now.astimezone(self.zone).date()

    def _shown(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone).replace(tzinfo=None)

    def _end_of_gap(self, before: datetime, after: datetime) -> datetime:
        """Return the first instant with the offset that `after` has."""
        offset = self._offset(after)
        seconds = range(int((after - before).total_seconds()))
        return before + bisect_left(seconds, 1, key=lambda n: self._offset(before + n * _SECOND) == offset) * _SECOND

    def _offset(self, instant: datetime) -> timedelta | None:
        return instant.astimezone(self.zone).utcoffset()
