"""Open findings by app, the worst apps first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.analysis.bands import SEVERITIES
from workbench.analysis.frames import SEVERITY, TEXT, WHOLE, frame, records
from workbench.charts import _style

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

TITLE = "Open findings by app"
COLUMNS = {"app": TEXT, "app_name": TEXT, "severity": SEVERITY, "findings": WHOLE}


def table(threats: pd.DataFrame) -> pd.DataFrame:
    """Return one row an app and severity, the worst apps first.

    Columns
    -------
    app, app_name : id and name; the id is unknown for findings on what apps share
    severity, findings : number of open findings; if some are not rated, each app has a row for them too
    """
    counts: dict[str | None, dict[str | None, int]] = {}
    names: dict[str | None, str] = {}
    opened = [row for row in records(threats) if row["status"] == "open"]
    every = (*SEVERITIES, *([None] if any(row["severity"] is None for row in opened) else []))
    for row in opened:
        names[row["app"]] = row.get("app_name") or row["app"] or "shared by apps"
        counts.setdefault(row["app"], dict.fromkeys(every, 0))[row["severity"]] += 1
    order = sorted(counts, key=lambda app: ([-counts[app][s] for s in reversed(SEVERITIES)], names[app], app or ""))
    rows = [
        {"app": app, "app_name": names[app], "severity": severity, "findings": count}
        for app in order
        for severity, count in counts[app].items()
    ]
    return frame(COLUMNS, rows)


def figure(threats: pd.DataFrame) -> go.Figure:
    """Return one bar an app, stacked by severity."""
    return draw(table(threats))


def draw(table: pd.DataFrame, most: int = 20) -> go.Figure:
    """Return the chart of such a table: the first `most` apps, and how many are not shown."""
    if table.empty:
        return _style.nothing(TITLE, alt(table))
    each = len(SEVERITIES) + int(table["severity"].isna().any())
    shown = table.iloc[: most * each]
    rest = table.iloc[len(shown) :]
    # Two apps may have one name; the id keeps their bars apart.
    apart = shown.assign(bar=[f"{name}\n{app}" for name, app in zip(shown["app_name"], shown["app"], strict=True)])
    figure = _style.stacked(apart, "bar", "findings")
    bars = dict(zip(apart["bar"], apart["app_name"], strict=True))
    figure.update_yaxes(ticktext=[_style.plain(name) for name in bars.values()])
    if len(rest):
        more = f"{rest['findings'].sum()} more in {len(rest) // each} other apps"
        figure.update_xaxes(title={"text": f"findings ({more})"})
    return _style.finished(figure, TITLE, alt(table))


def alt(table: pd.DataFrame) -> str:
    """Return what the chart shows in a sentence."""
    if table.empty:
        return "No finding is open."
    totals = [(row["app_name"], row["findings"]) for row in _totals(table)]
    shown = ", ".join(f"{name} {count}" for name, count in totals[:3])
    more = f" and {len(totals) - 3} more" if len(totals) > 3 else ""  # noqa: PLR2004 - a sentence names three
    return f"Open findings by app: {shown}{more}."


def _totals(table: pd.DataFrame) -> list[dict[str, Any]]:
    totals: dict[tuple[Any, Any], dict[str, Any]] = {}
    for row in records(table):
        total = totals.setdefault((row["app"], row["app_name"]), {"app_name": row["app_name"], "findings": 0})
        total["findings"] += row["findings"]
    return list(totals.values())
