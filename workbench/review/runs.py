"""Run a review notebook through papermill and know how it ended.

An output notebook cannot be trusted to tell: after a dead kernel it calls every cell completed. A run has finished
only if papermill's call returned and the notebook's last cell left its finish record in the ledger's database.
"""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from workbench.errors import UsageError
from workbench.review.page import write_page

if TYPE_CHECKING:
    from collections.abc import Mapping

State = Literal["running", "finished", "failed"]
CELL_SECONDS = 600


@dataclass(frozen=True)
class Run:
    """One run of a review notebook."""

    run: str
    app: str
    notebook: str
    started: str
    """UTC, ISO 8601."""
    state: State = "running"
    seconds: float | None = None
    output: str | None = None
    """Path of the output notebook, relative to the workspace."""
    page: str | None = None
    """Path of its HTML page, relative to the workspace."""
    problem: str | None = None
    """What went wrong, and what to do next."""

    def as_row(self) -> dict[str, Any]:
        """Return the fields as a row of the history."""
        return asdict(self)


def new_run(app: str, notebook: Path) -> Run:
    """Return a run that starts now, with an id that sorts by time."""
    now = datetime.now(UTC)
    token = os.urandom(4).hex()
    return Run(f"{now:%Y%m%dT%H%M%S}-{token}", app, notebook.name, now.isoformat(timespec="seconds"))


def execute(run: Run, notebook: Path, folder: Path, parameters: Mapping[str, Any], *, finished: Any) -> Run:
    """Run the notebook and return how it ended; `finished(run id)` tells whether its last cell reported back.

    The output notebook and its page appear under their final names only when they are whole.
    """
    from papermill.exceptions import PapermillException  # noqa: PLC0415 - a second that only runs should pay

    start = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{run.run}.ipynb"
    problem = None
    try:
        _papermill(notebook, target, parameters)
    except (PapermillException, RuntimeError, OSError, ValueError) as error:
        # Dead kernel, cell error, timeout, full disk: all of them end this run, and are told.
        problem = _in_words(error)
    if problem is None and not finished(run.run):
        problem = "the notebook ended without its finish record; run it again, and report it if it happens twice"
    ended = replace(run, seconds=round(time.monotonic() - start, 2), problem=problem)
    if target.exists():
        page = write_page(target)
        ended = replace(ended, output=target.name, page=page.name)
    return replace(ended, state="failed" if problem else "finished")


def _papermill(notebook: Path, target: Path, parameters: Mapping[str, Any]) -> None:
    import papermill  # noqa: PLC0415 - as above

    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".run-") as scratch:
        draft = Path(scratch) / target.name
        try:
            papermill.execute_notebook(
                str(notebook), str(draft), parameters=dict(parameters), progress_bar=False, log_output=False,
                cwd=str(target.parent), execution_timeout=CELL_SECONDS, kernel_name="python3",
            )  # fmt: skip
        finally:
            if draft.exists():
                draft.replace(target)


def _in_words(error: Exception) -> str:
    name = getattr(error, "ename", None)
    if name:
        return f"cell {getattr(error, 'exec_count', '?')} failed with {name}: {getattr(error, 'evalue', '')}"[:500]
    return f"{type(error).__name__}: {error}"[:500]


def require_notebook(path: Path) -> Path:
    """Return `path` if it is a notebook that exists.

    Raises
    ------
    UsageError
        If not.
    """
    if path.suffix != ".ipynb" or not path.is_file():
        raise UsageError(f"{path} is no notebook; give the path of an .ipynb file")
    return path
