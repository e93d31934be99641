"""The notebooks about risk as Voilà shows them: pages without code, for who decides and for who explores."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from browser.accessibility import serious_findings
from browser.jupyterlab import leaves
from browser.voila import Voila

import workbench as wb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 120_000
# Voilà's template asks a server for fonts that the page does not need.
FONTS = "fontawesome"


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with two apps of two platforms."""
    folder = tmp_path_factory.mktemp("voila-risk") / "team"
    with wb.init(folder, name="Parts shop") as ws:
        ws.import_files(
            [wb.sample("n8n/order-intake.json"), wb.sample("node-red/plant-floor.json")], why="x", actor="ana"
        )
    return folder


@contextmanager
def shown(team: Path, notebook: str, chromium: Browser) -> Iterator[Page]:
    """Open a notebook as a page; nothing may be asked of others, by the browser or by the kernel."""
    outside: list[str] = []

    def pass_or_stop(route: Route) -> None:
        if leaves(route.request.url):
            outside.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    home = team.parent / f"home-{notebook}"
    with Voila.showing(team / "notebooks" / f"{notebook}.ipynb", home) as voila:
        page = chromium.new_context(viewport={"width": 1300, "height": 1000}).new_page()
        page.set_default_timeout(PATIENCE)
        page.route("**/*", pass_or_stop)
        page.goto(voila.address)
        page.locator(".main-svg").first.wait_for()
        yield page
        page.context.close()
        assert ([url for url in outside if FONTS not in url], voila.outside()) == ([], [])


def test_the_leadership_page_is_shown_and_its_numbers_open(team: Path, chromium: Browser) -> None:
    """In a frame in which nothing runs, with the charts below it and no cell of code."""
    with shown(team, "10-leadership", chromium) as page:
        told = page.frame_locator("iframe[sandbox]")
        told.get_by_role("heading", name="The biggest risks").wait_for()
        number = told.locator("details", has_text="applications looked at").first
        number.locator("summary").click()
        assert number.locator("tbody tr").count() == 2
        assert page.locator(".jp-CodeMirrorEditor, .cm-editor, .jp-Editor").count() == 0
        page.get_by_text("From ranges that people gave").first.wait_for()
        assert serious_findings(page, "body") == []


@pytest.mark.soak
def test_apps_are_chosen_on_the_page_of_the_analysts(team: Path, chromium: Browser) -> None:
    """By keyboard: what is marked in a list is what is shown, also as a chart with its rows."""
    with shown(team, "11-explore-risk", chromium) as page:
        page.get_by_text("2 of 2 apps").wait_for()
        assert serious_findings(page, "body") == []
        page.get_by_label("Platform").focus()
        page.keyboard.type("node")
        page.get_by_text("1 of 2 apps").wait_for()
        page.get_by_label("Look at").select_option(label="Where the risk lies")
        first = page.locator(".jp-OutputArea, .widget-output").filter(has_text="The").first
        first.get_by_text("in plant-floor").first.wait_for()
        first.locator(".main-svg").first.wait_for()
        assert page.get_by_text("could not").count() == 0
