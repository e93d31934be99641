"""Read all sources at once; what one of them does not give is told and stops no other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from workbench import platforms
from workbench.errors import WorkbenchError
from workbench.platforms.draft import Draft, RefusedError
from workbench.platforms.guard import WorkerError
from workbench.platforms.parcels import fault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workbench.platforms.guard import Crew, Outcome
    from workbench.review.estate.sources import Source

    Move = Callable[[int, int, str], None]

# Servers are waited for, and readers take what they can: more than a few at a time would only wait for each other.
_AT_ONCE = 16


@dataclass(frozen=True)
class Sourced(Draft):
    """A draft that knows from which source it is."""

    source: str = ""


@dataclass(frozen=True)
class Reading:
    """What a source gave."""

    source: Source
    drafts: Sequence[Sourced] = ()
    problems: Sequence[RefusedError] = ()
    """What was refused, or why nothing could be read."""
    unrecognised: Sequence[str] = field(default=(), repr=False)


def read_all(sources: Sequence[Source], crew: Crew, key: bytes, progress: Move | None = None) -> list[Reading]:
    """Return what each source gave, in their order.

    `progress` is called as `progress(done, total, name)` after each file; the total grows with each source that begins.
    """
    meter = _Meter(progress)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="source") as threads:
        return list(threads.map(lambda source: _read(source, crew, key, meter), sources))


def _read(source: Source, crew: Crew, key: bytes, meter: _Meter) -> Reading:
    try:
        found = _asked(source, crew, key, meter.part())
    except RefusedError as error:
        return Reading(source, problems=(error,))
    except (WorkbenchError, WorkerError) as error:
        return Reading(source, problems=(RefusedError("unreadable", source.name, str(error)),))
    except Exception as error:  # noqa: BLE001 - whatever happens to one source is told and costs that source alone
        return Reading(source, problems=(RefusedError("internal", source.name, fault(error)),))
    drafts = [Sourced(**vars(draft), source=source.name) for draft in found.drafts]
    return Reading(source, drafts, found.refused, found.unrecognised)


def _asked(source: Source, crew: Crew, key: bytes, progress: Move) -> Outcome:
    if source.server is None:
        return platforms.read_files([source.path or ""], key=key, progress=progress, crew=crew)
    from workbench import live  # noqa: PLC0415 - only who asks a server needs what asks it

    server = source.server
    return live.pull(
        server.platform, server.url, fingerprint_key=key, insecure=server.insecure, key_in=server.key_in,
        progress=progress, crew=crew,
    )  # fmt: skip


class _Meter:
    """Adds up how far several readings are."""

    def __init__(self, progress: Move | None) -> None:
        self._progress, self._lock = progress, Lock()
        self._parts: list[tuple[int, int]] = []

    def part(self) -> Move:
        """Return what one reading calls."""
        with self._lock:
            number = len(self._parts)
            self._parts.append((0, 0))

        def move(done: int, total: int, name: str) -> None:
            with self._lock:
                self._parts[number] = done, total
                if self._progress is not None:
                    self._progress(sum(d for d, _ in self._parts), sum(t for _, t in self._parts), name)

        return move
