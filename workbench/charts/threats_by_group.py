"""Open findings by what they are about, in the three plain groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.analysis.bands import SEVERITIES
from workbench.analysis.frames import SEVERITY, TEXT, WHOLE, frame, records
from workbench.charts import _style

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

TITLE = "Open findings by group"
COLUMNS = {"group": TEXT, "severity": SEVERITY, "findings": WHOLE}
GROUPS = {
    "data_leakage": "Data leakage",
    "misconfiguration": "Misconfiguration",
    "access_control": "Insufficient access control",
}


def table(threats: pd.DataFrame) -> pd.DataFrame:
    """Return one row a group and severity; a finding in two groups counts in both.

    Columns
    -------
    group, severity, findings : number of open findings; if some are not rated, each group has a row for them too
    """
    opened = [row for row in records(threats) if row["status"] == "open"]
    every = (*SEVERITIES, *([None] if any(row["severity"] is None for row in opened) else []))
    rows = [
        {
            "group": name,
            "severity": severity,
            "findings": sum(group in row["group"] and row["severity"] == severity for row in opened),
        }
        for group, name in GROUPS.items()
        for severity in every
    ]
    return frame(COLUMNS, rows)


def figure(threats: pd.DataFrame) -> go.Figure:
    """Return one bar a group, stacked by severity."""
    return draw(table(threats))


def draw(table: pd.DataFrame) -> go.Figure:
    """Return the chart of such a table."""
    if not table["findings"].sum():
        return _style.nothing(TITLE, alt(table))
    return _style.finished(_style.stacked(table, "group", "findings"), TITLE, alt(table))


def alt(table: pd.DataFrame) -> str:
    """Return what the chart shows in a sentence."""
    if not table["findings"].sum():
        return "No finding is open."
    counts = table.groupby("group", sort=False)["findings"].sum()
    return f"Open findings by group: {', '.join(f'{name} {count}' for name, count in counts.items())}."
