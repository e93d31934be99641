"""What runs found on each day: how much the apps had drifted, and how many risks came with it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.analysis.frames import DAY, WHOLE, frame
from workbench.charts import _runs, _style

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    import pandas as pd

TITLE = "What runs found changed"
COLUMNS = {"day": DAY, "runs": WHOLE, "apps": WHOLE, "apps_changed": WHOLE, "changes": WHOLE, "threats_new": WHOLE}
_BARS = (("changes", "changes in the apps", "#56B4E9", ""), ("threats_new", "new risks", "#D55E00", "/"))


def table(runs: pd.DataFrame) -> pd.DataFrame:
    """Return one row a day (UTC) on which a run ended that says what it found; nothing is counted twice.

    `runs` has the columns of `ws.reviews.runs.table()`. A review after a refresh of its app is left out, because it
    tells again what was found since the review before.

    Columns
    -------
    day, runs : how many runs that day said what they found
    apps, apps_changed : of how many apps, and in how many of these there was a change
    changes, threats_new : changes since their reviews before, and new risks, in all
    """
    days: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for row in _once(row for row in _runs.rows(runs) if row["changes"] is not None):
        days[row["at"].date()].append(row)
    return frame(COLUMNS, [{"day": day, **_found(days[day])} for day in sorted(days)])


def _once(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the runs without the reviews before which their app was refreshed since the last review; oldest first."""
    refreshed: set[str] = set()
    for row in rows:
        if row["kind"] == "refresh":
            refreshed.add(row["app"])
        elif row["app"] in refreshed:
            refreshed.remove(row["app"])
            continue
        yield row


def _found(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {
        "runs": len(rows),
        "apps": len({row["app"] for row in rows}),
        "apps_changed": len({row["app"] for row in rows if row["changes"] > 0}),
        "changes": sum(row["changes"] for row in rows),
        "threats_new": sum(row["threats_new"] or 0 for row in rows),
    }


def figure(runs: pd.DataFrame) -> go.Figure:
    """Return two bars a day; they differ in colour and pattern."""
    return draw(table(runs))


def draw(table: pd.DataFrame, most: int = 40) -> go.Figure:
    """Return the chart of such a table: the last `most` days."""
    if table.empty:
        return _style.nothing(TITLE, alt(table))
    shown = table.tail(most)
    # Days without a run take no room: reviews are weeks apart.
    days = [day.date().isoformat() for day in shown["day"]]
    figure = go.Figure()
    for column, words, colour, shape in _BARS:
        counts = shown[column].tolist()
        figure.add_bar(
            x=days, y=counts, name=words, text=[f"{count}" for count in counts], textposition="outside",
            marker={"color": colour, "pattern": {"shape": shape, "fgcolor": _style.INK, "fgopacity": 0.3},
                    "line": {"color": _style.INK, "width": 0.5}},
            hovertemplate=f"%{{x}}: %{{y}} {words}<extra></extra>", cliponaxis=False,
        )  # fmt: skip
    figure.update_xaxes(type="category", title={"text": "days with runs"})
    figure.update_yaxes(rangemode="tozero", tickformat="d", title={"text": "number"})
    figure.update_layout(barmode="group")
    return _style.finished(figure, TITLE, alt(table), height=360)


def alt(table: pd.DataFrame) -> str:
    """Return what the chart shows in a sentence."""
    if table.empty:
        return "No run has said yet what it found."
    last, days = table.iloc[-1], len(table)
    total = f"{int(table['changes'].sum())} changes and {int(table['threats_new'].sum())} new risks"
    on_days = f"on {days} {'day' if days == 1 else 'days'} with runs"
    return (
        f"Runs found {total} {on_days}; on the last one, {last['day']:%Y-%m-%d}, {last['changes']} changes in "
        f"{last['apps_changed']} of {last['apps']} apps and {last['threats_new']} new risks."
    )
