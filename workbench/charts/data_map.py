"""Where data goes: apps in the middle, what is kept inside on the left, who gets it outside on the right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.analysis.estate import Estate
from workbench.analysis.frames import CLASSIFICATION, LIST, TEXT, WHOLE, frame, records
from workbench.charts import _style
from workbench.model import ORDERS
from workbench.rules import facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandas as pd

    from workbench.model import Model

    Row = dict[str, Any]

TITLE = "Where data goes"
COLUMNS = {
    "source": TEXT, "source_name": TEXT, "source_place": TEXT, "target": TEXT, "target_name": TEXT, "target_place": TEXT,
    "kind": TEXT, "classification": CLASSIFICATION, "data": LIST, "flows": WHOLE,
}  # fmt: skip
INSIDE, APP, OUTSIDE = "inside", "app", "outside"
_PLACES = (INSIDE, APP, OUTSIDE)
_LEVELS = ORDERS["classification"]
_UNCLASSED, _CALLS = "not classified", "one app runs the other"
_DASHES = {"public": "dot", "internal": "dashdot", "confidential": "dash", "restricted": "solid"}
_SYMBOLS = {INSIDE: "circle", APP: "square", OUTSIDE: "diamond"}
_SIDES = {INSIDE: "middle left", APP: "top center", OUTSIDE: "middle right"}
_FILLS = {INSIDE: "#DDDDDD", APP: "#FFFFFF", OUTSIDE: "#BBBBBB"}
_HEADS = {INSIDE: "Kept inside", APP: "Apps", OUTSIDE: "Outside, or not known where"}
# Points of a line, and the one that has the arrow.
_POINTS, _ARROW = 25, 15
_LONGEST = 30


def table(model: Model) -> pd.DataFrame:
    """Return one row a way of data between an app and a system, or a call from one app to another.

    Columns
    -------
    source, source_name, target, target_name : app (its id) or system (its key in the estate's table of moves)
    source_place, target_place : app, inside, or outside (with what nobody has said where it is)
    kind : moves, call or message
    classification : highest class of the data, confirmed or suggested; unknown of calls
    data, flows : names of the data fields, and the number of flows
    """
    estate = Estate(model, facts(model, today=date.max))
    rows = [_moved(row) for row in records(estate.moves)]
    rows += [
        _called(row)
        for row in records(estate.links)
        if row["kind"] in {"call", "message"} and row["certainty"] != "unclear"
    ]
    return frame(COLUMNS, sorted(rows, key=lambda row: (row["source"], row["target"], row["kind"])))


def _moved(row: Row) -> Row:
    app = {"id": row["app"], "name": row["app_name"], "place": APP}
    system = {"id": row["system"], "name": row["system_name"], "place": INSIDE if row["outside"] is False else OUTSIDE}
    ends = (app, system) if row["direction"] == "to" else (system, app)
    return _row(*ends) | {"kind": "moves"} | {name: row[name] for name in ("classification", "data", "flows")}


def _called(row: Row) -> Row:
    ends = ({"id": row[f"{side}_app"], "name": row[f"{side}_app_name"], "place": APP} for side in ("from", "to"))
    return _row(*ends) | {"kind": row["kind"], "classification": None, "data": (), "flows": 1}


def _row(source: Mapping[str, Any], target: Mapping[str, Any]) -> Row:
    ends = (("source", source), ("target", target))
    return {
        side if what == "id" else f"{side}_{what}": end[what] for side, end in ends for what in ("id", "name", "place")
    }


def figure(model: Model) -> go.Figure:
    """Return the map of where data goes; colour and line give the class of the data, arrows the direction."""
    return draw(table(model))


def draw(table: pd.DataFrame, most: int = 14) -> go.Figure:
    """Return the map of such a table; beyond `most` in a column, those with the least data are one node."""
    if table.empty:
        return _style.nothing(TITLE, alt(table))
    rows = records(table)
    for place in _PLACES:
        rows = _gathered(rows, place, most)
    nodes = _placed(rows)
    figure = go.Figure([*_lines(rows, nodes), *_marks(nodes)])
    tallest = max(sum(node.place == place for node in nodes.values()) for place in _PLACES)
    heads = [
        {"x": x, "y": 1.0, "yref": "paper", "yanchor": "bottom", "text": f"<b>{_HEADS[place]}</b>", "showarrow": False}
        for x, place in enumerate(_PLACES)
    ]
    hidden = {"visible": False, "fixedrange": True}
    return _style.finished(
        figure, TITLE, alt(table), height=max(360, 46 * tallest + 200), annotations=heads,
        xaxis=hidden | {"range": [-0.95, 2.95]}, yaxis=hidden | {"range": [-0.03, 1.05]},
        legend={"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0}, hoverlabel={"align": "left"},
    )  # fmt: skip


def alt(table: pd.DataFrame) -> str:
    """Return what the map shows in a sentence."""
    if table.empty:
        return "No app is known to send or get data."
    rows = records(table)
    ends = {(row[f"{side}_place"], row[side]) for row in rows for side in ("source", "target")}
    apps, inside, outside = (sum(place == wanted for place, _ in ends) for wanted in (APP, INSIDE, OUTSIDE))
    levels = [
        row["classification"] or _UNCLASSED for row in rows if row["kind"] == "moves" and row["target_place"] == OUTSIDE
    ]
    parts = ", ".join(f"{levels.count(level)} {level}" for level in (*reversed(_LEVELS), _UNCLASSED) if level in levels)
    calls = sum(row["kind"] != "moves" for row in rows)
    return (
        f"{apps} apps use {inside} systems inside and {outside} outside; ways to the outside by class of data: "
        f"{parts or 'none'}; calls between apps: {calls}."
    )


# --- nodes


@dataclass
class _Node:
    name: str
    place: str
    weight: int
    x: float = 0.0
    y: float = 0.0


def _gathered(rows: list[Row], place: str, most: int) -> list[Row]:
    """Return the rows with those of one column that have the least data as one node."""
    weight: dict[str, tuple[int, int]] = {}
    for row in rows:
        for side in _sides(row, place):
            level, flows = weight.get(row[side], (-1, 0))
            weight[row[side]] = max(level, _level(row)), flows + row["flows"]
    if len(weight) <= most + 1:
        return rows
    kept = set(sorted(weight, key=lambda key: (weight[key], key), reverse=True)[:most])
    words = {INSIDE: "kept inside", APP: "apps", OUTSIDE: "receivers"}[place]
    other = {"": f"rest of {place}", "_name": f"{len(weight) - most} other {words}"}
    return [_renamed(row, [s for s in _sides(row, place) if row[s] not in kept], other) for row in rows]


def _sides(row: Row, place: str) -> list[str]:
    return [side for side in ("source", "target") if row[f"{side}_place"] == place]


def _renamed(row: Row, sides: Iterable[str], other: Mapping[str, str]) -> Row:
    return row | {f"{side}{end}": value for side in sides for end, value in other.items()}


def _level(row: Row) -> int:
    return _LEVELS.index(row["classification"]) if row["classification"] else -1


def _placed(rows: Sequence[Row]) -> dict[str, _Node]:
    """Return the nodes where they are drawn: apps with the most sensitive data on top, systems near their apps."""
    nodes: dict[str, _Node] = {}
    for row in rows:
        for side in ("source", "target"):
            node = nodes.setdefault(row[side], _Node(row[f"{side}_name"], row[f"{side}_place"], -1))
            node.weight = max(node.weight, _level(row))
    apps = sorted(
        (key for key in nodes if nodes[key].place == APP), key=lambda key: (-nodes[key].weight, nodes[key].name, key)
    )
    _spread(nodes, apps, 1.0)
    for x, place in ((0.0, INSIDE), (2.0, OUTSIDE)):
        near: dict[str, list[float]] = {key: [] for key in nodes if nodes[key].place == place}
        for row in rows:
            for side, other in (("source", "target"), ("target", "source")):
                if row[side] in near:
                    near[row[side]].append(nodes[row[other]].y)
        order = sorted(near, key=lambda key, ys=near: (-sum(ys[key]) / max(len(ys[key]), 1), key))  # type: ignore[misc]
        _spread(nodes, order, x)
    return nodes


def _spread(nodes: Mapping[str, _Node], order: Sequence[str], x: float) -> None:
    for number, key in enumerate(order):
        nodes[key].x, nodes[key].y = x, 1 - (number + 0.5) / len(order)


def _marks(nodes: Mapping[str, _Node]) -> Iterator[go.Scatter]:
    for place in _PLACES:
        own = [node for node in nodes.values() if node.place == place]
        if own:
            yield go.Scatter(
                x=[node.x for node in own], y=[node.y for node in own], mode="markers+text", showlegend=False,
                text=[_style.plain(node.name, _LONGEST) for node in own], textposition=_SIDES[place],
                hovertext=[_style.plain(node.name) for node in own], hoverinfo="text",
                textfont={"color": _style.INK, "size": 12},
                marker={"symbol": _SYMBOLS[place], "size": 14, "color": _FILLS[place],
                        "line": {"color": _style.INK, "width": 1.5}},
            )  # fmt: skip


# --- lines


def _lines(rows: Sequence[Row], nodes: Mapping[str, _Node]) -> Iterator[go.Scatter]:
    """Yield the lines of each class of data in one trace, the most sensitive last, so that they lie on top."""
    groups: dict[str, list[Row]] = {_CALLS: [], _UNCLASSED: [], **{level: [] for level in _LEVELS}}
    for row in _joined(rows):
        groups[_CALLS if row["kind"] != "moves" else row["classification"] or _UNCLASSED].append(row)
    for name, own in groups.items():
        if own:
            yield _trace(name, own, nodes)


def _joined(rows: Sequence[Row]) -> Iterable[Row]:
    """Return one row for each pair of nodes, direction and class, however many were gathered in them."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        key = row["source"], row["target"], row["kind"] == "moves", row["classification"]
        held = found.get(key)
        data = (*held["data"], *row["data"]) if held else row["data"]
        found[key] = row | {"data": tuple(dict.fromkeys(data)), "flows": row["flows"] + (held["flows"] if held else 0)}
    return found.values()


def _trace(name: str, rows: Iterable[Row], nodes: Mapping[str, _Node]) -> go.Scatter:
    xs: list[float | None] = []
    ys: list[float | None] = []
    sizes: list[int] = []
    texts: list[str] = []
    for row in rows:
        points = list(_curve(nodes[row["source"]], nodes[row["target"]]))
        xs += [*(x for x, _ in points), None]
        ys += [*(y for _, y in points), None]
        sizes += [13 if n == _ARROW else 0 for n in range(_POINTS + 1)]
        texts += [_hover(row, name)] * (_POINTS + 1)
    colour = _style.INK if name == _CALLS else _style.CLASSES.get(name, _style.UNKNOWN)
    dash = "longdashdot" if name == _CALLS else _DASHES.get(name, "dot")
    return go.Scatter(
        x=xs, y=ys, name=name, mode="lines+markers", hovertext=texts, hoverinfo="text",
        line={"color": colour, "width": 2, "dash": dash}, opacity=0.75,
        marker={"symbol": "arrow", "angleref": "previous", "size": sizes, "color": colour, "line": {"width": 0}},
    )  # fmt: skip


def _hover(row: Row, name: str) -> str:
    ends = f"{_style.plain(row['source_name'])} → {_style.plain(row['target_name'])}"
    if row["kind"] != "moves":
        return f"{ends}<br>{name}"
    data = ", ".join(_style.plain(field) for field in row["data"][:8]) or "data not known"
    return f"{ends}<br>{name}: {data}"


def _curve(source: _Node, target: _Node) -> Iterator[tuple[float, float]]:
    """Yield points of a line that leaves and arrives level; between apps it bulges to the left or right."""
    if source.x == target.x:
        bend = 0.35 if source.y > target.y else -0.35
        ways = [(source.x, source.y), (source.x + bend, source.y), (target.x + bend, target.y), (target.x, target.y)]
    else:
        # What comes back runs beside what goes, not under it.
        middle, shift = (source.x + target.x) / 2, 0.012 if source.x < target.x else -0.012
        ways = [
            (source.x, source.y + shift),
            (middle, source.y + shift),
            (middle, target.y + shift),
            (target.x, target.y + shift),
        ]
    for number in range(_POINTS):
        t = number / (_POINTS - 1)
        parts = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        x, y = (sum(part * way[axis] for part, way in zip(parts, ways, strict=True)) for axis in (0, 1))
        yield x, y
