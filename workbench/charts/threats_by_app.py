"""Open findings by app, the worst apps first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.analysis.bands import SEVERITIES
from workbench.analysis.frames import SEVERITY, TEXT, WHOLE, frame, records
from workbench.charts import _style

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd
    import plotly.graph_objects as go

TITLE = "Open findings by app"
COLUMNS = {"app": TEXT, "app_name": TEXT, "severity": SEVERITY, "findings": WHOLE}


def table(threats: pd.DataFrame, most: int = 20) -> pd.DataFrame:
    """Return one row an app and severity; beyond `most` apps, the rest are one row of their own.

    Columns
    -------
    app, app_name : id and name; the id is unknown for the rest, and for findings on what apps share
    severity, findings : number of open findings
    """
    counts: dict[str | None, dict[str, int]] = {}
    names: dict[str | None, str] = {}
    for row in records(threats):
        if row["status"] == "open":
            names[row["app"]] = row.get("app_name") or row["app"] or "shared by apps"
            by_severity = counts.setdefault(row["app"], dict.fromkeys(map(str, SEVERITIES), 0))
            by_severity[row["severity"]] += 1
    order = sorted(counts, key=lambda app: ([-counts[app][s] for s in reversed(SEVERITIES)], names[app]))
    rows = [row for app in order[:most] for row in _rows(app, names[app], counts[app])]
    rest = order[most:]
    if rest:
        together: dict[str, int] = {severity: sum(counts[app][severity] for app in rest) for severity in SEVERITIES}
        rows += _rows(None, f"{len(rest)} other apps", together)
    return frame(COLUMNS, rows)


def figure(threats: pd.DataFrame, most: int = 20) -> go.Figure:
    """Return one bar an app, stacked by severity."""
    return draw(table(threats, most))


def draw(table: pd.DataFrame) -> go.Figure:
    """Return the chart of such a table."""
    if table.empty:
        return _style.nothing(TITLE, alt(table))
    # Two apps may have one name; the id keeps their bars apart.
    apart = table.assign(bar=[f"{name}\n{app}" for name, app in zip(table["app_name"], table["app"], strict=True)])
    figure = _style.stacked(apart, "bar", "findings")
    bars = dict(zip(apart["bar"], apart["app_name"], strict=True))
    figure.update_yaxes(ticktext=[_style.plain(name) for name in bars.values()])
    return _style.finished(figure, TITLE, alt(table))


def alt(table: pd.DataFrame) -> str:
    """Return what the chart shows in a sentence."""
    if table.empty:
        return "No finding is open."
    totals = [(row["app_name"], row["findings"]) for row in _totals(table)]
    shown = ", ".join(f"{name} {count}" for name, count in totals[:3])
    more = f" and {len(totals) - 3} more" if len(totals) > 3 else ""  # noqa: PLR2004 - a sentence names three
    return f"Open findings by app: {shown}{more}."


def _rows(app: str | None, name: str, counts: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for severity, count in counts.items():
        yield {"app": app, "app_name": name, "severity": severity, "findings": count}


def _totals(table: pd.DataFrame) -> list[dict[str, Any]]:
    totals: dict[tuple[Any, Any], dict[str, Any]] = {}
    for row in records(table):
        total = totals.setdefault((row["app"], row["app_name"]), {"app_name": row["app_name"], "findings": 0})
        total["findings"] += row["findings"]
    return list(totals.values())
