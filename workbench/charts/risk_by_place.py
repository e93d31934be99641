"""Where the risk lies: apps as areas, trust boundaries as areas within them, as large as their open risk."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.analysis.bands import SEVERITIES, money
from workbench.analysis.frames import NUMBER, SEVERITY, TEXT, WHOLE, frame, records
from workbench.analysis.words import name_lookup
from workbench.charts import _style

if TYPE_CHECKING:
    import pandas as pd

    from workbench.model import Model

TITLE = "Where the risk lies"
COLUMNS = {
    "app": TEXT, "app_name": TEXT, "boundary": TEXT, "boundary_name": TEXT, "findings": WHOLE, "severity": SEVERITY,
    "yearly_loss": NUMBER,
}  # fmt: skip
_NOWHERE = "in no boundary"


def table(given: tuple[Model, pd.DataFrame]) -> pd.DataFrame:
    """Return one row an app and trust boundary with open, rated findings; the dearest first.

    Parameters
    ----------
    given
        The model and its register (workspace.model, workspace.threats).

    Columns
    -------
    app, app_name : id and name of the app
    boundary, boundary_name : innermost trust boundary around what was found
    findings, severity : open findings there, and the worst of them
    yearly_loss : of these as things are, in the unit of the scheme
    """
    model, threats = given
    names = name_lookup(model)
    places: dict[tuple[Any, Any], list[dict[str, Any]]] = defaultdict(list)
    for row in records(threats[(threats["status"] == "open") & threats["severity"].notna()]):
        element = model.get(row["element"])
        places[row["app"], element.boundary if element is not None else None].append(row)
    rows = [
        {
            "app": app, "app_name": found[0]["app_name"] or app,
            "boundary": boundary, "boundary_name": names(boundary) if boundary else _NOWHERE,
            "findings": len(found),
            "severity": max((row["severity"] for row in found), key=SEVERITIES.index),
            "yearly_loss": sum(row["yearly_loss"] for row in found),
        }
        for (app, boundary), found in places.items()
    ]  # fmt: skip
    return frame(COLUMNS, sorted(rows, key=lambda row: (-row["yearly_loss"], row["app"] or "", row["boundary"] or "")))


def figure(given: tuple[Model, pd.DataFrame]) -> go.Figure:
    """Return the areas; colour and word give the worst severity in each."""
    return draw(table(given))


def draw(table: pd.DataFrame) -> go.Figure:
    """Return the chart of such a table."""
    if table.empty:
        return _style.nothing(TITLE, alt(table))
    rows = records(table)
    apps: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        apps[row["app"]].append(row)
    nodes = [_node(f"app {app}", "", found[0]["app_name"], found) for app, found in apps.items()]
    nodes += [
        _node(f"{row['app']} {row['boundary']}", f"app {row['app']}", row["boundary_name"], [row]) for row in rows
    ]
    figure = go.Figure(
        go.Treemap(
            ids=[node["id"] for node in nodes],
            parents=[node["parent"] for node in nodes],
            labels=[node["label"] for node in nodes],
            values=[node["loss"] for node in nodes],
            text=[node["says"] for node in nodes],
            branchvalues="total",
            marker={
                "colors": [_style.COLOURS[node["severity"]] for node in nodes],
                "line": {"color": "white", "width": 2},
                "pattern": {
                    "shape": [_style.PATTERNS[node["severity"]] for node in nodes],
                    "fillmode": "overlay",
                    "fgcolor": _style.INK,
                    "fgopacity": 0.2,
                    "solidity": 0.08,
                },
            },
            textinfo="label+text",
            textfont={"color": _style.INK},
            hovertemplate="%{label}<br>%{text}<extra></extra>",
            tiling={"pad": 4},
        )
    )
    return _style.finished(figure, TITLE, alt(table), height=460)


def alt(table: pd.DataFrame) -> str:
    """Return what the chart shows in a sentence."""
    if table.empty:
        return "No finding is open and rated."
    whole, first = table["yearly_loss"].sum(), records(table.head(1))[0]
    share = f"{first['yearly_loss'] / whole:.0%}"
    apps = len(set(table["app"]))
    places = "one app" if apps == 1 else f"{apps} apps"
    return (
        f"Open risk of {money(whole)} a year lies in {places}; {share} of it in {first['app_name']}, "
        f"{first['boundary_name']} (worst: {first['severity']})."
    )


def _node(name: str, parent: str, label: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    loss, number = sum(row["yearly_loss"] for row in found), sum(row["findings"] for row in found)
    worst = max((row["severity"] for row in found), key=SEVERITIES.index)
    says = f"{worst} · {number} open · {money(loss)} a year"
    return {"id": name, "parent": parent, "label": _style.plain(label), "loss": loss, "severity": worst, "says": says}
