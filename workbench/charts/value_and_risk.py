"""What features are worth, against what is at risk in them: which to protect first, and which are not worth their risk."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.analysis.bands import SEVERITIES, money
from workbench.analysis.frames import NUMBER, SEVERITY, TEXT, WHOLE, frame, records
from workbench.analysis.value_words import words
from workbench.charts import _style

if TYPE_CHECKING:
    import pandas as pd

TITLE = "Worth and risk of what the apps do"
COLUMNS = {
    "number": WHOLE, "id": TEXT, "name": TEXT, "app_name": TEXT, "worth": WHOLE, "worth_name": TEXT, "open": WHOLE,
    "not_rated": WHOLE, "severity": SEVERITY, "yearly_loss": NUMBER,
}  # fmt: skip
_NOTHING_OPEN, _NOTHING_RATED = "nothing open", "nothing rated"
_SYMBOLS = {**_style.SYMBOLS, _NOTHING_RATED: "triangle-up-open", _NOTHING_OPEN: "circle-open"}
# Of the room of one level on the axis, what its features are spread over.
_SPREAD = 0.62
_MOST_NAMED = 24


def table(features: pd.DataFrame) -> pd.DataFrame:
    """Return one row a feature, the one with most at risk first.

    Parameters
    ----------
    features
        Features with worth and risk (analysis.purpose.Purpose.features).

    Columns
    -------
    number : by which it is named in the chart
    id, name, app_name : of the feature
    worth, worth_name : 1 (nice to have) to 5 (vital); unknown if nobody said so: not in the picture
    open, not_rated, severity, yearly_loss : open findings on what it needs, those of them that nobody has rated, the
        worst, and the loss of the rated ones
    """
    own = [name for name in COLUMNS if name != "number"]
    rows = sorted(records(features[own]), key=lambda row: (-row["yearly_loss"], row["id"]))
    return frame(COLUMNS, [{"number": number, **row} for number, row in enumerate(rows, 1)])


def figure(features: pd.DataFrame) -> go.Figure:
    """Return one point a feature: to the right what it is worth, upwards what is at risk."""
    return draw(table(features))


def draw(table: pd.DataFrame) -> go.Figure:
    """Return the chart of such a table; points of one worth stand beside each other."""
    points = records(table[table["worth"].notna()])
    if not points:
        return _style.nothing(TITLE, alt(table))
    losses = [row["yearly_loss"] for row in points if row["yearly_loss"]]
    rated = 10 ** math.floor(math.log10(min(losses, default=1)))
    # Two places below all amounts, for what has none.
    floors = {_NOTHING_OPEN: rated / 100, _NOTHING_RATED: rated / 10}
    top = max(losses, default=rated / 10)
    places = _beside(points)
    figure = go.Figure()
    for worst in (*reversed(SEVERITIES), _NOTHING_RATED, _NOTHING_OPEN):
        own = [(x, row) for x, row in zip(places, points, strict=True) if _worst(row) == worst]
        if own:
            figure.add_scatter(**_points(own, worst, floors.get(worst)))
    levels = words().worth
    figure.update_xaxes(
        title={"text": "what it is worth"}, range=[0.5, 5.5], tickvals=list(levels), zeroline=False,
        ticktext=[_style.plain(name) for name in levels.values()],
    )  # fmt: skip
    ticks = [10**n for n in range(round(math.log10(rated)), math.ceil(math.log10(top)) + 1)]
    figure.update_yaxes(
        title={"text": "open risk, expected loss a year"}, type="log",
        range=[math.log10(rated) - 2.25, math.log10(top) + 0.5],
        tickvals=[*floors.values(), *ticks], ticktext=[*floors, *map(money, ticks)], automargin=True,
    )  # fmt: skip
    figure.update_layout(legend={"title": {"text": "worst open"}})
    return _style.finished(figure, TITLE, alt(table), height=440)


def alt(table: pd.DataFrame) -> str:
    """Return what the chart shows in a sentence."""
    rows = records(table)
    if not rows:
        return "Nobody has said yet what the apps do for people."
    unknown = sum(row["worth"] is None for row in rows)
    rest = f" Of {unknown} nobody has said what they are worth." if unknown else ""
    first = rows[0]
    if unrated := sum(row["not_rated"] > 0 for row in rows):
        rest = f" On {unrated} of them are open risks that nobody has rated.{rest}"
    if not first["yearly_loss"]:
        return f"Nothing that is rated is open on the {len(rows)} features.{rest}"
    worth = (first["worth_name"] or "of unknown worth").lower()
    return (
        f"{len(rows)} features; most is at risk in {first['name']} ({first['app_name']}), {worth}: "
        f"{money(first['yearly_loss'])} a year.{rest}"
    )


def _worst(row: dict[str, Any]) -> str:
    return row["severity"] or (_NOTHING_RATED if row["open"] else _NOTHING_OPEN)


def _points(own: list[tuple[float, dict[str, Any]]], worst: str, floor: float | None) -> dict[str, Any]:
    rows = [row for _, row in own]
    return {
        "x": [x for x, _ in own],
        "y": [floor or row["yearly_loss"] for row in rows],
        "name": worst,
        "mode": "markers+text",
        "text": [f"{row['number']} {_style.plain(row['name'], _MOST_NAMED)}" for row in rows],
        "textposition": "top center",
        "cliponaxis": False,
        "customdata": [row["number"] for row in rows],
        "hovertext": [_style.plain(f"{row['name']}, {row['app_name']}: {row['open']} open") for row in rows],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {
            "size": 15, "color": _style.COLOURS.get(worst, _style.UNKNOWN), "line": {"color": _style.INK, "width": 1},
            "symbol": _SYMBOLS[worst],
        },
    }  # fmt: skip


def _beside(points: list[dict[str, Any]]) -> list[float]:
    """Return where each point stands: those of one worth beside each other, around its tick."""
    alike: dict[int, list[int]] = defaultdict(list)
    for place, row in enumerate(points):
        alike[row["worth"]].append(place)
    found = [0.0] * len(points)
    for worth, places in alike.items():
        for n, place in enumerate(places):
            found[place] = worth + _SPREAD * ((n + 0.5) / len(places) - 0.5)
    return found
