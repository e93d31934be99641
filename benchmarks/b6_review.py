"""B6: the periodic review of one model: our run (papermill, lease, page, state) against the same notebook in nbclient."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from common import Line, alternate, report, script, seconds
from nbclient import NotebookClient

import workbench as wb

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 5
MOST = 1.2
SAMPLE = "n8n/order-intake.json"


def lines() -> Iterator[Line]:
    """Yield one line: the whole call of each side; ours also makes the page and keeps the state."""
    with tempfile.TemporaryDirectory() as folder:
        made = _prepare(Path(folder) / "team")
        pair = alternate(script(__file__, "ours", made), script(__file__, "nbclient", made), ROUNDS)
    ratio = 1 / pair.ratios["seconds"]
    ours, other = pair.ours["seconds"], pair.other["seconds"]
    yield Line(
        "B6 review of one model",
        seconds(ours),
        seconds(other),
        f"{ratio:.2f}",
        f"<= {MOST:g} x nbclient",
        ratio <= MOST,
    )


def _prepare(folder: Path) -> Path:
    with wb.init(folder) as ws:
        ws.import_file(wb.sample(SAMPLE), why="first import")
    return folder


def _copied(made: Path) -> Path:
    """Return a copy of its own for each run, so that no run finds what an earlier one left."""
    return shutil.copytree(made, Path(tempfile.mkdtemp(dir=made.parent)) / "team")


def ours(made: Path) -> None:
    """Run the review as `workbench review run` does."""
    with wb.open(_copied(made)) as ws:
        apps = list(ws.apps["id"])
        began = time.perf_counter()
        runs = ws.reviews.run(apps)
        took = time.perf_counter() - began
    if list(runs["state"]) != ["finished"]:
        raise RuntimeError(runs["problem"].iloc[0])
    report(seconds=took)


def nbclient(made: Path) -> None:
    """Run the same notebook with the same parameters and keep the output notebook."""
    folder = _copied(made)
    with wb.open(folder) as ws:
        app = ws.apps["id"].iloc[0]
    began = time.perf_counter()
    _executed(folder, app)
    report(seconds=time.perf_counter() - began)


def _executed(folder: Path, app: str) -> None:
    notebook = nbformat.read(folder / "notebooks" / "90-periodic-review.ipynb", as_version=4)
    given = nbformat.v4.new_code_cell(f"workspace = {str(folder)!r}\napp = {app!r}")
    notebook.cells.insert(2, given)
    NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()
    nbformat.write(notebook, folder / "output.ipynb")


if __name__ == "__main__":
    {"ours": ours, "nbclient": nbclient}[sys.argv[1]](Path(sys.argv[2]))
