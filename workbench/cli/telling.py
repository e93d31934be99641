"""`workbench review tell`: what people are told about reviews, to look at or to send."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003 - read at run time by typer
from typing import Annotated

import typer

from workbench.cli import output
from workbench.cli.options import App, opened
from workbench.errors import UsageError
from workbench.visible import visible


def tell(
    context: typer.Context,
    name: App = None,
    since: Annotated[
        str | None, typer.Option(help="Date or ledger sequence to compare with; else what was told last.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="With --dry-run, a file to write: .md or .html.")] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show it, and to whom it would go; send nothing.")] = False,
    log: Annotated[bool, typer.Option("--log", help="List what was sent so far, and how that went.")] = False,
) -> int:
    """Tell people how a review went: what changed, new risks, what is overdue, which decisions are needed.

    Mail and webhook are set in the table [tell] of workbench.toml; nothing is sent without it.
    """
    if out is not None and not dry_run:
        raise UsageError(f"--out {out} needs --dry-run: what is sent is not written to a file")
    with opened(context) as ws:
        telling = ws.reviews.telling
        if log:
            output.show(telling.table, ["at", "app", "by", "to", "state", "tries", "subject", "problem"])
            return 0
        if dry_run:
            summary = telling.summary(name, since=since)
            if out is None:
                sys.stdout.write(visible(f"Subject: {summary.subject}\n\n{summary.markdown()}\n"))
            else:
                output.console.print(f"Wrote {summary.write(out)}", markup=False, highlight=False)
            output.show(
                telling.ways, ["by", "to"], "It would go to:" if len(telling.ways) else "It would go to nobody:"
            )
            return 0
        sent = telling.send(name, since=since)
    output.show(sent, ["by", "to", "state", "tries", "subject", "problem"])
    return 0 if (sent["state"] == "sent").all() else 3
