"""How well the programme works, over time: days to triage and to fix, and what is covered, decided and reopened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plotly.subplots import make_subplots

from workbench.analysis.frames import DAY, NUMBER, WHOLE, frame, records
from workbench.charts import _style

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

TITLE = "How well the programme works"
COLUMNS = {
    "day": DAY, "open": WHOLE, "days_to_triage": NUMBER, "days_to_fix": NUMBER, "coverage": NUMBER, "decided": NUMBER,
    "reopen_rate": NUMBER,
}  # fmt: skip
_TIMES = (("days_to_triage", "days to triage", "#0072B2", "solid", "circle"),
          ("days_to_fix", "days to fix", "#D55E00", "dash", "square"))  # fmt: skip
_PARTS = (("coverage", "apps reviewed in the quarter", "#009E73", "solid", "circle"),
          ("decided", "open risks decided about", "#56B4E9", "dash", "square"),
          ("reopen_rate", "closed risks that opened again", "#CC79A7", "dot", "x"))  # fmt: skip


def table(trend: pd.DataFrame) -> pd.DataFrame:
    """Return one row a day, from `ws.reviews.metrics.trend`.

    Columns
    -------
    day, open : findings that are open then
    days_to_triage, days_to_fix : medians of all by then; unknown before the first
    coverage, decided, reopen_rate : parts of one: apps reviewed in the quarter before, open findings that are triaged,
        closed findings that opened again
    """
    return frame(COLUMNS, [{name: row[name] for name in COLUMNS} for row in records(trend)])


def figure(trend: pd.DataFrame) -> go.Figure:
    """Return days above and parts below, over the same time; lines differ in colour, dash and sign."""
    return draw(table(trend))


def draw(table: pd.DataFrame) -> go.Figure:
    """Return the chart of such a table."""
    if table.empty:
        return _style.nothing(TITLE, alt(table))
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.1)
    rows = records(table)
    days = [row["day"].date().isoformat() for row in rows]
    for place, lines, unit in ((1, _TIMES, "days"), (2, _PARTS, "of all")):
        for column, words, colour, dash, symbol in lines:
            shape = ".0%" if place > 1 else ".1f"
            figure.add_scatter(
                x=days, y=[row[column] for row in rows], name=words, row=place, col=1, mode="lines+markers",
                connectgaps=False, line={"color": colour, "dash": dash, "width": 3, "shape": "hv"},
                marker={"symbol": symbol, "size": 8, "line": {"color": _style.INK, "width": 1}},
                hovertemplate=f"%{{x}}: %{{y:{shape}}} {words}<extra></extra>",
            )  # fmt: skip
        figure.update_yaxes(row=place, col=1, title={"text": unit}, rangemode="tozero")
    figure.update_yaxes(row=2, col=1, tickformat=".0%", range=[-0.04, 1.06])
    figure.update_xaxes(type="date", tickformat="%Y-%m-%d", nticks=6)
    return _style.finished(figure, TITLE, alt(table), height=520)


def alt(table: pd.DataFrame) -> str:
    """Return what the chart shows in a sentence."""
    if table.empty:
        return "There is no history yet."
    last = records(table)[-1]
    times = [f"{words} {last[column]:.1f}" for column, words, *_ in _TIMES if last[column] is not None]
    parts = [f"{last[column]:.0%} of {words}" for column, words in _SAID.items() if last[column] is not None]
    told = "; ".join(filter(None, (", ".join(times), ", ".join(parts))))
    return f"On {last['day']:%Y-%m-%d}, {last['open']} risks are open{': ' + told if told else ''}."


_SAID = {
    "coverage": "the apps reviewed in the quarter", "decided": "the open risks decided about",
    "reopen_rate": "the closed risks opened again",
}  # fmt: skip
