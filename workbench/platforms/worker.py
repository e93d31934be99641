"""The reading process: takes file names on its input, gives a line for each on its output, and can do little else.

Started by the guard as `python -m workbench.platforms.worker`. It imports no pandas and no networkx, so that it starts
fast and stays small.
"""

from __future__ import annotations

import gc
import hashlib
import json
import math
import os
import resource
import sys
import traceback
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import workbench.platforms as platforms_
from workbench.platforms.documents import Limits, decode, size_of
from workbench.platforms.draft import Document, Draft, Note, RefusedError
from workbench.platforms.secrets import mask
from workbench.platforms.wire import Reply, to_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType


@dataclass(frozen=True)
class Job:
    """What stays the same for all files of a worker."""

    key: bytes
    limits: Limits
    readers: Sequence[ModuleType]


def read(path: Path, where: str, job: Job) -> Reply:
    """Return what became of the file at `path`; a file is taken whole or refused whole."""
    try:
        return _read(path, where, job)
    except RefusedError as error:
        return Reply(refused=RefusedError(error.code, *_masked(job, error.where, error.text)))
    except (MemoryError, RecursionError):
        return Reply(
            refused=RefusedError(
                "memory", where, f"reading needs more than {job.limits.memory:,} bytes; export fewer apps at once"
            )
        )
    except OSError as error:
        return Reply(
            refused=RefusedError("unreadable", where, f"{error.strerror}; check that the file is there and may be read")
        )
    except Exception as error:  # noqa: BLE001  a reader's fault costs its file, not the import; its text may hold content
        return Reply(refused=RefusedError("internal", where, _fault(error)))


def _read(path: Path, where: str, job: Job) -> Reply:
    data = _bytes(path, where, job.limits)
    if not data.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith((b"{", b"[")) and not _claims_json(path):
        return Reply()
    notes: list[Note] = []
    documents = decode(data, where, limits=job.limits, notes=notes)
    chosen = [
        _reader(content, f"{where}#{pointer}" if pointer else where, job.readers) for pointer, content in documents
    ]
    if not any(chosen):
        return Reply()
    drafts: list[Draft] = []
    sha256 = hashlib.sha256(data).hexdigest()
    for (pointer, content), reader in zip(documents, chosen, strict=True):
        if reader is None:
            raise RefusedError(
                "mixed", f"{where}#{pointer}", "one of several documents in the file is no known export; save it apart"
            )
        masked, secrets = mask(content, job.key)
        document = Document(path.name, masked, sha256, pointer, secrets, _companions(path, reader, job))
        drafts += _given(reader.read(document), document)
    own = tuple(Note(note.level, *_masked(job, note.where, note.text)) for note in notes)
    drafts[:1] = [replace(draft, notes=(*own, *draft.notes)) for draft in drafts[:1]]
    return Reply(
        tuple(drafts),
        companions=tuple(name for reader in chosen if reader for name in getattr(reader, "COMPANIONS", ())),
    )


def _masked(job: Job, *texts: str) -> list[str]:
    """Return what is said about a file without the secrets that its keys may be."""
    masked: list[str] = mask(list(texts), job.key)[0]
    return masked


def _given(drafts: Sequence[Draft], document: Document) -> list[Draft]:
    return [draft if draft.sha256 else replace(draft, sha256=document.sha256) for draft in drafts]


def _claims_json(path: Path) -> bool:
    return path.name.lower().rstrip('"').endswith(".json")


def _bytes(path: Path, where: str, limits: Limits) -> bytes:
    with path.open("rb") as file:
        data = file.read(limits.bytes + 1)
    if len(data) > limits.bytes:
        raise RefusedError(
            "too-large", where, f"the file has more than {limits.bytes:,} bytes; export fewer apps at once"
        )
    return data


def _reader(content: Any, where: str, readers: Sequence[ModuleType]) -> ModuleType | None:
    fitting = [reader for reader in readers if reader.matches(content)]
    if len(fitting) > 1:
        choices = " and ".join(reader.NAME for reader in fitting)
        raise RefusedError("ambiguous", where, f"it looks like an export of {choices}; name its platform")
    return fitting[0] if fitting else None


def _companions(path: Path, reader: ModuleType, job: Job) -> dict[str, Any]:
    """Return the files that the reader wants to see beside the export, masked: JSON as data, the rest as text."""
    result = {}
    for name in getattr(reader, "COMPANIONS", ()):
        beside = path.with_name(name)
        if beside.is_file() and not beside.is_symlink() and beside != path:
            data = _bytes(beside, name, job.limits)
            content = (
                decode(data, name, limits=job.limits)[0][1] if _claims_json(beside) else data.decode(errors="replace")
            )
            result[name] = mask(content, job.key)[0]
    return result


def _fault(error: Exception) -> str:
    """Say where our own code failed, without the error's text: it may hold what must stay secret."""
    frames = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    places = " ← ".join(reversed(frames[-3:]))
    return f"its reader failed ({type(error).__name__} at {places}); a fault of the workbench: please report it"


def _confine(limits: Limits) -> None:
    """Take away what reading a file does not need: memory without end, writing, core dumps, network, other programs."""
    for kind, most in ((resource.RLIMIT_AS, limits.memory), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    sys.addaudithook(_only_reading)


_OBJECTS = 100_000
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.remove",
    "os.rename",
    "ctypes.",
)


def _only_reading(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN) or (event == "open" and _writes(arguments)):
        raise PermissionError(f"a reader of exports may not do {event}")


def _writes(arguments: tuple[Any, ...]) -> bool:
    _, mode, flags = arguments
    return bool(set(mode or "") & set("wax+")) or bool((flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def _grant_seconds(seconds: float) -> None:
    """Allow the next file its processor time, on top of what was used before."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(usage.ru_utime + usage.ru_stime + seconds), hard))


def _job(request: dict[str, Any]) -> Job:
    platforms_.__path__[:] = request["packages"]
    readers = [reader for reader in platforms_.readers() if request["platform"] in {None, reader.NAME}]
    return Job(bytes.fromhex(request["key"]), Limits(**request["limits"]), readers)


def _answer(request: dict[str, Any], job: Job) -> bytes:
    path = Path(request["path"])
    _grant_seconds(job.limits.time_for(size_of(path)))
    line = to_line(read(path, request["where"], job))
    if len(line) > job.limits.output:
        text = f"what was read takes more than {job.limits.output:,} bytes; export fewer apps at once"
        return to_line(Reply(refused=RefusedError("output", request["where"], text)))
    return line


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer each line of `requests`; the first one holds the key and the limits."""
    job = _job(json.loads(requests.readline()))
    _confine(job.limits)
    replies.write(b"ready\n")
    replies.flush()
    for line in requests:
        replies.write(_answer(json.loads(line), job) + b"\n")
        replies.flush()


def main() -> None:
    """Serve on the standard streams, kept away from what a reader may print."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # What exports become has no circles: the collector would look at it in vain.
    gc.set_threshold(_OBJECTS)
    serve(sys.stdin.buffer, replies)


if __name__ == "__main__":
    main()
