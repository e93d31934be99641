"""Read exports in a child process that is killed and started again when a file asks for too much."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self

import workbench
import workbench.platforms as platforms_
from workbench.platforms.archive import grown
from workbench.platforms.documents import Limits
from workbench.platforms.draft import Draft, RefusedError
from workbench.platforms.joining import joined
from workbench.platforms.parcels import plan
from workbench.platforms.trees import trees
from workbench.platforms.wire import Reply, from_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from types import ModuleType

    from workbench.platforms.parcels import Parcel, Plan
    from workbench.platforms.trees import Tree

_START_SECONDS = 60.0
# The reading process stops itself after its processor time; on the clock it may take longer, beside other programs.
_ON_THE_CLOCK = 3.0
# What a program needs to run at all; the rest of the environment (tokens, passwords) stays with the parent.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH", "VIRTUAL_ENV")


class WorkerError(RuntimeError):
    """The reading process could not start; nothing was read."""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of the files: every one of them is in exactly one of these lists, or gave drafts."""

    drafts: list[Draft]
    refused: list[RefusedError]
    unrecognised: list[str]
    """Names of files that no reader knows."""


class Crew(Protocol):
    """Who reads: one process, several, or other computers."""

    def map(self, units: Sequence[Unit]) -> Iterator[list[Reply]]:
        """Yield what became of each unit, in their order."""


class Unit(NamedTuple):
    """What is read in one go: a file that may be an export, or the files that a reader takes together."""

    where: str
    """Its name from the given folder on."""
    files: tuple[tuple[str, str], ...]
    """The names of its files, and the paths to them."""
    reader: str | None = None
    root: str = ""
    held: tuple[tuple[str, str], ...] = ()
    """The names of its files and their bytes in base64, where they lie on no disk of this computer."""
    platform: str | None = None
    """Name of the only platform to look for."""


def read(
    paths: Iterable[Path | str],
    *,
    key: bytes,
    platform: str | None = None,
    progress: Callable[[int, int, str], Any] | None = None,
    limits: Limits | None = None,
    contents: Mapping[str, bytes] | None = None,
    crew: Crew | None = None,
) -> Outcome:
    """Return what the exports in files and folders say; see `platforms.read_files` and `platforms.read_contents`."""
    if crew is None:
        with Worker(key=key, limits=limits or Limits()) as worker:
            return _read_by(worker, paths, platform, progress, contents or {})
    return _read_by(crew, paths, platform, progress, contents or {})


def _read_by(
    crew: Crew,
    paths: Iterable[Path | str],
    platform: str | None,
    progress: Callable[[int, int, str], Any] | None,
    held: Mapping[str, bytes],
) -> Outcome:
    readers = [reader for reader in platforms_.readers() if platform in {None, reader.NAME}]
    given = [(tree, plan(list(tree.paths), readers, tree.name)) for tree in trees(paths)]
    total = len(held) + sum(len(p.parcels) + len(_alone(t, p)) for t, p in given)
    reading = _Reading(crew, platform, progress, total)
    for tree, planned in given:
        reading.tree(tree, planned)
    reading.contents(held)
    return reading.outcome()


def _alone(tree: Tree, planned: Plan) -> tuple[str, ...]:
    """Return the files to be read as exports by themselves; one that was given by its name is, whatever its ending."""
    return planned.singles or (tuple(tree.paths) if not planned.parcels and tree.is_file else ())


class _Reading:
    """One import: what was read of it so far."""

    def __init__(
        self, crew: Crew, platform: str | None, progress: Callable[[int, int, str], Any] | None, total: int
    ) -> None:
        self._crew, self._platform, self._progress, self._total, self._done = crew, platform, progress, total, 0
        self._outcome = Outcome([], [], [])
        self._companions: set[str] = set()

    def tree(self, tree: Tree, planned: Plan) -> None:
        """Read a tree: first what several files make together, then files that are an export by themselves."""
        taken: set[str] = set()
        units = [_parcel(tree, reader, parcel) for reader, parcel in planned.parcels]
        for (_, parcel), replies in zip(planned.parcels, self._read(units), strict=True):
            if any(reply.says for reply in replies):
                taken.update((*parcel.files, *parcel.aside))
                self._sort_in(replies)
        alone = _alone(tree, planned)
        declined = sorted({name for _, parcel in planned.parcels for name in parcel.files} - taken)
        self._total += len(declined)
        for replies in self._read([Unit(n, ((n, str(tree.paths[n])),)) for n in (*alone, *declined)]):
            self._sort_in(replies)
        aside = {name for _, parcel in planned.parcels for name in parcel.aside} - taken - set(declined)
        self._outcome.refused.extend([*tree.refused, *planned.refused])
        self._outcome.unrecognised.extend([*tree.unread, *aside, *(set(planned.unknown) - set(alone))])

    def contents(self, held: Mapping[str, bytes]) -> None:
        """Read files that lie on no disk."""
        units = [Unit(name, (), held=((name, base64.b64encode(data).decode()),)) for name, data in held.items()]
        for replies in self._read(units):
            self._sort_in(replies)

    def outcome(self) -> Outcome:
        """Return what became of everything; files that a reader looked at beside its export are not unknown."""
        unknown = sorted(set(self._outcome.unrecognised) - self._companions)
        return dataclasses.replace(self._outcome, drafts=joined(self._outcome.drafts), unrecognised=unknown)

    def _read(self, units: Sequence[Unit]) -> Iterator[list[Reply]]:
        units = [unit._replace(platform=self._platform) for unit in units]
        for unit, replies in zip(units, self._crew.map(units), strict=True):
            self._done += 1
            if self._progress is not None:
                self._progress(self._done, self._total, unit.where)
            yield replies

    def _sort_in(self, replies: list[Reply]) -> None:
        for reply in replies:
            self._companions |= {PurePath(reply.where).with_name(name).as_posix() for name in reply.companions}
            if reply.refused is not None:
                self._outcome.refused.append(reply.refused)
            elif reply.drafts:
                self._outcome.drafts.extend(reply.drafts)
            else:
                self._outcome.unrecognised.append(reply.where)


def _parcel(tree: Tree, reader: ModuleType, parcel: Parcel) -> Unit:
    files = tuple((name, str(tree.paths[name])) for name in parcel.files)
    return Unit(parcel.root or tree.name, files, reader.NAME, parcel.root)


class Worker:
    """A reading process, started when the first file needs it: a crew of one."""

    def __init__(self, *, key: bytes, limits: Limits) -> None:
        self._first = {
            "key": key.hex(),
            "limits": dataclasses.asdict(limits),
            "packages": list(platforms_.__path__),
        }
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """End the reading process, if one was started."""
        self._stop()

    def map(self, units: Sequence[Unit]) -> Iterator[list[Reply]]:
        """Yield what became of each unit, in their order."""
        return map(self.read, units)

    def read(self, unit: Unit) -> list[Reply]:
        """Return what became of `unit`."""
        self._start()
        self._send(unit._asdict())
        seconds = self._limits.time_for(
            sum(len(data) for _, data in unit.held)
            + sum(grown(Path(path), self._limits.bytes) for _, path in unit.files)
        )
        line = self._line(seconds * _ON_THE_CLOCK)
        if line and line.endswith(b"\n"):
            replies = from_line(line)
            if any(reply.refused is not None and reply.refused.code == "memory" for reply in replies):
                self._stop()
            return replies
        return [Reply(unit.where, refused=self._killed(line, unit.where, seconds))]

    def _start(self) -> None:
        if self._process is not None:
            return
        command = [sys.executable, "-P", "-m", "workbench.platforms.worker"]
        self._lines = queue.SimpleQueue()
        self._process = subprocess.Popen(  # noqa: S603  our own module, no shell
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
        )
        threading.Thread(
            target=_collect, args=(self._process.stdout, self._lines, self._limits.output), daemon=True
        ).start()
        self._send(self._first)
        if self._line(_START_SECONDS) != b"ready\n":
            self._stop()
            raise WorkerError(f"the reading process did not start; run `{' '.join(command)}` to see why")

    def _send(self, request: dict[str, Any]) -> None:
        assert self._process is not None  # noqa: S101  _start has run
        assert self._process.stdin is not None  # noqa: S101
        with contextlib.suppress(BrokenPipeError):  # a process that died says so by its missing answer
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()

    def _line(self, seconds: float) -> bytes | None:
        """Return the next line, b"" if the process has ended, None if time is up."""
        try:
            return self._lines.get(timeout=seconds)
        except queue.Empty:
            return None

    def _killed(self, line: bytes | None, where: str, seconds: float) -> RefusedError:
        status = self._stop()
        if line is None or status == -signal.SIGXCPU:
            text = f"reading took more than {seconds:.0f} seconds; export fewer apps at once"
            return RefusedError("time", where, text)
        if line:
            return RefusedError(
                "output",
                where,
                f"what was read takes more than {self._limits.output:,} bytes; export fewer apps at once",
            )
        text = f"the reading process ended ({status}), most likely for want of memory; export fewer apps at once"
        return RefusedError("crash", where, text)

    def _stop(self) -> int | None:
        process, self._process = self._process, None
        if process is None:
            return None
        assert process.stdin is not None  # noqa: S101
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            # It may be on its way out by itself; how it ends says which limit it met.
            return process.wait(timeout=0.5 if self._lines.empty() else 0)
        process.kill()
        return process.wait()


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    code = str(Path(workbench.__path__[0]).parent)
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, (code, os.environ.get("PYTHONPATH"))))}


def _collect(stream: Any, lines: queue.SimpleQueue[bytes], longest: int) -> None:
    """Pass lines on as they come; b"" is the end."""
    with stream:
        while line := stream.readline(longest + 1):
            lines.put(line)
            if not line.endswith(b"\n"):
                break
    lines.put(b"")
