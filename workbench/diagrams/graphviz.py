"""Graphviz in a child process that stays warm: started when first asked, ended on a time limit, started again."""

from __future__ import annotations

import atexit
import importlib.util
import os
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from typing import IO

_WORKER = Path(__file__).with_name("worker.py")
_CPU_SECONDS = 120  # for one graph; the clock's limit below is what counts while this process lives


class LayoutError(RuntimeError):
    """Graphviz did not lay a graph out; the message says why."""


def ask(dot: str, seconds: float) -> bytes:
    """Return Graphviz's places for a graph in DOT, as its JSON.

    Raises
    ------
    LayoutError
        If Graphviz is not installed, ends before it answers, or takes longer than `seconds`.
    """
    return _child(os.getpid()).ask(dot.encode(), seconds)


@cache
def _child(pid: int) -> _Child:  # noqa: ARG001 - a forked process must not share its parent's child
    child = _Child()
    atexit.register(child.end)
    return child


class _Child:
    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def ask(self, dot: bytes, seconds: float) -> bytes:
        with self._lock:
            process = self._running()
            late = threading.Event()

            def stop() -> None:
                late.set()
                process.kill()

            watch = threading.Timer(seconds, stop)
            watch.start()
            try:
                answer = _exchange(process, dot)
            finally:
                watch.cancel()
            if answer is None:
                self._process = None
                code = process.wait()
                raise LayoutError(f"took longer than {seconds:g} s" if late.is_set() else f"Graphviz ended with {code}")
        if not answer:
            raise LayoutError("Graphviz refused the graph")
        return answer

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-I", "-S", str(_WORKER), _package(), str(_CPU_SECONDS)]
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        return self._process


def _exchange(process: subprocess.Popen[bytes], message: bytes) -> bytes | None:
    """Return the answer to a message, or None if the process ended before it had answered."""
    if process.stdin is None or process.stdout is None:
        return None
    try:
        process.stdin.write(len(message).to_bytes(8, "little") + message)
        process.stdin.flush()
    except BrokenPipeError:
        return None
    length = _exactly(process.stdout, 8)
    return _exactly(process.stdout, int.from_bytes(length, "little")) if length is not None else None


def _exactly(stream: IO[bytes], length: int) -> bytes | None:
    data = stream.read(length)
    return data if len(data) == length else None


def _package() -> str:
    """Return the folder of pygraphviz without importing it, which would load all of its libraries here."""
    spec = importlib.util.find_spec("pygraphviz")
    if spec is None or not spec.submodule_search_locations:
        raise LayoutError("pygraphviz is not installed; install threat-workbench again")
    return spec.submodule_search_locations[0]
