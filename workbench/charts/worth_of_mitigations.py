"""What each mitigation would save in a year, beside what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from workbench.analysis.bands import money
from workbench.analysis.frames import records
from workbench.charts import _style

if TYPE_CHECKING:
    import pandas as pd

TITLE = "What mitigations save, and what they cost"
_MOST = 12


def table(worth: pd.DataFrame) -> pd.DataFrame:
    """Return one row a mitigation, as analysis.worth.worth gives it.

    Columns
    -------
    mitigation, title, status, risks : which, what it is called, how far it has come, how many risks it acts on
    saved, saved_p10, saved_p90 : what a year costs less with it: on average, and in nine of ten years at least, at most
    cost, net, pays : what it costs a year, what is left after that, and in which part of the years it pays for itself
    """
    return worth


def figure(worth: pd.DataFrame) -> go.Figure:
    """Return bars of what is saved on average, with a mark where the cost lies."""
    return draw(table(worth))


def draw(table: pd.DataFrame, most: int = _MOST) -> go.Figure:
    """Return the chart of such a table; of more mitigations than `most`, the first ones."""
    if table.empty:
        return _style.nothing(TITLE, alt(table))
    shown = records(table.head(most))
    figure, places = go.Figure(), list(range(len(shown)))
    figure.add_bar(
        y=places, x=[row["saved"] for row in shown], orientation="h", name="saves a year, on average",
        marker={"color": _style.COLOURS["Low"], "line": {"color": _style.INK, "width": 0.5}},
        text=[_words(row) for row in shown], textposition="outside", cliponaxis=False, textfont={"color": _style.INK},
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    known = [(place, row["cost"]) for place, row in enumerate(shown) if row["cost"] is not None]
    if known:
        figure.add_scatter(
            y=[place for place, _ in known], x=[cost for _, cost in known], mode="markers", name="costs a year",
            marker={"symbol": "line-ns", "size": 26, "line": {"width": 4, "color": _style.COLOURS["Critical"]}},
            hovertemplate="costs %{x:.3s}<extra></extra>",
        )  # fmt: skip
    labels = [_style.plain(row["title"], 48) for row in shown]
    figure.update_yaxes(autorange="reversed", automargin=True, tickvals=places, ticktext=labels)
    figure.update_xaxes(title={"text": "a year, in the unit of the risk scheme"}, tickformat="s")
    # Room for the words beside the longest bar; a mark on a bar hides none.
    figure.update_xaxes(range=[0, 1.5 * max(max(row["saved"], row["cost"] or 0.0) for row in shown)])
    figure.update_layout(
        showlegend=True, legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1, "yanchor": "bottom"}
    )
    return _style.finished(figure, TITLE, alt(table), height=190 + 36 * len(shown))


def alt(table: pd.DataFrame) -> str:
    """Return what the chart shows in a sentence."""
    if table.empty:
        return "No mitigation is known for a risk that is rated and open."
    first, known = records(table.head(1))[0], table["cost"].notna().sum()
    if not known:
        return (
            f"Most would be saved by “{first['title']}”: about {money(first['saved'])} a year. Nobody has said yet what "
            "a mitigation costs."
        )
    left = money(abs(first["net"])) + (" more than it costs" if first["net"] >= 0 else " less than it costs")
    return (
        f"Most worth is “{first['title']}”: it saves about {money(first['saved'])} a year, {left}. The cost of "
        f"{known} of {len(table)} mitigations is known."
    )


def _words(row: dict[str, float | None]) -> str:
    saved, net = row["saved"] or 0.0, row["net"]
    if net is None:
        return f"saves {money(saved)}"
    return f"saves {money(saved)}, {money(abs(net))} {'more' if net >= 0 else 'less'} than it costs"
