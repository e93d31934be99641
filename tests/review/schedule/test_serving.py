"""The embedded scheduler looks again and again, tells what hinders it once, and may be started twice."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

import workbench as wb
from workbench.review.clock import Clock
from workbench.review.schedule.keeping import Kept
from workbench.review.schedule.looking import Seen
from workbench.review.schedule.serving import Keeper, Looks, watch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
NEVER = 'high = "never", medium = "never", low = "never", unknown = "never"'
SETTINGS = f'refresh = {{ unknown = "daily" }}\nreview = {{ {NEVER} }}\nquarterly = {{ {NEVER} }}\n'


def test_the_next_look_counts_from_the_last_and_not_from_when_it_should_have_been():
    """A look that took an hour is followed by one, not by 120 that were left out."""
    looks = Looks(30)
    assert looks.get_next_fire_time(None, NOON) == NOON
    late = NOON + timedelta(hours=1)
    assert looks.get_next_fire_time(NOON, late) == late + timedelta(seconds=30)


def test_a_clock_that_somebody_sets_is_noticed():
    """Running on is no news; a jump of an hour back and of a day ahead are, once each."""
    walls = iter([0, 5, 10, 15 - 3600, 20 - 3600, 25 + 86400, 30 + 86400])
    ticks = iter([0, 5, 10, 15, 20, 25, 30])
    over, noticed = threading.Event(), []

    def now() -> datetime:
        at = next(walls, None)
        if at is None:
            over.set()
            return NOON
        return NOON + timedelta(seconds=at)

    watch(Clock(now=now, ticks=lambda: next(ticks, 0)), over, lambda: noticed.append(1), every=0)
    # The end of the list is one more jump.
    assert len(noticed) == 2 + 1


def test_what_hinders_is_told_once_and_again_after_it_went_away(tmp_path: Path):
    """A workspace whose settings are wrong is told once, however often it is looked at; mended, it goes on."""
    with wb.init(tmp_path / "team") as ws:
        path, good = ws.path / "workbench.toml", (ws.path / "workbench.toml").read_text(encoding="utf-8")
    told: list[str] = []
    keeper = Keeper(tmp_path / "team", told.append)
    for text in (good, "[schedule]\nat = 5\n", "[schedule]\nat = 5\n", good, '[schedule]\ntime_zone = "X"\n'):
        path.write_text(text, encoding="utf-8")
        keeper.look()
    keeper.close()
    assert [line.partition(":")[0] for line in told] == ["could not look at what is due, and will try again"] * 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_the_second_signal_ends_the_process_at_once(tmp_path: Path):
    """While a look takes long: the first Ctrl+C lets it go on, the second ends the process with 130, and says so."""
    wb.init(tmp_path / "team").close()
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom workbench.review.schedule import serving\n"
        "serving.Keeper.look = lambda self: (print('looking', flush=True), time.sleep(600))\n"
        "serving.serve(Path(sys.argv[1]), 30, lambda words: print(words, flush=True))\n"
    )
    asked = [sys.executable, "-c", script, str(tmp_path / "team")]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, text=True) as process:
        try:
            said = []
            for _ in range(2):
                said.append(process.stdout.readline().split(";")[0].strip())
                process.send_signal(signal.SIGINT)
            said.append(process.stdout.readline().split(";")[0].strip())
            assert process.wait(60) == 130
        finally:
            process.kill()
    assert said == ["looking", "stopping when what runs is done", "stopped"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_two_schedulers_are_started_and_each_time_is_kept_once(tmp_path: Path):
    """Two real processes on one workspace that was away for three days: one refresh, two missed; both stop when told."""
    with wb.init(tmp_path / "team") as ws:
        source = ws.path / "order-intake.json"
        shutil.copy(wb.sample("n8n/order-intake.json"), source)
        app = ws.import_file(source, why="first").id
        sources = f'[apps."{app}"]\nsources = ["order-intake.json"]\n'
        (ws.path / "workbench.toml").write_text(f'[schedule]\nat = "00:00"\n{SETTINGS}{sources}', encoding="utf-8")
        away = Kept(Seen((datetime.now(UTC) - timedelta(days=3)).date()))
        ws.ledger.set_meta(f"schedule:refresh:{app}", away.to_json())
        asked = [
            sys.executable,
            "-c",
            "from workbench.cli import main; main()",
            "-C",
            str(ws.path),
            "schedule",
            "run",
            "--every",
            "1",
        ]
        twins = [subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for _ in range(2)]
        try:
            until(lambda: "finished" in [r.state for r in ws.reviews.runs.all()])
            time.sleep(2)  # another look or two of both
        finally:
            for twin in twins:
                twin.send_signal(signal.SIGTERM)
            said = [twin.communicate(timeout=60)[0] for twin in twins]
        assert sorted(r.state for r in ws.reviews.runs.all()) == ["finished", "missed", "missed"]
    assert [twin.returncode for twin in twins] == [0, 0]
    assert sum(f"finished: refresh of {app}" in words for words in said) == 1
    assert all("stopping when what runs is done" in words for words in said)


def until(happened: Callable[[], bool], seconds: float = 150) -> None:
    """Wait for something."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.3)
