"""One value of a table as words, the same in every format."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator


def rows(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table as dicts of plain Python values, None for unknown."""
    # As objects at once: columns of texts and of whole numbers give them one by one, which takes most of the time.
    columns = [list(map(_plain, np.asarray(table[name], dtype=object).tolist())) for name in table.columns]
    for values in zip(*columns, strict=True):
        yield dict(zip(table.columns, values, strict=True))


def words(value: Any) -> str:
    """Return a value as one text: unknown is empty, several are separated by `; `, hidden characters are visible."""
    if isinstance(value, (tuple, list, set, frozenset)):
        return "; ".join(words(item) for item in value)
    value = _plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _moment(value) if isinstance(value, datetime) else visible(str(value))


def _moment(value: datetime) -> str:
    if value.tzinfo is None and value.time() == datetime.min.time():
        return value.date().isoformat()
    return value.isoformat(sep=" ", timespec="seconds").replace("+00:00", " UTC")


def heading(name: str) -> str:
    """Return a column or table name as words, such as `Decided by`."""
    return visible(name).replace("_", " ").capitalize()


def _plain(value: Any) -> Any:
    if type(value) is str:
        return value
    if isinstance(value, (tuple, list)):
        return value
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime(warn=False)
    return value.item() if hasattr(value, "item") else value
