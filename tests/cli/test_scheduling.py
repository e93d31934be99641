"""The schedule and the calendar on the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import icalendar
import pytest

import workbench as wb
from workbench.cli import scheduling
from workbench.cli.run import run
from workbench.review.schedule.keeping import Kept
from workbench.review.schedule.looking import Seen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with one app, drawn by hand."""
    with wb.init(tmp_path_factory.mktemp("cli") / "team") as ws:
        ws.new_app("Orders", why="by hand", criticality="high")
        return ws.path


@pytest.fixture
def told(
    team: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Return a function that runs a command and returns exit code and what it printed."""
    monkeypatch.setenv("COLUMNS", "250")

    def call(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["workbench", "-C", str(team), *arguments])
        code = run()
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return call


def test_what_is_next_is_listed_by_its_rule(told: Callable[..., tuple[int, str]]):
    """A critical app is reviewed monthly; times are said to be UTC."""
    code, text = told("schedule", "next")
    assert (code, "monthly at 02:30 UTC" in text, "Due next (UTC)" in text) == (0, True, True)


def test_running_once_with_nothing_due_says_so(told: Callable[..., tuple[int, str]]):
    """No run, and no error."""
    assert told("schedule", "run", "--once") == (0, "Nothing is due.\n")


def test_running_once_tells_what_was_missed(told: Callable[..., tuple[int, str]], team: Path):
    """Away for a quarter with `skip`: nothing is run, each time is listed as missed with the reason."""
    (team / "workbench.toml").write_text('[schedule]\nmissed = "skip"\n', encoding="utf-8")
    away = Kept(Seen((datetime.now(UTC) - timedelta(days=35)).date()))
    with wb.open(team) as ws:
        ws.ledger.set_meta("schedule:review:orders", away.to_json())
    code, text = told("schedule", "run", "--once")
    assert (code, "missed" in text, 'missed = "skip"' in text) == (0, True, True)


@pytest.mark.parametrize("target", ["cron", "systemd", "kubernetes", "airflow", "jupyter-scheduler"])
def test_each_target_is_written_to_a_folder(target: str, told: Callable[..., tuple[int, str]], tmp_path: Path):
    """The files that were said to be written are there and hold the command, or the notebook that stands for it."""
    code, text = told("schedule", "export", "--to", target, "--out", str(tmp_path / "out"))
    files = list((tmp_path / "out").iterdir())
    assert (code, text.count("Wrote ")) == (0, len(files))
    assert all("workbench" in f.read_text(encoding="utf-8") for f in files)


def test_an_unknown_target_is_bad_use(told: Callable[..., tuple[int, str]]):
    """Exit code 2, and the targets that there are."""
    code, text = told("schedule", "export", "--to", "outlook")
    assert (code, "known: airflow, cron" in text) == (2, True)


def test_the_calendar_as_a_table_and_as_a_file(told: Callable[..., tuple[int, str]], tmp_path: Path):
    """The table has the review; the file has as many events; what is overdue makes exit code 1."""
    assert "never reviewed as a whole" in told("review", "calendar")[1]
    path = tmp_path / "reviews.ics"
    assert told("review", "calendar", "--out", str(path))[0] == 0
    assert len(icalendar.Calendar.from_ical(path.read_bytes()).events) == 2
    assert told("review", "calendar", "--overdue")[0] == 0
    assert told("review", "calendar", "--overdue", "--as-of", "2099-01-01")[0] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("--as-of", "soon"), "expected a date such as"), (("--out", "reviews.txt"), "a calendar is written as .ics")],
)
def test_wrong_options_of_the_calendar_say_what_was_expected(
    arguments: tuple[str, ...], message: str, told: Callable[..., tuple[int, str]]
):
    """Exit code 2 with a sentence."""
    code, text = told("review", "calendar", *arguments)
    assert (code, message in text) == (2, True)


def test_what_exports_say_reaches_no_terminal_as_it_is(
    team: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Signs that a terminal would obey are written out where the scheduler tells of runs, and where errors are told."""
    for words in ("due", "finished: review of orders"):
        scheduling._tell(f"{words} \x1b]0;title\x07\x9b2J")
    monkeypatch.setattr("sys.argv", ["workbench", "-C", str(team), "schedule", "export", "--to", "\x1b[2J"])
    assert run() == 2
    printed = capsys.readouterr()
    assert [sign for sign in printed.out + printed.err if sign in "\x1b\x07\x9b"] == []
    assert printed.out.count("␛]0;title") == 2
