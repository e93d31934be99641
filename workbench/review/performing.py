"""One run from its lease to its end: notebook, page, output in place, state."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError
from workbench.ledger import BusyError, LedgerError
from workbench.review.outputs import NOTEBOOK, PAGE, Outputs
from workbench.review.states import StaleLeaseError, again

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from workbench.keeping import RunSettings
    from workbench.review.execute import Progress
    from workbench.review.faults import Fault
    from workbench.review.lease import Lease
    from workbench.review.states import Run

_LOG = logging.getLogger(__name__)
_TRIES = 3
"""How often the end of a run is written while others hold the ledger; each try waits for them."""


@dataclass(frozen=True)
class Job:
    """What a run is to do."""

    notebook: Path
    parameters: Mapping[str, Any]
    outputs: Outputs
    limits: RunSettings
    facts: Callable[[str], dict[str, int] | None]
    """What the last cell of a run's notebook reported; None if it did not."""
    progress: Progress | None = None


def perform(lease: Lease, job: Job) -> Run:
    """Run the notebook and return how its run ended.

    One that was lost meanwhile leaves nothing behind and is returned as what it is by now. So does one whose end could
    not be written down: it is lost.

    Raises
    ------
    KeyboardInterrupt
        If somebody pressed Ctrl-C; the run has failed then.
    """
    with lease.kept():
        try:
            fault = _work(lease, job)
            ended = _end(lease, job, fault)
        except StaleLeaseError:
            job.outputs.drop(lease.run)
            return lease.now()
        except LedgerError as error:
            job.outputs.drop(lease.run)
            return lease.give_up(f"its end could not be written down: {error}")
    _after(ended, job, fault)
    return ended


def _work(lease: Lease, job: Job) -> Fault | None:
    """Make notebook and page and put them in place; return what went wrong, if something did."""
    from workbench.review.execute import execute  # noqa: PLC0415 - a second that only runs should pay
    from workbench.review.faults import fault  # noqa: PLC0415

    try:
        draft = job.outputs.draft(lease.run) / NOTEBOOK
        found = execute(
            job.notebook, draft, job.parameters, lease=lease, limits=job.limits, cwd=job.outputs.folder,
            progress=job.progress,
        )  # fmt: skip
        return _publish(lease, job, draft, found)
    except OSError as error:
        # What was begun is in the way of nobody, least of all on a full disk.
        job.outputs.drop(lease.run)
        return fault(error, None, job.limits.cell_seconds)


def _publish(lease: Lease, job: Job, draft: Path, found: Fault | None) -> Fault | None:
    """Make the page and put it in place with the notebook, if the run is still ours; return the first thing wrong."""
    from workbench.review.faults import page_fault  # noqa: PLC0415 - a second that only runs should pay
    from workbench.review.page import write_page  # noqa: PLC0415

    if not draft.exists():
        job.outputs.drop(lease.run)
        return found
    try:
        write_page(draft)
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the notebook is there and is kept
        found = found or page_fault(error)
    lease.beat()
    job.outputs.publish(lease.run)
    return found


def _end(lease: Lease, job: Job, fault: Fault | None) -> Run:
    from workbench.review.faults import NOT_REPORTED  # noqa: PLC0415 - a second that only runs should pay

    facts = job.facts(lease.run.run)
    wrong = fault or (NOT_REPORTED if facts is None else None)
    kept = {"output": job.outputs.name(lease.run, NOTEBOOK), "page": job.outputs.name(lease.run, PAGE)}
    for attempt in range(1, _TRIES + 1):
        try:
            if wrong is None:
                return lease.end("finished", facts=facts, **kept)
            advice = wrong.next_step.format(again=again(lease.run.app, lease.run.kind))
            return lease.end("failed", problem=wrong.problem, next_step=advice, facts=facts, **kept)
        except BusyError:
            if attempt == _TRIES:
                raise
    raise AssertionError("the last try returns or raises")


def _after(ended: Run, job: Job, fault: Fault | None) -> None:
    from workbench.review.faults import STOPPED  # noqa: PLC0415 - a second that only runs should pay

    if ended.state == "finished":
        try:
            job.outputs.newest(ended)
        except OSError as error:
            # The run and its page are kept; only the page under the app's fixed name is still an earlier one.
            _LOG.warning("the newest page of %s could not be put in place: %s", ended.app, error)
    if fault is STOPPED:
        raise KeyboardInterrupt


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
