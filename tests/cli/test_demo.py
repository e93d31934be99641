"""The main job on our own samples, as `make demo` does it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_the_demo_does_the_main_job(tmp_path: Path) -> None:
    """Every sample is imported, and diagrams, report and finished review are where it says they are."""
    command = [sys.executable, "-c", "from workbench.cli import main; main()", "demo", "here"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "not recognised" not in done.stdout
    assert "refused" not in done.stdout
    lines = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    places = [Path(line[1]) for line in lines if line and line[0] in {"workspace", "report", "review"}]
    assert len(places) == 3
    assert [path for path in places if not path.exists()] == []
    (folder, apps) = next(re.findall(r"(.*) \((\d+) apps", line[1])[0] for line in lines if line[:1] == ["diagrams"])
    drawn = sorted(path.suffix for path in Path(folder).iterdir() if path.name != "report.html")
    assert drawn == [".html"] * int(apps) + [".svg"] * int(apps)
    assert sorted(p.name for p in (tmp_path / "here" / "reviews").glob("*/*.html")) == ["latest.html"]
