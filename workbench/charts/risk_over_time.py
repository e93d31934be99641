"""How many findings were open at each moment, by severity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from workbench.analysis.bands import SEVERITIES
from workbench.analysis.frames import DAY, SEVERITY, WHOLE, frame
from workbench.charts import _style

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    import pandas as pd

TITLE = "Open findings over time"
COLUMNS = {"day": DAY, "severity": SEVERITY, "open": WHOLE}


def table(registers: Mapping[date, pd.DataFrame] | Iterable[tuple[date, pd.DataFrame]]) -> pd.DataFrame:
    """Return one row a day and severity from the registers as they were on some days (workspace.as_of(day).threats).

    Columns
    -------
    day, severity, open : number of open findings
    """
    given = dict(registers)
    rows = []
    for day in sorted(given):
        threats = given[day]
        counts = threats.loc[threats["status"] == "open", "severity"].astype(str).value_counts()
        rows += [{"day": day, "severity": name, "open": int(counts.get(name, 0))} for name in SEVERITIES]
    return frame(COLUMNS, rows)


def figure(registers: Mapping[date, pd.DataFrame] | Iterable[tuple[date, pd.DataFrame]]) -> go.Figure:
    """Return one line a severity; lines differ in colour, dash and sign."""
    return draw(table(registers))


def draw(table: pd.DataFrame) -> go.Figure:
    """Return the chart of such a table."""
    if table.empty:
        return _style.nothing(TITLE, alt(table))
    figure = go.Figure()
    for severity in reversed(SEVERITIES):
        rows = table[table["severity"].astype(str) == severity]
        figure.add_scatter(
            x=rows["day"].tolist(),
            y=rows["open"].tolist(),
            name=severity,
            mode="lines+markers",
            line={"color": _style.COLOURS[severity], "dash": _style.DASHES[severity], "shape": "hv", "width": 3},
            marker={"symbol": _style.SYMBOLS[severity], "size": 9, "line": {"color": _style.INK, "width": 1}},
            hovertemplate=f"%{{x|%Y-%m-%d}}: %{{y}} {severity}<extra></extra>",
        )
    figure.update_yaxes(rangemode="tozero", tickformat="d", title={"text": "open findings"})
    return _style.finished(figure, TITLE, alt(table), height=360)


def alt(table: pd.DataFrame) -> str:
    """Return what the chart shows in a sentence."""
    if table.empty:
        return "There is no history yet."
    first, last = table["day"].min(), table["day"].max()
    ends = [f"{table.loc[table['day'] == day, 'open'].sum()} on {day:%Y-%m-%d}" for day in dict.fromkeys((first, last))]
    now = table[table["day"] == last]
    counts = {str(row.severity): int(row.open) for row in now.itertuples()}
    worst = ", ".join(f"{counts.get(name, 0)} {name}" for name in reversed(SEVERITIES))
    return f"Open findings: {', then '.join(ends)}; of the last, {worst}."
