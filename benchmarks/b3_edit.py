"""B3: one edit in a workshop on a model of 200 elements: ledger, rules, tables ready; against a bare SQLite commit."""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from b1_threats import synthetic
from common import Line, seconds

import workbench
from workbench.model import Process, added

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.ledger import Ledger
    from workbench.workspace import Workspace

ELEMENTS, EDITS = 200, 40


def lines() -> Iterator[Line]:
    """Yield the commit alone against a bare one, and the whole edit against 100 ms."""
    with tempfile.TemporaryDirectory() as folder, workbench.init(Path(folder) / "team") as ws:
        ws.commit([added(e) for e in synthetic(ELEMENTS)], why="benchmark")
        bare = _bare(Path(folder) / "bare.sqlite", _journal(ws.ledger))
        _whole(ws, -1)
        pairs = [(_timed(lambda n=n: _commit(ws, n)), _timed(bare)) for n in range(EDITS)]
        whole = statistics.median(_timed(lambda n=n: _whole(ws, n)) for n in range(EDITS))
    ratio = statistics.median(a / b for a, b in pairs)
    ours, other = (statistics.median(side) for side in zip(*pairs, strict=True))
    yield Line("B3 commit of one edit", seconds(ours), seconds(other), f"{ratio:.2f}", "< 5 x bare commit", ratio < 5)
    yield Line("B3 edit, rules, tables", seconds(whole), "-", "-", "< 100 ms", whole < 0.1)


def _commit(ws: Workspace, number: int) -> None:
    step = ws.ledger.model().of(Process)[number % 20]
    ws.commit([_renamed(step, number)], why="edit")


def _renamed(step: Process, number: int):  # noqa: ANN202 - a Change
    from workbench.model import replaced  # noqa: PLC0415

    return replaced(step, step.changed(name=f"{step.name} {number}"))


def _whole(ws: Workspace, number: int) -> None:
    _commit(ws, number)
    app = ws.app(ws.model.apps[0].id)
    for table in (app.threats, app.threat_groups, app.questions, app.elements, app.flows):
        len(table)


def _journal(ledger: Ledger) -> tuple[str, int]:
    """Return the durability settings that the ledger itself runs with, so that the bare commit is as durable."""
    with ledger._database.read() as connection:  # noqa: SLF001 - a benchmark looks inside to compare like with like
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
        level = connection.exec_driver_sql("PRAGMA synchronous").scalar()
    return str(mode), int(level or 2)


def _bare(path: Path, durability: tuple[str, int]) -> Callable[[], None]:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA journal_mode={durability[0]}")
    connection.execute(f"PRAGMA synchronous={durability[1]}")
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)")

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO t (body) VALUES (?)", ("x" * 600,))
        connection.execute("COMMIT")

    return commit


def _timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
