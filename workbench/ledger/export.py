"""Write the history as JSON lines that `verify_export.py` checks with nothing but Python.

The first line names the format and the ledger; then come the entries of each batch in order, closed by the batch; the
last line says how many there are and the hash at the end. An entry's `after` is a string: the bytes that were hashed.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from workbench.ledger import chain, scan, schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Table

    from workbench.ledger.database import Database
    from workbench.ledger.reading import AnyRow

FORMAT = "threat-workbench-ledger"


def export(database: Database, path: Path, genesis: str) -> None:
    """Write the export; the file appears whole or not at all."""
    # Beside the target, because a file can only be renamed within one disk.
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in _lines(database, genesis))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _lines(database: Database, genesis: str) -> Iterator[dict[str, Any]]:
    with database.read() as connection:
        ledger = connection.execute(select(schema.ledger)).one()
    yield {"format": FORMAT, "version": chain.FORMAT, "ledger": ledger.id, "created": ledger.created}
    entries, link = 0, genesis
    for group in scan.groups(database):
        for row in group.entries:
            yield {"entry": _named(schema.entry, row) | {"after": None if row.after is None else row.after.decode()}}
        yield {"batch": _named(schema.batch, group.batch)}
        entries, link = group.batch.last, group.batch.hash
    yield {"end": {"entries": entries, "hash": link}}


def _named(table: Table, row: AnyRow) -> dict[str, Any]:
    return dict(zip(table.columns.keys(), row, strict=True))
