"""`workbench scheme` and `workbench backlog`: how risk is rated, and what to do next."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli import output
from workbench.cli.options import App, opened
from workbench.errors import unknown

if TYPE_CHECKING:
    import pandas as pd

scheme = typer.Typer(no_args_is_help=True, help="Check a risk scheme, and see what it would change.")
_FORMATS = {"json": output.to_json, "csv": output.to_csv}
_File = Annotated[Path, typer.Argument(metavar="FILE", help="A copy of templates/risk-scheme.yaml with your figures.")]
_Format = Annotated[str, typer.Option("--format", help="table, json or csv")]


@scheme.command("check", epilog="Example:  workbench scheme check risk-scheme.yaml")
def check(file: _File) -> int:
    """Check that ratings by a scheme cannot contradict each other; needs no workspace.

    Exit code 2 and a sentence for each problem if they can.
    """
    from workbench.analysis.scheme import load_scheme  # noqa: PLC0415 - help texts come without pydantic

    found = load_scheme(file)
    output.console.print(f"{file.name}: {found.reference}. Nothing contradicts.", markup=False, highlight=False)
    return 0


@scheme.command("diff", epilog="Example:  workbench -C team scheme diff risk-scheme.yaml")
def diff(
    context: typer.Context,
    file: _File,
    format_: _Format = "table",
    *,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 1 if a finding is rated or costs otherwise.")
    ] = False,
) -> int:
    """Show which findings a scheme would rate otherwise, or put at another yearly loss, and why; nothing is changed.

    To use it, name it as `scheme` in workbench.toml.
    """
    with opened(context) as ws:
        changes, found = ws.risk.scheme_changes(file), ws.risk.rescore(file)
    if _written(found, format_):
        return int(exit_code and len(found) > 0)
    output.show(changes, ["part", "before", "after"], title="What the scheme says otherwise")
    shown = [
        "before", "after", "due_before", "due_after", "yearly_loss_before", "yearly_loss_after", "title", "element_name",
        "app_name", "why",
    ]  # fmt: skip
    output.show(found, shown, title=_told(found))
    return int(exit_code and len(found) > 0)


def _told(found: pd.DataFrame) -> str:
    from workbench.analysis.rescoring import only_costs  # noqa: PLC0415 - help texts come without pandas

    costs = only_costs(found)
    said = f"Findings that are rated otherwise: {len(found) - costs}"
    return f"{said}; with another yearly loss alone: {costs}" if costs else said


def backlog(
    context: typer.Context,
    name: App = None,
    top: Annotated[int, typer.Option(help="How many of them.", min=1)] = 20,
    format_: _Format = "table",
) -> None:
    """List what is open in the order in which to take it on, with the next step and why it stands there."""
    with opened(context) as ws:
        found = (ws.app(name).risk if name else ws.risk).backlog
    shown = found.head(top)
    if not _written(shown, format_):
        columns = ["rank", "severity", "title", "app_name", "places", "owner", "due", "next_step", "why_here"]
        output.show(shown, columns, title=f"{len(shown)} of {len(found)}")


def _written(table: pd.DataFrame, format_: str) -> bool:
    """Write a table for machines; False if people want one."""
    if format_ == "table":
        return False
    if format_ not in _FORMATS:
        raise unknown("format", format_, ("table", *_FORMATS))
    sys.stdout.write(_FORMATS[format_](table) + "\n")
    return True
