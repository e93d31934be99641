"""`workbench review metrics`: how well the programme works, from the history alone."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from workbench.cli import output
from workbench.cli.options import opened
from workbench.errors import unknown

FORMATS = ("table", "json", "csv")
_SHOWN = ["name", "findings", "open", "triaged", "fixed", "days_to_triage", "days_to_fix", "reopen_rate"]
_TREND = ["day", "open", "found", "triaged", "fixed", "coverage", "reopen_rate"]
_PARTS = ("days_to_triage", "days_to_fix", "reopen_rate", "coverage", "decided")


def metrics(
    context: typer.Context,
    by: Annotated[str | None, typer.Option(help="severity, app, rule or state; else day by day.")] = None,
    days: Annotated[int, typer.Option(help="How many of the last days on which something changed.", min=1)] = 60,
    format_: Annotated[str, typer.Option("--format", help="table, json or csv")] = "table",
) -> None:
    """Show time to triage and to fix, what opened again and what is covered.

    All of it is computed from the history, by the rules and the risk scheme of today.
    """
    if format_ not in FORMATS:
        raise unknown("format", format_, FORMATS)
    groups = ("severity", "app", "rule", "state")
    if by is not None and by not in groups:
        raise unknown("group", by, groups)
    with opened(context) as ws, output.progress("Looking back") as move:
        found = ws.reviews.metrics.of(most=days, progress=move)
        frame = found.by(by) if by else found.trend
    if format_ == "table":
        output.show(frame.round(dict.fromkeys(set(_PARTS) & set(frame), 2)), _SHOWN if by else _TREND)
    else:
        sys.stdout.write((output.to_json if format_ == "json" else output.to_csv)(frame) + "\n")
