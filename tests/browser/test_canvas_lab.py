"""The canvas in a real JupyterLab with real kernels: two people, a killed kernel, a re-run cell, an import, no outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser.jupyterlab import Lab
from browser.visitor import Visitor

import workbench as wb
from workbench.model import Placement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from workbench.appview import AppView

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STORED = "node-red-cold-store"
CODE = """import workbench as wb
app = wb.open("..").app({app!r})
canvas = wb.Canvas(app, actor={actor!r})
canvas"""
STAGE = "document.querySelector('.tw-host')?.stage"
DRAWN = f"""() => Object.fromEntries({STAGE}.cy.nodes('.shape').map(each =>
    [each.id(), [Math.round(each.position('x')), Math.round(each.position('y'))]]))"""
SPOT = f"""id => {{
    const {{x, y}} = {STAGE}.rendered(id), {{left, top}} = document.querySelector('.tw-host').getBoundingClientRect();
    return [x + left, y + top];
}}"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Return a JupyterLab on a workspace with our sample; one for all tests here."""
    folder = tmp_path_factory.mktemp("lab")
    with wb.init(folder / "team") as ws:
        ws.import_files([wb.sample("node-red/cold-store.json")], why="sample")
    with Lab.running(folder / "team", folder / "home") as running:
        yield running


@pytest.fixture
def app(lab: Lab) -> Iterator[AppView]:
    """Return the app as a script sees it."""
    with wb.open(lab.workspace) as ws:
        yield ws.app(STORED)


@pytest.fixture
def enter(chromium: Browser, lab: Lab) -> Iterator[Callable[[str], Visitor]]:
    """Return a function that opens a canvas in a browser and a kernel of a person's own."""
    visitors: list[Visitor] = []

    def person(name: str) -> Visitor:
        visitor = Visitor.enter(chromium, lab)
        visitors.append(visitor)
        visitor.open(lab.notebook(f"canvas-{name}.ipynb", CODE.format(app=STORED, actor=name)))
        visitor.run_all()
        assert visitor.errors() == []
        visitor.until(f"() => {STAGE}?.cy.nodes('.shape').nonempty()")
        visitor.page.locator(".tw-canvas").first.scroll_into_view_if_needed()
        return visitor

    yield person
    outside = [visitor.outside for visitor in visitors]
    for visitor in visitors:
        visitor.leave()
    assert (outside, lab.outside()) == ([[]] * len(visitors), [])


def drag(page: Page, element: str, dx: float, dy: float) -> None:
    """Drag an element with the mouse."""
    x, y = page.evaluate(SPOT, element)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(x + dx * step / 8, y + dy * step / 8)
    page.mouse.up()


def shape_named(page: Page, app: AppView, name: str) -> str:
    """Return the id of the element with a name that is drawn."""
    drawn = page.evaluate(DRAWN)
    return next(i for i in drawn if app.snapshot.model[i].name == name)


def added(page: Page, name: str) -> None:
    """Add an element by keyboard."""
    page.get_by_role("treeitem").first.focus()
    page.keyboard.press("a")
    page.get_by_label("Name").wait_for()
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    # What is drawn may come before the answer; until the form is gone, keys are for it.
    page.locator(".tw-form").wait_for(state="detached")


def test_two_people_see_each_other(enter: Callable[[str], Visitor], app: AppView) -> None:
    """Each in a browser and kernel of their own; what one has selected and half typed stays."""
    ana, ben = enter("ana"), enter("ben")
    ben.page.get_by_role("treeitem", name="Failed").click()
    ben.page.keyboard.press("a")
    ben.page.get_by_label("Name").wait_for()
    ben.page.keyboard.type("Half a")
    places = ben.page.evaluate(DRAWN)

    added(ana.page, "Night guard")
    ana.page.get_by_role("treeitem", name="Night guard").wait_for()
    ben.page.get_by_role("treeitem", name="Night guard").wait_for()

    assert ben.page.get_by_label("Name").input_value() == "Half a"
    assert ben.page.evaluate(f"{STAGE}.cy.$(':selected').map(each => each.data('id'))") == [
        shape_named(ben.page, app, "Failed")
    ]
    now = ben.page.evaluate(DRAWN)
    assert {i: now[i] for i in places} == places
    ben.page.keyboard.press("Escape")

    drag(ana.page, shape_named(ana.page, app, "Failed"), 60, 40)
    moved = shape_named(ana.page, app, "Failed")
    ana.until(f"() => {STAGE}.cy.getElementById('{moved}').position('x') !== {places[moved][0]}")
    seen = ana.page.evaluate(DRAWN)[moved]
    ben.until(f"() => Math.round({STAGE}.cy.getElementById('{moved}').position('x')) === {seen[0]}")
    assert ben.page.evaluate(DRAWN) == ana.page.evaluate(DRAWN)


def test_places_survive_a_re_import_and_a_re_run_cell(enter: Callable[[str], Visitor], app: AppView) -> None:
    """What was dragged stands where it was put after the export came in again, and in a new widget."""
    ana = enter("ana")
    element = shape_named(ana.page, app, "Too warm?")
    drag(ana.page, element, -45, 30)
    ana.page.wait_for_timeout(700)
    places = ana.page.evaluate(DRAWN)
    kept = {p.element: [p.x, p.y] for p in app.snapshot.model.of(Placement)}
    assert kept[element] == places[element]
    app.workspace.import_files([wb.sample("node-red/cold-store.json")], why="again")
    ana.page.wait_for_timeout(1500)
    assert ana.page.evaluate(DRAWN) == places
    ana.run_all()
    ana.until(f"() => {STAGE}?.cy.nodes('.shape').length === {len(places)}")
    assert ana.page.evaluate(DRAWN) == places


def test_nothing_is_lost_with_the_kernel(enter: Callable[[str], Visitor], app: AppView) -> None:
    """A killed kernel costs nothing that was done, and not what was being typed."""
    ana = enter("ana")
    added(ana.page, "Before the crash")
    ana.page.get_by_role("treeitem", name="Before the crash").wait_for()
    ana.page.keyboard.press("a")
    ana.page.get_by_label("Name").wait_for()
    ana.page.keyboard.type("Being ty")
    ana.page.wait_for_timeout(1000)
    ana.kill_kernel()
    ana.run_all()
    ana.page.get_by_role("treeitem", name="Before the crash").wait_for()
    assert ana.page.get_by_label("Name").input_value() == "Being ty"
    assert "Before the crash" in set(app.elements["name"])
    ana.page.get_by_label("Name").press("Escape")
    ana.page.wait_for_timeout(700)


def test_keys_in_the_canvas_do_nothing_to_the_notebook(enter: Callable[[str], Visitor]) -> None:
    """JupyterLab's own keys (a adds a cell, dd deletes one) are not for it while one draws."""
    ana = enter("ana")
    before = len(ana.cells())
    ana.page.get_by_role("treeitem").first.click()
    for key in ("a", "Escape", "b", "d", "d", "Escape"):
        ana.page.keyboard.press(key)
    ana.page.wait_for_timeout(300)
    assert len(ana.cells()) == before


def test_selection_reaches_python_and_comes_from_it(enter: Callable[[str], Visitor], app: AppView) -> None:
    """A table can be tied to it."""
    ana = enter("ana")
    failed, warm = (shape_named(ana.page, app, name) for name in ("Failed", "Too warm?"))
    ana.page.get_by_role("treeitem", name="Failed").click()
    ana.page.wait_for_timeout(400)
    assert ana.ask("print(canvas.selection)").strip() == repr([failed])
    ana.ask(f"canvas.selection = [{warm!r}]")
    ana.until("() => document.querySelector('[role=treeitem][aria-selected=true]')?.ariaLabel.startsWith('Too warm?')")
