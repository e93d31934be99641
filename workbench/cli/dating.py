"""`workbench review calendar`: what has to be looked at, by when and why."""

from __future__ import annotations

from datetime import date
from pathlib import Path  # noqa: TC003 - read at run time by typer
from typing import Annotated

import typer

from workbench.cli import output
from workbench.cli.options import App, opened
from workbench.errors import UsageError

_SHOWN = ["app_name", "kind", "due", "state", "overdue", "why", "last", "by"]


def calendar(
    context: typer.Context,
    name: App = None,
    as_of: Annotated[str | None, typer.Option(help="Day to judge by, YYYY-MM-DD; else today.")] = None,
    out: Annotated[Path | None, typer.Option(help="File ending in .ics to write for a calendar.")] = None,
    *,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what should have been done by now.")] = False,
) -> int:
    """List refreshes, reviews, quarterly bites and what asks for a review before its time; exit code 1 for --overdue."""
    if out is not None and out.suffix.lower() != ".ics":
        raise UsageError(f"a calendar is written as .ics; {out.name!r} has another ending")
    with opened(context) as ws:
        judged = ws.reviews.calendar if as_of is None else ws.reviews.calendar.on(_day(as_of))
        table = judged.overdue if overdue else judged.table
        table = table[table["app"] == ws.app(name).id] if name else table
        if out is not None:
            output.console.print(f"Wrote {judged.ical(out)}", markup=False, highlight=False)
    if out is None:
        output.show(table, _SHOWN)
    return int(overdue and len(table) > 0)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--as-of was {text!r}; expected a date such as 2026-12-31") from None
