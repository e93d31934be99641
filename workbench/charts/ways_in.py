"""From which entry points outside how many sensitive stores can be reached, and how bad the ways there are."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.analysis.bands import SEVERITIES, UNRATED
from workbench.analysis.frames import SEVERITY, TEXT, WHOLE, frame, records
from workbench.charts import _style

if TYPE_CHECKING:
    import pandas as pd

TITLE = "Ways in"
COLUMNS = {"entry": TEXT, "entry_name": TEXT, "authentication": TEXT, "severity": SEVERITY, "stores": WHOLE}
_MOST, _TICKS = 15, 10
_CLEAR = "no finding on the way"


def table(paths: pd.DataFrame) -> pd.DataFrame:
    """Return one row an entry point and severity of the ways from it, entry points with most stores first.

    Parameters
    ----------
    paths
        Ways from outside to sensitive stores (risk.attack_paths.attack_paths).

    Columns
    -------
    entry, entry_name, authentication : where the ways begin
    severity : worst open finding on the way; unknown where there is none
    stores : to how many sensitive stores such ways lead
    """
    entries: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in records(paths):
        entries[row["entry"]].append(row)
    rows = []
    for found in sorted(entries.values(), key=lambda ways: (-len(ways), ways[0]["entry"])):
        for severity in (*SEVERITIES, None):
            ways = [row for row in found if row["severity"] == severity]
            if ways:
                own = {name: ways[0][name] for name in ("entry", "entry_name", "authentication")}
                rows.append(own | {"severity": severity, "stores": len(ways)})
    return frame(COLUMNS, rows)


def figure(paths: pd.DataFrame) -> go.Figure:
    """Return one bar an entry point, stacked by the worst finding on the way."""
    return draw(table(paths))


def draw(table: pd.DataFrame, most: int = _MOST) -> go.Figure:
    """Return the chart of such a table; of more entry points than `most`, those that lead to most stores."""
    if table.empty:
        return _style.nothing(TITLE, alt(table))
    shown = list(dict.fromkeys(table["entry"].tolist()))[:most]
    rows = [row for row in records(table) if row["entry"] in shown]
    figure = go.Figure()
    for severity in (*reversed(SEVERITIES), None):
        own = [row for row in rows if row["severity"] == severity]
        if own:
            figure.add_bar(
                y=[shown.index(row["entry"]) for row in own], x=[row["stores"] for row in own], orientation="h",
                name=severity or _CLEAR, text=[f"{row['stores']}" for row in own], textfont={"color": _style.INK},
                marker={
                    "color": _style.COLOURS.get(severity or UNRATED, _style.UNKNOWN),
                    "pattern": _style.pattern(severity or UNRATED), "line": {"color": _style.INK, "width": 0.5},
                },
                hovertemplate=f"%{{x}} stores, {severity or _CLEAR}<extra></extra>",
            )  # fmt: skip
    first = {row["entry"]: row for row in reversed(rows)}
    labels = [f"{_style.plain(first[entry]['entry_name'])}<br>{_guard(first[entry])}" for entry in shown]
    figure.update_yaxes(autorange="reversed", automargin=True, tickvals=list(range(len(shown))), ticktext=labels)
    rest = table["entry"].nunique() - len(shown)
    more = f" ({rest} more entry points lead to fewer)" if rest else ""
    longest = int(table.groupby("entry")["stores"].sum().max())
    figure.update_xaxes(
        tickformat="d",
        dtick=max(1, math.ceil(longest / _TICKS)),
        rangemode="tozero",
        title={"text": f"sensitive stores that can be reached{more}"},
    )
    figure.update_layout(barmode="stack", legend={"title": {"text": "worst on the way"}})
    return _style.finished(figure, TITLE, alt(table), height=160 + 46 * len(shown))


def alt(table: pd.DataFrame) -> str:
    """Return what the chart shows in a sentence."""
    if table.empty:
        return "No entry point outside leads to a store with sensitive data, as far as is known."
    counts = table.groupby("entry", sort=False)["stores"].sum()
    first = records(table[table["entry"] == counts.index[0]])[0]
    ways = f"{counts.sum()} ways lead from {len(counts)} entry points outside to sensitive stores"
    return f"{ways}; most, {counts.iloc[0]}, from {first['entry_name']} ({_guard(first)})."


def _guard(row: dict[str, Any]) -> str:
    match row["authentication"]:
        case None:
            return "it is not known who may call it"
        case "none":
            return "anyone may call it"
        case other:
            return f"asks for: {other.replace('_', ' ')}"
