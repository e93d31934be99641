"""How probable it is that a year costs at least so much: the loss exceedance curve of simulated years."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

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
_AS_OFTEN, _IN_TEN = 0.5, 0.1


def table(simulation: Simulation, bearable: float | None = None) -> pd.DataFrame:
    """Return one row a point of the curve of all risks together, and a row for what the organisation can bear.

    Columns
    -------
    curve : all risks together, or what we are ready to bear
    loss : a yearly amount, in the unit of the risk scheme
    chance : part of the simulated years that cost at least that much, 0 to 1; of what is bearable, too
    """
    curve = [{"curve": _TOGETHER, **row} for row in records(simulation.exceedance()) if simulation.total.any()]
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
    for chance, symbol in ((_AS_OFTEN, "circle"), (_IN_TEN, "diamond")):
        if (amount := _exceeded(curve, chance)) is not None:
            figure.add_scatter(
                x=[amount], y=[chance], mode="markers+text", showlegend=False, textposition="top right",
                text=[f"{money(amount)} in {round(chance * 10)} of 10 years"], hoverinfo="skip", cliponaxis=False,
                marker={"symbol": symbol, "size": 11, "color": _style.COLOURS["Medium"], "line": {"width": 1}},
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
    curve = table[table["curve"] == _TOGETHER]
    parts = [
        f"in {round(chance * 10)} of 10 years at least {money(amount)}"
        for chance in (_AS_OFTEN, _IN_TEN)
        if (amount := _exceeded(curve, chance)) is not None
    ]
    told = f"All risks together cost {', '.join(parts)}." if parts else "Fewer than one year in ten costs anything."
    for row in records(table[table["curve"] == _LIMIT]):
        told += f" {row['chance']:.0%} of the years cost more than the {money(row['loss'])} that we are ready to bear."
    return f"{told} {RANGES}"


def _exceeded(curve: pd.DataFrame, chance: float) -> float | None:
    """Return the amount that a year reaches with that chance; None if fewer years cost anything at all."""
    reached = curve[curve["chance"] >= chance]
    return None if reached.empty else float(reached["loss"].iloc[-1])
