"""`workbench risk`: the pages about risk as files, apps side by side, and what is alike; of all apps or of some."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli import output
from workbench.cli.options import opened
from workbench.reports.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Sequence

risk = typer.Typer(no_args_is_help=True, help="Pages about risk as files; apps side by side; what is alike in them.")
Out = Annotated[Path, typer.Option("--out", help="The HTML file.")]
Owner = Annotated[list[str] | None, typer.Option("--owner", help='Only apps of this owner; "not known" counts too.')]
Platform = Annotated[list[str] | None, typer.Option("--platform", help="Only apps of this platform.")]
Criticality = Annotated[list[str] | None, typer.Option("--criticality", help="Only apps on which so much depends.")]
Class = Annotated[
    list[str] | None, typer.Option("--data-class", help="Only apps whose highest class of data is this one.")
]
_ALIKE = ["severity", "title", "apps", "open", "because", "in_apps", "done_already"]


@risk.command("page", epilog="Example:  workbench risk page --out leadership.html --owner ana")
def page(
    context: typer.Context,
    out: Out,
    *,
    owner: Owner = None,
    platform: Platform = None,
    criticality: Criticality = None,
    data_class: Class = None,
) -> None:
    """Write the page for those who decide: one HTML file that opens offline, without scripts, and prints on A4."""
    with opened(context) as ws:
        written = _chosen(ws.risk, owner, platform, criticality, data_class).leadership.html()
    _write(out, written)


@risk.command("charts", epilog="Example:  workbench risk charts --out charts.html --platform n8n")
def charts(
    context: typer.Context,
    out: Out,
    *,
    owner: Owner = None,
    platform: Platform = None,
    criticality: Criticality = None,
    data_class: Class = None,
) -> None:
    """Write all charts of risk, each with its sentence and its rows, as one HTML file that opens offline."""
    with opened(context) as ws:
        written = _chosen(ws.risk, owner, platform, criticality, data_class).charts_page()
    _write(out, written)


@risk.command("apps", epilog="Example:  workbench risk apps --by owner --criticality high")
def apps(
    context: typer.Context,
    by: Annotated[str | None, typer.Option("--by", help="Roll them up: owner, platform, criticality, …")] = None,
    *,
    owner: Owner = None,
    platform: Platform = None,
    criticality: Criticality = None,
    data_class: Class = None,
) -> None:
    """List the apps with their open risk, the dearest first, or rolled up."""
    from workbench.analysis.portfolio import APP_COLUMNS, SUM_COLUMNS  # noqa: PLC0415 - help texts come without pandas

    with opened(context) as ws:
        chosen = _chosen(ws.risk, owner, platform, criticality, data_class)
        table = chosen.portfolio if by is None else chosen.by(by)
    output.show(table, APP_COLUMNS if by is None else [by, *SUM_COLUMNS])


@risk.command("alike", epilog="Example:  workbench risk alike")
def alike(context: typer.Context) -> None:
    """List findings of several apps that are alike by more than their rule, and why."""
    with opened(context) as ws:
        table = ws.risk.similar
    output.show(table, _ALIKE)


def _chosen(every: Any, *given: Sequence[str] | None) -> Any:
    from workbench.analysis.portfolio import FILTERS  # noqa: PLC0415 - as above

    return every.only(**{name: tuple(values) for name, values in zip(FILTERS, given, strict=True) if values})


def _write(out: Path, written: bytes) -> None:
    write_atomically(out, written)
    output.console.print(f"Wrote {out}", markup=False, highlight=False)
