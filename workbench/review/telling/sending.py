"""What mail and webhook have in common: what they need from the environment, and when to try again."""

from __future__ import annotations

import os
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import UsageError, WorkbenchError

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Secret:
    """What an environment variable holds; its text is not shown."""

    text: str = field(repr=False)


@dataclass(frozen=True)
class Patience:
    """How long and how often a server is asked to take a message."""

    times: int = 3
    first_wait: float = 2.0
    """Seconds before the second time; doubled each time."""
    longest_wait: float = 30.0
    """Seconds, also where the server asks for more."""
    silence: float = 15.0
    """Seconds without an answer after which it counts as gone."""
    longest: float = 60.0
    """Seconds that it may take in all to take a message, however much it answers."""


class UndeliveredError(WorkbenchError):
    """A message was not taken; says why in words that hold nothing of the server's and no secret."""

    def __init__(self, problem: str, *, again: bool = False, wait: float = 0.0) -> None:
        super().__init__(problem)
        self.again = again
        """Whether another try may help."""
        self.wait = wait
        """Seconds that the server asks for."""
        self.tries = 1


def too_slow(what: str, seconds: float) -> UndeliveredError:
    """Return what to say of a server that was left because it took too long; it may have the message already."""
    return UndeliveredError(f"{what} was left because it was not done after {seconds:g} seconds; ask who runs it")


def secret(name: str, what: str) -> Secret:
    """Return what an environment variable holds.

    Raises
    ------
    UsageError
        If it is not set, or holds signs that no such secret has.
    """
    text = os.environ.get(name, "").strip()
    if not text:
        raise UsageError(f"the environment variable {name}, which {what} is read from, is not set")
    if not text.isprintable():
        raise UsageError(f"the environment variable {name} holds signs that {what} cannot have; set it again")
    return Secret(text)


def unexpected(error: Exception) -> UndeliveredError:
    """Return what to say of an error that nobody foresaw: its kind and place, never its words, which may hold secrets."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    kind = f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}"
    return UndeliveredError(f"something that the workbench did not expect went wrong ({kind}); report it")


def tried(attempt: Callable[[], None], patience: Patience, sleep: Callable[[float], object]) -> int:
    """Call `attempt` until it works, at most `patience.times` times, and return how often it was called.

    Raises
    ------
    UndeliveredError
        If it did not work and another try does not help, or that was the last one.
    """
    for number in range(1, patience.times + 1):
        try:
            attempt()
        except UndeliveredError as error:
            error.tries = number
            if not error.again or number == patience.times:
                raise
            sleep(min(max(patience.first_wait * 2.0 ** (number - 1), error.wait), patience.longest_wait))
        except Exception as error:  # noqa: BLE001 - told as a failure; other ways must be tried all the same
            failure = unexpected(error)
            failure.tries = number
            raise failure from None
        else:
            break
    return number
