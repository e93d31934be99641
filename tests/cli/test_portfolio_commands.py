"""`workbench risk`, called in this process: pages as files, apps side by side, what is alike."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

import workbench as wb
from workbench.cli.commands import app

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with apps of two platforms, for tests that only read."""
    folder = tmp_path_factory.mktemp("portfolio") / "team"
    with wb.init(folder, name="Parts shop") as ws:
        paths = [wb.sample("n8n/order-intake.json"), wb.sample("node-red/plant-floor.json")]
        ws.import_files(paths, why="first", actor="ana")
    return folder


def ran(team: Path, *arguments: object) -> str:
    """Return what a command printed."""
    given = ["-C", str(team), "risk", *map(str, arguments)]
    done = CliRunner(env={**os.environ, "COLUMNS": "300"}).invoke(app, given, standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.stdout


def test_both_pages_are_written_for_the_apps_that_are_asked_for(team: Path, tmp_path: Path) -> None:
    """Whole pages, about these apps alone."""
    for name in ("page", "charts"):
        out = tmp_path / f"{name}.html"
        assert f"Wrote {out}" in ran(team, name, "--out", out, "--platform", "n8n").replace("\n", "")
        text = out.read_text(encoding="utf-8")
        assert text.startswith("<!DOCTYPE html>")
        assert "Order intake" in text
        assert "plant-floor" not in text


def test_apps_are_listed_and_rolled_up(team: Path) -> None:
    """Those that fit; what nobody said is not known."""
    assert "plant-floor" in ran(team, "apps")
    assert "plant-floor" not in ran(team, "apps", "--platform", "n8n", "--owner", "not known")
    rolled = ran(team, "apps", "--by", "platform")
    assert "node-red" in rolled
    assert "Order intake" not in rolled


def test_what_is_alike_is_told_with_the_reason(team: Path) -> None:
    """In two apps, with the way of thinking."""
    assert "on the same kind of system" in ran(team, "alike")


@pytest.mark.parametrize(
    ("given", "match"),
    [
        (("apps", "--by", "colour"), "rolled up by 'colour'; expected one of owner"),
        (("apps", "--owner", "otto"), "no app has the owner 'otto'; there are not known"),
    ],
)
def test_what_does_not_fit_is_wrong_use(team: Path, given: tuple[str, ...], match: str) -> None:
    """With what there is."""
    with pytest.raises(ValueError, match=match):
        ran(team, *given)
