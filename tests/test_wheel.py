"""What is installed from the built wheel is whole: it runs without the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheel's content, built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", build, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    with zipfile.ZipFile(folder / done.stdout.split()[-1]) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, code: str, folder: Path) -> str:
    """Run code that imports workbench from the wheel, far from the checkout."""
    # Without -S the editable checkout would be found too; the wheel's folder comes first either way.
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_is_what_runs(installed: Path, tmp_path: Path):
    """The package and the files that travel with it come from the wheel, not from the checkout."""
    code = "import workbench; from workbench.places import share; print(workbench.__file__, share('data'), sep='\\n')"

    lines = run(installed, code, tmp_path).splitlines()

    assert [line.startswith(str(installed)) for line in lines] == [True, True]


def test_a_workspace_works_from_the_wheel(installed: Path, tmp_path: Path):
    """Import of a sample through the child process, findings, report and diagram need nothing of the checkout."""
    code = """
import workbench as wb
ws = wb.init("team")
app = ws.import_file(wb.sample("n8n/order-intake.json"), why="wheel")
print(len(app.threats) > 0, ws.report("r.html").exists(), app.diagram("d.svg").exists(), app.diagram("d.html").exists())
print(sorted(p.name for p in (ws.path / "notebooks").iterdir())[0])
"""

    assert run(installed, code, tmp_path).split() == ["True", "True", "True", "True", "01-model-an-app.ipynb"]
