"""The reader `probe`: its documents say what it shall do, good or bad. Copied into the package by a fixture."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.model import App, Boundary
from workbench.platforms.draft import Draft, Note, RefusedError, Setting

if TYPE_CHECKING:
    from workbench.platforms.draft import Document

NAME = "probe"
SETTINGS = {"probe.flag": Setting("boolean", "A flag")}
COMPANIONS = ("probe-settings.json", "probe-settings.js")


def matches(content: Any) -> bool:
    """Tell whether the document is for this reader."""
    return isinstance(content, dict) and "probe" in content


def read(document: Document) -> list[Draft]:
    """Do what the document says and return one app that shows what it was given."""
    action = document.content["probe"]
    text = _ACTIONS[action](document) if action in _ACTIONS else str(document.content)
    app = App(
        id=f"app-{document.name}{document.pointer}",
        name=document.name,
        platform=NAME,
        purpose=text[:1500],
        secrets=document.secrets,
    )
    return [
        Draft(
            NAME,
            app.id,
            (app, Boundary(id="boundary:internet", name="Internet")),
            (Note("info", document.name, "read"),),
        )
    ]


def _memory(_: Document) -> str:
    return str(len([bytes(10_000_000) for _ in range(1_000_000)]))


def _forever(_: Document) -> str:
    while True:
        pass


def _sleep(_: Document) -> str:
    time.sleep(3600)
    return ""


def _exit(_: Document) -> str:
    os._exit(3)


def _abort(_: Document) -> str:
    os.abort()


def _fault(document: Document) -> str:
    raise KeyError(document.content["password"])


def _refuse(document: Document) -> str:
    raise RefusedError("version", document.name, "too old; export it again")


def _deep(document: Document) -> str:
    return _deep(document)


def _print(_: Document) -> str:
    print("noise")  # noqa: T201
    sys.stdout.flush()
    os.write(1, b"more noise\n")
    return "printed"


def _write(document: Document) -> str:
    Path(document.content["path"]).write_text("x")
    return ""


def _connect(_: Document) -> str:
    socket.create_connection(("127.0.0.1", 9), timeout=1)
    return ""


def _program(_: Document) -> str:
    return subprocess.run(["true"], check=True, capture_output=True).stdout.decode()


def _surroundings(_: Document) -> str:
    return f"{sys.orig_argv} {sorted(os.environ)}"


def _companions(document: Document) -> str:
    return str(document.companions)


_ACTIONS = {
    "memory": _memory, "forever": _forever, "sleep": _sleep, "exit": _exit, "abort": _abort, "fault": _fault,
    "refuse": _refuse, "deep": _deep, "print": _print, "write": _write, "connect": _connect, "program": _program,
    "surroundings": _surroundings, "companions": _companions,
}  # fmt: skip
