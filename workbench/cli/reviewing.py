"""`workbench review`: run review notebooks, and see how they went and what is due."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - read at run time by typer
from typing import Annotated, Any

import typer

from workbench.cli import dating, metrics, output, planning, refreshing, telling
from workbench.cli.options import App, opened

review = typer.Typer(no_args_is_help=True, help="Run review notebooks and see how they went.")
review.command("plan", epilog="Example:  workbench review plan --app orders --all-areas")(planning.plan)
review.command("calendar", epilog="Example:  workbench review calendar --out reviews.ics")(dating.calendar)
review.command("tell", epilog="Example:  workbench review tell --app orders --dry-run")(telling.tell)
review.command("metrics", epilog="Example:  workbench review metrics --by severity")(metrics.metrics)

review.command("refresh", epilog="Example:  workbench review refresh --workers 4")(refreshing.refresh)


@review.command(
    "run",
    epilog="Examples:  workbench review run --app orders   workbench review run --all --dask tcp://scheduler:8786",
)
def review_run(
    context: typer.Context,
    name: App = None,
    exports: Annotated[
        list[Path] | None, typer.Option("--export", help="Export to import first; may be repeated.")
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="Date to judge due dates by, YYYY-MM-DD.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Date or ledger sequence to compare with; else the last review.")
    ] = None,
    *,
    notebook: Annotated[
        Path | None,
        typer.Option(
            help="A notebook with the same parameters; else 90-periodic-review in notebooks/, else the shipped one."
        ),
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option(help="NAME=VALUE for the notebook, the value as JSON or a word; may be repeated."),
    ] = None,
    every: refreshing.All = False,
    workers: refreshing.Workers = None,
    dask: refreshing.Dask = None,
) -> int:
    """Run the periodic review of one app or of all in use, headless, and say how it went."""
    if every or workers or dask:
        _require_alone(every=every, others=(name, exports, as_of, since, notebook, parameter))
        with opened(context) as ws:
            return refreshing.told(ws, None, notebooks=True, workers=workers, dask=dask)
    with opened(context) as ws, output.progress("Reviewing") as move:
        chosen = [ws.app(name).id] if name else ws.reviews.planner.apps
        runs = ws.reviews.run(
            chosen, exports=exports or [], as_of=as_of, since=since, notebook=notebook, progress=move,
            parameters=dict(map(_parameter, parameter or [])),
        )  # fmt: skip
    output.show(runs, ["app", "state", "seconds", "page", "problem", "next_step"])
    return 0 if (runs["state"] == "finished").all() else 3


def _parameter(given: str) -> tuple[str, Any]:
    from workbench.errors import UsageError  # noqa: PLC0415 - help texts come without it

    name, is_there, value = given.partition("=")
    if not is_there:
        raise UsageError(f"--parameter was {given!r}; expected NAME=VALUE, such as days=30")
    try:
        return name, json.loads(value)
    except ValueError:
        # A word needs no quotes.
        return name, value


def _require_alone(*, every: bool, others: tuple[object, ...]) -> None:
    from workbench.errors import UsageError  # noqa: PLC0415 - help texts come without it

    if not every or any(others):
        raise UsageError(
            "--workers and --dask go with --all, and --all takes apps, exports and days from workbench.toml: "
            "leave out --app, --export, --as-of, --since, --notebook and --parameter"
        )


@review.command("history", epilog="Example:  workbench review history")
def review_history(context: typer.Context) -> None:
    """List the runs so far and how each ended."""
    with opened(context) as ws:
        output.show(
            ws.reviews.history(), ["run", "app", "kind", "queued", "state", "seconds", "page", "problem", "next_step"]
        )


@review.command("due", epilog="Example:  workbench review due")
def review_due(context: typer.Context) -> None:
    """List the apps by when their next review is due."""
    with opened(context) as ws:
        output.show(ws.reviews.due(), ["app", "last", "due", "overdue"])
