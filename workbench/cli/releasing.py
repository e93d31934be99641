"""`workbench release`: assess an app before a release, approve it, and hold it back where it may not go out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.cli import output
from workbench.cli.options import App, opened
from workbench.visible import visible

release = typer.Typer(no_args_is_help=True, help="Assess apps before a release, and hold back what may not go out.")

One = Annotated[str, typer.Option("--app", help="Id or name of the app.")]
Out = Annotated[Path | None, typer.Option("--out", help="Report: .html, .md or .json.")]
Reason = Annotated[str, typer.Option("--why", help="The reason that the history keeps.")]
As = Annotated[str | None, typer.Option("--as", help="Who says so; else as in workbench.toml.")]


@release.command("assess", epilog="Example:  workbench release assess --app orders --version 1.4 --out release.html")
def assess(
    context: typer.Context,
    name: One,
    version: Annotated[str | None, typer.Option(help="What the release is called; else today's date.")] = None,
    *,
    out: Out = None,
    why: Annotated[str, typer.Option("--why", help="The reason for the release.")] = "",
    actor: As = None,
) -> None:
    """Freeze scope, changes, risks before and after and what is open, and keep the hash of it."""
    with opened(context) as ws:
        if out is not None:
            # Before anything is kept.
            ws.reviews.releases.require_ending(out)
        made = ws.reviews.releases.assess(name, version, why=why, actor=actor)
        _say(f"Assessed version {made.release.name} of {made.content['app']['name']}: {made.release.file}")
        _say(f"SHA-256 {made.release.content}")
        _say(made.may)
        if out is not None:
            _say(f"Wrote {ws.reviews.releases.report(name, out)}")


@release.command(
    "approve", epilog="Example:  workbench release approve --app orders --as cleo --why 'read it with ana'"
)
def approve(
    context: typer.Context,
    name: One,
    why: Reason,
    actor: As = None,
    *,
    reject: Annotated[bool, typer.Option("--reject", help="Say no instead.")] = False,
) -> None:
    """Approve (or reject) exactly what was frozen; another content is not approved by it."""
    with opened(context) as ws:
        said = ws.reviews.releases.approve(name, "reject" if reject else "approve", why=why, actor=actor)
        _say(f"{said.by} {said.verdict}s the content with SHA-256 {said.content}")


@release.command("report", epilog="Example:  workbench release report --app orders --out release.md")
def report(
    context: typer.Context,
    name: One,
    out: Annotated[Path, typer.Option("--out", help="Report: .html, .md or .json.")],
) -> None:
    """Write the newest assessment, with who has approved it."""
    with opened(context) as ws:
        _say(f"Wrote {ws.reviews.releases.report(name, out)}")


@release.command("list", epilog="Example:  workbench release list --app orders")
def list_(context: typer.Context, name: App = None) -> None:
    """List the assessments, newest first."""
    with opened(context) as ws:
        output.show(ws.reviews.releases.table(name), ["app", "version", "at", "by", "worst", "approved", "rejected"])


@release.command("gate", epilog="Example:  workbench release gate --app orders && deploy")
def gate(
    context: typer.Context,
    name: App = None,
    limit: Annotated[
        str | None, typer.Option(help="An open risk this severe holds it back; else as in workbench.toml.")
    ] = None,
) -> int:
    """Exit with 1 if an app may not be released, and say why and what to do: for a pipeline."""
    from workbench.cli import findings  # noqa: PLC0415 - help texts come without pandas

    with opened(context) as ws:
        severity = findings.over(limit)[0] if limit else None
        chosen = [ws.app(name).id] if name else ws.reviews.planner.apps
        gates = [ws.reviews.releases.gate(app, severity) for app in chosen]
    if not gates:
        output.errors.print("There is no app that could be released; import an export first.")
    for each in gates:
        _tell(each)
    return 0 if gates and all(each.is_open for each in gates) else 1


def _tell(gate: Any) -> None:
    version = f" version {gate.release}" if gate.release else ""
    if gate.is_open:
        _say(f"{gate.name}{version} may be released.")
    else:
        output.errors.print(
            f"{visible(gate.name)}{version} may not be released:", markup=False, highlight=False, soft_wrap=True
        )
    for problem in gate.problems:
        output.errors.print(f"- {visible(problem.what)}", markup=False, highlight=False, soft_wrap=True)
        output.errors.print(f"  To do: {visible(problem.do)}", markup=False, highlight=False, soft_wrap=True)
    for note in gate.notes:
        _say(f"  Note: {note}.")


def _say(text: str) -> None:
    output.console.print(visible(text), markup=False, highlight=False, soft_wrap=True)
