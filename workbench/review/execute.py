"""Run a notebook through papermill, within its time limits.

An output notebook cannot be trusted to tell how it went: after a dead kernel it calls every cell completed. Only the
error that papermill's call raises tells, and the finish record that the notebook's last cell leaves.
"""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.review.faults import Fault, OverTimeError, fault
from workbench.review.page import warm
from workbench.review.states import StaleLeaseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from types import FrameType

    from workbench.keeping import RunSettings
    from workbench.review.lease import Lease

    Progress = Callable[[int, int, str], None]


@dataclass
class _Watch:
    """What is asked at each cell: is there time left, and is the run still ours."""

    limits: RunSettings
    lease: Lease
    deadline: float
    cells: int
    progress: Progress | None
    cell: int | None = None
    stopped: bool = False
    """Whether somebody pressed Ctrl-C."""

    def on_cell_start(self, cell: Any, cell_index: int) -> None:  # noqa: ARG002 - nbclient gives both by name
        self.cell = cell_index + 1
        if self.stopped:
            raise KeyboardInterrupt
        if self.lease.stale:
            raise StaleLeaseError(f"run {self.lease.run.run} was lost meanwhile; its notebook was stopped")
        if self.progress:
            self.progress(cell_index, self.cells, f"{self.lease.run.app}, cell {self.cell}")
        if time.monotonic() >= self.deadline:
            raise self.over()

    def timeout(self, cell: Any) -> float:  # noqa: ARG002 - as above
        # None and zero would mean for ever.
        return max(0.001, min(self.limits.cell_seconds, self.deadline - time.monotonic()))

    def over(self) -> OverTimeError:
        return OverTimeError(
            f"all cells together took longer than {self.limits.run_seconds} seconds; it was stopped at cell {self.cell}"
        )


def execute(
    notebook: Path,
    draft: Path,
    parameters: Mapping[str, Any],
    *,
    lease: Lease,
    limits: RunSettings,
    cwd: Path,
    progress: Progress | None = None,
) -> Fault | None:
    """Run `notebook` with checked parameters into `draft`; return what ended it before its end, if something did.

    `progress` is called with (cells done, cells in all, words). Ctrl-C is a fault as well.

    Raises
    ------
    StaleLeaseError
        If the run was lost meanwhile.
    OSError
        If the output could not be written; what there is of it may be half a file.
    """
    import nbformat  # noqa: PLC0415 - a second that only runs should pay

    node = nbformat.read(notebook, as_version=4)
    # One more than it has: papermill puts a cell with the given parameters in.
    watch = _Watch(limits, lease, time.monotonic() + limits.run_seconds, len(node.cells) + 1, progress)
    try:
        with _heard(watch):
            _papermill(node, draft, parameters, watch, cwd)
    except StaleLeaseError:
        raise
    except (Exception, KeyboardInterrupt) as error:
        if isinstance(error, OSError) and not isinstance(error, TimeoutError):
            # The notebook could not be written: there may be half of it.
            raise
        late = time.monotonic() >= watch.deadline
        return fault(watch.over() if late else error, watch.cell, limits.cell_seconds)
    return None


@contextmanager
def _heard(watch: _Watch) -> Iterator[None]:
    """Note Ctrl-C as well as let it act: Python drops one that meets it in a callback or while it cleans up an object."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return

    def note(number: int, frame: FrameType | None) -> None:
        watch.stopped = True
        before(number, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _papermill(node: Any, draft: Path, parameters: Mapping[str, Any], watch: _Watch, cwd: Path) -> None:
    import papermill  # noqa: PLC0415 - as above

    threading.Thread(target=warm, name="page", daemon=True).start()
    with private_kernel() as config:
        # papermill fills words in braces into a path; a path given as it is has none to fill.
        papermill.execute_notebook(
            node, str(draft).replace("{", "{{").replace("}", "}}"), parameters=dict(parameters), progress_bar=False,
            log_output=False, cwd=str(cwd), kernel_name="python3", language="python", config=config, timeout_func=watch.timeout,
            on_cell_start=watch.on_cell_start,
        )  # fmt: skip


@contextmanager
def private_kernel() -> Iterator[Any]:
    """Give settings for a kernel that talks through files which only this user can open, not through ports."""
    from traitlets.config import Config  # noqa: PLC0415 - as above

    # Sockets have short names only, so they lie in the system's own folder for such files.
    with tempfile.TemporaryDirectory(prefix="wb-") as folder:
        sockets = {"KernelManager": {"transport": "ipc", "ip": f"{folder}/k"}}
        yield Config(sockets if os.name == "posix" else {})
