"""How many findings were open at each moment, by severity."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.analysis.bands import SEVERITIES
from workbench.analysis.frames import DAY, SEVERITY, WHOLE, frame
from workbench.charts import _style

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    import pandas as pd

TITLE = "Open findings over time"
_DAY = timedelta(days=1)
_FEW_DAYS = 7
_TICKS = 6
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
    # The worst is drawn last: where lines meet, it is the one to be seen.
    for severity in SEVERITIES:
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
    figure.update_xaxes(**_days(table["day"].min(), table["day"].max()))
    figure.update_yaxes(**_counts(int(table["open"].max())), title={"text": "open findings"})
    figure.update_layout(legend={"traceorder": "reversed"}, hovermode="x unified")
    return _style.finished(figure, TITLE, alt(table), height=360)


def _days(first: datetime, last: datetime) -> dict[str, Any]:
    """Return an axis of whole days with room at both ends: left to itself, plotly shows one day as milliseconds."""
    span = last - first
    room = max(span / 20, _DAY / 2) if span else 3 * _DAY
    ticks = {"tick0": first.date(), "dtick": _DAY / timedelta(milliseconds=1)} if span <= _FEW_DAYS * _DAY else {}
    return {"type": "date", "range": [first - room, last + room], "tickformat": "%Y-%m-%d", "nticks": _TICKS, **ticks}


def _counts(most: int) -> dict[str, Any]:
    """Return an axis of whole numbers from zero, with room for the signs at both ends."""
    top = max(most, 1)
    return {"range": [-0.06 * top, 1.1 * top], "dtick": math.ceil(top / _TICKS), "tick0": 0, "zeroline": True}


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
