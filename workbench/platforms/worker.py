"""The reading process: takes file names on its input, gives a line for each on its output, and can do little else.

Started by the guard as `python -m workbench.platforms.worker`. It imports no pandas and no networkx, so that it starts
fast and stays small.
"""

from __future__ import annotations

import base64
import gc
import json
import math
import os
import resource
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import workbench.platforms as platforms_
from workbench.platforms.archive import grown
from workbench.platforms.documents import Limits
from workbench.platforms.draft import RefusedError
from workbench.platforms.parcels import Parcel
from workbench.platforms.reading import Held, Job, OnDisk, read_file, read_parcel
from workbench.platforms.wire import Reply, to_line


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
    return Job(bytes.fromhex(request["key"]), Limits(**request["limits"]), platforms_.readers())


def _answer(request: dict[str, Any], job: Job) -> bytes:
    files = {name: Path(path) for name, path in request["files"]}
    size = sum(len(data) for _, data in request["held"]) + sum(grown(p, job.limits.bytes) for p in files.values())
    _grant_seconds(job.limits.time_for(size))
    line = to_line(_replies(request, files, job))
    if len(line) > job.limits.output:
        text = f"what was read takes more than {job.limits.output:,} bytes; export fewer apps at once"
        return to_line([Reply(request["where"], refused=RefusedError("output", request["where"], text))])
    return line


def _replies(request: dict[str, Any], paths: dict[str, Path], job: Job) -> list[Reply]:
    where, held = request["where"], {name: base64.b64decode(data) for name, data in request["held"]}
    files = Held(held) if held else OnDisk(paths, job.limits)
    if request["reader"] is None:
        only = request["platform"]
        chosen = [reader for reader in job.readers if only in {None, reader.NAME}]
        return read_file(where, files, replace(job, readers=chosen))
    reader = next(reader for reader in job.readers if request["reader"] == reader.NAME)
    parcel = Parcel(request["root"], tuple(held or paths))
    return [read_parcel(reader, parcel, where, files, job)]


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
