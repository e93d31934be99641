"""Each widget where people open notebooks other than in JupyterLab: in Voilà and in Notebook 7, drawn and edited."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from browser.jupyterlab import Lab
from browser.visitor import Visitor
from browser.voila import Voila

import workbench as wb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from workbench.appview import AppView

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 60
APP = "order-intake"
NOTEBOOK = "everything.ipynb"
# Voilà's template asks a server for fonts that the page does not need; `workbench join` keeps it from that.
FONTS = "fontawesome"
DRAWN = "id => document.querySelector('.tw-host').stage.cy.nodes('.shape').some(each => each.id() === id)"
CELLS = (
    f'import workbench as wb\napp = wb.open("..").app("{APP}")',
    'wb.QuickEntry(app, actor="ana")',
    'wb.Canvas(app, actor="ana")',
    'wb.Forms(app, actor="ana")',
    'wb.Triage(app, actor="ana")',
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Return a server of notebooks on a workspace with our sample, and a notebook with all widgets in it."""
    folder = tmp_path_factory.mktemp("elsewhere")
    with wb.init(folder / "team") as ws:
        ws.import_file(wb.sample("n8n/order-intake.json"), why="sample", actor="importer", app=APP)
    with Lab.running(folder / "team", folder / "home") as running:
        running.notebook(NOTEBOOK, *CELLS)
        yield running


@contextmanager
def in_notebook_7(visitor: Visitor) -> Iterator[None]:
    """Open the notebook and run all its cells; no key that is pressed in a widget may do anything to them."""
    visitor.open_in_notebook_7(NOTEBOOK)
    visitor.run_all()
    assert visitor.errors() == []
    yield
    assert [cell["source"] for cell in visitor.cells()] == list(CELLS)


@contextmanager
def in_voila(visitor: Visitor) -> Iterator[None]:
    """Open the notebook as a page without code."""
    lab = visitor.lab
    with Voila.showing(lab.workspace / "notebooks" / NOTEBOOK, lab.home.with_name("voila")) as voila:
        visitor.page.goto(voila.address)
        yield


@dataclass(frozen=True)
class Place:
    """A page with all widgets, and what is called so here and nowhere else."""

    page: Page
    lab: Lab
    called: str

    def until(self, holds: Callable[[AppView], object]) -> None:
        """Wait until something holds in the workspace, as anybody else reads it."""
        end = time.monotonic() + PATIENCE
        with wb.open(self.lab.workspace) as ws:
            while not holds(ws.app(APP)):
                said = [each.inner_text() for each in self.page.locator(".tw-problem").all()]
                assert time.monotonic() < end, f"it did not come true; the page says {said}"
                self.page.wait_for_timeout(50)

    def has(self, name: str) -> None:
        """Wait until the workspace has an element of a name."""
        self.until(lambda app: name in set(app.elements["name"]))


@pytest.fixture(scope="module", params=[in_notebook_7, in_voila])
def place(request: pytest.FixtureRequest, chromium: Browser, lab: Lab) -> Iterator[Place]:
    """Return the page with all widgets; nothing may be asked of others, and no widget fail."""
    visitor = Visitor.enter(chromium, lab)
    page = visitor.page
    page.set_default_timeout(PATIENCE * 1000)
    with request.param(visitor):
        for name in ("quick", "canvas", "forms"):
            page.locator(f".tw-{name}").wait_for()
        page.get_by_role("treegrid").first.wait_for()
        yield Place(page, lab, request.param.__name__.replace("_", " "))
        assert page.get_by_text("could not be drawn").count() == 0
    visitor.leave()
    assert ([each for each in visitor.outside if FONTS not in each], lab.outside()) == ([], [])


def test_quick_entry_makes_a_flow(place: Place) -> None:
    """A line becomes elements, and the canvas below draws them."""
    guard, page = f"guard {place.called}", place.page
    page.get_by_role("textbox", name="Add to").fill(f"{guard} -> Stock list : rota")
    page.keyboard.press("Enter")
    page.get_by_text(f"Added: {guard} -> Stock list : rota").wait_for()
    place.has(guard)
    page.get_by_role("treeitem", name=guard).first.wait_for()


def test_the_canvas_adds_an_element(place: Place) -> None:
    """By keyboard, through the list beside the picture; it stands in the picture too."""
    parcel, page = f"parcel {place.called}", place.page
    page.get_by_role("treeitem").first.focus()
    page.keyboard.press("a")
    page.keyboard.type(parcel)
    page.keyboard.press("Enter")
    page.get_by_role("treeitem", name=parcel).wait_for()
    place.has(parcel)
    page.wait_for_function(DRAWN, arg=page.get_by_role("treeitem", name=parcel).get_attribute("data-id"))


def test_a_form_saves_an_answer(place: Place) -> None:
    """A store that is not there is made, by its name alone."""
    shelf, page = f"shelf {place.called}", place.page
    page.get_by_role("radio", name="Store").focus()
    page.keyboard.press("Space")
    page.get_by_role("combobox", name="New, or one").fill(shelf)
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.labels?.[0]?.innerText === 'Name'")
    page.keyboard.press("Control+Enter")
    page.get_by_text(f"Saved: {shelf}.").wait_for()
    place.has(shelf)


def test_the_triage_table_gives_a_threat_an_owner(place: Place) -> None:
    """A cell is edited in place."""
    page = place.page
    page.get_by_role("treegrid").first.locator(".tabulator-row").first.locator("[tabulator-field=owner]").click()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.type(place.called)
    page.keyboard.press("Enter")
    page.get_by_text(f"Saved: owner {place.called}").wait_for(state="attached")
    place.until(lambda app: place.called in set(app.threats["owner"].dropna()))
