"""How probable it is that a year costs at least so much: the loss exceedance curve of simulated years."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from workbench.analysis.bands import money
from workbench.analysis.frames import NUMBER, TEXT, frame, records
from workbench.charts import _style

if TYPE_CHECKING:
    import pandas as pd

    from workbench.analysis.simulation import Simulation

TITLE = "What a year may cost"
COLUMNS = {"curve": TEXT, "loss": NUMBER, "chance": NUMBER}
RANGES = "From ranges that people gave, no measurements; the risks are taken as independent of each other."
_TOGETHER = "all risks together"
_LIMIT = "what we are ready to bear"
_MARKS = {"5 of 10 years": 0.5, "1 of 10 years": 0.1}
_SYMBOLS = dict(zip(_MARKS, ("circle", "diamond"), strict=True))


def table(simulation: Simulation, bearable: float | None = None) -> pd.DataFrame:
    """Return one row a point of the curve of all risks together, and rows for single amounts.

    Columns
    -------
    curve : all risks together; 5 of 10 years and 1 of 10 years, as far as these cost anything (p50 and p90 of the
        simulation's summary); or what we are ready to bear
    loss : a yearly amount, in the unit of the risk scheme
    chance : part of the simulated years that cost at least that much, 0 to 1; of what is bearable, too
    """
    curve = [{"curve": _TOGETHER, **row} for row in records(simulation.exceedance()) if simulation.total.any()]
    marks = zip(_MARKS, np.quantile(simulation.total, [1 - chance for chance in _MARKS.values()]), strict=True)
    curve += [{"curve": name, "loss": float(loss), "chance": _MARKS[name]} for name, loss in marks if loss]
    if bearable is not None and curve:
        chance = float(np.count_nonzero(simulation.total >= bearable) / simulation.trials)
        curve.append({"curve": _LIMIT, "loss": bearable, "chance": chance})
    return frame(COLUMNS, curve)


def figure(simulation: Simulation, bearable: float | None = None) -> go.Figure:
    """Return the curve with the amounts that are exceeded in one of two and in one of ten years."""
    return draw(table(simulation, bearable))


def draw(table: pd.DataFrame) -> go.Figure:
    """Return the chart of such a table."""
    if table.empty:
        return _style.nothing(TITLE, alt(table))
    curve = table[table["curve"] == _TOGETHER]
    figure = go.Figure()
    figure.add_scatter(
        x=curve["loss"].tolist(), y=curve["chance"].tolist(), mode="lines", name=_TOGETHER, showlegend=False,
        line={"color": _style.INK, "width": 3}, hovertemplate="%{y:.0%} of years cost at least %{x:.3s}<extra></extra>",
    )  # fmt: skip
    for row in _marked(table):
        figure.add_scatter(
            x=[row["loss"]], y=[row["chance"]], mode="markers+text", showlegend=False, textposition="top right",
            text=[f"{money(row['loss'])} in {row['curve']}"], hoverinfo="skip", cliponaxis=False,
            marker={"symbol": _SYMBOLS[row["curve"]], "size": 11, "color": _style.COLOURS["Medium"], "line": {"width": 1}},
        )  # fmt: skip
    for row in records(table[table["curve"] == _LIMIT]):
        words = f"{_LIMIT}: {money(row['loss'])}"
        figure.add_vline(x=row["loss"], line={"dash": "dash", "color": _style.INK})
        # On a logarithmic axis shapes take amounts, and words their logarithm.
        place = {"x": math.log10(row["loss"]), "xanchor": "left", "y": 1, "yref": "paper", "yanchor": "bottom"}
        figure.add_annotation(text=words, showarrow=False, **place)
    figure.update_xaxes(
        type="log", dtick=1, tickformat="s", title={"text": f"yearly loss, in the unit of the risk scheme<br>{RANGES}"}
    )
    figure.update_yaxes(tickformat=".0%", rangemode="tozero", title={"text": "years that cost at least that"})
    return _style.finished(figure, TITLE, alt(table), height=400)


def alt(table: pd.DataFrame) -> str:
    """Return what the chart shows in a sentence."""
    if table.empty:
        return "No risk is rated and open, or none of them happens in the simulated years."
    parts = [f"in {row['curve']} at least {money(row['loss'])}" for row in _marked(table)]
    told = f"All risks together cost {', '.join(parts)}." if parts else "Fewer than one year in ten costs anything."
    for row in records(table[table["curve"] == _LIMIT]):
        told += f" {row['chance']:.0%} of the years cost more than the {money(row['loss'])} that we are ready to bear."
    return f"{told} {RANGES}"


def _marked(table: pd.DataFrame) -> list[dict[str, Any]]:
    return records(table[table["curve"].isin([*_MARKS])])
