"""Quick entry and forms in a real JupyterLab with real kernels: a canvas beside them, two people, a killed kernel."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from browser.accessibility import serious_findings
from browser.jupyterlab import Lab
from browser.visitor import Visitor
from playwright.sync_api import TimeoutError as NotInTimeError

import workbench as wb
from workbench.model import Store

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from workbench.appview import AppView

    Enter = Callable[[str], Visitor]

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TABLE = "orders/store:stock-table"
LINE = "Order form -> Check order @Our network -> Stock table : name, card number"
CELLS = (
    'import workbench as wb\napp = wb.open("..").app("orders")',
    "wb.Canvas(app, actor={actor!r})",
    "wb.QuickEntry(app, actor={actor!r})",
    "wb.Forms(app, actor={actor!r})",
)
CORE = "document.querySelector('.tw-host')?.stage?.cy"
EDGES = f"() => {CORE}.edges().map(each => each.data('id'))"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Return a JupyterLab on a workspace with a small app; one for all tests here."""
    folder = tmp_path_factory.mktemp("lab")
    with wb.init(folder / "team") as ws:
        ws.new_app("Orders", why="test", actor="cleo").quick(LINE, actor="cleo")
    with Lab.running(folder / "team", folder / "home") as running:
        yield running


@pytest.fixture
def app(lab: Lab) -> Iterator[AppView]:
    """Return the app as a script sees it."""
    with wb.open(lab.workspace) as ws:
        yield ws.app("orders")


@pytest.fixture
def enter(chromium: Browser, lab: Lab) -> Iterator[Enter]:
    """Return a function that opens canvas, quick entry and forms in a browser and a kernel of a person's own."""
    visitors: list[Visitor] = []

    def person(name: str) -> Visitor:
        visitor = Visitor.enter(chromium, lab)
        visitors.append(visitor)
        visitor.open(lab.notebook(f"capture-{name}.ipynb", *(cell.format(actor=name) for cell in CELLS)))
        run(visitor)
        return visitor

    yield person
    outside = [visitor.outside for visitor in visitors]
    for visitor in visitors:
        visitor.leave()
    assert (outside, lab.outside()) == ([[]] * len(visitors), [])


def run(visitor: Visitor) -> None:
    """Run all cells, and wait until the widgets are there."""
    visitor.run_all()
    assert visitor.errors() == []
    visitor.until(f"() => {CORE}?.nodes('.shape').nonempty()")
    line(visitor.page).wait_for()
    visitor.page.locator(".tw-forms").wait_for()


def line(page: Page) -> Locator:
    """Return the field of quick entry."""
    return page.get_by_role("textbox", name="Add to Orders")


def said(page: Page, text: str) -> None:
    """Wait until something is said below a line or a form; fail with what is there instead."""
    try:
        page.get_by_role("status").get_by_text(text).first.wait_for()
    except NotInTimeError:
        shown = [each.inner_text()[-400:] for each in page.locator(".tw-quick, .tw-foot, .tw-live").all()]
        pytest.fail(f"{text!r} is not said, but {shown}; {line(page).input_value()!r} is in the line")


def open_table(page: Page) -> None:
    """Open the form of the store by keyboard."""
    page.get_by_role("radio", name="Store").focus()
    page.keyboard.press("Space")
    page.get_by_role("combobox", name="New, or one").focus()
    page.keyboard.type("Stock")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.labels?.[0]?.innerText === 'Name'")


def test_what_is_typed_is_drawn_and_the_notebook_stays_as_it_is(enter: Enter, app: AppView) -> None:
    """By keyboard alone: keys that mean something to JupyterLab are text here, and no cell is run, moved or deleted."""
    ana = enter("ana")
    page = ana.page
    cells = [cell["source"] for cell in ana.cells()]
    before = set(page.evaluate(EDGES))
    line(page).focus()
    page.keyboard.type("ddabxm -> Stoc")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Enter")
    said(page, "Added: ddabxm -> Stock table")
    ana.until(f"() => {CORE}.edges().length > {len(before)}")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    said(page, "Taken back")
    ana.until(f"() => {CORE}.edges().length === {len(before)}")
    open_table(page)
    for _ in range(3):
        page.keyboard.press("Escape")
    page.keyboard.type("dd")
    assert [cell["source"] for cell in ana.cells()] == cells
    assert app.history["actor"].tolist()[-2:] == ["ana", "ana"]
    assert [serious_findings(page, selector) for selector in (".tw-quick", ".tw-forms")] == [[], []]


def test_two_people_in_their_own_kernels_at_one_element(enter: Enter, app: AppView) -> None:
    """What ben saves reaches ana while she types; where both were, both versions are seen, and ana chooses."""
    ana, ben = enter("ana"), enter("ben")
    open_table(ana.page)
    days = ana.page.get_by_label("Days until records are deleted", exact=True)
    days.fill("9")
    ana.page.get_by_label("Backup", exact=True).focus()
    ana.page.get_by_label("Backup", exact=True).select_option("tested")
    days.focus()
    open_table(ben.page)
    ben.page.get_by_label("Who can open it").select_option("group")
    ben.page.get_by_label("Backup", exact=True).select_option("none")
    ben.page.get_by_label("Name", exact=True).focus()
    ben.page.keyboard.press("Control+Enter")
    said(ben.page, "Saved")
    ana.page.get_by_text("just changed by somebody else").wait_for(timeout=10_000)
    assert ana.page.get_by_label("Who can open it").input_value() == "group"
    ana.page.keyboard.press("End")
    ana.page.keyboard.type("0")
    assert days.input_value() == "90"
    versions = ana.page.get_by_role("group", name="Backup: two versions")
    assert versions.locator("dd p").all_inner_texts() == ["Yes, restoring was tried", "None"]
    versions.get_by_role("button", name="Use mine").click()
    ana.page.get_by_label("Why?").fill("I restored it myself")
    ana.page.keyboard.press("Control+Enter")
    said(ana.page, "Saved")
    table = app.workspace.model[TABLE]
    assert isinstance(table, Store)
    assert (table.backup, table.retention_days, table.shared_with) == ("tested", 90, "group")
    history = app.why(TABLE)
    assert {"ana", "ben"} <= set(history["actor"])


def test_two_people_enter_the_same_line_at_once(enter: Enter, app: AppView) -> None:
    """Both see it added, and it is there once."""
    ana, ben = enter("ana"), enter("ben")
    for visitor in (ana, ben):
        line(visitor.page).fill("Depot -> Stock table : pallet")
        line(visitor.page).focus()
    for visitor in (ana, ben):
        visitor.page.keyboard.press("Enter")
    for visitor in (ana, ben):
        visitor.page.get_by_text(re.compile("^(Added: Depot|All of that was there)")).wait_for()
        visitor.until(f"() => {CORE}.edges().filter(each => each.source().id().endsWith('depot')).length === 1")
    assert [e.name for e in app.workspace.model if e.name in {"Depot", "pallet"}].count("Depot") == 1


def test_a_re_run_cell_goes_on_with_what_was_typed(enter: Enter) -> None:
    """A new widget has the line, the form that was open, its answers, and a name that was half typed."""
    ana = enter("ana")
    page = ana.page
    line(page).fill("Half a -> ")
    open_table(page)
    page.get_by_label("Region", exact=True).evaluate("each => each.closest('details').open = true")
    page.get_by_label("Region", exact=True).fill("Nort")
    page.get_by_role("combobox", name="Data it holds").fill("half a na")
    ana.run(2)
    ana.run(3)
    page.get_by_role("heading", name="Stock table").wait_for()
    assert line(page).input_value() == "Half a -> "
    assert page.get_by_label("Region", exact=True).input_value() == "Nort"
    page.get_by_role("list", name="Data it holds: 1").get_by_text("half a na").wait_for()
    page.get_by_role("button", name="Forget what I typed").click()
    line(page).fill("")
    page.wait_for_timeout(700)


def test_nothing_that_is_typed_is_lost_with_the_kernel(enter: Enter, app: AppView) -> None:
    """Typed before the kernel was killed, typed after it, and a line sent to it when it was dead: all of it is there."""
    ana = enter("ana")
    page = ana.page
    line(page).fill("Before -> ")
    open_table(page)
    page.get_by_label("Days until records are deleted", exact=True).fill("12")
    page.wait_for_timeout(700)
    ana.kill_kernel()
    # The widgets on the page belong to the dead kernel, and nobody has noticed yet.
    page.get_by_label("Days until records are deleted", exact=True).fill("120")
    line(page).focus()
    page.keyboard.press("End")
    page.keyboard.type("After")
    page.keyboard.press("Enter")
    page.get_by_text("The kernel behind this has stopped").first.wait_for()
    page.keyboard.type(" -> Stock table")
    run(ana)
    page.get_by_role("heading", name="Stock table").wait_for()
    page.get_by_text("not saved yet").first.wait_for()
    assert page.get_by_label("Days until records are deleted", exact=True).input_value() == "120"
    assert line(page).input_value() == "Before -> After -> Stock table"
    line(page).focus()
    page.keyboard.press("Enter")
    said(page, "Added: Before -> After -> Stock table")
    page.get_by_label("Days until records are deleted", exact=True).focus()
    page.get_by_label("Why?").or_(page.get_by_label("Name", exact=True)).first.wait_for()
    if page.get_by_label("Why?").count():
        page.get_by_label("Why?").fill("counted")
    page.keyboard.press("Control+Enter")
    said(page, "Saved")
    table = app.workspace.model[TABLE]
    assert isinstance(table, Store)
    assert table.retention_days == 120
    assert {"Before → After", "After → Stock table"} <= {e.name for e in app.workspace.model}
