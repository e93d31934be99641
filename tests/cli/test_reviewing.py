"""`workbench review run | history`: what people see of runs, and what is refused before one begins."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

import workbench as wb
from workbench.cli.run import run
from workbench.review import states

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Call = Callable[..., tuple[int, str]]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Return what runs a command on a workspace with one app, and gives its exit code and all it printed."""
    monkeypatch.setenv("COLUMNS", "300")
    with wb.init(tmp_path / "team") as ws:
        ws.new_app("Orders", why="by hand", platform="n8n")

    def called(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["workbench", "-C", str(tmp_path / "team"), *arguments])
        code = run()
        told = capsys.readouterr()
        return code, told.out + told.err

    return called


def test_history_shows_states_problems_and_what_to_do(call: Call, tmp_path: Path):
    """Each run is a row; one that went wrong says what, and the command that runs it again."""
    with wb.open(tmp_path / "team") as ws:
        runs = ws.reviews.runs
        runs.begin(runs.queue("orders")).end("finished", page="reviews/orders/x/review.html")
        advice = states.again("orders", "review")
        runs.begin(runs.queue("orders")).end("failed", problem="the kernel died in cell 3", next_step=advice)

    code, text = call("review", "history")

    assert code == 0
    for words in ("finished", "reviews/orders/x/review.html", "failed", "the kernel died in cell 3", advice):
        assert words in text


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("days", "expected NAME=VALUE, such as days=30"),
        ("days=30", "no parameter of the notebook is called 'days'"),
        ("exports=one.json", "parameter 'exports' was str; expected list"),
    ],
)
def test_a_parameter_that_does_not_fit_is_refused_before_a_run(call: Call, given: str, words: str):
    """Wrong use ends with 2 and leaves no run behind."""
    code, text = call("review", "run", "--app", "orders", "--parameter", given)

    assert (code, words in text) == (2, True), text
    assert "failed" not in call("review", "history")[1]


def test_an_app_whose_review_is_running_is_missed(call: Call, tmp_path: Path):
    """The second of two ends with 3 and says where the first one is."""
    with wb.open(tmp_path / "team") as ws:
        lease = ws.reviews.runs.begin(ws.reviews.runs.queue("orders"))
        code, text = call("review", "run", "--app", "orders")
        lease.end("failed")

    assert code == 3
    assert "missed" in text
    assert "a review of orders is running" in text


def test_all_apps_are_those_in_use(call: Call, tmp_path: Path):
    """Without --app, a retired one is not reviewed; with it, it is."""
    with wb.open(tmp_path / "team") as ws:
        ws.new_app("Old", why="by hand", lifecycle="retired")
        taken = [ws.reviews.runs.begin(ws.reviews.runs.queue(app)) for app in ("orders", "old")]
        (told, named) = (call("review", "run", *more)[1] for more in ((), ("--app", "old")))
        for lease in taken:
            lease.end("failed")
    assert ("review of orders is running" in told, "review of old is running" in told) == (True, False)
    assert "review of old is running" in named
