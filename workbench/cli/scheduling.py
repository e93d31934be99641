"""`workbench schedule`: keep the times of the schedule, see them, or hand them on to another scheduler."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli import output
from workbench.cli.options import opened
from workbench.visible import visible

schedule = typer.Typer(no_args_is_help=True, help="Keep the times at which apps are refreshed and reviewed.")


@schedule.command("run", epilog="Example:  workbench -C team schedule run")
def run(
    context: typer.Context,
    *,
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, and leave.")] = False,
    every: Annotated[float, typer.Option(min=1, help="Seconds between two looks at what is due.")] = 30,
) -> int:
    """Refresh and review apps when they are due, by [schedule] in workbench.toml, until it is stopped.

    It may be started twice: each time is kept once. What was missed meanwhile is run or recorded as missed, as `missed`
    says.
    """
    with opened(context) as ws:
        if not once:
            coming = ws.reviews.schedule.upcoming()
            output.show(coming.head(10), ["app", "kind", "rule", "next"], title="Due next (UTC)")
            output.console.print("Keeping these times. Stop with Ctrl+C.")
            ws.reviews.schedule.serve(every, _tell)
            return 0
        ended = ws.reviews.schedule.once(_tell)
    if ended.empty:
        output.console.print("Nothing is due.")
        return 0
    output.show(ended, ["app", "kind", "due", "state", "seconds", "problem", "next_step"])
    return 0 if ended["state"].isin(["finished", "missed"]).all() else 3


@schedule.command("next", epilog="Example:  workbench schedule next")
def next_(context: typer.Context) -> None:
    """List what is due next, and by which rule."""
    with opened(context) as ws:
        output.show(ws.reviews.schedule.upcoming(), ["app", "kind", "rule", "next", "missed"], title="Due next (UTC)")


@schedule.command("export", epilog="Example:  workbench schedule export --to systemd --out units")
def export(
    context: typer.Context,
    to: Annotated[str, typer.Option("--to", help="cron, systemd, kubernetes, airflow or jupyter-scheduler")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write to.")] = Path("schedule"),
    program: Annotated[
        str | None, typer.Option(help="Path of the workbench command where it will run; else that of this one.")
    ] = None,
) -> None:
    """Write the schedule for another scheduler, which then starts `workbench schedule run --once` at its times."""
    with opened(context) as ws:
        for path in ws.reviews.schedule.export(to, out, program):
            output.console.print(f"Wrote {path}", markup=False, highlight=False)


def _tell(words: str) -> None:
    # Of apps and files, into terminals and journals.
    output.console.print(visible(words), markup=False, highlight=False, soft_wrap=True)
