"""Several reading processes at once: what one computer has of cores is used."""

from __future__ import annotations

import contextlib
import os
import queue
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

from workbench.platforms.documents import Limits
from workbench.platforms.guard import Worker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workbench.platforms.guard import Unit
    from workbench.platforms.wire import Reply


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers:
    """Reading processes that take units in turn; several threads may hand them units.

    A process starts when there is work for it and none is idle. Where one is enough, there is one.
    """

    def __init__(self, count: int, *, key: bytes, limits: Limits | None = None) -> None:
        self._ending = contextlib.ExitStack()
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="reading")
        # The one that was used last comes first: a second one is started only when the first has too much to do.
        self._idle: queue.LifoQueue[Worker] = queue.LifoQueue()
        for _ in range(count):
            self._idle.put(self._ending.enter_context(Worker(key=key, limits=limits or Limits())))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(cancel_futures=True)
        self._ending.close()

    def map(self, units: Sequence[Unit]) -> Iterator[list[Reply]]:
        """Yield what became of each unit, in their order."""
        return self._threads.map(self._read, units)

    def _read(self, unit: Unit) -> list[Reply]:
        worker = self._idle.get()
        try:
            return worker.read(unit)
        finally:
            self._idle.put(worker)
