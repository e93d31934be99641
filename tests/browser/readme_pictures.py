"""Make the README's picture of the review again: `make pictures` writes docs/images/review.png.

What a team did in half a year is told to a workspace, each step on its day; then the review notebook runs in a real
JupyterLab.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from browser.chromium import ADVICE, ARGUMENTS, found
from browser.jupyterlab import Lab
from browser.visitor import Visitor
from playwright.sync_api import sync_playwright

import workbench as wb

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.workspace import Workspace

TARGET = Path(__file__).parents[2] / "docs" / "images" / "review.png"
SIZE = (1400, 1560)
NOTEBOOK, FIRST_SEEN = "90-periodic-review.ipynb", "severity_heatmap"


def brought_in(ws: Workspace) -> None:
    """Import the export of the app."""
    ws.import_file(wb.sample("n8n/order-intake.json"), why="first import")


def reviewed(ws: Workspace) -> None:
    """Finish a review."""
    ws.reviews.finish(ws.reviews.open(""))


def mitigated(rule: str, mitigation: str, owner: str, status: str = "verified") -> Callable[[Workspace], None]:
    """Return a step: a mitigation of the library against all findings of a rule."""

    def step(ws: Workspace) -> None:
        (name,) = ws.apps["id"]
        app = ws.app(name)
        findings = app.threats.loc[app.threats["rule"] == rule, "id"].tolist()
        said = {"owner": owner, "status": status, "evidence": "ticket 17"}
        app.mitigate(findings, mitigation, why="decided in the review", actor=owner, **said)

    return step


# Days ago, and what was done.
STORY = (
    (170, brought_in),
    (140, mitigated("N8N-SQLI", "parameter-fields", "ben")),
    (140, mitigated("N8N-SQLI", "limit-query-account", "ben")),
    (110, mitigated("N8N-SECRET-HEADER", "platform-credential", "ana")),
    (110, mitigated("N8N-SECRET-HEADER", "rotate-keys", "ana")),
    (90, reviewed),
    (65, mitigated("N8N-WEBHOOK-NOAUTH", "require-token", "ben")),
    (40, mitigated("N8N-EXEC-DATA-KEPT", "hide-run-data", "ana")),
    (20, mitigated("N8N-SSRF-URL", "fixed-hosts", "ben")),
    (20, mitigated("N8N-SSRF-URL", "no-key-to-chosen-address", "ben")),
    (5, mitigated("N8N-AI-AGENT-TOOLS", "person-confirms", "ana", "planned")),
)


def told(folder: Path) -> Path:
    """Return a workspace with the story; it is played in another one, because steps are written with today's date."""
    now = datetime.now(UTC)
    with wb.init(folder / "played") as played, wb.init(folder / "team") as team:
        for days, step in STORY:
            known = played.ledger.head.sequence
            step(played)
            for batch in played.ledger.batches():
                if batch.sequence_first > known:
                    at = now - timedelta(days=days)
                    team.ledger.append(batch.changes, actor=batch.actor, why=batch.why, at=at)
        return team.path


def pictured(visitor: Visitor) -> None:
    """Run the review and write what is seen from its charts on."""
    visitor.open(NOTEBOOK)
    visitor.run_all()
    if visitor.errors():
        raise RuntimeError("; ".join(visitor.errors()))
    visitor.seen(".svg-container > .main-svg:first-child", least=3)
    cell = next(number for number, each in enumerate(visitor.cells()) if FIRST_SEEN in each["source"])
    visitor.page.locator(".jp-Notebook .jp-Cell").nth(cell).evaluate("cell => cell.scrollIntoView()")
    visitor.picture(TARGET)


def main() -> int:
    """Write the picture and return 0, or say what is missing and return 1."""
    path = found()
    if path is None:
        sys.stderr.write(f"No Chromium was found: {ADVICE}.\n")
        return 1
    with TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        with Lab.running(told(folder), folder / "home") as lab:
            pictured(Visitor.enter(browser, lab, SIZE))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
