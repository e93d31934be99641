"""Which of the ranges moves the expected yearly loss most: where it pays to find out more first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from workbench.analysis.bands import money
from workbench.analysis.frames import NUMBER, TEXT, frame, records
from workbench.analysis.simulation import tornado
from workbench.charts import _style

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from workbench.analysis.simulation import Uncertain

TITLE = "Guesses that matter most"
COLUMNS = {"id": TEXT, "name": TEXT, "input": TEXT, "at_low": NUMBER, "at_high": NUMBER, "width": NUMBER}
_MOST = 12


def table(risks: Sequence[Uncertain]) -> pd.DataFrame:
    """Return one row a guess, the one that moves most first.

    Columns
    -------
    id, name : of the risk
    input : how often, or how much each time
    at_low, at_high : expected yearly loss of all risks together with that guess at either end of its range
    width : the difference
    """
    return frame(COLUMNS, records(tornado(risks)))


def figure(risks: Sequence[Uncertain]) -> go.Figure:
    """Return bars from what all would cost at the lower end of a guess to what at its upper end."""
    return draw(table(risks))


def draw(table: pd.DataFrame, most: int = _MOST) -> go.Figure:
    """Return the chart of such a table; of more guesses than `most`, those that move most."""
    if table.empty:
        return _style.nothing(TITLE, alt(table))
    shown = records(table.head(most))
    figure = go.Figure(
        go.Bar(
            y=list(range(len(shown))),
            x=[row["width"] for row in shown],
            base=[row["at_low"] for row in shown],
            orientation="h",
            marker={"color": _style.COLOURS["Low"], "line": {"color": _style.INK, "width": 0.5}},
            text=[f"{money(row['at_low'])} to {money(row['at_high'])}" for row in shown],
            textposition="auto",
            textfont={"color": _style.INK},
            hovertemplate="%{text}<extra></extra>",
        )
    )
    labels = [f"{_style.plain(row['name'], 48)}<br>{row['input']}" for row in shown]
    figure.update_yaxes(autorange="reversed", automargin=True, tickvals=list(range(len(shown))), ticktext=labels)
    figure.update_xaxes(title={"text": "expected yearly loss of all risks together"}, tickformat="s")
    return _style.finished(figure, TITLE, alt(table), height=140 + 44 * len(shown))


def alt(table: pd.DataFrame) -> str:
    """Return what the chart shows in a sentence."""
    if table.empty:
        return "No risk is rated and open."
    first = records(table.head(1))[0]
    ends = f"from {money(first['at_low'])} to {money(first['at_high'])} a year"
    return f"Most hangs on {first['input']}: {first['name']}, {ends}."
