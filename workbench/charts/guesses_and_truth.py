"""Ranges that somebody was 90 % sure of, and where the truth lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.analysis.frames import records
from workbench.charts import _style

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

TITLE = "Ranges and the truth"
_FAR = 1.0


def table(result: pd.DataFrame) -> pd.DataFrame:
    """Return one row a question that there is a range for, as analysis.calibration.result gives it.

    Columns
    -------
    number, question, unit : 1 for the first
    low, high : what was guessed
    answer, held, source : what is true, whether the range holds it, and who says so
    range, truth : both as people write them
    """
    return result[result["held"].notna()].reset_index(drop=True)


def figure(result: pd.DataFrame) -> go.Figure:
    """Return a line a question, on which every range is equally wide and a mark says where the truth lies."""
    return draw(table(result))


def draw(table: pd.DataFrame) -> go.Figure:
    """Return the chart of such a table; a truth that is far outside is drawn at the edge."""
    if table.empty:
        return _style.nothing(TITLE, alt(table))
    figure = go.Figure()
    figure.add_vrect(x0=0, x1=1, fillcolor=_style.COLOURS["Low"], opacity=0.35, line={"width": 0}, layer="below")
    for held, words, colour, symbol in ((True, "held", "Low", "circle"), (False, "missed", "Critical", "x")):
        shown = [(place, row) for place, row in enumerate(records(table)) if row["held"] is held]
        if shown:
            figure.add_scatter(
                x=[_within(row) for _, row in shown], y=[place for place, _ in shown], mode="markers", name=words,
                marker={"symbol": symbol, "size": 14, "color": _style.COLOURS[colour], "line": {"width": 1.5}},
                hovertext=[f"{row['range']}; true: {row['truth']} {_style.plain(row['unit'])}" for _, row in shown],
                hovertemplate="%{hovertext}<extra></extra>", cliponaxis=False,
            )  # fmt: skip
    labels = [f"{row['number']}. {_style.plain(row['question'], 52)}" for row in records(table)]
    figure.update_yaxes(autorange="reversed", automargin=True, tickvals=list(range(len(labels))), ticktext=labels)
    figure.update_xaxes(
        range=[-_FAR - 0.3, _FAR + 1.3], tickvals=[-_FAR, 0, 1, _FAR + 1], zeroline=False,
        ticktext=["far below", "at least", "at most", "far above"], title={"text": "where the truth lies, seen from the range"},
    )  # fmt: skip
    legend = {"orientation": "h", "x": 1, "xanchor": "right", "y": 1, "yanchor": "bottom"}
    figure.update_layout(showlegend=True, legend=legend)
    return _style.finished(figure, TITLE, alt(table), height=170 + 30 * len(labels))


def _within(row: Mapping[str, Any]) -> float:
    """Return where the truth lies: 0 at the lower end of the range and 1 at the upper one."""
    width = row["high"] - row["low"]
    if not width:
        return 0.5 if row["held"] else -_FAR if row["answer"] < row["low"] else _FAR + 1
    return float(min(max((row["answer"] - row["low"]) / width, -_FAR), _FAR + 1))


def alt(table: pd.DataFrame) -> str:
    """Return what the chart shows in a sentence."""
    if table.empty:
        return "No range has been given yet."
    missed = [f"{row['number']}" for row in records(table) if not row["held"]]
    told = f"{len(table) - len(missed)} of {len(table)} ranges hold the truth"
    return f"{told}; it lies outside in question {', '.join(missed)}." if missed else f"{told}."
