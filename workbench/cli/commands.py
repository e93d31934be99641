"""The commands: each opens the workspace, makes one call and prints what it gave."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli import output, portfolio, pulling, releasing, reviewing, scheduling, scheming
from workbench.cli.options import App, Why, opened

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode="markdown", pretty_exceptions_enable=False
)
ledger = typer.Typer(no_args_is_help=True, help="Look at, check and take out the history.")
app.add_typer(ledger, name="ledger")
app.add_typer(scheming.scheme, name="scheme")
app.add_typer(portfolio.risk, name="risk")
app.add_typer(reviewing.review, name="review")
app.add_typer(scheduling.schedule, name="schedule")
app.add_typer(releasing.release, name="release")


@app.callback()
def _main(
    context: typer.Context,
    folder: Annotated[Path, typer.Option("-C", help="The workspace folder.", metavar="DIR")] = Path(),
) -> None:
    """Threat models for no-code and low-code applications, from the platforms' own export files.

    Start with:  workbench init team && cd team && workbench import ../exports && workbench threats
    """
    context.obj = folder


@app.command(epilog="Example:  workbench init team")
def init(folder: Annotated[Path, typer.Argument(metavar="DIR")]) -> None:
    """Create a workspace: workbench.toml, ledger/, notebooks/, policies/."""
    import workbench  # noqa: PLC0415

    with workbench.init(folder) as ws:
        output.console.print(f"Created the workspace {ws.path}", markup=False, highlight=False)


@app.command("import", epilog="Example:  workbench import exports/ --why 'quarterly export'")
def import_(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="FILE|ZIP|DIR…")],
    name: Annotated[str | None, typer.Option("--app", help="Name for the app, where one is imported.")] = None,
    platform: Annotated[str | None, typer.Option(help="Which platform wrote the files, if it cannot be told.")] = None,
    why: Why = "import",
) -> int:
    """Import export files, folders and zip archives; what is already known and unchanged adds nothing.

    Each file is recognised by itself, so that exports of several platforms may lie together.
    """
    with opened(context) as ws, output.progress("Importing") as move:
        report = ws.import_files(paths, app=name, platform=platform, why=why, progress=move)
        names = {each.id: each.name for each in ws.model.apps}
    table = report.table()
    output.show(
        table.assign(app=[names.get(each, "") for each in table["app"]]),
        ["file", "app", "result", "added", "changed", "removed", "detail"],
    )
    named = {path.name for path in paths if not path.is_dir()}
    return 2 if report.refused or not report.apps or named.intersection(report.unrecognised) else 0


app.command("pull", epilog="Example:  N8N_API_KEY=… workbench pull n8n https://n8n.example.org")(pulling.pull)


@app.command(epilog="Example:  workbench apps")
def apps(context: typer.Context) -> None:
    """List the apps with their open findings and questions."""
    with opened(context) as ws:
        output.show(ws.apps, ["id", "name", "platform", "elements", "threats_open", "severity", "questions", "owner"])


@app.command(epilog="Example:  workbench threats --app orders --format csv > threats.csv")
def threats(
    context: typer.Context,
    name: App = None,
    format_: Annotated[str, typer.Option("--format", help="table, json, csv, xlsx, markdown or sarif")] = "table",
    out: Annotated[Path | None, typer.Option("--out", help="File to write; needed for xlsx.")] = None,
    fail_on: Annotated[str | None, typer.Option(help="Exit with 1 if an open finding is this severe or worse.")] = None,
) -> int:
    """List what can go wrong, worst first, with the reason for each."""
    from workbench.cli import findings  # noqa: PLC0415

    with opened(context) as ws:
        limits = findings.over(fail_on)
        frame = ws.app(name).threats if name else ws.threats
        findings.write(ws, frame, name, format_, out)
        return int(((frame["status"] == "open") & frame["severity"].isin(limits)).any())


app.command("backlog", epilog="Example:  workbench backlog --app orders --top 10")(scheming.backlog)


@app.command(epilog="Example:  workbench questions --app orders")
def questions(context: typer.Context, name: App = None) -> None:
    """List what nobody knows yet, and who could answer; the most important first."""
    from workbench.analysis.questions import grouped_questions  # noqa: PLC0415

    with opened(context) as ws:
        frame = grouped_questions(ws.app(name).questions if name else ws.questions)
        output.show(frame, ["severity", "text", "app_name", "elements", "owners"])


@app.command(epilog="Examples:  workbench diff old.json new.zip   workbench diff 2026-01-31 2026-03-31 --format csv")
def diff(
    context: typer.Context,
    old: str,
    new: str,
    *,
    format_: Annotated[str, typer.Option("--format", help="table, json, csv or markdown")] = "table",
    out: Annotated[Path | None, typer.Option("--out", help="File to write; else it is printed.")] = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 if there is a difference.")] = False,
) -> int:
    """Show what changed in meaning between two exports (files, folders, archives), or between two dates of the workspace.

    Each row says which threats come and go with it. Places on the canvas, order, and ids that a platform renews are silent.
    """
    from workbench.cli import differences  # noqa: PLC0415

    frame = differences.between(context.obj, old, new)
    differences.write(frame, format_, out)
    return int(exit_code and len(frame) > 0)


@app.command(epilog="Example:  workbench diagram --app orders --out orders.svg")
def diagram(
    context: typer.Context,
    name: Annotated[str, typer.Option("--app", help="Id or name of the app.")],
    out: Annotated[Path, typer.Option("--out", help="File ending in .svg or .html")],
) -> None:
    """Draw an app's data-flow diagram."""
    with opened(context) as ws:
        output.console.print(f"Wrote {ws.app(name).diagram(out)}", markup=False, highlight=False)


@app.command(epilog="Example:  workbench report --out report.html")
def report(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", help="File; its ending picks the format.")],
    name: App = None,
) -> None:
    """Write a report: .html, .md, .csv, .xlsx, .json or .sarif."""
    with opened(context) as ws:
        output.console.print(f"Wrote {ws.report(out, app=name)}", markup=False, highlight=False)


@ledger.command("log", epilog="Example:  workbench ledger log --app orders --last 5")
def ledger_log(
    context: typer.Context, name: App = None, last: Annotated[int, typer.Option(help="How many.")] = 20
) -> None:
    """Show who changed what, when and why."""
    with opened(context) as ws:
        frame = ws.app(name).history if name else ws.history
        output.show(frame.tail(last), ["number", "at", "actor", "what", "why"])


@ledger.command("verify", epilog="Example:  workbench ledger verify --anchor 120:9f86d0…")
def ledger_verify(
    context: typer.Context,
    anchor: Annotated[str | None, typer.Option(help="SEQUENCE:HASH from a report or a note kept elsewhere.")] = None,
) -> int:
    """Check that the history has not been altered; with an anchor also that nothing was cut off."""
    from workbench.ledger import Anchor  # noqa: PLC0415

    with opened(context) as ws:
        found = ws.ledger.verify(Anchor.parse(anchor) if anchor else None)
    if not found.ok:
        output.errors.print(f"The history has been altered: {found.problem}", markup=False, highlight=False)
        return 1
    head = f"{found.entries} entries, unbroken"
    note = "and equal to the anchor" if found.anchored else "(without an anchor, a cut-off end cannot be noticed)"
    output.console.print(f"{head} {note}.", markup=False, highlight=False)
    return 0


@ledger.command("export", epilog="Example:  workbench ledger export --out history.jsonl")
def ledger_export(context: typer.Context, out: Annotated[Path, typer.Option("--out")]) -> None:
    """Write the history as JSON lines that workbench/ledger/verify_export.py checks without this program."""
    with opened(context) as ws:
        ws.ledger.export(out)
        head = ws.ledger.head
        output.console.print(f"Wrote {out}; anchor {head.sequence}:{head.hash}", markup=False, highlight=False)


@app.command(epilog="Example:  workbench -C team doctor")
def doctor(context: typer.Context) -> int:
    """Check the installation and the workspace."""
    from workbench.cli import health  # noqa: PLC0415

    frame = health.check(context.obj)
    output.show(frame, ["check", "result", "detail"])
    return int((frame["result"] == "wrong").any()) * 2


@app.command(epilog="Example:  workbench -C team lab --port 8889")
def lab(context: typer.Context, port: Annotated[int, typer.Option()] = 8888) -> None:
    """Open JupyterLab on the workspace's notebooks."""
    from workbench.cli import jupyter  # noqa: PLC0415

    jupyter.start(context.obj, port)


@app.command()
def join(
    context: typer.Context,
    app_name: Annotated[
        str | None, typer.Option("--app", help="The app; else the one whose workshop is running.")
    ] = None,
    host: Annotated[str, typer.Option(help="0.0.0.0 lets others in your network reach the page.")] = "127.0.0.1",
    port: Annotated[int, typer.Option()] = 8866,
) -> None:
    """Serve the page on which the people in a workshop write cards and vote; prints its address.

    Example: workbench join --host 0.0.0.0
    """
    from workbench.cli import joining  # noqa: PLC0415

    joining.start(context.obj, app_name, host, port)


@app.command(epilog="Example:  workbench demo /tmp/demo")
def demo(folder: Annotated[Path, typer.Argument(metavar="DIR")] = Path("demo")) -> int:
    """Do the main job on the sample exports: import, model, threats, diagram, review, report."""
    from workbench.cli import demonstration  # noqa: PLC0415

    return demonstration.run(folder)


if __name__ == "__main__":
    sys.exit(app())
