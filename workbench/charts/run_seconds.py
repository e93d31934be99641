"""How long the runs of each app take: the last one against the middle of all of them."""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.analysis.frames import NUMBER, TEXT, WHOLE, frame
from workbench.charts import _runs, _style

if TYPE_CHECKING:
    import pandas as pd

TITLE = "How long runs take"
COLUMNS = {
    "app": TEXT, "app_name": TEXT, "kind": TEXT, "runs": WHOLE, "last": NUMBER, "median": NUMBER, "longest": NUMBER,
}  # fmt: skip


def table(runs: pd.DataFrame) -> pd.DataFrame:
    """Return one row an app and kind of run that has ended by itself, the longest last run first.

    `runs` has the columns of `ws.reviews.runs.table()`, and app_name if names are known.

    Columns
    -------
    app, app_name, kind : id and name; review, refresh or quarterly
    runs : number of runs whose time is known
    last, median, longest : seconds
    """
    seconds: dict[tuple[str, str], list[float]] = defaultdict(list)
    names: dict[str, str] = {}
    for row in _runs.rows(runs):
        names[row["app"]] = row["app_name"]
        if row["seconds"] is not None:
            seconds[row["app"], row["kind"]].append(row["seconds"])
    found: list[dict[str, Any]] = [
        {"app": app, "app_name": names[app], "kind": kind, "runs": len(took), "last": took[-1], "median": median(took),
         "longest": max(took)}
        for (app, kind), took in seconds.items()
    ]  # fmt: skip
    return frame(COLUMNS, sorted(found, key=lambda row: (-row["last"], row["app"])))


def figure(runs: pd.DataFrame) -> go.Figure:
    """Return one bar an app for the last run, with a line at the middle of all its runs."""
    return draw(table(runs))


def draw(table: pd.DataFrame, most: int = 20) -> go.Figure:
    """Return the chart of such a table: the first `most` rows, and how many are not shown."""
    if table.empty:
        return _style.nothing(TITLE, alt(table))
    shown = table.head(most)
    places = list(range(len(shown)))
    figure = go.Figure()
    figure.add_bar(
        y=places, x=shown["last"].tolist(), name="last run", orientation="h", width=0.6,
        marker={"color": "#56B4E9", "line": {"color": _style.INK, "width": 0.5}},
        hovertemplate="%{x:.1f} s, last run<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        y=places, x=shown["median"].tolist(), name="middle of all its runs", mode="markers",
        marker={"symbol": "line-ns", "size": 18, "line": {"color": _style.INK, "width": 3}},
        hovertemplate="%{x:.1f} s, middle of all<extra></extra>",
    )  # fmt: skip
    names = [_style.plain(label) for label in _runs.labels(shown)]
    figure.update_yaxes(autorange="reversed", automargin=True, tickvals=places, ticktext=names, zeroline=False)
    rest = len(table) - len(shown)
    more = f" ({rest} more, shorter, in the table)" if rest else ""
    figure.update_xaxes(rangemode="tozero", title={"text": f"seconds{more}"})
    return _style.finished(figure, TITLE, alt(table), height=150 + 30 * len(names))


def alt(table: pd.DataFrame) -> str:
    """Return what the chart shows in a sentence."""
    if table.empty:
        return "No run has ended yet."
    longest = table.iloc[0]
    slower = int((table["last"] > 2 * table["median"]).sum())
    label = _runs.labels(table.head(1))[0]
    note = (
        f" {slower} took more than twice as long as usual."
        if slower
        else " None took more than twice as long as usual."
    )
    return f"The longest of the last runs is that of {label}: {longest['last']:.1f} seconds.{note}"
