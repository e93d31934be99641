"""Write the history as JSON lines that `verify_export.py` checks with nothing but Python.

The first line names the format and the ledger; then come the entries of each batch in order, closed by the batch; the
last line says how many there are and the hash at the end. An entry's `after` is a string: the bytes that were hashed.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from workbench.ledger import chain, scan, schema
from workbench.ledger.errors import DamagedError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Table

    from workbench.ledger.database import Database
    from workbench.ledger.reading import AnyRow

FORMAT = "threat-workbench-ledger"


def export(database: Database, path: Path, genesis: str) -> None:
    """Write the export; the file appears whole or not at all.

    Raises
    ------
    DamagedError
        If the history has gaps or leftovers.
    StorageError
        If the file cannot be written; one that was there before stays as it was.
    """
    # Beside the target, because a file can only be renamed within one disk.
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        _write(unfinished, _lines(database, genesis))
        unfinished.replace(path)
    except OSError as error:
        raise StorageError(f"the export cannot be written: {error.strerror}: {path}; give another place") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _write(path: Path, lines: Iterator[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())


def _lines(database: Database, genesis: str) -> Iterator[dict[str, Any]]:
    with database.read() as connection:
        ledger = connection.execute(select(schema.ledger)).one()
        _check_whole(connection)
    yield {"format": FORMAT, "version": chain.FORMAT, "ledger": ledger.id, "created": ledger.created}
    entries, link = 0, genesis
    for group in scan.groups(database):
        for row in group.entries:
            yield {"entry": _named(schema.entry, row) | {"after": _text(row)}}
        yield {"batch": _named(schema.batch, group.batch)}
        entries, link = group.batch.last, group.batch.hash
    yield {"end": {"entries": entries, "hash": link}}


def _check_whole(connection: Connection) -> None:
    """Refuse rows that belong to no batch: they would be missing in the export without a word."""
    for table, key, last in ((schema.batch, "number", "number"), (schema.entry, "sequence", "last")):
        rows = connection.execute(select(func.count(table.c[key]))).scalar_one()
        said = connection.execute(select(func.max(schema.batch.c[last]))).scalar_one() or 0
        if rows != said:
            raise DamagedError(f"{rows} rows in the table {table.name}, but {said} belong to the history; verify it")


def _text(row: AnyRow) -> str | None:
    try:
        return None if row.after is None else row.after.decode()
    except UnicodeDecodeError as error:
        raise DamagedError(f"entry {row.sequence} is not text ({error}); verify the ledger") from error


def _named(table: Table, row: AnyRow) -> dict[str, Any]:
    return dict(zip(table.columns.keys(), row, strict=True))
