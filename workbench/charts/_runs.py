"""What the charts of runs share: the states with their looks, and when a run was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.analysis.frames import records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import pandas as pd

# What needs somebody comes first. Okabe and Ito's palette, and a sign for each.
COLOURS: Mapping[str, str] = {
    "failed": "#D55E00", "lost": "#CC79A7", "missed": "#E69F00", "running": "#56B4E9", "queued": "#999999",
    "finished": "#009E73",
}  # fmt: skip
SYMBOLS: Mapping[str, str] = {
    "failed": "x", "lost": "diamond", "missed": "square", "running": "triangle-right", "queued": "circle-open",
    "finished": "circle",
}  # fmt: skip
PROBLEMS = ("failed", "lost", "missed")
NO_RUNS = "There are no runs yet."


def rows(runs: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the runs, oldest first, each with `at`, when it ended or what is known of it else, and with `app_name`."""
    found = [row | {"at": _at(row), "app_name": row.get("app_name") or row["app"]} for row in records(runs)]
    return sorted((row for row in found if row["at"] is not None), key=lambda row: row["at"])


def _at(row: Mapping[str, Any]) -> datetime | None:
    times = (row[name] for name in ("ended", "started", "queued"))
    return next((time for time in times if time is not None), None)


def labels(table: pd.DataFrame) -> Sequence[str]:
    """Return the names of the apps in a table, with the kind of run where that is no review."""
    kinds = table["kind"].tolist() if "kind" in table else ["review"] * len(table)
    named = zip(table["app_name"].tolist(), kinds, strict=True)
    return [name if kind == "review" else f"{name} ({kind})" for name, kind in named]
