"""How each kind of run is done: refreshes together, since they share the work; reviews one notebook after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import UsageError, WorkbenchError
from workbench.places import notebook

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workbench.review.namespace import Namespace
    from workbench.review.states import Run
    from workbench.workspace import Workspace

QUARTERLY = "20-quarterly-review.ipynb"
_TAKEN = "somebody else refreshes this app right now"


def perform(ws: Workspace, reviews: Namespace, runs: Sequence[Run]) -> Iterator[Run]:
    """Do what is queued and yield how each ended; what another one has begun meanwhile is left to it.

    Raises
    ------
    ledger.LedgerError
        If the ledger cannot be written; what was not begun stays queued.
    """
    there = {app.id for app in ws.model.apps}
    for run in runs:
        if run.app not in there:
            yield reviews.runs.skip(run, "the app is no longer in the model")
    left = [run for run in runs if run.app in there]
    for together in _rounds([run for run in left if run.kind == "refresh"]):
        yield from _refreshed(reviews, together)
    for run in left:
        if run.kind != "refresh" and reviews.runs.get(run).state == "queued":
            yield _reviewed(ws, reviews, run)


def _rounds(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Yield the runs in groups that hold each app once, the earliest first."""
    left = list(runs)
    while left:
        first = {run.app: run for run in reversed(left)}
        yield list(first.values())
        left = [run for run in left if first[run.app] is not run]


def _refreshed(reviews: Namespace, runs: Sequence[Run]) -> Iterator[Run]:
    try:
        reviews.estate.run([run.app for run in runs], queued=runs, notebooks=False)
        why = _TAKEN
    except (WorkbenchError, OSError) as error:
        # Those that had begun have failed with it.
        why = str(error)
    for run in runs:
        yield reviews.runs.skip(run, why)


def _reviewed(ws: Workspace, reviews: Namespace, run: Run) -> Run:
    try:
        return reviews.perform(run, notebook(ws.path, QUARTERLY) if run.kind == "quarterly" else None)
    except UsageError as error:
        # It could not even begin, and waiting would not help.
        return reviews.runs.skip(run, str(error))
