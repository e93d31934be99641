"""Notebooks of many apps, several at a time: each in a process of its own, because drawing and converting take a core."""

from __future__ import annotations

import itertools
import json
import multiprocessing
import queue
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from threading import Lock
from typing import TYPE_CHECKING, Any

from workbench.review.runs import as_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from workbench.review.estate.reading import Move
    from workbench.review.states import Run
    from workbench.workspace import Workspace

_FRESH = "fresh:"


def render(
    workspace: Workspace, rows: Mapping[str, Mapping[str, Any]], workers: int, progress: Move | None = None
) -> pd.DataFrame:
    """Run the review notebook of each app that has just been refreshed; returns the runs as in `Runs.table`.

    `rows` say what the refresh did with each app: its notebook shows that, and does not read the app's sources again.
    """
    runs = workspace.reviews.runs
    queued = [runs.queue(app) for app in rows]
    told = {run.run: json.dumps(dict(rows[run.app])) for run in queued}
    workspace.ledger.revise_metas(_FRESH, lambda _: told)
    try:
        _perform_all(workspace, queued, workers, progress)
    finally:
        workspace.ledger.revise_metas(_FRESH, lambda _: dict.fromkeys(told))
    return as_table([runs.get(run) for run in queued])


def refreshed_row(workspace: Workspace, run: str | None) -> dict[str, Any] | None:
    """Return what a refresh just did with the app of a run; None if its sources are still to be read."""
    found = workspace.ledger.meta(f"{_FRESH}{run}") if run else None
    return None if found is None else json.loads(found)


def _perform_all(workspace: Workspace, queued: Sequence[Run], workers: int, progress: Move | None) -> None:
    waiting: queue.SimpleQueue[Run] = queue.SimpleQueue()
    for run in queued:
        waiting.put(run)
    seats = min(workers, len(queued))
    tell = _counted(progress, len(queued))
    if seats <= 1:
        _drain(waiting, workspace.reviews.perform, tell)
        return
    with ThreadPoolExecutor(seats, thread_name_prefix="notebook") as threads:
        done = [threads.submit(_seat, str(workspace.path), waiting, tell) for _ in range(seats)]
    for seat in done:
        seat.result()
    workspace.reviews.runs.settle()


def _seat(path: str, waiting: queue.SimpleQueue[Run], tell: Callable[[Run], None]) -> None:
    """Run one notebook after the other in a process; one that is killed takes only its own run with it."""
    with ExitStack() as stack:
        pools: list[ProcessPoolExecutor] = []

        def work(run: Run) -> None:
            if not pools:
                # Not forked: this process has threads and files open that a copy of it must not share.
                context = multiprocessing.get_context("spawn")
                pools.append(stack.enter_context(ProcessPoolExecutor(1, mp_context=context)))
            try:
                pools[0].submit(_perform, path, run.run).result()
            except BrokenProcessPool:
                # Its run is lost, as the table of runs says by itself.
                pools.clear()

        _drain(waiting, work, tell)


def _drain(waiting: queue.SimpleQueue[Run], work: Callable[[Run], object], tell: Callable[[Run], None]) -> None:
    while True:
        try:
            run = waiting.get_nowait()
        except queue.Empty:
            return
        work(run)
        tell(run)


def _counted(progress: Move | None, total: int) -> Callable[[Run], None]:
    lock, done = Lock(), itertools.count(1)

    def tell(run: Run) -> None:
        if progress is not None:
            with lock:
                progress(next(done), total, run.app)

    return tell


def _perform(path: str, run: str) -> None:
    """Run the notebook of a queued run, in a process of a pool."""
    import workbench  # noqa: PLC0415 - this is where the process begins

    with workbench.open(path) as workspace:
        workspace.reviews.perform(workspace.reviews.runs.get(run))
