"""How each kind of run is done: refreshes together, since they share the work; reviews one notebook after the other."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from workbench.analysis.frames import records
from workbench.errors import UsageError, WorkbenchError
from workbench.ledger import BusyError, LedgerError
from workbench.places import share
from workbench.review.runs import BEAT_SECONDS
from workbench.review.states import StaleLeaseError, TakenError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from workbench.review.namespace import Namespace
    from workbench.review.runs import Lease
    from workbench.review.states import Run
    from workbench.workspace import Workspace

QUARTERLY = "20-quarterly-review.ipynb"
_NO_SOURCE = "no source in workbench.toml holds this app"
_MEND = (
    "look at its sources in workbench.toml, then: workbench schedule run --once, or workbench review run --app {app}"
)


def perform(ws: Workspace, reviews: Namespace, runs: Sequence[Run]) -> Iterator[Run]:
    """Do what is queued and yield how each ended; what another one has begun meanwhile is left to it."""
    yield from _refreshed(ws, reviews, [run for run in runs if run.kind == "refresh"])
    for run in runs:
        if run.kind != "refresh" and reviews.runs.get(run).state == "queued":
            yield _reviewed(ws, reviews, run)


def _reviewed(ws: Workspace, reviews: Namespace, run: Run) -> Run:
    try:
        ws.app(run.app)
        return reviews.perform(run, _quarterly(ws) if run.kind == "quarterly" else None)
    except UsageError as error:
        # It could not even begin, and waiting would not help.
        return reviews.runs.skip(run, str(error))


def _quarterly(ws: Workspace) -> Path:
    own = ws.path / "notebooks" / QUARTERLY
    return own if own.is_file() else share("notebooks", QUARTERLY)


def _refreshed(ws: Workspace, reviews: Namespace, runs: Sequence[Run]) -> Iterator[Run]:
    leases = list(_begun(ws, reviews, runs))
    skipped = {run.run for run in runs} - {lease.run.run for lease in leases}
    yield from (run for run in map(reviews.runs.get, skipped) if run.state == "missed")
    if leases:
        yield from _together(ws, leases)


def _begun(ws: Workspace, reviews: Namespace, runs: Sequence[Run]) -> Iterator[Lease]:
    there = {app.id for app in ws.model.apps}
    for run in runs:
        try:
            if run.app not in there:
                reviews.runs.skip(run, "the app is no longer in the model")
                continue
            yield reviews.runs.begin(run)
        except TakenError as taken:
            reviews.runs.skip(run, str(taken))


def _together(ws: Workspace, leases: Sequence[Lease]) -> Iterator[Run]:
    from workbench.review.estate import Estate  # noqa: PLC0415 - only what is refreshed needs it

    with _beating(leases):
        try:
            found = Estate(ws).refresh([lease.run.app for lease in leases], why="scheduled refresh")
        except (WorkbenchError, LedgerError, OSError) as error:
            ended = [_ended(lease, {"problem": str(error)}, ws) for lease in leases]
        except BaseException as error:
            for lease in leases:
                _ended(lease, {"problem": f"{type(error).__name__}: {error}"}, ws)
            raise
        else:
            told = {row["app"]: row for row in records(found.apps)}
            ended = [_ended(lease, told.get(lease.run.app, {}), ws) for lease in leases]
    yield from ended


def _ended(lease: Lease, told: Mapping[str, Any], ws: Workspace) -> Run:
    try:
        if problem := told.get("problem") or (_NO_SOURCE if told.get("state") == "no source" else None):
            return lease.end("failed", problem=problem, next_step=_MEND.format(app=lease.run.app))
        return lease.end("finished", facts=_facts(told) | {"sequence": ws.ledger.head.sequence})
    except StaleLeaseError:
        return lease.now()


def _facts(told: Mapping[str, Any]) -> dict[str, int]:
    if not told:
        return {}
    changes = sum(told[name] or 0 for name in ("added", "changed", "removed"))
    return {"changes": changes, "threats_new": told["threats_new"] or 0, "threats_open": told["open"] or 0}


@contextmanager
def _beating(leases: Sequence[Lease]) -> Iterator[None]:
    """Give signs of life of all leases from one side thread until the end of the block."""
    over = threading.Event()
    side = threading.Thread(target=_beat, args=(leases, over), daemon=True)
    side.start()
    try:
        yield
    finally:
        over.set()
        side.join()


def _beat(leases: Sequence[Lease], over: threading.Event) -> None:
    while not over.wait(BEAT_SECONDS):
        for lease in leases:
            try:
                lease.beat()
            except (BusyError, StaleLeaseError):
                # The end is refused for who is stale; who found the ledger busy is in time at the next beat.
                continue
