"""A Dask cluster reads: each of its workers has the same guarded reading process as this computer.

Files go to the workers with their content, so that they need no disk in common; answers come back as drafts, masked.
Keys to servers stay here. What goes over the network is what the exports hold: use tls:// where others can listen.
"""

from __future__ import annotations

import base64
import dataclasses
import queue
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Self

import workbench.platforms as platforms_
from workbench.errors import UsageError
from workbench.platforms.documents import Limits
from workbench.platforms.draft import RefusedError
from workbench.platforms.guard import Unit, Worker, WorkerError
from workbench.platforms.reading import OnDisk
from workbench.platforms.wire import Reply, from_line, to_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# A worker that dies takes what it was reading with it; that is read again by another, so often.
_AGAIN = 3
_SECONDS = 20


class Cluster:
    """The workers of a Dask scheduler as a crew."""

    def __init__(self, address: str, *, key: bytes, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._options = {"key": key.hex(), "limits": dataclasses.asdict(self._limits)}
        self._client = _client(address)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._client.run(end_readers, on_error="ignore")
        finally:
            self._client.close()

    def map(self, units: Sequence[Unit]) -> Iterator[list[Reply]]:
        """Yield what became of each unit, in their order.

        Raises
        ------
        guard.WorkerError
            If one was lost with worker after worker.
        """
        asked = [self._asked(unit) for unit in units]
        for unit, answer in zip(units, asked, strict=True):
            yield [answer] if isinstance(answer, Reply) else self._answer(unit, answer)

    def _asked(self, unit: Unit) -> Any:
        try:
            packed = unit if unit.held else unit._replace(files=(), held=self._held(unit))
        except RefusedError as error:
            return Reply(unit.where, refused=error)
        except OSError as error:
            problem = f"{error.strerror or 'it cannot be read'}; check that the file is there and may be read"
            return Reply(unit.where, refused=RefusedError("unreadable", unit.where, problem))
        return self._client.submit(read_unit, tuple(packed), self._options, pure=False, retries=_AGAIN)

    def _held(self, unit: Unit) -> tuple[tuple[str, str], ...]:
        """Return the content of a unit's files, and of those beside them that a reader may want to see."""
        files = OnDisk({name: Path(path) for name, path in unit.files}, self._limits)
        names = [name for name, _ in unit.files]
        beside = (str(PurePosixPath(name).with_name(wanted)) for name in names for wanted in _companions())
        wanted = [*names, *(name for name in dict.fromkeys(beside) if name not in names and files.holds(name))]
        return tuple((name, base64.b64encode(files.read(name)).decode()) for name in wanted)

    def _answer(self, unit: Unit, future: Any) -> list[Reply]:
        from distributed import KilledWorker  # noqa: PLC0415 - an extra, loaded where it is used

        try:
            return from_line(future.result())
        except (KilledWorker, OSError) as error:
            raise WorkerError(f"the cluster lost {unit.where} ({type(error).__name__}); look at its workers") from error
        finally:
            future.release()


def _client(address: str) -> Any:
    try:
        from distributed import Client  # noqa: PLC0415 - as above
    except ModuleNotFoundError:
        raise UsageError("a Dask cluster needs the package distributed: pip install 'threat-workbench[dask]'") from None
    try:
        return Client(address, timeout=_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"no Dask scheduler answers at {address} ({type(error).__name__}); expected an address such as "
            "tcp://127.0.0.1:8786 of one that is running"
        ) from error


def _companions() -> list[str]:
    return [name for reader in platforms_.readers() for name in getattr(reader, "COMPANIONS", ())]


# --- on the cluster's workers

_IDLE: queue.LifoQueue[tuple[str, Worker]] = queue.LifoQueue()


def read_unit(unit: tuple[Any, ...], options: dict[str, Any]) -> bytes:
    """Return as a line what became of a unit, read in a guarded process of this worker, which stays for the next one."""
    worker = _taken(options)
    try:
        return to_line(worker.read(Unit(*unit)))
    finally:
        _IDLE.put((options["key"], worker))


def _taken(options: dict[str, Any]) -> Worker:
    while True:
        try:
            key, worker = _IDLE.get_nowait()
        except queue.Empty:
            return Worker(key=bytes.fromhex(options["key"]), limits=Limits(**options["limits"]))
        if key == options["key"]:
            return worker
        worker.end()


def end_readers() -> None:
    """End the reading processes of this worker that have nothing to do."""
    while True:
        try:
            _, worker = _IDLE.get_nowait()
        except queue.Empty:
            return
        worker.end()
