"""What several commands have in common: options, and how a command opens its workspace."""

from __future__ import annotations

from typing import Annotated, Any

import typer

App = Annotated[str | None, typer.Option("--app", help="Id or name of one app; all apps if left out.")]
Why = Annotated[str, typer.Option("--why", help="The reason that the history keeps.")]


def opened(context: typer.Context) -> Any:
    """Return the workspace that `-C` names, open."""
    import workbench  # noqa: PLC0415 - help texts come without pandas

    return workbench.open(context.obj)
