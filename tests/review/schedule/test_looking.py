"""What is due by a clock that is told: kept times, missed times by policy, clocks and zones that change."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.review.schedule.looking import MOST_MADE_UP, MOST_TOLD, Due, Seen, look, upcoming
from workbench.review.schedule.walls import Wall

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.cadence import Missed

MADRID = ZoneInfo("Europe/Madrid")
DAILY = Wall("daily", time(2, 30), MADRID)
LATE = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def at(text: str) -> datetime:
    """Return a UTC time."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def looked(times: Iterable[datetime], *, missed: Missed = "once", wall: Wall = DAILY, seen: Seen | None = None):
    """Look at each time in turn and return everything that was due, with what was seen at the end."""
    found: list[Due] = []
    for now in times:
        done = look(wall, missed, LATE, seen, now)
        # As it is kept: through text.
        found, seen = [*found, *done.due], Seen.from_json(done.seen.to_json())
    return found, seen


def every(step: timedelta, first: datetime, last: datetime) -> Iterable[datetime]:
    """Yield the times of a clock that runs."""
    while first <= last:
        yield first
        first += step


def days(due: Iterable[Due], *, missed: bool = False) -> list[str]:
    """Return the days that are run, or that were missed."""
    return [str(d.day) for d in due if bool(d.missed) == missed]


def test_nothing_that_is_long_past_is_due_on_the_first_look():
    """A scheduler that is new promised nothing for what is longer ago than a time may be late."""
    due, seen = looked([at("2026-05-04T12:00")])
    assert (due, seen.until) == ([], date(2026, 5, 4))


@pytest.mark.parametrize(
    ("now", "due"),
    [("00:28", []), ("00:30", ["2026-05-04"]), ("01:30", ["2026-05-04"]), ("01:31", []), ("12:00", [])],
)
def test_what_has_just_come_is_due_on_the_first_look(now: str, due: list[str]):
    """Started by another scheduler at the time itself, or a little late: that day is run, once; what is longer ago is not."""
    found, _ = looked([at(f"2026-05-04T{now}"), at(f"2026-05-04T{now}") + MINUTE])
    assert days(found) == due


def test_a_quarterly_time_is_not_lost_where_the_first_look_is_that_time():
    """Cron starts us on the first of the quarter and not before; the next look is three months later."""
    quarterly = Wall("quarterly", time(2, 30), MADRID)
    due, _ = looked([at("2026-07-01T00:30"), at("2026-10-01T00:31")], wall=quarterly)
    assert days(due) == ["2026-07-01", "2026-10-01"]


def test_each_day_is_due_once_while_the_clock_runs():
    """Four days, looked at every minute: four runs, each in the minute in which it is due."""
    due, _ = looked(every(MINUTE, at("2026-05-04T12:00"), at("2026-05-08T12:00")))
    assert [str(d.at) for d in due] == [f"2026-05-0{n} 00:30:00+00:00" for n in (5, 6, 7, 8)]
    assert days(due, missed=True) == []


@pytest.mark.parametrize(
    ("missed", "run", "recorded"),
    [
        ("once", ["2026-05-07"], ["2026-05-05", "2026-05-06"]),
        ("skip", [], ["2026-05-05", "2026-05-06", "2026-05-07"]),
        ("all", ["2026-05-05", "2026-05-06", "2026-05-07"], []),
    ],
)
def test_a_machine_that_was_down_over_three_due_times(missed: Missed, run: list[str], recorded: list[str]):
    """The policy says which of the three are run; the others are missed with a reason; the next is run as ever."""
    due, seen = looked([at("2026-05-04T12:00"), at("2026-05-07T12:00")], missed=missed)
    assert (days(due), days(due, missed=True)) == (run, recorded)
    assert all(f'missed = "{missed}"' in d.missed for d in due if d.missed)

    after, _ = looked([at("2026-05-08T00:31")], missed=missed, seen=seen)
    assert days(after) == ["2026-05-08"]


def test_a_time_that_is_kept_within_the_hour_is_not_missed():
    """Half an hour late counts as kept, also where missed times are skipped; it stands for those before."""
    due, _ = looked([at("2026-05-04T12:00"), at("2026-05-06T01:00")], missed="skip")
    assert (days(due), days(due, missed=True)) == (["2026-05-06"], ["2026-05-05"])
    due, _ = looked([at("2026-05-04T12:00"), at("2026-05-06T01:00")], missed="once")
    assert (days(due), days(due, missed=True)) == (["2026-05-06"], ["2026-05-05"])


def test_a_clock_that_is_put_back_an_hour_repeats_nothing():
    """What was run at half past two is not run again when it is half past two again."""
    forward = list(every(MINUTE, at("2026-05-04T12:00"), at("2026-05-05T00:45")))
    again = list(every(MINUTE, at("2026-05-04T23:45"), at("2026-05-06T00:45")))
    due, _ = looked([*forward, *again])
    assert days(due) == ["2026-05-05", "2026-05-06"]


@pytest.mark.parametrize("missed", ["once", "skip", "all"])
def test_a_clock_that_jumps_a_day_ahead_and_back_loses_and_repeats_nothing(missed: Missed):
    """Each day has one state, also those that the jump went over and that come again afterwards."""
    times = [
        at("2026-05-04T12:00"),
        at("2026-05-05T12:00"),
        *every(MINUTE, at("2026-05-04T12:05"), at("2026-05-07T03:00")),
    ]
    due, _ = looked(times, missed=missed)
    assert Counter(days(due) + days(due, missed=True)) == Counter(["2026-05-05", "2026-05-06", "2026-05-07"])
    assert days(due)[-2:] == ["2026-05-06", "2026-05-07"]


def test_a_clock_that_was_years_ahead_does_not_stop_the_schedule():
    """After a minute in 2099 the scheduler goes on with the days that are; what it missed is told in few lines."""
    times = [
        at("2026-05-04T12:00"),
        at("2099-01-01T12:00"),
        *every(MINUTE, at("2026-05-04T12:02"), at("2026-05-06T03:00")),
    ]
    due, _ = looked(times)
    ahead = [d for d in due if d.day.year > 2026 or d.missed]
    assert len(ahead) == MOST_TOLD + 1
    assert ahead[0].missed.startswith("26520 times until ")
    assert days(d for d in due if d not in ahead) == ["2026-05-05", "2026-05-06"]


def test_many_missed_times_are_made_up_for_only_so_often():
    """Down for two months with `all`: the last ten are run, oldest first."""
    due, _ = looked([at("2026-05-04T12:00"), at("2026-07-04T12:00")], missed="all")
    assert (len(days(due)), days(due)[-1]) == (MOST_MADE_UP, "2026-07-04")
    assert len(days(due, missed=True)) == MOST_TOLD


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2027-03-27T12:00", "2027-03-29T12:00", ["2027-03-28 01:00", "2027-03-29 00:30"]),
        ("2026-10-24T12:00", "2026-10-26T12:00", ["2026-10-25 00:30", "2026-10-26 01:30"]),
    ],
)
def test_the_days_on_which_clocks_change_have_one_run(first: str, last: str, expected: list[str]):
    """In the gap of spring and in the fold of autumn: one run a day, looked at every minute."""
    due, _ = looked(every(MINUTE, at(first), at(last)))
    assert [f"{d.at:%Y-%m-%d %H:%M}" for d in due] == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Europe/Madrid", "America/New_York"),
        ("America/New_York", "Asia/Tokyo"),
        ("Pacific/Auckland", "Pacific/Honolulu"),
        ("Pacific/Honolulu", "Pacific/Auckland"),
    ],
)
def test_another_time_zone_loses_and_repeats_no_day(old: str, new: str):
    """Whatever the distance, each local day is due once: before the change by the old zone, then by the new one."""
    before, after = (Wall("daily", time(2, 30), ZoneInfo(zone)) for zone in (old, new))
    done, seen = looked(every(5 * MINUTE, at("2026-05-01T00:00"), at("2026-05-05T20:00")), wall=before)
    more, _ = looked(every(5 * MINUTE, at("2026-05-05T20:05"), at("2026-05-10T20:00")), wall=after, seen=seen)
    found = [d.day for d in (*done, *more) if not d.missed]
    assert found == [found[0] + timedelta(days=n) for n in range(len(found))]
    assert [d for d in more if d.missed] == []


def test_a_changed_cadence_counts_from_now_on():
    """Days that were not due by the old cadence are not missed by the new one."""
    weekly = Wall("weekly", time(2, 30), MADRID)
    _, seen = looked(every(timedelta(hours=1), at("2026-05-04T12:00"), at("2026-05-08T12:00")), wall=weekly)
    due, _ = looked([at("2026-05-08T13:00"), at("2026-05-09T01:00")], seen=seen)
    assert (days(due), days(due, missed=True)) == (["2026-05-09"], [])


def test_the_next_time_is_told():
    """What is coming: the first day that is not seen; nothing for never."""
    _, seen = looked([at("2026-05-04T12:00")])
    assert upcoming(DAILY, seen, at("2026-05-04T12:00")) == at("2026-05-05T00:30")
    assert upcoming(Wall("never", time(2, 30), MADRID), seen, at("2026-05-04T12:00")) is None


CLOCKS = st.lists(st.integers(-3 * 1440, 4 * 1440).filter(bool), min_size=1, max_size=25)


@settings(max_examples=60, deadline=None)
@given(steps=CLOCKS, missed=st.sampled_from(["once", "skip", "all"]))
def test_no_clock_makes_a_day_come_twice(steps: list[int], missed: Missed):
    """However a clock jumps between looks, by minutes or days, forward or back: no day has two states."""
    now, times = at("2026-05-04T12:00"), []
    for step in steps:
        now += step * MINUTE
        times.append(now)
    due, _ = looked(times, missed=missed)
    assert max(Counter(d.day for d in due).values(), default=1) == 1
