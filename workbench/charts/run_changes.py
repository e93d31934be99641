"""What runs found on each day: how much the apps had drifted, and how many risks came with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.analysis.frames import DAY, WHOLE, frame
from workbench.charts import _runs, _style

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

TITLE = "What runs found changed"
COLUMNS = {"day": DAY, "runs": WHOLE, "apps_changed": WHOLE, "changes": WHOLE, "threats_new": WHOLE}
_BARS = (("changes", "changes in the apps", "#56B4E9", ""), ("threats_new", "new risks", "#D55E00", "/"))


def table(runs: pd.DataFrame) -> pd.DataFrame:
    """Return one row a day (UTC) on which a run ended that says what it found; apps that are refreshed count by that alone.

    `runs` has the columns of `ws.reviews.runs.table()`.

    Columns
    -------
    day, runs : how many runs that day said what they found
    apps_changed, changes, threats_new : apps with a change, changes since their reviews before, and new risks, in all
    """
    days: dict[date, dict[str, Any]] = {}
    found_changes = [row for row in _runs.rows(runs) if row["changes"] is not None]
    refreshed = {row["app"] for row in found_changes if row["kind"] == "refresh"}
    for row in found_changes:
        # A review tells again what refreshes since the last one have found.
        if row["app"] in refreshed and row["kind"] != "refresh":
            continue
        day = row["at"].date()
        found = days.setdefault(day, dict.fromkeys(COLUMNS, 0) | {"day": day})
        found["runs"] += 1
        found["apps_changed"] += row["changes"] > 0
        found["changes"] += row["changes"]
        found["threats_new"] += row["threats_new"] or 0
    return frame(COLUMNS, [days[day] for day in sorted(days)])


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
        f"{last['apps_changed']} of {last['runs']} apps and {last['threats_new']} new risks."
    )
