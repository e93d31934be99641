"""Where the risks lie in the matrix, before anything was done and now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plotly.subplots import make_subplots

from workbench.analysis.bands import LEVELS, SEVERITIES
from workbench.analysis.frames import SEVERITY, TEXT, WHOLE, frame
from workbench.analysis.scheme import Scheme, load_scheme
from workbench.charts import _style

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

TITLE = "Risks by likelihood and impact, before and now"
COLUMNS = {
    "view": TEXT, "likelihood": WHOLE, "likelihood_name": TEXT, "impact": WHOLE, "impact_name": TEXT,
    "severity": SEVERITY, "count": WHOLE,
}  # fmt: skip
VIEWS = {"before": ("inherent_likelihood", "inherent_impact"), "now": ("current_likelihood", "current_impact")}
# Somebody has said that these are no risks of ours.
_LEFT_OUT = ("false_positive", "avoided")


def table(threats: pd.DataFrame, scheme: Scheme | None = None) -> pd.DataFrame:
    """Return one row a cell of the two matrices: how many findings lie there, false positives and avoided ones aside.

    Columns
    -------
    view : before (anything was done) or now
    likelihood, likelihood_name, impact, impact_name, severity : of the cell, by the scheme (the shipped one by default)
    count : findings in it
    """
    used = scheme or load_scheme()
    counted = threats[~threats["status"].isin(_LEFT_OUT)]
    rows = [_cell(counted, used, view, row, column) for view in VIEWS for row in _levels() for column in _levels()]
    return frame(COLUMNS, rows)


def figure(threats: pd.DataFrame, scheme: Scheme | None = None) -> go.Figure:
    """Return the two matrices with the number of findings in each cell; no number is none."""
    return draw(table(threats, scheme))


def draw(table: pd.DataFrame) -> go.Figure:
    """Return the chart of such a table."""
    titles = ["Before anything is done", "Now"]
    figure = make_subplots(rows=1, cols=2, subplot_titles=titles, horizontal_spacing=0.06, shared_yaxes=True)
    for position, view in enumerate(VIEWS, 1):
        cells = table[table["view"] == view]
        figure.add_heatmap(**_matrix(cells), row=1, col=position)
        figure.update_xaxes(**_axis(cells, "impact"), row=1, col=position)
        figure.update_yaxes(**_axis(cells, "likelihood"), row=1, col=position)
    figure.update_yaxes(title=None, col=2)
    return _style.finished(figure, TITLE, alt(table), height=420)


def alt(table: pd.DataFrame) -> str:
    """Return what the chart shows in a sentence."""
    parts = []
    for view in VIEWS:
        cells = table[table["view"] == view]
        counts = [(name, int(cells.loc[cells["severity"] == name, "count"].sum())) for name in reversed(SEVERITIES)]
        parts.append(f"{view} {', '.join(f'{count} {name}' for name, count in counts)}")
    return f"Number of findings by severity: {'; '.join(parts)}."


def _levels() -> range:
    return range(1, LEVELS + 1)


def _cell(threats: pd.DataFrame, scheme: Scheme, view: str, likelihood: int, impact: int) -> dict[str, Any]:
    row, column = VIEWS[view]
    return {
        "view": view,
        "likelihood": likelihood,
        "likelihood_name": scheme.likelihood.bands[likelihood - 1].name,
        "impact": impact,
        "impact_name": scheme.impact.bands[impact - 1].name,
        "severity": scheme.severity(likelihood, impact),
        "count": int(((threats[row] == likelihood) & (threats[column] == impact)).sum()),
    }


def _matrix(cells: pd.DataFrame) -> dict[str, Any]:
    rank = cells["severity"].map(SEVERITIES.index).astype(int).to_numpy().reshape(LEVELS, LEVELS)
    text = [_text(count, severity) for count, severity in zip(cells["count"], cells["severity"], strict=True)]
    # Each colour twice, at both ends of its part of the scale, so that none runs into the next.
    parts = [(n / len(SEVERITIES), (n + 1) / len(SEVERITIES), _style.COLOURS[s]) for n, s in enumerate(SEVERITIES)]
    return {
        "z": rank,
        "zmin": -0.5,
        "zmax": len(SEVERITIES) - 0.5,
        "colorscale": [(end, colour) for low, high, colour in parts for end in (low, high)],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "text": [text[n * LEVELS : (n + 1) * LEVELS] for n in range(LEVELS)],
        "texttemplate": "%{text}",
        "textfont": {"color": _style.INK, "size": 12},
        "hovertemplate": "likelihood %{y}, impact %{x}<extra></extra>",
    }


def _text(count: int, severity: str) -> str:
    return f"<b>{count}</b><br>{severity}" if count else severity


def _axis(cells: pd.DataFrame, side: str) -> dict[str, Any]:
    names = dict(zip(cells[side], cells[f"{side}_name"], strict=True))
    return {
        "title": {"text": side},
        "tickvals": [level - 1 for level in names],
        "ticktext": [f"{level} {_style.plain(name, 14)}" for level, name in names.items()],
        "showgrid": False,
        "zeroline": False,
    }
