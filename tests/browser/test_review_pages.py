"""The quarterly review and the release assessment as people open them: without code, by keyboard, by ear, on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser.accessibility import serious_findings
from browser.jupyterlab import leaves
from browser.voila import Voila

import workbench as wb

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from browser.conftest import Visit
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 90_000
OUTPUT = ".jp-OutputArea-output"


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with our sample, and the page of its release assessment."""
    folder = tmp_path_factory.mktemp("review-pages") / "team"
    with wb.init(folder) as ws:
        app = ws.import_file(wb.sample("n8n/order-intake.json"), why="sample")
        ws.reviews.releases.assess(app.id, "1.0", why="first release", actor="ana")
        ws.reviews.releases.approve(app.id, "reject", why="too much is open", actor="cleo")
        ws.reviews.releases.report(app.id, folder / "release.html")
    return folder


def test_the_page_of_a_release_is_accessible_and_asks_nobody(team: Path, visit: Callable[[Path], Visit]) -> None:
    """No script runs, nothing is asked for, axe finds nothing serious, and no table is wider than the page."""
    seen = visit(team / "release.html")
    seen.settle()
    assert seen.harm == ([], [], [])
    assert serious_findings(seen.page, "body") == []
    assert seen.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert seen.page.get_by_text("too much is open").is_visible()


@pytest.mark.soak
def test_a_verdict_is_given_by_keyboard_on_a_page_without_code(team: Path, chromium: Browser, tmp_path: Path) -> None:
    """What is missing is said; with a reason it is in the history; nothing leaves the machine, axe finds nothing serious."""
    outside: list[str] = []
    page = chromium.new_page(viewport={"width": 1200, "height": 900})
    page.on("request", lambda request: outside.append(request.url) if leaves(request.url) else None)
    with Voila.showing(team / "notebooks" / "20-quarterly-review.ipynb", tmp_path) as voila:
        page.goto(voila.address, timeout=PATIENCE)
        form = page.get_by_role("button", name="Save the verdict").first
        form.wait_for(timeout=PATIENCE)

        form.press("Enter")
        page.get_by_role("alert").get_by_text("choose at least one of: areas").wait_for(timeout=PATIENCE)
        page.get_by_label("Areas").press("ArrowDown")
        page.get_by_label("good: it is as it should be").first.press(" ")
        page.get_by_label("Why").first.fill("Ana showed each query.")
        form.press("Enter")
        page.get_by_role("status").get_by_text("Ana showed each query.").wait_for(timeout=PATIENCE)

        assert serious_findings(page, OUTPUT) == []
        assert [address for address in outside if "fontawesome" not in address] == []
    page.close()
    with wb.open(team) as ws:
        row = ws.reviews.quarterly.table().iloc[0]
        assert (row["verdict"], row["reason"]) == ("good", "Ana showed each query.")
