"""The report as JSON: a stable form for other programs."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from workbench.reports.cells import rows

if TYPE_CHECKING:
    import pandas as pd

    from workbench.reports.content import Content

SUFFIXES = (".json",)
FORMAT = "threat-workbench-report"
VERSION = 1


def render(content: Content) -> bytes:
    """Return the report as JSON in UTF-8.

    Keys
    ----
    format, version : `threat-workbench-report` and 1; a change that old readers would misread raises the version
    generated : ISO 8601 time
    app : id of the app, null for all
    title : its name
    ledger : sequence, hash and time of the newest ledger entry
    scheme : id and hash of the risk scheme
    tables : by name a list of rows; each row maps all columns of the table to values, null for unknown, lists for
        several, ISO 8601 for dates and times
    numbers : the number that the diagram gives a flow, by the flow's id
    model : as `Model.to_json` writes it
    """
    head = content.head
    document = {
        "format": FORMAT,
        "version": VERSION,
        "generated": content.generated.isoformat(),
        "app": content.app.id if content.app is not None else None,
        "title": content.title,
        "ledger": {"sequence": head.sequence, "hash": head.hash, "at": head.at.isoformat() if head.at else None},
        "scheme": {"id": content.scheme.id, "hash": content.scheme.hash},
        "tables": {name: records(table) for name, table in content.named().items()},
        "numbers": dict(sorted(content.numbers.items())),
        "model": content.model.to_json(),
    }
    # Everything outside ASCII is escaped, also what no encoding can hold: nothing is lost or hidden.
    return (json.dumps(document, ensure_ascii=True, allow_nan=False, indent=2) + "\n").encode()


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as JSON data."""
    return [{str(name): _data(value) for name, value in row.items()} for row in rows(table)]


def _data(value: Any) -> Any:
    if isinstance(value, (tuple, list, set, frozenset)):
        return [_data(item) for item in value]
    if isinstance(value, datetime) and value.tzinfo is None and value.time() == datetime.min.time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, (date, datetime)) else value
