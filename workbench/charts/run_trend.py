"""Open risks and open questions as runs found them, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.analysis.frames import DAY, WHOLE, frame
from workbench.charts import _runs, _style

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

TITLE = "Open risks and questions, run after run"
COLUMNS = {"day": DAY, "apps": WHOLE, "threats_open": WHOLE, "questions_open": WHOLE}
_LINES = (
    ("threats_open", "open risks", "#D55E00", "solid", "circle"),
    ("questions_open", "open questions", "#0072B2", "dash", "square"),
)


def table(runs: pd.DataFrame) -> pd.DataFrame:
    """Return one row a day (UTC) on which a run ended that says how much is open: each app as its last run found it.

    `runs` has the columns of `ws.reviews.runs.table()`.

    Columns
    -------
    day, apps : how many apps had been looked at by then
    threats_open, questions_open : of all of them together
    """
    threats: dict[str, int] = {}
    questions: dict[str, int] = {}
    days: dict[date, dict[str, Any]] = {}
    for row in _runs.rows(runs):
        if row["threats_open"] is None:
            continue
        threats[row["app"]] = row["threats_open"]
        # A refresh counts no questions: they are as the last review found them.
        questions[row["app"]] = (
            row["questions_open"] if row["questions_open"] is not None else questions.get(row["app"], 0)
        )
        open_ = {"threats_open": sum(threats.values()), "questions_open": sum(questions.values())}
        days[row["at"].date()] = {"day": row["at"].date(), "apps": len(threats), **open_}
    return frame(COLUMNS, list(days.values()))


def figure(runs: pd.DataFrame) -> go.Figure:
    """Return two lines; they differ in colour, dash and sign."""
    return draw(table(runs))


def draw(table: pd.DataFrame) -> go.Figure:
    """Return the chart of such a table."""
    if table.empty:
        return _style.nothing(TITLE, alt(table))
    figure = go.Figure()
    for column, words, colour, dash, symbol in _LINES:
        figure.add_scatter(
            x=[day.date().isoformat() for day in table["day"]], y=table[column].tolist(), name=words,
            mode="lines+markers", line={"color": colour, "dash": dash, "width": 3, "shape": "hv"},
            marker={"symbol": symbol, "size": 9, "line": {"color": _style.INK, "width": 1}},
            hovertemplate=f"%{{x}}: %{{y}} {words}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(type="date", tickformat="%Y-%m-%d", nticks=6, title={"text": "day of the run"})
    figure.update_yaxes(rangemode="tozero", tickformat="d", title={"text": "open in all apps looked at"})
    return _style.finished(figure, TITLE, alt(table), height=360)


def alt(table: pd.DataFrame) -> str:
    """Return what the chart shows in a sentence."""
    if table.empty:
        return "No run has said yet how much is open."
    ends = [table.iloc[0], table.iloc[-1]] if len(table) > 1 else [table.iloc[0]]
    told = [
        f"{end['threats_open']} risks and {end['questions_open']} questions in {end['apps']} apps on {end['day']:%Y-%m-%d}"
        for end in ends
    ]
    return f"Open: {', then '.join(told)}."
