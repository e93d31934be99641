"""Ranges that somebody was 90 % sure of, and where the truth lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from workbench.analysis.frames import records
from workbench.charts import _style

if TYPE_CHECKING:
    import pandas as pd

TITLE = "Ranges and the truth"


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
    """Return a bar a range, with the truth as a mark: in each line the truth is where the broken line is."""
    return draw(table(result))


def draw(table: pd.DataFrame) -> go.Figure:
    """Return the chart of such a table; each range is drawn in multiples of its truth."""
    if table.empty:
        return _style.nothing(TITLE, alt(table))
    figure = go.Figure()
    for held, words, colour in ((True, "holds the truth", "Low"), (False, "misses it", "Critical")):
        shown = [(place, row) for place, row in enumerate(records(table)) if row["held"] is held]
        if not shown:
            continue
        lows, highs = ([max(row[end] / row["answer"], 1e-3) for _, row in shown] for end in ("low", "high"))
        figure.add_bar(
            y=[place for place, _ in shown], x=[high - low for low, high in zip(lows, highs, strict=True)], base=lows,
            orientation="h", name=words,
            marker={
                "color": _style.COLOURS[colour], "pattern": _style.pattern(colour),
                "line": {"color": _style.INK, "width": 1.5},
            },
            hovertext=[f"{row['range']}; true: {row['truth']} {_style.plain(row['unit'])}" for _, row in shown],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    figure.add_vline(x=1, line={"dash": "dash", "color": _style.INK, "width": 2})
    labels = [f"{row['number']}. {_style.plain(row['question'], 52)}" for row in records(table)]
    figure.update_yaxes(autorange="reversed", automargin=True, tickvals=list(range(len(labels))), ticktext=labels)
    figure.update_xaxes(
        type="log", title={"text": "range, in multiples of the truth"}, tickvals=[0.01, 0.1, 0.5, 1, 2, 10, 100],
        ticktext=["1/100", "1/10", "half", "the truth", "twice", "10 times", "100 times"],
    )  # fmt: skip
    figure.update_layout(barmode="overlay", showlegend=True, legend={"orientation": "h", "y": -0.2})
    return _style.finished(figure, TITLE, alt(table), height=200 + 30 * len(labels))


def alt(table: pd.DataFrame) -> str:
    """Return what the chart shows in a sentence."""
    if table.empty:
        return "No range has been given yet."
    missed = [f"{row['number']}" for row in records(table) if not row["held"]]
    told = f"{len(table) - len(missed)} of {len(table)} ranges hold the truth"
    return f"{told}; it lies outside in question {', '.join(missed)}." if missed else f"{told}."
