"""What is to be done now, of one kind of look at one app: a function of the rule, of what was seen, and of the clock.

A time that has come is run. One that passed by more than the schedule allows (nobody was running, the clock jumped) is
run or recorded as missed, as the policy says; each day that was due ends in exactly one of both.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from workbench.cadence import Missed
    from workbench.review.schedule.walls import Wall

_DAY = timedelta(days=1)
MOST_MADE_UP = 10
"""So many missed runs of one app are made up for at most, however long nobody was there."""
MOST_TOLD = 20
"""So many missed times are recorded one by one; older ones are told as one."""
_KEPT = 60


@dataclass(frozen=True)
class Seen:
    """Up to which day everything is settled."""

    until: date
    done: tuple[date, ...] = ()
    """The last days that were run or missed; they are not due again where a clock was put back by days."""

    def to_json(self) -> str:
        """Return it as text."""
        return json.dumps({"until": self.until.isoformat(), "done": [d.isoformat() for d in self.done]})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return what `to_json` wrote."""
        data = json.loads(text)
        return cls(date.fromisoformat(data["until"]), tuple(map(date.fromisoformat, data["done"])))


@dataclass(frozen=True)
class Due:
    """A day on which something was due, and when."""

    day: date
    at: datetime
    """UTC."""
    missed: str | None = None
    """Why it is not run; None if it is."""


@dataclass(frozen=True)
class Look:
    """What is to be done, oldest first, and what is seen by then."""

    due: tuple[Due, ...]
    seen: Seen


def look(wall: Wall, missed: Missed, late: timedelta, seen: Seen | None, now: datetime) -> Look:
    """Return what is due by `now`; on the first look only what has just come.

    Where another scheduler starts us, the first look may be the first time itself. Nothing was promised before that.

    Parameters
    ----------
    missed
        What becomes of times that passed: once, skip or all.
    late
        Up to so much later a time counts as kept.
    """
    passed = _passed(wall, now)
    if seen is None:
        came = _since(wall, wall.today(now - late) - _DAY, now)
        just = tuple(Due(day, at) for day, at in came if now - at <= late)[-1:]
        return Look(just, first(wall, now))
    back = seen.until > passed + 2 * _DAY  # a day more is only another time zone
    start = passed - _DAY if back else seen.until
    days = [Due(day, at) for day, at in _since(wall, start, now) if day not in seen.done]
    settled = tuple(_settled(days, missed, late, now))
    # Of both, so that a clock that was years ahead does not make us forget what was done before.
    done = (*seen.done[-_KEPT:], *(d.day for d in days[-_KEPT:]))
    return Look(tuple(_told(settled)), Seen(passed if back else max(passed, seen.until), done))


def first(wall: Wall, now: datetime) -> Seen:
    """Return what is seen where times count from now."""
    passed = _passed(wall, now)
    return Seen(passed, (passed,))


def upcoming(wall: Wall, seen: Seen | None, now: datetime) -> datetime | None:
    """Return when it is due next, in UTC; None for never."""
    after = max(seen.until, _passed(wall, now)) if seen else _passed(wall, now)
    return next((wall.instant(day) for day in wall.days(after)), None)


def _passed(wall: Wall, now: datetime) -> date:
    """Return the last day whose time has come, due on it or not."""
    today = wall.today(now)
    return today if wall.instant(today) <= now else today - _DAY


def _since(wall: Wall, start: date, now: datetime) -> Iterator[tuple[date, datetime]]:
    for day in wall.days(start):
        at = wall.instant(day)
        if at > now:
            return
        yield day, at


def _settled(days: list[Due], missed: Missed, late: timedelta, now: datetime) -> Iterator[Due]:
    """Yield each day, with why it is not run if it is not."""
    overdue = [d for d in days if now - d.at > late]
    kept = days[len(overdue) :]
    most = {"once": 0 if kept else 1, "skip": 0, "all": MOST_MADE_UP}[missed]
    given_up = overdue[: max(len(overdue) - most, 0)]
    stands_in = (overdue[len(given_up) :] + kept)[-1:]
    for due in given_up:
        yield Due(due.day, due.at, f"nobody kept this time; {_instead(missed, stands_in)}")
    yield from overdue[len(given_up) :]
    yield from kept


def _instead(missed: Missed, stands_in: list[Due]) -> str:
    if missed == "once" and stands_in:
        return f'the run of {stands_in[0].day} stands for it (missed = "once")'
    if missed == "all":
        return f'only the last {MOST_MADE_UP} are made up for (missed = "all")'
    return 'the next is run when its time comes (missed = "skip")'


def _told(settled: tuple[Due, ...]) -> Iterator[Due]:
    """Yield what is settled, with the oldest of very many missed days in one."""
    missed = [d for d in settled if d.missed]
    many = missed[: max(len(missed) - MOST_TOLD + 1, 0)] if len(missed) > MOST_TOLD else []
    if many:
        yield Due(many[0].day, many[0].at, f"{len(many)} times until {many[-1].day}: {many[0].missed}")
    yield from settled[len(many) :]
