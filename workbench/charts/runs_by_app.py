"""How the last run of each app ended, and when: what needs somebody stands on top."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.analysis.frames import MOMENT, NUMBER, TEXT, WHOLE, frame
from workbench.charts import _runs, _style

if TYPE_CHECKING:
    import pandas as pd

TITLE = "How the last runs ended"
_NAMED = 5
COLUMNS = {
    "app": TEXT, "app_name": TEXT, "kind": TEXT, "state": TEXT, "at": MOMENT, "seconds": NUMBER, "runs": WHOLE,
    "not_finished": WHOLE, "next_step": TEXT,
}  # fmt: skip


def table(runs: pd.DataFrame) -> pd.DataFrame:
    """Return one row an app and kind of run, those that need somebody first, then the one that ran longest ago.

    `runs` has the columns of `ws.reviews.runs.table()`, and app_name if names are known.

    Columns
    -------
    app, app_name, kind : id and name; review, refresh or quarterly
    state, at, seconds, next_step : of the last run; at is when it ended (UTC), else when it began or was queued
    runs, not_finished : how many there were, and how many of them failed, were lost or missed
    """
    last: dict[tuple[str, str], dict[str, Any]] = {}
    counts: Counter[tuple[str, str]] = Counter()
    bad: Counter[tuple[str, str]] = Counter()
    for row in _runs.rows(runs):
        key = row["app"], row["kind"]
        last[key] = row
        counts[key] += 1
        bad[key] += row["state"] in _runs.PROBLEMS
    found = [row | {"runs": counts[key], "not_finished": bad[key]} for key, row in last.items()]
    order = list(_runs.COLOURS)
    return frame(COLUMNS, sorted(found, key=lambda row: (order.index(row["state"]), row["at"], row["app"])))


def figure(runs: pd.DataFrame) -> go.Figure:
    """Return one sign an app at the time of its last run; signs differ in shape and colour by how it ended."""
    return draw(table(runs))


def draw(table: pd.DataFrame, most: int = 25) -> go.Figure:
    """Return the chart of such a table: the first `most` rows, and how many are not shown."""
    if table.empty:
        return _style.nothing(TITLE, alt(table))
    shown = table.head(most)
    states = shown["state"].tolist()
    figure = go.Figure()
    for state in _runs.COLOURS:
        places = [place for place, its in enumerate(states) if its == state]
        if places:
            figure.add_scatter(
                x=[shown["at"].iloc[place].to_pydatetime() for place in places],
                y=places,
                name=state,
                mode="markers+text",
                text=[state] * len(places),
                textposition="middle right",
                marker={"symbol": _runs.SYMBOLS[state], "color": _runs.COLOURS[state], "size": 13,
                        "line": {"color": _style.INK, "width": 1}},
                hovertemplate=f"{state}, %{{x|%Y-%m-%d %H:%M}}<extra></extra>",
            )  # fmt: skip
    names = [_style.plain(label) for label in _runs.labels(shown)]
    figure.update_yaxes(
        autorange="reversed", automargin=True, tickvals=list(range(len(names))), ticktext=names, zeroline=False
    )
    rest = len(table) - len(shown)
    more = f" ({rest} more {'app is' if rest == 1 else 'apps are'} in the table)" if rest else ""
    figure.update_xaxes(type="date", title={"text": f"time of the last run, UTC{more}"}, **_room(shown))
    return _style.finished(figure, TITLE, alt(table), height=140 + 30 * len(names), showlegend=True)


def _room(shown: pd.DataFrame) -> dict[str, Any]:
    """Return an axis with room for the words beside the last sign."""
    first, last = shown["at"].min().to_pydatetime(), shown["at"].max().to_pydatetime()
    span = max(last - first, timedelta(hours=12))
    return {"range": [first - span / 20, last + span / 5]}


def alt(table: pd.DataFrame) -> str:
    """Return what the chart shows in a sentence."""
    if table.empty:
        return _runs.NO_RUNS
    counts = Counter(table["state"].tolist())
    told = ", ".join(f"{counts[state]} {state}" for state in _runs.COLOURS if counts[state])
    bad = [label for label, state in zip(_runs.labels(table), table["state"], strict=True) if state in _runs.PROBLEMS]
    named = ", ".join(bad[:_NAMED]) + (f" and {len(bad) - _NAMED} more" if len(bad) > _NAMED else "")
    return f"Last runs: {told}." + (f" These need somebody: {named}." if bad else "")
