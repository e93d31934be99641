"""The canvas in a real browser: all of it by mouse and by keyboard, nothing as HTML, no serious accessibility finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from browser.accessibility import serious_findings
from browser.stage import Stage
from payloads import ALL, hostile

import workbench as wb
from workbench.model import Placement, added, diff

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from workbench.appview import AppView

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Show = "Callable[..., tuple[Stage, Page]]"
FORM, CHECK, TABLE, MAILER = (
    "orders/process:order-form", "orders/process:check-order", "orders/store:stock-table", "orders/service:mailer"
)  # fmt: skip
ALL_IDS = {FORM, CHECK, TABLE, MAILER}
NET, WEB = "boundary:our-network", "boundary:internet"
WHERE = """id => {
    const host = document.querySelector('.tw-host');
    const {x, y, w, h} = host.stage.rendered(id);
    const {left, top} = host.getBoundingClientRect();
    return {x: x + left, y: y + top, w, h};
}"""
# What is drawn: ids of shapes, boundaries and lines, with where they stand.
DRAWN = """() => Object.fromEntries(document.querySelector('.tw-host').stage.cy.elements().map(each =>
    [each.id(), each.isNode() ? [Math.round(each.position('x')), Math.round(each.position('y'))] : 'line']))"""
# Whether these shapes, and no others, are shown clearly.
CLEAR = """wanted => document.querySelector('.tw-host').stage.cy.nodes('.shape').not('.dim').map(each => each.id()).sort()
    .join() === wanted.join()"""
# A place with nothing on it, far from the edges.
FREE = """() => {
    const host = document.querySelector('.tw-host'), {left, top, width, height} = host.getBoundingClientRect();
    const boxes = host.stage.cy.nodes().map(each => each.renderedBoundingBox());
    for (let x = 130; x < width - 130; x += 20)
        for (let y = 60; y < height - 60; y += 20)
            if (boxes.every(b => x < b.x1 - 130 || x > b.x2 + 130 || y < b.y1 - 50 || y > b.y2 + 50))
                return [left + x, top + y];
}"""
VIEW = "() => { const {cy} = document.querySelector('.tw-host').stage; return [cy.zoom(), cy.pan().x, cy.pan().y]; }"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[AppView]:
    """Return a small app."""
    with wb.init(tmp_path / "team") as ws:
        view = ws.new_app("Orders", why="test", actor="ana")
        with view.edit(why="test", actor="ana") as m:
            m.boundary("Our network", kind="on_premises")
            m.boundary("Internet", kind="internet")
            m.process("Order form", kind="form", boundary=WEB)
            m.process("Check order", boundary=NET)
            m.store("Stock table", boundary=NET)
            m.service("Mailer")
            m.flow("Order form", "Check order", data=["card number"], encrypted=False)
        yield view


@pytest.fixture
def show(chromium: Browser, app: AppView) -> Iterator[Show]:
    """Return a function that shows the canvas to a person; nothing may go wrong on the page, or be asked of others."""
    stages: list[Stage] = []

    def stage(actor: str = "ana", of: AppView | None = None, *, projector: bool = False, **more: Any) -> Any:
        made = Stage.show(chromium, wb.Canvas(of or app, actor=actor, projector=projector), "selection", **more)
        stages.append(made)
        made.page.wait_for_timeout(200)
        return made, made.page

    yield stage
    seen = [(each.problems, each.outside, each.page.evaluate("window.executed")) for each in stages]
    for each in stages:
        each.close()
    assert seen == [([], [], [])] * len(stages)


def at(page: Page, element: str) -> tuple[float, float]:
    """Return where the middle of something is on the page."""
    found = page.evaluate(WHERE, element)
    return found["x"], found["y"]


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Press the mouse at one place, move it in steps as a hand does, and let it go at another."""
    page.mouse.move(*start)
    page.mouse.down()
    for step in range(1, 11):
        page.mouse.move(start[0] + (end[0] - start[0]) * step / 10, start[1] + (end[1] - start[1]) * step / 10)
    page.mouse.up()
    page.wait_for_timeout(200)


def steps(app: AppView) -> int:
    """Return how many steps the ledger has."""
    return len(app.history)


FOCUSED = "() => document.activeElement.dataset.id ?? document.activeElement.tagName"


def press(page: Page, *keys: str) -> None:
    """Press keys one after the other."""
    for key in keys:
        page.keyboard.press(key)


def told(page: Page, words: str) -> None:
    """Wait until a screen reader was told something."""
    page.get_by_role("status").get_by_text(words).wait_for(state="attached")


def in_tree(page: Page, name: str) -> Locator:
    """Return an element's line in the tree."""
    return page.get_by_role("treeitem", name=name).first


def test_a_picture_is_drawn_by_keyboard_alone(show: Show, app: AppView) -> None:
    """Add, add what comes after, connect, rename, move into a boundary, delete, undo, redo: without a mouse."""
    _, page = show()
    page.get_by_label("Search").focus()
    press(page, "Tab", "ArrowRight", "Tab")
    assert page.evaluate("document.activeElement.textContent") == "Add"
    press(page, "Tab")
    assert page.evaluate("document.activeElement.role") == "treeitem"

    press(page, "a")
    page.keyboard.type("Price list")
    press(page, "Shift+Tab", "T", "a", "b", "Tab", "Tab", "O", "Enter")
    told(page, "Added")
    made = app.elements.set_index("name").loc["Price list"]
    assert (made["kind"], made["boundary"]) == ("table", "Our network")
    assert page.evaluate("document.activeElement.dataset.id") == made["id"]

    press(page, "c")
    page.keyboard.type("Mail")
    press(page, "Tab")
    page.keyboard.type("price, email")
    press(page, "Enter")
    told(page, "Connected")
    flow = app.flows.set_index("target").loc["Mailer"]
    assert (flow["source"], set(flow["data"])) == ("Price list", {"price", "email"})

    in_tree(page, "Check order").focus()
    press(page, "Escape", "Space", "n")
    page.keyboard.type("Helper")
    press(page, "Enter")
    told(page, "Added")
    assert "Helper" in set(app.flows["target"])

    press(page, "F2")
    page.keyboard.type("Assistant")
    press(page, "Enter")
    told(page, "Renamed")
    press(page, "m", "I", "Enter")
    told(page, "Moved")
    helper = app.elements.set_index("name").loc["Assistant"]
    assert helper["boundary"] == "Internet"

    before = app.model
    press(page, "Delete")
    told(page, "Deleted Assistant")
    assert helper["id"] not in app.model
    press(page, "Control+z")
    told(page, "Taken back: process “Assistant” added")
    assert diff(before, app.model) == []
    press(page, "Control+y")
    told(page, "Done again")
    assert helper["id"] not in app.model


def test_arrow_keys_walk_from_element_to_element(show: Show) -> None:
    """In the picture they go to what lies that way, and say what it is; with Shift they select one more."""
    stage, page = show()
    page.get_by_role("application").focus()
    in_tree(page, "Order form").click()
    page.get_by_role("application").focus()
    ways = {way: page.evaluate("([id, way]) => document.querySelector('.tw-host').stage.next(id, way)", [FORM, way])
            for way in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown")}  # fmt: skip
    (way,) = [way for way, found in ways.items() if found == CHECK]
    press(page, way)
    told(page, "Check order; step; in On premises: Our network")
    assert stage.panel.selection == [CHECK]
    press(page, f"Shift+{way}")
    assert len(stage.panel.selection) in {1, 2}
    assert stage.panel.selection[0] == CHECK


def test_alt_and_arrows_move_an_element_and_that_is_kept_once(show: Show, app: AppView) -> None:
    """A burst of keys is one step in the ledger."""
    stage, page = show()
    in_tree(page, "Mailer").click()
    x, y = page.evaluate(DRAWN)[MAILER]
    before = steps(app)
    press(page, *["Alt+ArrowRight"] * 3, "Alt+ArrowDown")
    page.wait_for_timeout(900)
    placed = {p.element: (p.x, p.y) for p in app.model.of(Placement)}
    assert placed[MAILER] == (x + 60, y + 20)
    assert steps(app) == before + 1
    assert stage.panel.selection == [MAILER]


def test_a_drag_is_kept_and_moves_nothing_else(show: Show, app: AppView) -> None:
    """One step in the ledger when the mouse is let go, and the place where it was let go."""
    _, page = show()
    before, seen = steps(app), page.evaluate(DRAWN)
    x, y = at(page, MAILER)
    drag(page, (x, y), (x + 40, y + 30))
    assert steps(app) == before + 1
    now = page.evaluate(DRAWN)
    placed = {p.element: (p.x, p.y) for p in app.model.of(Placement)}
    assert [list(placed[MAILER])] == [now[MAILER]] != [seen[MAILER]]
    assert {i: place for i, place in now.items() if i != MAILER} == {i: p for i, p in seen.items() if i != MAILER}


def test_a_drag_into_a_boundary_and_out_again(show: Show, app: AppView) -> None:
    """Where it is let go is what it lies in; a little way beyond its own boundary, that grows instead."""
    _, page = show()
    x, y = at(page, NET)
    drag(page, at(page, MAILER), (x, y))
    assert app.model[MAILER].boundary == NET
    box = page.evaluate(WHERE, NET)
    right = box["x"] + box["w"]
    drag(page, at(page, MAILER), (right + 12, box["y"]))
    assert app.model[MAILER].boundary == NET
    box = page.evaluate(WHERE, NET)
    drag(page, at(page, MAILER), (box["x"], box["y"] + box["h"] + 90))
    assert app.model[MAILER].boundary is None


def test_pulling_the_handle_connects(show: Show, app: AppView) -> None:
    """From the selected element's handle to another element; the new flow is selected."""
    stage, page = show()
    page.mouse.click(*at(page, CHECK))
    page.locator(".tw-handle").wait_for()
    box = page.locator(".tw-handle").bounding_box()
    drag(page, (box["x"] + 9, box["y"] + 9), at(page, MAILER))
    told(page, "Connected")
    (flow,) = [f for f in app.flows.itertuples() if f.target == "Mailer"]
    assert flow.source == "Check order"
    assert stage.panel.selection == [flow.id]


def test_double_clicks_add_and_rename(show: Show, app: AppView) -> None:
    """On an empty place the new element stands there; on an element its name is asked."""
    _, page = show()
    free = page.evaluate(FREE)
    page.mouse.dblclick(*free)
    page.keyboard.type("Backup")
    press(page, "Enter")
    told(page, "Added")
    x, y = at(page, "orders/process:backup")
    assert (abs(x - free[0]) < 3, abs(y - free[1]) < 3) == (True, True)
    page.mouse.dblclick(x, y)
    page.keyboard.type("Nightly backup")
    press(page, "Enter")
    told(page, "Renamed")
    assert app.model["orders/process:backup"].name == "Nightly backup"


def test_a_box_selects_many_and_one_key_deletes_them(show: Show, app: AppView) -> None:
    """Shift and drag select what the box holds; what was deleted comes back in one step."""
    stage, page = show()
    before = app.model
    host = page.locator(".tw-host").bounding_box()
    page.keyboard.down("Shift")
    drag(page, (host["x"] + 3, host["y"] + 3), (host["x"] + host["width"] - 6, host["y"] + host["height"] - 6))
    page.keyboard.up("Shift")
    assert {FORM, CHECK, TABLE, MAILER} <= set(stage.panel.selection)
    press(page, "Delete")
    told(page, "Deleted")
    assert app.elements.empty or set(app.elements["noun"]) <= {"app", "data"}
    press(page, "Control+z")
    told(page, "Taken back")
    assert diff(before, app.model) == []


def test_a_new_boundary_is_filled_by_dragging(show: Show, app: AppView) -> None:
    """Empty it is a place to drop something into; once it holds something, the mouse in it moves the view, not it."""
    _, page = show()
    in_tree(page, "Mailer").click()
    press(page, "a")
    page.get_by_label("What").select_option("third_party")
    page.get_by_label("Name", exact=True).fill("Mail company")
    page.get_by_label("In which trust boundary").select_option("")
    press(page, "Enter")
    told(page, "Added")
    page.get_by_role("button", name="Fit").click()
    page.wait_for_timeout(200)
    drag(page, at(page, MAILER), at(page, "boundary:mail-company"))
    assert app.model[MAILER].boundary == "boundary:mail-company"
    box, before = page.evaluate(WHERE, "boundary:mail-company"), steps(app)
    seen = page.evaluate(DRAWN)
    drag(page, (box["x"] - box["w"] + 4, box["y"] + 8), (box["x"] - box["w"] - 40, box["y"] + 30))
    assert (steps(app), page.evaluate(DRAWN)) == (before, seen)


def test_a_boundary_is_dragged_by_its_title(show: Show, app: AppView) -> None:
    """All that it holds moves with it, in one step."""
    _, page = show()
    before, seen = steps(app), page.evaluate(DRAWN)
    box = page.evaluate(WHERE, NET)
    title = box["x"] - box["w"] + 20, box["y"] - box["h"] + 10
    drag(page, title, (title[0] + 30, title[1] + 20))
    now = page.evaluate(DRAWN)
    moved = {i: (now[i][0] - seen[i][0], now[i][1] - seen[i][1]) for i in (CHECK, TABLE)}
    assert len(set(moved.values())) == 1
    assert next(iter(moved.values())) != (0, 0)
    assert now[MAILER] == seen[MAILER]
    assert steps(app) == before + 1


def test_closing_and_opening_a_boundary(show: Show, app: AppView) -> None:
    """O closes it to one shape, a double-click opens it again."""
    _, page = show()
    in_tree(page, "On premises: Our network").click()
    press(page, "o")
    page.wait_for_function(f"() => !document.querySelector('.tw-host').stage.cy.getElementById('{CHECK}').nonempty()")
    assert app.placements[NET].collapsed is True
    page.mouse.dblclick(*at(page, NET))
    page.wait_for_function(f"() => document.querySelector('.tw-host').stage.cy.getElementById('{CHECK}').nonempty()")
    assert app.placements[NET].collapsed is False


def test_more_than_150_elements_close_boundaries_by_themselves(show: Show, app: AppView) -> None:
    """What is drawn stays few enough to be read and moved."""
    with app.edit(why="test", actor="ana") as m:
        for number in range(160):
            m.process(f"Step {number}", boundary=NET)
    _, page = show()
    assert set(page.evaluate(DRAWN)) >= {NET, FORM, MAILER}
    assert len(page.evaluate(DRAWN)) < 10
    assert "162 elements" in in_tree(page, "On premises: Our network").get_attribute("aria-label")


def test_what_others_do_shows_without_moving_what_one_sees(show: Show, app: AppView) -> None:
    """View, selection and a half-typed name stay, while a colleague's elements and places arrive."""
    stage, page = show()
    page.mouse.click(*at(page, CHECK))
    page.get_by_role("button", name="Closer").click()
    in_tree(page, "Check order").focus()
    press(page, "a")
    page.keyboard.type("Half a na")
    view, seen = page.evaluate(VIEW), page.evaluate(DRAWN)
    with app.edit(why="test", actor="ben") as m:
        m.process("From ben", boundary=NET)
        m.flow("Check order", "From ben")
        m.rename("Mailer", "Mail server")
    stage.refresh()
    page.get_by_role("treeitem", name="Mail server").wait_for()
    now = page.evaluate(DRAWN)
    assert page.evaluate(VIEW) == view
    # A boundary grows around what is new in it; elements stay.
    assert {i: now[i] for i in (FORM, CHECK, TABLE, MAILER)} == {i: seen[i] for i in (FORM, CHECK, TABLE, MAILER)}
    assert "orders/process:from-ben" in now
    assert stage.panel.selection == [CHECK]
    assert page.get_by_label("Name").input_value() == "Half a na"
    page.keyboard.type("me")
    press(page, "Enter")
    told(page, "Added")
    assert "Half a name" in set(app.elements["name"])


def test_what_is_typed_outlives_the_widget(show: Show, chromium: Browser, app: AppView) -> None:
    """A form that was open is open again in a new canvas, with its text."""
    stage, page = show()
    in_tree(page, "Check order").click()
    press(page, "a")
    page.keyboard.type("Not yet s")
    page.wait_for_timeout(700)
    del stage
    _, again = show()
    assert again.get_by_label("Name").input_value() == "Not yet s"


def test_a_refusal_is_shown_and_the_form_stays(show: Show, app: AppView) -> None:
    """The name can be mended; nothing was changed."""
    _, page = show()
    before = app.workspace.ledger.head
    in_tree(page, "Check order").click()
    press(page, "a")
    page.keyboard.type("Check order")
    press(page, "Enter")
    page.get_by_role("alert").get_by_text("is already there").wait_for()
    assert page.get_by_label("Name").input_value() == "Check order"
    assert app.workspace.ledger.head == before


def test_a_name_that_two_people_change_is_asked_about(show: Show, app: AppView) -> None:
    """Who comes second sees both names, and can still have his own."""
    stage, page = show()
    in_tree(page, "Check order").click()
    press(page, "F2")
    page.keyboard.type("Check the order")
    with app.edit(why="test", actor="ben") as m:
        m.rename("Check order", "Look at order")
    stage.refresh()
    press(page, "Enter")
    page.get_by_role("alert").get_by_text("renamed 'Check order' to 'Look at order' meanwhile").wait_for()
    assert page.get_by_role("textbox", name="Name").input_value() == "Check the order"
    press(page, "Enter")
    told(page, "Renamed")
    assert app.model[CHECK].name == "Check the order"


def test_selection_goes_both_ways(show: Show) -> None:
    """Set in Python it shows in picture and tree; clicked it is read in Python."""
    stage, page = show()
    stage.panel.selection = [TABLE, MAILER]
    page.wait_for_function("() => document.querySelectorAll('[role=treeitem][aria-selected=true]').length === 2")
    selected = "() => document.querySelector('.tw-host').stage.cy.$(':selected').map(each => each.id()).sort()"
    assert page.evaluate(selected) == sorted([TABLE, MAILER])
    page.mouse.click(*at(page, CHECK))
    page.wait_for_timeout(200)
    assert stage.panel.selection == [CHECK]


def test_filters_and_search(show: Show, app: AppView) -> None:
    """By class, owner and threats; the rest is faint in the picture and gone from the tree."""
    with app.edit(why="test", actor="ana") as m:
        m.set("Mailer", owner="ben")
    stage, page = show()
    items = [item for part in ("nodes", "lines") for item in stage.panel.view[part] if item["threats"]]
    with_threats = {i for item in items for i in (item["id"], item.get("source"), item.get("target"))} & ALL_IDS

    def clear(*wanted: str) -> None:
        page.wait_for_function(CLEAR, arg=sorted(wanted))

    page.get_by_role("button", name="Filter").click()
    page.get_by_label("Owner", exact=True).select_option(label="ben")
    clear(MAILER)
    assert in_tree(page, "Check order").count() == 0
    page.get_by_role("button", name="Show all").click()
    clear(FORM, CHECK, TABLE, MAILER)
    page.get_by_label("Data", exact=True).select_option("restricted")
    clear(FORM, CHECK)
    page.get_by_role("button", name="Show all").click()
    page.get_by_label("Threats", exact=True).select_option(label="any open threat")
    clear(*with_threats)
    page.get_by_role("button", name="Show all").click()
    page.get_by_role("treeitem").first.focus()
    press(page, "/")
    page.keyboard.type("stock")
    page.get_by_text("1 found").wait_for()
    press(page, "Enter")
    told(page, "1 of 1: Stock table")


def test_pictures_are_saved(show: Show, tmp_path: Path) -> None:
    """PNG as it is drawn, SVG as Python draws it."""
    stage, page = show()
    with page.expect_download() as png:
        page.get_by_role("button", name="Save PNG").click()
    png.value.save_as(tmp_path / "canvas.png")
    content = (tmp_path / "canvas.png").read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert len(content) > 10_000
    assert png.value.suggested_filename == "Orders.png"
    with page.expect_download() as svg:
        page.get_by_role("button", name="Save SVG").click()
    svg.value.save_as(tmp_path / "canvas.svg")
    assert (tmp_path / "canvas.svg").read_text(encoding="utf-8") == stage.panel.svg()  # type: ignore[attr-defined]


def test_names_are_never_html(show: Show, app: AppView) -> None:
    """Whatever an element, field or boundary is called, it is text everywhere: nothing runs, nothing is asked."""
    ws = app.workspace
    storable = [e for e in hostile() if e.id not in ws.model and "\\u0000" not in e.model_dump_json()]
    ws.commit([added(element) for element in storable], why="test", actor="mallory")
    _, page = show()
    for item in page.get_by_role("treeitem").all()[:12]:
        item.click()
    page.get_by_role("button", name="Filter").click()
    in_tree(page, "Mailer").click()
    press(page, "c")
    assert page.locator(".tw-form option").count() > len(ALL)
    press(page, "Escape", "Control+a")
    page.wait_for_timeout(300)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("projector", [False, True])
def test_no_serious_accessibility_finding(show: Show, *, dark: bool, projector: bool) -> None:
    """With a form open, with filters, with help, with a selection; in both themes and both sizes of letters."""
    _, page = show(projector=projector)
    if dark:
        page.add_style_tag(content=DARK)
        page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    page.get_by_role("button", name="Filter").click()
    in_tree(page, "Check order").click()
    found = serious_findings(page)
    for key in ("a", "m", "c"):
        in_tree(page, "Check order").focus()
        press(page, key)
        found += serious_findings(page)
        press(page, "Escape")
    in_tree(page, "Check order").focus()
    press(page, "?")
    found += serious_findings(page)
    assert found == []


DARK = """:root { --jp-ui-font-color0: #ffffff; --jp-ui-font-color1: #e0e0e0; --jp-layout-color1: #111111;
    --jp-layout-color2: #333333 } body { background: #111111; color: #ffffff }"""


def test_at_150_percent_nothing_is_cut_off(show: Show) -> None:
    """All buttons are within the page, and the picture still has most of it."""
    _, page = show(size=(1280, 900), zoom=1.5)
    width = page.evaluate("document.documentElement.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for button in page.get_by_role("button").all():
        box = button.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    picture = page.locator(".tw-picture").bounding_box()
    assert picture["width"] > 0.6 * width
    assert picture["height"] > 300


def test_others_do_not_take_the_keyboard_away(show: Show, app: AppView) -> None:
    """What they add and delete around it leaves it in its place in the list; where it was deleted, it is next to that."""
    stage, page = show()
    page.get_by_role("treeitem", name="Check order").focus()
    for number, others in enumerate((["Answer", "Zip"], ["Bill", "Yard"], ["Call back", "Post"])):
        with app.edit(why="test", actor="ben") as m:
            for name in others:
                m.process(name, boundary=NET)
            if number == 1:
                m.remove(FORM)
                m.move(TABLE, None)
        stage.refresh()
        page.get_by_role("treeitem", name=others[1]).wait_for()
        assert page.evaluate(FOCUSED) == CHECK
    with app.edit(why="test", actor="ben") as m:
        m.remove(CHECK)
    stage.refresh()
    page.get_by_role("treeitem", name="Check order").wait_for(state="detached")
    assert page.evaluate("() => document.activeElement.role") == "treeitem"
    page.keyboard.press("a")
    page.keyboard.type("Pack")
    page.keyboard.press("Enter")
    page.get_by_role("treeitem", name="Pack").wait_for()
