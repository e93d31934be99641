"""Which data goes to the internet and to third parties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.analysis.borders import Borders
from workbench.analysis.frames import CLASSIFICATION, LIST, TEXT, WHOLE, frame, records
from workbench.analysis.words import name_lookup
from workbench.charts import _style
from workbench.model import ORDERS, Flow

if TYPE_CHECKING:
    import pandas as pd

    from workbench.model import Model

TITLE = "Data that leaves"
COLUMNS = {
    "source": TEXT, "source_name": TEXT, "target": TEXT, "target_name": TEXT, "classification": CLASSIFICATION,
    "data": LIST, "flows": WHOLE,
}  # fmt: skip
_UNCLASSED = "not classified"
_LEVELS = ORDERS["classification"]


def table(model: Model, app: str | None = None) -> pd.DataFrame:
    """Return one row a source, receiver and class of data: from the steps of one app (by id), or from all apps.

    Columns
    -------
    source, source_name : the step of the app, or the app if all are shown
    target, target_name : who receives it outside
    classification : highest class that the flows carry, confirmed or suggested; unknown if none has a class
    data, flows : names of the data fields, and the number of flows
    """
    names, borders = name_lookup(model), Borders(model)
    found: dict[tuple[str, str, str | None], dict[str, Any]] = {}
    for flow in model.of(Flow):
        if (app is not None and flow.app != app) or borders.get("flow", "leaves", flow.id) is not True:
            continue
        source = flow.source_id if app is not None else flow.app or flow.source_id
        key = source, flow.target_id, borders.get("flow", "data_class", flow.id)
        row = found.setdefault(key, {"data": {}, "flows": 0})
        row["data"].update(dict.fromkeys(map(names, flow.data)))
        row["flows"] += 1
    rows = [
        {
            "source": source,
            "source_name": names(source),
            "target": target,
            "target_name": names(target),
            "classification": level,
            "data": tuple(row["data"]),
            "flows": row["flows"],
        }
        for (source, target, level), row in found.items()
    ]
    return frame(COLUMNS, sorted(rows, key=lambda row: (row["source"], row["target"], f"{row['classification']}")))


def figure(model: Model, app: str | None = None) -> go.Figure:
    """Return the flows from sources to outside receivers; colour and words give the class of the data."""
    return draw(table(model, app))


def draw(table: pd.DataFrame, most: int = 15) -> go.Figure:
    """Return the chart of such a table; beyond `most` sources or receivers, those with the least data are one node."""
    if table.empty:
        return _style.nothing(TITLE, alt(table))
    rows = _gathered(_gathered(records(table), "source", "sources", most), "target", "receivers", most)
    # A class has a node between source and receiver, so that it is read and not only seen.
    sources = {row["source"]: _style.plain(row["source_name"]) for row in rows}
    classes = {row["classification"]: row["classification"] or _UNCLASSED for row in rows}
    targets = {row["target"]: _style.plain(row["target_name"]) for row in rows}
    colours = [_style.CLASSES.get(key, _style.UNKNOWN) for key in classes]
    node = {
        "label": [*sources.values(), *classes.values(), *targets.values()],
        "color": ["#DDDDDD"] * len(sources) + colours + ["#BBBBBB"] * len(targets),
        "line": {"color": _style.INK, "width": 0.5},
        "pad": 16,
    }
    place = {key: n for n, key in enumerate([*_keys(0, sources), *_keys(1, classes), *_keys(2, targets)])}
    figure = go.Figure(go.Sankey(node=node, link=_links(rows, place), hoverlabel={"align": "left"}))
    return _style.finished(figure, TITLE, alt(table), height=max(260, 34 * max(len(sources), len(targets)) + 120))


def alt(table: pd.DataFrame) -> str:
    """Return what the chart shows in a sentence."""
    if table.empty:
        return "No flow is known to leave to the internet or to a third party."
    levels = table["classification"].astype(object).where(table["classification"].notna(), _UNCLASSED)
    counts = table.groupby(levels, sort=False)["flows"].sum()
    parts = ", ".join(f"{count} {level}" for level, count in counts.items())
    ends = [f"{n} {word}{'' if n == 1 else 's'}" for n, word in
            ((table["source"].nunique(), "source"), (table["target"].nunique(), "receiver"))]  # fmt: skip
    return f"{table['flows'].sum()} flows leave from {ends[0]} to {ends[1]}: {parts}."


def _links(rows: list[dict[str, Any]], place: dict[tuple[int, Any], int]) -> dict[str, Any]:
    """Return one link between two nodes, however many rows run along it."""
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for row in rows:
        middle = place[1, row["classification"]]
        for ends in ((place[0, row["source"]], middle), (middle, place[2, row["target"]])):
            link = found.setdefault(ends, {"flows": 0, "data": {}, "colour": _faint(row["classification"])})
            link["flows"] += row["flows"]
            link["data"].update(dict.fromkeys(row["data"]))
    return {
        "source": [source for source, _ in found],
        "target": [target for _, target in found],
        "value": [link["flows"] for link in found.values()],
        "color": [link["colour"] for link in found.values()],
        "customdata": [_style.plain(", ".join(link["data"]) or "data not listed", 200) for link in found.values()],
        "hovertemplate": "%{value} flows: %{customdata}<extra></extra>",
    }


def _gathered(rows: list[dict[str, Any]], side: str, word: str, most: int) -> list[dict[str, Any]]:
    """Return the rows with the least of one side named together."""
    weight: dict[Any, tuple[int, int]] = {}
    for row in rows:
        level = _LEVELS.index(row["classification"]) if row["classification"] else -1
        highest, flows = weight.get(row[side], (-1, 0))
        weight[row[side]] = max(highest, level), flows + row["flows"]
    # One that is left over takes no more room than a node for the rest.
    shown = most if len(weight) > most + 1 else len(weight)
    kept = set(sorted(weight, key=lambda key: weight[key], reverse=True)[:shown])
    rest = {side: None, f"{side}_name": f"{len(weight) - len(kept)} other {word}"}
    return [row if row[side] in kept else row | rest for row in rows]


def _keys(column: int, given: dict[Any, str]) -> list[tuple[int, Any]]:
    return [(column, key) for key in given]


def _faint(level: str | None) -> str:
    colour = _style.CLASSES.get(level or "", _style.UNKNOWN)
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.45)"
