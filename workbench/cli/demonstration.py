"""`workbench demo`: the main job on our own sample exports, in a workspace that one can go on with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import workbench
from workbench.analysis.questions import grouped_questions
from workbench.analysis.register import grouped
from workbench.cli import output
from workbench.places import copy_notebooks, share

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from workbench.workspace import Workspace


def run(folder: Path) -> int:
    """Make or refresh the demo workspace and say what was found and where it is; returns the exit code."""
    exists = (folder / "ledger" / "ledger.sqlite").exists()
    with workbench.open(folder) if exists else workbench.init(folder, name="demo") as ws:
        copy_notebooks(ws.path)
        with output.progress("Importing") as move:
            report = ws.import_files([share("data", "samples")], why="sample exports", progress=move)
        output.show(report.table(), ["file", "app", "result", "added", "changed", "removed"], "1. Imported")
        _findings(ws)
        drawn = _diagrams(ws)
        report_page = ws.report(ws.path / "reports" / "report.html")
        runs = _review(ws)
        _say("workspace", f"{ws.path}")
        _say("diagrams", f"{ws.path / 'reports'} ({len(drawn)} apps, each as .svg and as .html to share)")
        _say("report", f"{report_page}")
        for page in runs["page"].dropna():
            _say("review", f"{ws.path / page}")
        output.console.print("Go on with: make lab", markup=False)
        return 0 if (runs["state"] == "finished").all() and not report.refused else 3


def _say(what: str, where: str) -> None:
    output.console.print(f"{what:>10}  {where}", markup=False, highlight=False, soft_wrap=True)


def _findings(ws: Workspace) -> None:
    frame = ws.threats
    kinds = grouped(frame[frame["status"] == "open"])
    output.show(
        kinds.head(15), ["severity", "rule", "title", "app_name", "count"], "2. What can go wrong (the worst 15)"
    )
    questions = grouped_questions(ws.questions)
    output.show(
        questions.head(7), ["text", "app_name", "elements"], "3. What nobody knows yet (the 7 that matter most)"
    )
    output.console.print(
        f"{len(kinds)} kinds of weakness in {len(ws.apps)} apps ({len(frame)} places), {len(questions)} questions.",
        markup=False,
    )


def _diagrams(ws: Workspace) -> list[str]:
    """Draw each app twice and return the apps."""
    with output.progress("Drawing") as move:
        apps = list(ws.apps["id"])
        for done, app in enumerate(apps):
            move(done, len(apps), app)
            for ending in (".svg", ".html"):
                ws.app(app).diagram(ws.path / "reports" / f"{app}{ending}")
    return apps


def _review(ws: Workspace) -> pd.DataFrame:
    with output.progress("Reviewing through papermill") as move:
        first = list(ws.apps["id"])[:1]
        runs: pd.DataFrame = ws.reviews.run(first, progress=move)
    output.show(runs, ["app", "state", "seconds", "problem"], "4. Periodic review")
    return runs
