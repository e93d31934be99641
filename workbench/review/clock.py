"""What time it is, and where this is; tests give their own."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """A clock on the wall, which people and daylight set, and ticks, which only go on."""

    now: Callable[[], datetime] = _now
    ticks: Callable[[], float] = time.monotonic
    """Seconds that all processes of one start of the machine share."""


SYSTEM = Clock()


@cache
def here() -> str:
    """Return a name for the places whose ticks and process numbers can be compared with ours."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"  # noqa: PTH115 - it is no path
    except OSError:
        # Other systems do not tell when they were started: clocks on the wall have to do there.
        return ""


def host() -> str:
    """Return the name of this machine."""
    return platform.node()


def is_alive(process: int | None) -> bool:
    """Tell whether there is a process of that number here."""
    if process is None or process <= 0:
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def local_day(at: datetime) -> date:
    """Return the day here of a moment: due dates are meant in local days."""
    return at.astimezone().date()
