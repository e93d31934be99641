"""Check that the file holds what was written: the history, the state that it leads to, an anchor kept outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from workbench.ledger import scan, schema
from workbench.ledger.errors import LedgerError
from workbench.ledger.replay import ProblemError, Replay
from workbench.ledger.values import Verification

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from workbench.ledger.database import Database
    from workbench.ledger.values import Anchor


def verify(database: Database, genesis: str, anchor: Anchor | None) -> Verification:
    """Return whether the file is as it was written, with the first thing that is not."""
    replay = Replay(genesis, anchor)
    problem, at = None, None
    try:
        with database.read() as connection:
            _check_file(connection)
        _follow(database, replay)
    except ProblemError as error:
        problem, at = str(error), error.sequence
    except LedgerError as error:
        # A page of the file that cannot be read is the finding, not a failure of the verifier.
        problem, at = str(error), replay.sequence + 1
    return Verification(problem is None, replay.sequence, problem, at, anchor is not None, tuple(replay.information))


def _follow(database: Database, replay: Replay) -> None:
    """Replay to the end, also over what others append meanwhile, then compare the state with it."""
    replay.begin()
    while True:
        for group in scan.groups(database, replay.number):
            replay.take(group.batch, group.entries)
        with database.read() as connection:
            newest = connection.execute(select(func.max(schema.batch.c.number))).scalar_one()
            if (newest or 0) <= replay.number:
                replay.end()
                _check_tables(connection, replay)
                return


def _check_tables(connection: Connection, replay: Replay) -> None:
    for table, expected in ((schema.batch, replay.number), (schema.entry, replay.sequence)):
        count = connection.execute(select(func.count()).select_from(table)).scalar_one()
        if count != expected:
            raise ProblemError(f"{count} rows in the table {table.name}, but {expected} belong to the history")
    stored = {row.element: row.sequence for row in connection.execute(select(schema.state))}
    wrong = sorted({element for element, _ in stored.items() ^ replay.now.items()})
    if wrong:
        shown = ", ".join(map(repr, wrong[:3]))
        raise ProblemError(f"the current state differs from the history in {len(wrong)} elements, such as {shown}")


def _check_file(connection: Connection) -> None:
    """Let SQLite check its own structure, and look whether the guards still stand."""
    if connection.dialect.name != "sqlite":
        return
    found = connection.execute(text("PRAGMA integrity_check(1)")).scalar_one()
    if found != "ok":
        raise ProblemError(f"SQLite finds the file damaged: {found}")
    query = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    missing = set(schema.GUARDS) - set(connection.execute(query).scalars())
    if missing:
        raise ProblemError(f"guards that keep the history append-only are gone: {', '.join(sorted(missing))}")
