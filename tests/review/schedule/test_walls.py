"""Wall-clock rules say which days are due and at which instant, whatever the clocks do on them."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench import config
from workbench.cadence import DAYS, ScheduleSettings
from workbench.review.schedule.walls import Wall

if TYPE_CHECKING:
    from workbench.cadence import Cadence

ROOT = Path(__file__).parent.parent.parent.parent
MADRID = ZoneInfo("Europe/Madrid")
ZONES = ("Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata", "UTC")
WALLS = st.builds(
    Wall,
    cadence=st.sampled_from([c for c in DAYS if c != "never"]),
    at=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    weekday=st.integers(0, 6),
)


@pytest.mark.parametrize(
    ("cadence", "expected"),
    [
        ("daily", ["2026-10-02", "2026-10-03", "2026-10-04"]),
        ("weekly", ["2026-10-05", "2026-10-12", "2026-10-19"]),
        ("monthly", ["2026-11-01", "2026-12-01", "2027-01-01"]),
        ("quarterly", ["2027-01-01", "2027-04-01", "2027-07-01"]),
        ("half_yearly", ["2027-01-01", "2027-07-01", "2028-01-01"]),
        ("yearly", ["2027-01-01", "2028-01-01", "2029-01-01"]),
        ("never", []),
    ],
)
def test_each_cadence_has_its_days(cadence: Cadence, expected: list[str]):
    """The days after 1 October 2026: that day itself is not among them."""
    wall = Wall(cadence, time(2, 30), ZoneInfo("UTC"))
    assert [str(d) for d in islice(wall.days(date(2026, 10, 1)), 3)] == expected


@pytest.mark.parametrize(
    ("zone", "at", "day", "expected"),
    [
        ("Europe/Madrid", time(2, 30), date(2027, 3, 27), "2027-03-27T01:30"),
        ("Europe/Madrid", time(2, 30), date(2027, 3, 28), "2027-03-28T01:00"),  # a gap: 03:00 is the first after it
        ("Europe/Madrid", time(2, 30), date(2026, 10, 25), "2026-10-25T00:30"),  # a fold: the first of both
        ("Europe/Madrid", time(2, 30), date(2026, 10, 26), "2026-10-26T01:30"),
        ("Australia/Lord_Howe", time(2, 15), date(2026, 10, 4), "2026-10-03T15:30"),  # a gap of half an hour
        ("Pacific/Apia", time(2, 30), date(2011, 12, 30), "2011-12-30T10:00"),  # a day that never was
    ],
)
def test_gaps_run_at_the_first_instant_after_them_and_folds_at_the_first_of_both(
    zone: str, at: time, day: date, expected: str
):
    """A time left out, a time that comes twice and a whole day left out each have exactly one instant."""
    assert Wall("daily", at, ZoneInfo(zone)).instant(day) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@settings(max_examples=50, deadline=None)
@given(wall=WALLS, start=st.dates(date(2005, 1, 1), date(2040, 1, 1)))
def test_days_and_their_instants_come_in_the_same_order(wall: Wall, start: date):
    """A later day is never due at an earlier or the same instant, in any zone, over every change of the clocks."""
    instants = [wall.instant(day) for day in islice(wall.days(start), 40)]
    assert all(a < b for a, b in pairwise(instants))


@settings(max_examples=50, deadline=None)
@given(wall=WALLS, start=st.dates(date(2005, 1, 1), date(2040, 1, 1)))
def test_an_instant_shows_the_time_that_was_asked_for_unless_that_never_comes(wall: Wall, start: date):
    """On the clock on the wall it is the time asked for, or the first minute after a gap that swallowed it."""
    day = next(wall.days(start))
    shown = wall.instant(day).astimezone(wall.zone)
    asked = datetime.combine(day, wall.at)
    assert shown.replace(tzinfo=None) == asked or (
        shown.replace(tzinfo=None) > asked
        and (shown.astimezone(UTC) - timedelta(seconds=1)).astimezone(wall.zone).replace(tzinfo=None) < asked
    )


def test_the_rule_comes_from_settings_and_criticality():
    """The kind's own time goes before the schedule's; how critical an app is picks the cadence."""
    schedule = ScheduleSettings.model_validate(
        {"time_zone": "Europe/Madrid", "at": "2:30", "weekday": "friday", "review": {"at": "07:15", "low": "never"}}
    )
    assert str(Wall.of(schedule, "refresh", "high")) == "daily at 02:30 Europe/Madrid"
    assert str(Wall.of(schedule, "review", "low")) == "never at 07:15 Europe/Madrid"
    assert Wall.of(schedule, "refresh", None) == Wall("weekly", time(2, 30), MADRID, 4)


@pytest.mark.parametrize(
    "text", [config.TEMPLATE, (ROOT / "README.md").read_text(encoding="utf-8")], ids=["new", "README"]
)
def test_the_settings_that_we_show_can_be_used_as_they_are(text: str):
    """What a new workspace's file and the README say of [schedule] is read, comments in front taken away."""
    shown = re.search(r"^(# )?\[schedule\].*?(?=\n\n|\n```)", text, re.DOTALL | re.MULTILINE)
    assert shown
    read = tomllib.loads(re.sub(r"^# ", "", shown[0], flags=re.MULTILINE).replace("{{", "{").replace("}}", "}"))
    made = ScheduleSettings.model_validate(read["schedule"])
    assert (made.time_zone, made.refresh.high, made.review.low) == ("Europe/Madrid", "daily", "half_yearly")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"time_zone": "Middle/Earth"}, "is no time zone; expected a name such as Europe/Madrid"),
        ({"at": "25:00"}, "is no time; expected hours and minutes"),
        ({"at": 5}, "is no time; expected hours and minutes"),
        ({"at": time(2, 30, 15)}, "is no time; expected hours and minutes"),
        ({"missed": "maybe"}, "Input should be 'once', 'skip' or 'all'"),
        ({"refresh": {"high": "hourly"}}, "Input should be 'daily'"),
    ],
)
def test_settings_that_do_not_fit_say_what_was_expected(given: dict[str, object], message: str):
    """A wrong zone, time, policy or cadence is refused with the words that are allowed."""
    with pytest.raises(ValueError, match=message):
        ScheduleSettings.model_validate(given)
