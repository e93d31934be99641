"""DataFrames with fixed columns and types, also when they are empty."""

from __future__ import annotations

import math
from datetime import UTC
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.analysis.bands import SEVERITIES
from workbench.model import ORDERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Python strings, so that a table is the same whether or not pyarrow is installed; pd.NA is unknown.
TEXT = pd.StringDtype("python", na_value=pd.NA)
FLAG = pd.BooleanDtype()
WHOLE = pd.Int64Dtype()
NUMBER = pd.Float64Dtype()
DAY = np.dtype("datetime64[s]")
MOMENT = pd.DatetimeTZDtype("us", "UTC")
# A tuple in each cell.
LIST = np.dtype("object")
SEVERITY = pd.CategoricalDtype(list(SEVERITIES), ordered=True)
CONFIDENCE = pd.CategoricalDtype(list(ORDERS["level"]), ordered=True)
CLASSIFICATION = pd.CategoricalDtype(list(ORDERS["classification"]), ordered=True)

Columns = dict[str, Any]


def frame(columns: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return `rows` as a DataFrame with exactly `columns` (name to type) in their order; None is unknown."""
    data = {name: _column([row[name] for row in rows], dtype) for name, dtype in columns.items()}
    return pd.DataFrame(data, index=pd.RangeIndex(len(rows)), columns=list(columns))


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as dicts, with None for unknown."""
    names = table.columns.tolist()
    columns = [[_plain(value) for value in table[name].tolist()] for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _column(values: list[Any], dtype: Any) -> Any:
    if dtype is LIST:
        cells = np.empty(len(values), dtype=object)
        cells[:] = [tuple(value) if value is not None else () for value in values]
        return cells
    if isinstance(dtype, pd.CategoricalDtype):
        return pd.Categorical(values, dtype=dtype)
    if dtype == MOMENT:
        return pd.DatetimeIndex(np.array([_utc(v) for v in values], dtype="datetime64[us]")).tz_localize("UTC").array
    return pd.array(values, dtype=dtype)


def _utc(value: Any) -> Any:
    """Return a moment in UTC without its zone; one that has no zone is taken for UTC."""
    if value is None or value is pd.NaT:
        return None
    return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo is not None else value


def _plain(value: Any) -> Any:
    missing = value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))
    return None if missing else value
