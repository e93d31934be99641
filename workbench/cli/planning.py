"""`workbench review plan`: which areas this quarter's review looks at, and why."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from workbench.cli import output
from workbench.cli.options import App, opened
from workbench.errors import unknown
from workbench.visible import visible


def plan(
    context: typer.Context,
    name: App = None,
    quarter: Annotated[str | None, typer.Option(help="Such as 2026-Q4; else today's.")] = None,
    *,
    everything: Annotated[
        bool, typer.Option("--all-areas", help="Also what is not looked at, and until when.")
    ] = False,
    format_: Annotated[str, typer.Option("--format", help="text or json")] = "text",
) -> None:
    """Say which few areas of an app a quarterly review looks at, why, and how long it takes. Nothing is written."""
    if format_ not in {"text", "json"}:
        raise unknown("format", format_, ("text", "json"))
    with opened(context) as ws:
        chosen = [ws.app(name).id] if name else ws.reviews.planner.apps
        plans = [ws.reviews.planner.plan(app, quarter) for app in chosen]
        table = ws.reviews.planner.table(name, quarter)
    if format_ == "json":
        sys.stdout.write(output.to_json(table if everything else table[table["picked"]]) + "\n")
        return
    if not plans:
        output.console.print("There is no app to plan a review of yet; import an export first.")
    for each in plans:
        for line in each.says:
            output.console.print(visible(line), markup=False, highlight=False, soft_wrap=True)
        if everything:
            output.show(each.table, ["name", "picked", "score", "risk", "change", "age", "latest"])
