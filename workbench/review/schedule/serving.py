"""The embedded scheduler: looks every half a minute at what is due.

APScheduler keeps the loop, one look at a time. What is due is not told by its triggers but by what is settled in the
ledger, so that it outlives the process, and a second scheduler does no harm.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger

from workbench import config
from workbench.errors import WorkbenchError
from workbench.ledger import LedgerError
from workbench.review.clock import SYSTEM
from workbench.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from workbench.review.clock import Clock

    Tell = Callable[[str], None]

_CHECK_SECONDS, _SET_SECONDS = 5.0, 2.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_STOPPED = 130
"""What shells make of a process that Ctrl+C has ended."""


class Looks(BaseTrigger):  # type: ignore[misc]
    """Fires so many seconds after the last time, counted from now and not from when it should have been."""

    def __init__(self, seconds: float) -> None:
        self._step = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return now the first time, then a step later."""
        return now if previous_fire_time is None else now + self._step


class Keeper:
    """Holds the workspace open between looks, and opens it again when its settings have changed."""

    def __init__(self, path: Path, tell: Tell) -> None:
        self._path, self._tell = path, tell
        self._ws: Workspace | None = None
        self._read: object = None
        self._problem = ""

    def look(self) -> None:
        """Do what is due and tell what came of it; what hinders is told once, and tried again with the next look."""
        try:
            table = self._current().reviews.schedule.once(self._tell)
        except (WorkbenchError, LedgerError, OSError) as error:
            if str(error) != self._problem:
                self._tell(f"could not look at what is due, and will try again: {error}")
            self._problem = str(error)
            return
        self._problem = ""
        for run in table.to_dict("records"):
            problem = f": {run['problem']}" if isinstance(run["problem"], str) else ""
            self._tell(f"{run['state']}: {run['kind']} of {run['app']}{problem}")

    def close(self) -> None:
        """Close the workspace."""
        if self._ws is not None:
            self._ws.close()
            self._ws = None

    def _current(self) -> Workspace:
        stamp = _stamp(self._path / config.NAME)
        if self._ws is None or stamp != self._read:
            self.close()
            self._ws, self._read = Workspace.open(self._path), stamp
        return self._ws


def _stamp(path: Path) -> object:
    return (path.stat().st_mtime_ns, path.stat().st_size) if path.exists() else None


def serve(path: Path, every: float, tell: Tell) -> None:
    """Look at what is due every so many seconds until a signal says to stop; what runs then is finished first.

    Raises
    ------
    UsageError
        If there is no workspace, or its settings do not fit.
    """
    Workspace.open(path).close()
    config.read(path)
    keeper, over = Keeper(path, tell), threading.Event()
    scheduler = BlockingScheduler(
        executors={"default": ThreadPoolExecutor(1)}, timezone=UTC, logger=_errors_only(),
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )  # fmt: skip
    job = scheduler.add_job(keeper.look, Looks(every), id="look")

    def beside() -> None:
        watch(SYSTEM, over, lambda: job.modify(next_run_time=datetime.now(UTC)))
        scheduler.shutdown(wait=True)

    with _until_stopped(over, tell):
        threading.Thread(target=beside, daemon=True).start()
        scheduler.start()
    keeper.close()


def watch(clock: Clock, over: threading.Event, was_set: Callable[[], Any], every: float = _CHECK_SECONDS) -> None:
    """Call `was_set` whenever somebody has set the clock on the wall, until it is over.

    The loop of the scheduler sleeps until a time on the wall; put back by a day, it would sleep for a day.
    """
    apart = clock.now().timestamp() - clock.ticks()
    while not over.wait(every):
        found = clock.now().timestamp() - clock.ticks()
        if abs(found - apart) > _SET_SECONDS:
            was_set()
        apart = found


@contextmanager
def _until_stopped(over: threading.Event, tell: Tell) -> Iterator[None]:
    """Let the first signal to stop end the schedule in peace; a second one ends the process at once."""
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def stop(_: int, __: object) -> None:
        if over.is_set():
            tell("stopped; what was running is lost, as workbench review history will say")
            # Python would wait for the thread in which it runs.
            os._exit(_STOPPED)
        over.set()
        tell("stopping when what runs is done; once more to stop at once")

    for number in _SIGNALS:
        signal.signal(number, stop)
    try:
        yield
    finally:
        over.set()
        for number, handler in before.items():
            signal.signal(number, handler)


def _errors_only() -> logging.Logger:
    # That a look takes longer than the step between looks is no news.
    logger = logging.getLogger("workbench.schedule")
    logger.setLevel(logging.ERROR)
    return logger
