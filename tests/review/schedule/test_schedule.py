"""The schedule of a workspace: each due time ends in one visible state, whatever clocks, crashes and twins do."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

import workbench as wb
from workbench.review.clock import Clock
from workbench.review.schedule import schedule as module
from workbench.review.states import TakenError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from workbench.review.namespace import Namespace
    from workbench.review.states import Run
    from workbench.workspace import Workspace

HEAD = '[schedule]\ntime_zone = "{zone}"\nat = "02:30"\nmissed = "{missed}"\n'
NEVER = 'high = "never", medium = "never", low = "never", unknown = "never"'
ONLY_REFRESH = f'refresh = {{ unknown = "daily" }}\nreview = {{ {NEVER} }}\nquarterly = {{ {NEVER} }}\n'
SOURCES = '[apps.orders]\nsources = ["orders.json"]\n'


@dataclass
class Hand:
    """A clock that a test sets."""

    wall: datetime

    def clock(self) -> Clock:
        """Return it as the clock of runs; ticks go on by themselves."""
        return Clock(now=lambda: self.wall)


def settings(ws: Workspace, zone: str = "Europe/Madrid", missed: str = "once") -> None:
    """Write workbench.toml so that one app is refreshed daily, and nothing else is due."""
    (ws.path / "workbench.toml").write_text(
        HEAD.format(zone=zone, missed=missed) + ONLY_REFRESH + SOURCES, encoding="utf-8"
    )
    vars(ws).pop("config", None)


@pytest.fixture
def hand() -> Hand:
    """Return the clock on the wall."""
    return Hand(datetime(2026, 5, 4, 12, tzinfo=UTC))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with one app, to copy."""
    with wb.init(tmp_path_factory.mktemp("made") / "team") as workspace:
        workspace.new_app("Orders", why="by hand")
        return workspace.path


@pytest.fixture
def ws(made: Path, tmp_path: Path, hand: Hand, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Return a workspace whose runs take no time: what is begun is finished at once."""
    monkeypatch.setattr(module, "perform", _performed)
    with wb.open(shutil.copytree(made, tmp_path / "team")) as workspace:
        settings(workspace)
        workspace.reviews.runs.clock = hand.clock()
        yield workspace


def _performed(_: Workspace, reviews: Namespace, runs: Sequence[Run]) -> Iterator[Run]:
    for run in runs:
        try:
            yield reviews.runs.begin(run).end("finished")
        except TakenError:
            continue


def states(ws: Workspace) -> list[tuple[str, str]]:
    """Return (due, state) of each run, in the order in which they were due."""
    return sorted((f"{r.due:%Y-%m-%d %H:%M}", r.state) for r in ws.reviews.runs.all())


def passing(ws: Workspace, hand: Hand, *times: str) -> list[tuple[str, str]]:
    """Do what is due at each of these times and return what the table says then."""
    for text in times:
        hand.wall = datetime.fromisoformat(text).replace(tzinfo=UTC)
        ws.reviews.schedule.once()
    return states(ws)


def test_a_workspace_without_apps_has_nothing_to_do(tmp_path: Path):
    """Nothing is due, now or next."""
    with wb.init(tmp_path / "empty") as empty:
        assert (len(empty.reviews.schedule.once()), len(empty.reviews.schedule.upcoming())) == (0, 0)


@pytest.mark.parametrize(
    ("missed", "expected"),
    [
        ("once", [("2026-05-05 00:30", "missed"), ("2026-05-06 00:30", "missed"), ("2026-05-07 00:30", "finished")]),
        ("skip", [("2026-05-05 00:30", "missed"), ("2026-05-06 00:30", "missed"), ("2026-05-07 00:30", "missed")]),
        ("all", [("2026-05-05 00:30", "finished"), ("2026-05-06 00:30", "finished"), ("2026-05-07 00:30", "finished")]),
    ],
)
def test_a_machine_that_was_down_over_three_times_by_policy(ws: Workspace, hand: Hand, missed: str, expected: object):
    """Each of the three has a row; those missed say why; the next is run as ever."""
    settings(ws, missed=missed)
    assert passing(ws, hand, "2026-05-04T12:00", "2026-05-07T12:00") == expected
    assert all(f'missed = "{missed}"' in (r.problem or "") for r in ws.reviews.runs.all(state="missed"))
    assert passing(ws, hand, "2026-05-08T00:31")[-1] == ("2026-05-08 00:30", "finished")


@pytest.mark.parametrize("rounds", [2, pytest.param(10, marks=pytest.mark.soak)])
@pytest.mark.parametrize(
    ("times", "expected"),
    [
        # put back by an hour just after a run
        (
            ["2026-05-05T00:40", "2026-05-04T23:40", "2026-05-05T00:31", "2026-05-06T00:31"],
            ["05-05 00:30", "05-06 00:30"],
        ),
        # put ahead by a day, and back
        (
            ["2026-05-05T12:00", "2026-05-04T12:05", "2026-05-05T00:31", "2026-05-06T00:31"],
            ["05-05 00:30", "05-06 00:30"],
        ),
        # the gap of spring: half past two never comes; the fold of autumn: it comes twice
        (["2027-03-28T00:59", "2027-03-28T01:00", "2027-03-28T01:30"], ["03-28 01:00"]),
        (["2026-10-25T00:31", "2026-10-25T01:31", "2026-10-26T01:31"], ["10-25 00:30", "10-26 01:30"]),
    ],
    ids=["an hour back", "a day ahead and back", "gap", "fold"],
)
def test_clocks_that_change_lose_and_repeat_nothing(
    ws: Workspace, hand: Hand, times: list[str], expected: list[str], rounds: int
):
    """Several times each: every time that was due has one row, and what is looked at twice is run once."""
    hand.wall = datetime.fromisoformat(times[0]).replace(tzinfo=UTC) - timedelta(hours=13)
    ws.reviews.schedule.once()
    for _ in range(rounds):
        found = passing(ws, hand, *times)
    assert [(due[5:], state) for due, state in found if state == "finished"] == [(due, "finished") for due in expected]
    assert max(Counter(due for due, _ in found).values()) == 1


def test_another_time_zone_repeats_no_day(ws: Workspace, hand: Hand):
    """Ten changes to and fro, one a day: each local day has one run."""
    passing(ws, hand, "2026-05-01T12:00")
    for day in range(2, 12):
        settings(ws, zone=("America/New_York", "Europe/Madrid")[day % 2])
        passing(ws, hand, *(f"2026-05-{day:02}T{hour:02}:35" for hour in (0, 6, 12, 18)))
    assert [due[:10] for due, _ in states(ws)] == [f"2026-05-{day:02}" for day in range(2, 12)]
    assert {state for _, state in states(ws)} == {"finished"}


@pytest.mark.parametrize("overlaps", [8, pytest.param(50, marks=pytest.mark.soak)])
def test_two_schedulers_at_once_do_everything_once(ws: Workspace, hand: Hand, overlaps: int):
    """Forced overlaps: two look at the same moment, and each due time has one finished run."""
    hand.wall = datetime(2026, 5, 4, 12, tzinfo=UTC)
    ws.reviews.schedule.once()
    with wb.open(ws.path) as twin:
        twin.reviews.runs.clock = hand.clock()
        for _ in range(overlaps):
            hand.wall += timedelta(days=1)
            both([ws.reviews.schedule.once, twin.reviews.schedule.once])
    found = states(ws)
    assert (len(found), {state for _, state in found}) == (overlaps, {"finished"})
    assert max(Counter(due for due, _ in found).values()) == 1


def both(calls: Sequence[Callable[[], object]]) -> None:
    """Make calls at the same moment, and raise what one of them raised."""
    gate, failed = threading.Barrier(len(calls)), []

    def make(call: Callable[[], object]) -> None:
        gate.wait()
        try:
            call()
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [threading.Thread(target=make, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


@pytest.mark.parametrize("place", ["note", "perform"])
def test_one_that_dies_half_way_leaves_its_work_to_the_next(
    ws: Workspace, hand: Hand, place: str, monkeypatch: pytest.MonkeyPatch
):
    """Settled but not noted, or noted but not begun: the next look does it, once."""
    passing(ws, hand, "2026-05-04T12:00")
    with monkeypatch.context() as broken:
        broken.setattr(module, place, _dies)
        hand.wall = datetime(2026, 5, 5, 0, 31, tzinfo=UTC)
        with pytest.raises(KeyboardInterrupt):
            ws.reviews.schedule.once()
    assert passing(ws, hand, "2026-05-05T00:32", "2026-05-05T00:33") == [("2026-05-05 00:30", "finished")]


def _dies(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_run_that_waits_when_the_next_is_due_is_stood_for(ws: Workspace, hand: Hand, monkeypatch: pytest.MonkeyPatch):
    """Nobody got round to the first: the second stands for it, and the first is missed with the reason."""
    passing(ws, hand, "2026-05-04T12:00")
    with monkeypatch.context() as busy:
        busy.setattr(module, "perform", lambda *_: iter(()))
        passing(ws, hand, "2026-05-05T00:31")
    assert passing(ws, hand, "2026-05-06T00:31") == [("2026-05-05 00:30", "missed"), ("2026-05-06 00:30", "finished")]
    assert "stands for it" in ws.reviews.runs.all(state="missed")[0].problem


def test_apps_that_nobody_uses_and_apps_without_sources_are_left_alone(ws: Workspace):
    """What is retired is not looked at; what has no sources cannot be refreshed."""
    assert [(j.app, j.kind) for j in ws.reviews.schedule.jobs()] == [
        (("orders"), k) for k in ("refresh", "review", "quarterly")
    ]
    ws.new_app("Stock", why="by hand")
    assert [j.kind for j in ws.reviews.schedule.jobs() if j.app == "stock"] == ["review", "quarterly"]
    # The estate's own sources hold what was imported, and nothing that was drawn by hand.
    text = (ws.path / "workbench.toml").read_text(encoding="utf-8")
    (ws.path / "workbench.toml").write_text(f'{text}[estate]\nsources = ["exports"]\n', encoding="utf-8")
    vars(ws).pop("config")
    assert [j.kind for j in ws.reviews.schedule.jobs() if j.app == "stock"] == ["review", "quarterly"]
    with ws.app("orders").edit(why="gone") as m:
        m.set("Orders", lifecycle="retired")
    assert {j.app for j in ws.reviews.schedule.jobs()} == {"stock"}


def test_times_count_from_the_export(ws: Workspace, hand: Hand, tmp_path: Path):
    """Exported at noon, and nobody started it in time: the first time is made up for, and none before the export."""
    ws.reviews.schedule.export("cron", tmp_path / "out")
    assert passing(ws, hand, "2026-05-05T12:00") == [("2026-05-05 00:30", "finished")]
    # Exported again, it forgets nothing.
    ws.reviews.schedule.export("cron", tmp_path / "out")
    assert passing(ws, hand, "2026-05-06T00:31")[-1] == ("2026-05-06 00:30", "finished")


def test_the_first_start_by_another_scheduler_is_a_time_that_is_kept(ws: Workspace, hand: Hand):
    """Also of an app that came in later: nobody looked before, and its time is run."""
    assert passing(ws, hand, "2026-05-05T00:30") == [("2026-05-05 00:30", "finished")]


def test_what_is_next_is_told_with_its_rule(ws: Workspace, hand: Hand):
    """One row a job: what comes first stands first; what is never due has no time."""
    passing(ws, hand, "2026-05-04T12:00")
    table = ws.reviews.schedule.upcoming()
    assert table["next"].iloc[0].isoformat() == "2026-05-05T00:30:00+00:00"
    assert table["rule"].tolist()[0] == "daily at 02:30 Europe/Madrid"
    assert table["next"].isna().tolist() == [False, True, True]
