"""`workbench scheme` and `workbench backlog`, called in this process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

import workbench as wb
from workbench.analysis.scheme import SchemeError
from workbench.cli.commands import app
from workbench.errors import UsageError
from workbench.places import sample, share

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with our own sample in it, for tests that only read."""
    folder = tmp_path_factory.mktemp("scheme") / "team"
    with wb.init(folder) as ws:
        ws.import_file(sample("n8n/order-intake.json"), why="first", actor="ana")
    return folder


def ran(*arguments: object, code: int = 0) -> str:
    """Return what a command printed."""
    done = CliRunner(env={"COLUMNS": "300"}).invoke(app, [str(a) for a in arguments], standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    assert (done.return_value or 0) == code
    return done.stdout


def other(folder: Path, *edits: tuple[str, str]) -> Path:
    """Return the file of a scheme with some of its text replaced."""
    text = share("templates", "risk-scheme.yaml").read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    file = folder / "other.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_sound_scheme_is_told_with_its_hash(tmp_path: Path) -> None:
    """Without a workspace."""
    assert "bands-5x5, version 1, " in ran("-C", tmp_path, "scheme", "check", other(tmp_path))


def test_a_scheme_that_only_makes_risks_dearer_says_so(team: Path, tmp_path: Path) -> None:
    """In the sentence above the list, apart from what is rated otherwise."""
    file = other(tmp_path, ("high: 50000000\n", "high: 60000000\n"))
    said = ran("-C", team, "scheme", "diff", file, "--exit-code", code=1)
    assert "Findings that are rated otherwise: 0; " in said
    assert "with another yearly loss alone: " in said


def test_a_scheme_that_contradicts_itself_is_refused_with_a_sentence_each(tmp_path: Path) -> None:
    """By check and by diff."""
    with pytest.raises(SchemeError, match=r"4 problems\.\n- Likelihood 1 \(Rare\) with impact 3"):
        ran("-C", tmp_path, "scheme", "check", other(tmp_path, ("high: 3\n", "high: 10\n")))


def test_what_a_scheme_would_change_is_listed_and_nothing_is_changed(team: Path, tmp_path: Path) -> None:
    """Figures and findings, for people and for machines; the exit code on request."""
    file = other(tmp_path, ("Critical: 500000", "Critical: 900000"))
    said = ran("-C", team, "scheme", "diff", file, "--exit-code", code=1)
    assert "limits.Critical" in said
    assert "Critical begins at 900 k a year, not at 500 k." in said
    rows = json.loads(ran("-C", team, "scheme", "diff", file, "--format", "json"))
    assert {(row["before"], row["after"]) for row in rows} == {("Critical", "High")}
    ran("-C", team, "scheme", "diff", other(tmp_path), "--exit-code")


def test_the_backlog_of_the_workspace_and_of_an_app(team: Path) -> None:
    """Ranked, with the next step; as many as asked for."""
    said = ran("-C", team, "backlog", "--top", "3")
    assert "3 of " in said
    assert "decide on: " in said
    rows = json.loads(ran("-C", team, "backlog", "--app", "Order intake", "--format", "json", "--top", "2"))
    assert [row["rank"] for row in rows] == [1, 2]
    assert '"rank","severity",' in ran("-C", team, "backlog", "--format", "csv")
    with pytest.raises(UsageError, match="format"):
        ran("-C", team, "backlog", "--format", "yaml")
