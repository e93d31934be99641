"""Values as the JSON data that a page draws."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from workbench.analysis.frames import records

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    Row = dict[str, Any]


def plain(value: Any) -> Any:
    """Return a value as JSON data: days and moments as ISO text, tuples as lists, dataclasses as objects."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | frozenset):
        return [plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value


def rows(table: pd.DataFrame, columns: Iterable[str] | None = None) -> list[Row]:
    """Return the rows of a table as JSON data, with None for unknown; `columns` picks some."""
    picked = table if columns is None else table[list(columns)]
    return [{name: plain(value) for name, value in row.items()} for row in records(picked)]
