"""End what takes too long: a server that gives one byte at a time never lets the timeout of a socket pass."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_AGAIN = 0.1
"""Seconds until the connection is looked for anew, where it was not there yet or is just becoming an encrypted one."""


def _none() -> None:
    return None


@dataclass
class Deadline:
    """When a connection is shut down."""

    seconds: float
    connection: Callable[[], socket.socket | None] = _none
    """Gives the connection as it is now."""
    passed: bool = False


@contextmanager
def bounded(seconds: float) -> Iterator[Deadline]:
    """Shut the connection of the deadline down if the block lasts longer; what reads or writes there fails then."""
    deadline, done = Deadline(seconds), threading.Event()
    watch = threading.Thread(target=_watch, args=(deadline, done), daemon=True)
    watch.start()
    try:
        yield deadline
    finally:
        done.set()
        watch.join()


def _watch(deadline: Deadline, done: threading.Event) -> None:
    wait = deadline.seconds
    while not done.wait(wait):
        deadline.passed, wait = True, _AGAIN
        connection = deadline.connection()
        # Closed meanwhile, or about to be replaced by an encrypted one, which is found the next time.
        with suppress(OSError):
            if connection is not None:
                # Not an encrypted socket's own way to shut down: what is written next would go in the clear.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
