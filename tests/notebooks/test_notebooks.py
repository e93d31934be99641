"""Every product notebook runs from top to bottom, says what it should, and is kept clean."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import workbench as wb
from workbench.review.execute import private_kernel

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# What a reader must find in the outputs.
ESSENTIALS = {
    "01-model-an-app.ipynb": ["<img", "Anyone", "webhook", "Severity", "score", "planned", "asked in the first session"],
    "02-run-a-workshop.ipynb": ["Order intake", "jupyter.widget-view", "None."],
    "03-triage-threats.ipynb": [
        "Order intake", "jupyter.widget-view", "Critical", "Nothing is decided yet.", "Because: ", "If nothing is done",
    ],
    "04-import-your-estate.ipynb": [
        "Order intake", "application/vnd.plotly.v1+json", "apps use", "Phone orders", "Weekly newsletter", "Sinks",
        "both use the same store", "What strangers send to this app is run by another app", "as it was",
    ],
    "10-leadership.ipynb": [
        "<iframe sandbox", "risk-at-a-glance-", "application/vnd.plotly.v1+json", "Takes away", "rows behind “What a year may",
        "Nobody has said yet what the apps do for people.",
    ],
    "11-explore-risk.ipynb": [
        "application/vnd.plotly.v1+json", "Order intake", "Order received", "all together", "cost at least",
        "jupyter.widget-view", "No findings of different apps are alike.", "rows behind “Where the risk lies”",
        "No harm to people was named.", "No goal is written down.", "risk-charts.html",
    ],
    "12-calibrate-guesses.ipynb": [
        "jupyter.widget-view", "Suez Canal", "0 ranges so far", "No range has been given yet", "Order intake",
        "application/vnd.plotly.v1+json",
    ],
    "20-quarterly-review.ipynb": [
        "Order intake", "<img", "Why now", "nobody has looked at it yet", "never", "jupyter.widget-view", "wait for a verdict",
    ],
    "21-runs.ipynb": [
        "There are no runs yet", "application/vnd.plotly.v1+json", "Nobody was told", "<iframe sandbox", "Days to fix",
    ],
    "90-periodic-review.ipynb": ["<img", "application/vnd.plotly.v1+json", "Severity", "Recorded the review", "first look"],
    "91-run-what-is-due.ipynb": ["Nothing is due.", "quarterly bite", "UTC"],
}  # fmt: skip


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with our sample in it; its notebooks are copies of the shipped ones."""
    folder = tmp_path_factory.mktemp("notebooks") / "team"
    with wb.init(folder) as ws:
        ws.import_file(wb.sample("n8n/order-intake.json"), why="sample")
    return folder


@pytest.fixture
def workspace(prepared: Path, tmp_path: Path) -> Path:
    """Return one that no other notebook has changed."""
    return Path(shutil.copytree(prepared, tmp_path / "team"))


def code(path: Path) -> list[Any]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_there_are_notebooks_and_each_has_its_essentials():
    """A new notebook is not forgotten here."""
    assert [path.name for path in NOTEBOOKS] == sorted(ESSENTIALS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_runs_and_says_what_it_should(path: Path, workspace: Path):
    """Run in a fresh kernel, no cell fails and the essentials are among the outputs."""
    notebook = nbformat.read(workspace / "notebooks" / path.name, as_version=4)
    place = {"metadata": {"path": str(workspace / "notebooks")}}

    with private_kernel() as config:
        NotebookClient(notebook, timeout=200, resources=place, config=config).execute()

    shown = "\n".join(str(output) for cell in notebook.cells for output in cell.get("outputs", []))
    assert [word for word in ESSENTIALS[path.name] if word not in shown] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_is_kept_without_outputs(path: Path):
    """What is in git has no outputs and no counts, so that it holds nobody's data."""
    assert [(c.outputs, c.execution_count) for c in code(path) if c.outputs or c.execution_count] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_cells_call_and_define_nothing(path: Path):
    """Cells define no function or class; what they need is in the package, where it is tested."""
    defined = [
        n for c in code(path) for n in ast.walk(ast.parse(c.source)) if isinstance(n, ast.FunctionDef | ast.ClassDef)
    ]

    assert defined == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_every_code_cell_has_words_before_it(path: Path):
    """A reader is told what comes: the first cell is text, and so is most of what stands between."""
    cells = nbformat.read(path, as_version=4).cells

    assert cells[0].cell_type == "markdown"
    assert sum(c.cell_type == "markdown" for c in cells) * 2.5 >= sum(c.cell_type == "code" for c in cells)
