"""Metrics come from the history alone: whoever has it gets the same figures."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import workbench as wb
from workbench.analysis.frames import records
from workbench.cli.commands import app as commands
from workbench.model import Review, added

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workbench.workspace import Workspace

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def lived(folder: Path) -> Workspace:
    """Return a workspace with a history: found on day 0, decided on day 3, closed on day 10, open again on day 12."""
    ws = wb.init(folder)
    drawn = folder.parent / "drawn"
    with wb.init(drawn) as other:
        app = other.new_app("Orders", why="by hand", platform="n8n")
        with app.edit(why="drawn") as m:
            m.boundary("Internet", kind="internet")
            m.process("Check order", kind="step", effects=("write",), enabled=True)
            m.entry_point("Hook", starts="Check order", kind="webhook", authentication="none", exposure="internet")
            m.flow("Hook", "Check order", data=["email"])
        finding = app.threats["id"].iloc[0]
        _replay(other, ws, START)
        app.decide(finding, owner="ben", why="his")
        _replay(other, ws, START + timedelta(days=3))
        with app.edit(why="closed") as m:
            m.set("Hook", authentication="header")
        _replay(other, ws, START + timedelta(days=10))
        with app.edit(why="opened") as m:
            m.set("Hook", authentication="none")
        _replay(other, ws, START + timedelta(days=12))
    at = START + timedelta(days=20)
    review = Review(id="orders/review:1", name="Review", app="orders", by="ana", at=at, why="quarter")
    ws.ledger.append([added(review)], actor="ana", why="quarter", at=at)
    return ws


def _replay(source: Workspace, target: Workspace, at: datetime) -> None:
    """Append what is new in one history to another one, at a time of our choice."""
    for batch in source.ledger.batches()[len(target.ledger.batches()) :]:
        target.ledger.append(batch.changes, actor=batch.actor, why=batch.why, at=at)


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Return that workspace, for tests that only look."""
    with lived(tmp_path_factory.mktemp("metrics") / "team") as workspace:
        yield workspace


def test_times_rates_and_coverage_follow_from_the_history(ws: Workspace):
    """Three days to triage, ten to a fix, opened again, reviewed once."""
    metrics = ws.reviews.metrics
    (row,) = [r for r in records(metrics.findings) if r["rule"] == "NC-013"]
    trend = records(metrics.trend)

    assert (row["days_to_triage"], row["days_to_fix"], row["reopened"], row["state"]) == (3, 10, 1, "open")
    days = [(r["day"].date() - START.date()).days for r in trend[:-1]]
    assert days == [0, 3, 10, 12, 20]
    assert [r["coverage"] for r in trend[:-1]] == [0.0, 0.0, 0.0, 0.0, 1.0]
    assert [r["reviews"] for r in trend[:-1]] == [0, 0, 0, 0, 1]
    assert trend[-1]["coverage"] == 0.0, "a review of last spring covers no autumn"


def test_the_history_alone_is_enough(ws: Workspace, tmp_path: Path):
    """Without all that lies beside the history, and from a copy of it, the figures are the same."""
    _ = ws.threats, ws.reviews.runs.queue("orders")
    expected = ws.reviews.metrics

    with wb.init(tmp_path / "other") as other:
        for batch in ws.ledger.batches():
            other.ledger.append(batch.changes, actor=batch.actor, why=batch.why, at=batch.at)
        assert other.ledger.metas("seen:") == {}
        again = other.reviews.metrics
        for name in ("trend", "findings"):
            pd.testing.assert_frame_equal(getattr(expected, name), getattr(again, name))
        pd.testing.assert_frame_equal(expected.by("severity"), again.by("severity"))
        assert expected.chart().alt == again.chart().alt


def test_looking_writes_nothing(ws: Workspace):
    """Metrics are read: the history and what lies beside it stay as they were."""
    before = ws.ledger.head, ws.ledger.metas("")
    _ = ws.reviews.metrics.trend, ws.reviews.metrics.chart()
    assert (ws.ledger.head, ws.ledger.metas("")) == before


def test_fewer_days_say_what_they_cannot_know(ws: Workspace):
    """Of a window that begins later, what was there already has no time; progress is told day by day."""
    told: list[tuple[int, int, str]] = []
    metrics = ws.reviews.metrics.of(most=3, progress=lambda *step: told.append(step))

    assert len(metrics.trend) == 3
    assert [step[:2] for step in told] == [(0, 3), (1, 3), (2, 3)]
    assert set(metrics.findings["days_to_triage"].isna()) == {True}


def test_the_command_prints_days_and_groups(ws: Workspace):
    """Day by day as a table, by severity as data; a group that is none is told."""
    table = _command(ws.path, "--days", "3")
    groups = json.loads(_command(ws.path, "--by", "severity", "--format", "json").output)

    assert "2026-03-22" in table.output
    assert {"name", "days_to_triage", "days_to_fix", "reopen_rate"} <= set(groups[0])
    assert "no group is called 'weather'" in str(_command(ws.path, "--by", "weather").exception)


def _command(folder: Path, *arguments: str) -> Any:
    given = ["-C", f"{folder}", "review", "metrics", *arguments]
    return CliRunner(env={"COLUMNS": "200"}).invoke(commands, given, standalone_mode=False)
