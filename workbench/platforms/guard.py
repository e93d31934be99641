"""Read exports in a child process that is killed and started again when a file asks for too much."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import workbench
import workbench.platforms as platforms_
from workbench.platforms.documents import Limits, size_of
from workbench.platforms.draft import Draft, RefusedError
from workbench.platforms.wire import Reply, from_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_START_SECONDS = 60.0
# What a program needs to run at all; the rest of the environment (tokens, passwords) stays with the parent.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
# Folders of tools, not of people: reported as one name, not looked into.
_TOOLS = frozenset({".git", ".hg", ".svn", ".venv", "node_modules", "__pycache__", ".ipynb_checkpoints"})


class WorkerError(RuntimeError):
    """The reading process could not start; nothing was read."""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of the files: every one of them is in exactly one of these lists, or gave drafts."""

    drafts: list[Draft]
    refused: list[RefusedError]
    unrecognised: list[str]
    """Names of files that no reader knows."""


class Candidate(NamedTuple):
    """A file that may be an export."""

    path: Path
    where: str
    """Its name from the given folder on."""


def read(
    paths: Iterable[Path | str],
    *,
    key: bytes,
    platform: str | None = None,
    progress: Callable[[int, int, str], Any] | None = None,
    limits: Limits | None = None,
) -> Outcome:
    """Return what the exports in files and folders say; see `platforms.read_files`."""
    outcome = Outcome([], [], [])
    files = list(find(paths, outcome))
    companions: set[str] = set()
    with Worker(key=key, platform=platform, limits=limits or Limits()) as worker:
        for done, file in enumerate(files, start=1):
            reply = worker.read(file)
            _sort_in(reply, file, outcome)
            companions |= {str(Path(file.where).with_name(name)) for name in reply.companions}
            if progress is not None:
                progress(done, len(files), file.where)
    return dataclasses.replace(outcome, unrecognised=sorted(set(outcome.unrecognised) - companions))


def _sort_in(reply: Reply, file: Candidate, outcome: Outcome) -> None:
    if reply.refused is not None:
        outcome.refused.append(reply.refused)
    elif reply.drafts:
        outcome.drafts.extend(dataclasses.replace(draft, file=file.where) for draft in reply.drafts)
    else:
        outcome.unrecognised.append(file.where)


def find(paths: Iterable[Path | str], outcome: Outcome) -> Iterator[Candidate]:
    """Yield the files that may be exports, each once, in the order of names; the rest goes into `outcome`."""
    seen: set[str] = set()
    for given in map(Path, paths):
        if given.is_dir():
            found = _walk(given, outcome)
        elif given.exists():
            found = iter([Candidate(given, given.name)])
        else:
            outcome.refused.append(
                RefusedError("missing", str(given), "there is no such file or folder; check the name")
            )
            continue
        for file in found:
            if (real := os.path.realpath(file.path)) not in seen:
                seen.add(real)
                yield file


def _walk(root: Path, outcome: Outcome) -> Iterator[Candidate]:
    inside = os.path.realpath(root)

    def closed(problem: OSError) -> None:
        where = f"{Path(problem.filename).relative_to(root)}/"
        text = f"the folder cannot be opened ({problem.strerror}); check who may read it"
        outcome.refused.append(RefusedError("unreadable", where, text))

    for folder, folders, names in os.walk(root, onerror=closed):
        folders.sort()
        for name in [name for name in folders if name in _TOOLS or Path(folder, name).is_symlink()]:
            folders.remove(name)
            outcome.unrecognised.append(f"{Path(folder, name).relative_to(root)}/")
        for name in sorted(names):
            path = Path(folder, name)
            where = str(path.relative_to(root))
            # realpath, unlike Path.resolve, takes a link that leads to itself as it is
            leaves = path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(inside)
            if leaves or not path.is_file() or not _may_be_export(name):
                outcome.unrecognised.append(where)
            else:
                yield Candidate(path, where)


def _may_be_export(name: str) -> bool:
    return name.lower().rstrip('"').endswith(".json") or "." not in name


class Worker:
    """A reading process, started when the first file needs it."""

    def __init__(self, *, key: bytes, platform: str | None = None, limits: Limits) -> None:
        self._first = {
            "key": key.hex(),
            "platform": platform,
            "limits": dataclasses.asdict(limits),
            "packages": list(platforms_.__path__),
        }
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def read(self, file: Candidate) -> Reply:
        """Return what became of `file`."""
        self._start()
        self._send({"path": str(file.path), "where": file.where})
        seconds = self._limits.time_for(size_of(file.path))
        line = self._line(seconds)
        if line and line.endswith(b"\n"):
            reply = from_line(line)
            if reply.refused is not None and reply.refused.code == "memory":
                self._stop()
            return reply
        return Reply(refused=self._killed(line, file.where, seconds))

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
