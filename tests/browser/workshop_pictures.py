"""Make the README's pictures of a workshop again: `make pictures` writes docs/images/workshop.png and canvas.png.

A room plays the 90-minute agenda up to the picture, and then up to the votes, in a real JupyterLab.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from browser.chromium import ADVICE, ARGUMENTS, found
from browser.jupyterlab import Lab
from browser.visitor import Visitor
from playwright.sync_api import sync_playwright
from workshop import agenda

import workbench as wb

if TYPE_CHECKING:
    from playwright.sync_api import Page

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SIZE = (1400, 1060)
NOTEBOOK = "02-run-a-workshop.ipynb"
_VOTED = {"session.dot", "session.rate", "session.reveal"}


def played(folder: Path, *steps: str) -> None:
    """Let the room do what the agenda says in some steps."""
    with wb.open(folder) as ws:
        app = ws.app(agenda.APP)
        if app.workshops.table.empty:
            app.workshops.start("full", actor=agenda.ACTOR)
        session = app.workshops.open(actor=agenda.ACTOR)
        calls = [call for step in steps for call in agenda.calls(step)]
        agenda.run(app, session, tuple(c for c in calls if c.step != "bad" or c.what in _VOTED))


def shown(page: Page, title: str) -> None:
    """Wait until the page shows a step, and scroll so that it fills the window."""
    page.get_by_role("heading", name=title).wait_for()
    page.locator(".tw-is-workshop").evaluate("each => each.scrollIntoView()")
    page.wait_for_timeout(1500)


def pictured(visitor: Visitor) -> None:
    """Write the canvas in the step about the picture, and the page in the step about the votes."""
    folder, page = visitor.lab.workspace, visitor.page
    played(folder, "open", "value", "picture")
    visitor.open(NOTEBOOK)
    visitor.page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    visitor.run_all()
    if visitor.errors():
        raise RuntimeError("; ".join(visitor.errors()))
    page.get_by_role("button", name="Back").click()
    shown(page, "What are we working on?")
    page.get_by_role("button", name="Fit").click()
    page.locator(".tw-is-canvas").scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    visitor.picture(IMAGES / "canvas.png", ".tw-is-canvas")
    page.get_by_role("button", name="Next").click()
    shown(page, "What can go wrong?")
    played(folder, "wrong", "bad")
    shown(page, "How bad is it?")
    visitor.picture(IMAGES / "workshop.png")


def main() -> int:
    """Write the pictures and return 0, or say what is missing and return 1."""
    path = found()
    if path is None:
        sys.stderr.write(f"No Chromium was found: {ADVICE}.\n")
        return 1
    with TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        with wb.init(folder / "team") as ws:
            agenda.new_app(ws)
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        with Lab.running(folder / "team", folder / "home") as lab:
            pictured(Visitor.enter(browser, lab, SIZE))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
