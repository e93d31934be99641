"""`workbench review run --all` and `workbench review refresh`: all apps in one pass."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from workbench.cli import output
from workbench.cli.options import App, opened

All = Annotated[
    bool,
    typer.Option("--all", help="Refresh all apps in one pass; run notebooks only where something changed or is due."),
]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, help="With --all: how many processes at once; else one a core.")
]
Dask = Annotated[
    str | None,
    typer.Option("--dask", metavar="ADDRESS", help="With --all: a Dask scheduler whose workers read the exports."),
]


def refresh(context: typer.Context, name: App = None, workers: Workers = None, dask: Dask = None) -> int:
    """Bring apps in again from their sources in workbench.toml and say what that changed; no notebook is run."""
    with opened(context) as ws:
        return told(ws, [name] if name else None, notebooks=False, workers=workers, dask=dask)


def told(ws: Any, apps: list[str] | None, *, notebooks: bool, workers: int | None, dask: str | None) -> int:
    """Run an estate's refresh and print what became of it; returns the exit code."""
    with output.progress("Refreshing") as move:
        done = ws.reviews.estate.run(
            apps, notebooks=notebooks, workers=workers, dask=dask, progress=move, rendering=move
        )
    table = done.refreshed.apps
    other = table[table["state"] != "as it was"].assign(changes=table[["added", "changed", "removed"]].sum(axis=1))
    if len(other):
        output.show(other, _COLUMNS, "Apps that are not as they were")
    counts = ", ".join(f"{count} {state}" for state, count in table["state"].value_counts().items())
    output.console.print(
        f"{len(table)} apps: {counts or 'none'}. Tables: reviews/estate/", markup=False, highlight=False
    )
    trouble = done.refreshed.sources
    trouble = trouble[trouble["problem"].notna()]
    if len(trouble):
        output.show(trouble, ["source", "problem"], "What could not be read")
    if notebooks and len(done.reviews):
        reasons = done.reviews.assign(because=done.reviews["app"].map(done.wanted))
        output.show(reasons, ["app", "because", "state", "seconds", "page", "problem"], "Notebooks")
    if not (done.reviews["state"] == "finished").all():
        return 3
    return 0 if done.ok else 2


_COLUMNS = [
    "app_name",
    "state",
    "added",
    "changed",
    "removed",
    "threats_new",
    "threats_gone",
    "questions_new",
    "problem",
]
