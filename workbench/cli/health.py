"""`workbench doctor`: what may be wrong with the installation or the workspace."""

from __future__ import annotations

import sqlite3
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import pandas as pd

import workbench
from workbench import platforms
from workbench.rules.examples import failures

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workbench.workspace import Workspace

# Versions below these have known holes; hardening notes in ARCHITECTURE.md.
FLOORS = {"jupyterlab": (4, 6, 2), "jupyter_server": (2, 20), "nbconvert": (7, 17, 1), "ipywidgets": (8,)}
Row = tuple[str, str, str]


def check(folder: Path) -> pd.DataFrame:
    """Return one row a check: check, result (well, note or wrong), detail."""
    rows = [*_installation(), *_workspace(folder)]
    return pd.DataFrame(rows, columns=["check", "result", "detail"])


def _installation() -> Iterator[Row]:
    yield "Python", "well" if (3, 11) <= sys.version_info < (3, 14) else "wrong", sys.version.split()[0]
    sqlite = sqlite3.sqlite_version
    safe = tuple(map(int, sqlite.split("."))) >= (3, 51, 3)
    mode = "write-ahead log" if safe else "rollback journal, because this version's write-ahead log can corrupt"
    yield "SQLite", "well", f"{sqlite}: {mode}"
    for name, floor in FLOORS.items():
        yield _package(name, floor)


def _package(name: str, floor: tuple[int, ...]) -> Row:
    wanted = ".".join(map(str, floor))
    try:
        found = version(name)
    except PackageNotFoundError:
        return name, "wrong", f"is not installed; expected {wanted} or newer"
    numbers = tuple(int(part) for part in found.split(".")[:3] if part.isdigit())
    return name, "well" if numbers >= floor else "wrong", f"{found} (expected {wanted} or newer)"


def _workspace(folder: Path) -> Iterator[Row]:
    try:
        ws = workbench.open(folder)
    except workbench.UsageError as error:
        yield "workspace", "note", str(error)
        return
    with ws:
        yield from _parts(ws)


def _parts(ws: Workspace) -> Iterator[Row]:
    for name, look in (
        ("configuration", _configuration),
        ("rules", _rules),
        ("risk scheme", _scheme),
        ("ledger", _ledger),
        ("messages", _messages),
    ):
        try:
            result, detail = look(ws)
        except ValueError as error:
            result, detail = "wrong", str(error)
        yield name, result, detail


def _configuration(ws: Workspace) -> tuple[str, str]:
    unknown = sorted(set(ws.config.apps) - {a.id for a in ws.model.apps})
    return ("note", f"apps that are not in the model: {', '.join(unknown)}") if unknown else ("well", str(ws.path))


def _rules(ws: Workspace) -> tuple[str, str]:
    """Say whether the examples of the workspace's own rules hold; those of the shipped ones are tests of ours."""
    kinds = {key: setting.kind for key, setting in platforms.settings().items()}
    own = [rule for rule in ws.library if rule.place.startswith(tuple(f"{f}/" for f in ws.config.rules.folders))]
    wrong = [text for rule in own for text in failures(rule, kinds)]
    return (
        ("wrong", "; ".join(wrong)) if wrong else ("well", f"{len(ws.library.rules)} rules, {len(own)} of them yours")
    )


def _scheme(ws: Workspace) -> tuple[str, str]:
    if problems := ws.scheme.problems():
        return "wrong", "; ".join(problems)
    if elsewhere := len(ws.risk.chosen_elsewhere):
        again = f"rated by the words of another scheme and to look at again: {elsewhere} (ws.risk.chosen_elsewhere)"
        return "note", f"{ws.scheme.id}; {again}"
    return "well", ws.scheme.id


def _ledger(ws: Workspace) -> tuple[str, str]:
    found = ws.ledger.verify()
    return ("well", f"{found.entries} entries, unbroken") if found.ok else ("wrong", str(found.problem))


def _messages(ws: Workspace) -> tuple[str, str]:
    """Say who is told of reviews, and whether the last message arrived; nothing is sent for that."""
    telling = ws.reviews.telling
    ways, last = telling.check(), telling.table.tail(1).to_dict("records")
    if last and last[0]["state"] == "failed":
        return "note", f"the last {last[0]['by']} was not sent: {last[0]['problem']}"
    return "well", ways
