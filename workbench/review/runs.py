"""Run a review notebook through papermill and know how it ended.

An output notebook cannot be trusted to tell: after a dead kernel it calls every cell completed. A run has finished
only if papermill's call returned and the notebook's last cell left its finish record in the ledger's database.
"""

from __future__ import annotations

import os
import platform
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from workbench.errors import UsageError
from workbench.review.page import write_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

State = Literal["running", "finished", "failed", "lost"]
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
    host: str = ""
    process: int | None = None
    """Where it runs: the host and the process that waits for it."""

    def as_row(self) -> dict[str, Any]:
        """Return the fields as a row of the history."""
        return asdict(self)


def new_run(app: str, notebook: Path) -> Run:
    """Return a run that starts now, with an id that sorts by time."""
    now = datetime.now(UTC)
    token = os.urandom(4).hex()
    started = now.isoformat(timespec="seconds")
    name = f"{now:%Y%m%dT%H%M%S}-{token}"
    return Run(name, app, notebook.name, started, host=platform.node(), process=os.getpid())


def seen_now(run: Run) -> Run:
    """Return the run as `lost` if it should be running in a process of this host that is gone."""
    if run.state != "running" or run.host != platform.node() or _is_alive(run.process):
        return run
    return replace(run, state="lost", problem="its process ended before it could say how; run the review again")


def _is_alive(process: int | None) -> bool:
    try:
        os.kill(process or 0, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return process is not None


def execute(run: Run, notebook: Path, folder: Path, parameters: Mapping[str, Any], *, finished: Any) -> Run:
    """Run the notebook and return how it ended; `finished(run id)` tells whether its last cell reported back.

    The output notebook and its page appear under their final names only when they are whole.
    """
    from papermill.exceptions import PapermillException  # noqa: PLC0415 - a second that only runs should pay

    start = time.monotonic()
    target = folder / f"{run.run}.ipynb"
    page = problem = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _papermill(notebook, target, parameters)
    except (PapermillException, RuntimeError, OSError, ValueError) as error:
        # Dead kernel, cell error, timeout, full disk: all of them end this run, and are told.
        problem = _in_words(error)
    if problem is None and not finished(run.run):
        problem = "the notebook ended without its finish record; run it again, and report it if it happens twice"
    try:
        page = write_page(target).name if target.exists() else None
    except OSError as error:
        problem = problem or f"the page could not be written: {_in_words(error)}"
    seconds = round(time.monotonic() - start, 2)
    output = target.name if target.exists() else None
    state: State = "failed" if problem else "finished"
    return replace(run, state=state, seconds=seconds, output=output, page=page, problem=problem)


def _papermill(notebook: Path, target: Path, parameters: Mapping[str, Any]) -> None:
    import papermill  # noqa: PLC0415 - as above

    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".run-") as scratch, private_kernel() as config:
        draft = Path(scratch) / target.name
        try:
            papermill.execute_notebook(
                str(notebook), str(draft), parameters=dict(parameters), progress_bar=False, log_output=False,
                cwd=str(target.parent), execution_timeout=CELL_SECONDS, kernel_name="python3", config=config,
            )  # fmt: skip
        finally:
            if draft.exists():
                draft.replace(target)


@contextmanager
def private_kernel() -> Iterator[Any]:
    """Give settings for a kernel that talks through files which only this user can open, not through ports."""
    from traitlets.config import Config  # noqa: PLC0415 - as above

    # Sockets have short names only, so they lie in the system's own folder for such files.
    with tempfile.TemporaryDirectory(prefix="wb-") as folder:
        sockets = {"KernelManager": {"transport": "ipc", "ip": f"{folder}/k"}}
        yield Config(sockets if os.name == "posix" else {})


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
