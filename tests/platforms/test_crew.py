"""Several reading processes give what one gives, in the same order, and none is left behind."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

from estates import write_estate

from workbench.platforms import guard
from workbench.platforms.crew import Workers, cores

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

KEY = b"k" * 32


def test_three_processes_give_what_one_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drafts and refusals are the same and in the same order, progress tells each file once, all processes end."""
    write_estate(tmp_path / "x", 6, steps=3)
    (tmp_path / "x" / "app-0002b.json").write_text('{"nodes": [', encoding="utf-8")
    started: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def recorded(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(start(*arguments, **options))
        return started[-1]

    alone = guard.read([tmp_path / "x"], key=KEY)
    monkeypatch.setattr(guard.subprocess, "Popen", recorded)
    told: list[int] = []
    with Workers(3, key=KEY) as crew:
        together = guard.read([tmp_path / "x"], key=KEY, crew=crew, progress=lambda done, *_: told.append(done))

    assert together.drafts == alone.drafts
    assert [str(refused) for refused in together.refused] == [str(refused) for refused in alone.refused]
    assert told == [1, 2, 3, 4, 5, 6, 7]
    assert 1 <= len(started) <= 3
    assert all(process.poll() is not None for process in started)


def test_nothing_to_read_starts_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes begin when there is work."""
    monkeypatch.setattr(guard.subprocess, "Popen", None)
    with Workers(2, key=KEY) as crew:
        assert guard.read([tmp_path], key=KEY, crew=crew).drafts == []
    assert cores() >= 1
