"""Quick entry in a real browser: the keyboard alone, marks in the line, drafts, hostile names, zoom, accessibility."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser.accessibility import serious_findings
from browser.stage import Stage
from builders import data, process
from payloads import ALL

import workbench as wb
from workbench.widgets.quickentry import QuickEntry

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Locator, Page

    from workbench.appview import AppView

    Show = Callable[..., Stage]

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LINE = "Order form -> Check order @Our network -> Stock table : name, card number"
TOO_WIDE = """() => [...document.querySelectorAll('.tw-panel *')]
    .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(each => each.className)"""
PASTE = "text => document.execCommand('insertText', false, text)"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[AppView]:
    """Return an app with one line in it."""
    with wb.init(tmp_path / "team") as ws:
        view = ws.new_app("Orders", why="test", actor="ana")
        view.quick(LINE, actor="ben")
        yield view


@pytest.fixture
def show(chromium: Browser, app: AppView) -> Iterator[Show]:
    """Return a function that shows the field to a person; nothing may go wrong on the page, or be asked of others."""
    stages: list[Stage] = []

    def stage(*, of: AppView | None = None, projector: bool = False, zoom: float = 1) -> Stage:
        panel = QuickEntry(of or app, actor="ana", projector=projector)
        stages.append(Stage.show(chromium, panel, size=(1100, 800), zoom=zoom))
        return stages[-1]

    yield stage
    seen = [(each.problems, each.outside, each.page.evaluate("window.executed")) for each in stages]
    for each in stages:
        each.close()
    assert seen == [([], [], [])] * len(stages)


def line(page: Page) -> Locator:
    """Return the field."""
    return page.get_by_role("textbox", name="Add to")


def typed(page: Page) -> str:
    """Return what is in the field."""
    return line(page).input_value()


def said(page: Page, text: str) -> None:
    """Wait until something is said below the field."""
    page.get_by_role("status").get_by_text(text).first.wait_for()


def flows(app: AppView) -> list[str]:
    """Return the flows of an app by their names."""
    return sorted(e.name for e in app.model if e.noun == "flow")


def has_focus(page: Page) -> bool:
    """Return whether the field has the focus."""
    return bool(page.evaluate("() => document.activeElement.tagName === 'TEXTAREA'"))


def test_lines_are_entered_by_keyboard_alone(show: Show, app: AppView) -> None:
    """Tab to the field, names taken with Tab, Enter adds; the field is empty and has the focus for the next line."""
    page = show().page
    page.keyboard.press("Tab")
    assert has_focus(page)
    page.keyboard.type("Stoc")
    page.get_by_role("option", name="Stock table").wait_for()
    page.keyboard.press("Tab")
    assert typed(page) == "Stock table"
    page.keyboard.type(" -> Mailer : ema")
    page.get_by_text("Still to come").or_(page.get_by_text("Enter adds this.")).first.wait_for()
    page.keyboard.type("il")
    page.keyboard.press("Enter")
    said(page, "Added: Stock table -> Mailer : email")
    assert flows(app) == ["Check order → Stock table", "Order form → Check order", "Stock table → Mailer"]
    assert (typed(page), has_focus(page)) == ("", True)
    assert app.history.iloc[-1][["actor", "why"]].tolist() == ["ana", "quick entry: Stock table -> Mailer : email"]


def test_what_was_entered_comes_back_and_can_be_undone(show: Show, app: AppView) -> None:
    """Arrow up in an empty field; Ctrl+Z there takes the step back, Ctrl+Shift+Z does it again."""
    page = show().page
    line(page).focus()
    for text in ("A -> B", "C -> D"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        said(page, f"Added: {text}")
    page.keyboard.press("Control+z")
    said(page, "Taken back: “C -> D”")
    assert "C → D" not in flows(app)
    page.keyboard.press("Control+Shift+z")
    said(page, "Done again: “C -> D”")
    for key, text in (("Up", "C -> D"), ("Up", "A -> B"), ("Up", "A -> B"), ("Down", "C -> D"), ("Down", "")):
        page.keyboard.press(f"Arrow{key}")
        page.wait_for_function("text => document.activeElement.value === text", arg=text)


def test_escape_clears_and_arrow_up_brings_back(show: Show) -> None:
    """Nothing that was typed is lost by a key."""
    page = show().page
    line(page).focus()
    page.keyboard.type("half a thought")
    page.keyboard.press("Escape")
    if typed(page):  # The first one may have closed a list of names.
        page.keyboard.press("Escape")
    said(page, "Cleared")
    assert typed(page) == ""
    page.keyboard.press("ArrowUp")
    page.wait_for_function("() => document.activeElement.value === 'half a thought'")


def test_names_are_chosen_by_arrows_and_the_list_closes(show: Show) -> None:
    """Arrow down shows and chooses, Enter takes what was chosen, Escape closes, and a whole name offers nothing."""
    page = show().page
    line(page).focus()
    page.keyboard.type("Order form -> ")
    page.get_by_text("Still to come: an element").wait_for()
    assert page.get_by_role("listbox").count() == 0
    page.keyboard.press("ArrowDown")
    page.get_by_role("option", selected=True).get_by_text("Check order").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert typed(page) == "Order form -> Stock table"
    page.keyboard.type(" -> Che")
    page.get_by_role("option", name="Check order").wait_for()
    page.keyboard.press("Escape")
    assert page.get_by_role("listbox").count() == 0
    assert typed(page) == "Order form -> Stock table -> Che"
    page.keyboard.type("ck order")
    page.keyboard.press("Tab")
    page.wait_for_function("() => document.activeElement.innerText === 'Add'")


def test_tab_right_behind_a_word_waits_for_the_name(show: Show) -> None:
    """Who types faster than Python answers gets the name all the same, and the browser can undo it."""
    page = show().page
    line(page).focus()
    page.keyboard.type("Stoc")
    page.keyboard.press("Tab")
    page.wait_for_function("() => document.activeElement.value === 'Stock table'")
    page.keyboard.press("Control+z")
    page.wait_for_function("() => document.activeElement.value === 'Stoc'")


def test_enter_or_more_text_right_behind_tab_waits_for_the_name(show: Show, app: AppView) -> None:
    """What is typed on stands behind the name, and the line that is entered has it."""
    page = show().page
    line(page).focus()
    page.keyboard.type("Depot -> Stoc")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    said(page, "Added: Depot -> Stock table")
    page.keyboard.type("Stoc")
    page.keyboard.press("Tab")
    page.keyboard.type(" -> Bay")
    page.wait_for_function("() => document.activeElement.value === 'Stock table -> Bay'")
    page.keyboard.press("Enter")
    said(page, "Added: Stock table -> Bay")
    assert {"Depot → Stock table", "Stock table → Bay"} <= set(flows(app))


def test_the_wrong_part_is_marked_and_a_refused_line_stays(show: Show, app: AppView) -> None:
    """Also behind signs that Python counts once and a browser twice; nothing is written."""
    page = show().page
    line(page).focus()
    text = "👩🏽‍🚀 crew -> Bay 😀 : oxygen -> x"
    page.keyboard.insert_text(text)
    page.wait_for_function("() => document.querySelector('.tw-is-problem')?.textContent === 'oxygen -> x'")
    head = app.workspace.ledger.head
    page.keyboard.press("Enter")
    said(page, "At “oxygen -> x”: flows come before the colon")
    assert (typed(page), has_focus(page), app.workspace.ledger.head) == (text, True, head)
    page.keyboard.press("Backspace")
    assert typed(page) == text[:-1]


def test_new_known_and_doubtful_names_are_told_apart(show: Show, app: AppView) -> None:
    """In the line itself and below it; a slip is mended by one press."""
    page = show().page
    line(page).fill("Customer -> Order form -> Bay @Our netwrk : 😀")
    page.wait_for_function("() => document.querySelector('.tw-is-doubt')?.textContent === 'Our netwrk'")
    assert page.locator(".tw-is-new").all_inner_texts() == ["Customer", "Bay", "😀"]
    assert page.locator(".tw-is-used").all_inner_texts() == ["Order form"]
    page.get_by_role("button", name="Write Our network").click()
    assert typed(page) == "Customer -> Order form -> Bay @Our network : 😀"
    page.get_by_label("Kind of Bay").select_option("store")
    page.wait_for_function("() => document.querySelector('textarea').value.includes('Bay (store) @')")
    line(page).focus()
    page.keyboard.press("Enter")
    said(page, "Added")
    assert next(e for e in app.model if e.name == "Bay").noun == "store"


def test_pasted_lines_wait_for_each_other(show: Show, app: AppView) -> None:
    """The first is in the field, the others below; a line that is refused keeps those behind it waiting."""
    page = show().page
    line(page).focus()
    page.evaluate(PASTE, "A -> B\n\nC -> \nE -> F\n")
    page.get_by_role("heading", name="2 more lines wait").wait_for()
    page.keyboard.press("Enter")
    said(page, "Added: A -> B")
    assert typed(page) == "C -> "
    page.keyboard.press("Enter")
    said(page, "the line is not finished")
    assert typed(page) == "C -> "
    page.get_by_role("heading", name="One more line waits").wait_for()
    page.keyboard.type("D")
    page.keyboard.press("Enter")
    said(page, "Added: C -> D")
    page.keyboard.press("Enter")
    said(page, "Added: E -> F")
    assert {"A → B", "C → D", "E → F"} <= set(flows(app))


def test_what_was_typed_is_there_on_a_new_page(show: Show, app: AppView) -> None:
    """Lines, and one that was on its way when the page went: whether it was entered or not, nobody has to know."""
    first = show()
    line(first.page).fill("A -> B")
    first.page.wait_for_timeout(700)
    assert typed(show().page) == "A -> B"
    first.panel.call("draft", name="sent", text="Order form -> Check order")
    page = show().page
    assert typed(page) == "Order form -> Check order"
    page.get_by_role("heading", name="One more line waits").wait_for()


def test_what_others_do_does_not_disturb_who_is_typing(show: Show, app: AppView) -> None:
    """The text, the place in it and the list stay; what is known is the newest."""
    stage = show()
    page = stage.page
    line(page).focus()
    page.keyboard.type("Depot -> Stoc")
    page.get_by_role("option", name="Stock table").wait_for()
    page.keyboard.press("ArrowLeft")
    app.quick("Depot -> Stock room", actor="ben")
    stage.refresh()
    page.wait_for_function("() => document.querySelector('.tw-is-used')?.textContent === 'Depot'")
    place = page.evaluate("() => document.activeElement.selectionStart")
    assert (typed(page), has_focus(page), place) == ("Depot -> Stoc", True, 12)


def test_hostile_text_stays_text(show: Show, app: AppView) -> None:
    """Names from exports and whatever is typed run nothing, in the line, the list, the preview and what is said."""
    storable = [text for text in ALL if "\x00" not in text]
    with app.edit(why="test", actor="ben") as m:
        for number, text in enumerate(storable):
            m.add(process(f"p{number}", app=app.id).changed(name=text))
            m.add(data(f"d{number}", app=app.id).changed(name=text))
    page = show().page
    line(page).focus()
    for text in ALL:
        page.keyboard.insert_text(text[:40])
        page.wait_for_timeout(120)
        page.keyboard.press("Control+ ")
        page.keyboard.press("Escape")
        page.keyboard.press("Enter")
        page.wait_for_timeout(60)
        line(page).fill("")
    page.get_by_text("How to write a line").click()


@pytest.mark.parametrize(("zoom", "projector"), [(1, False), (1.5, False), (1, True)])
def test_it_is_accessible_and_fits_at_any_size(show: Show, zoom: float, projector: bool) -> None:
    """Empty, with a list, with a wrong line and with lines that wait: no serious finding, nothing beyond the edge."""
    page = show(zoom=zoom, projector=projector).page
    assert serious_findings(page) == []
    line(page).focus()
    page.keyboard.type("Customer -> Order form -> Chec")
    page.get_by_role("option", name="Check order").wait_for()
    assert (serious_findings(page), page.evaluate(TOO_WIDE)) == ([], [])
    page.keyboard.insert_text(f"k order -> Mailer? @Our netwrk : {'a very long name, ' * 6}b -> c\nA -> B")
    page.locator(".tw-problem").wait_for()
    assert (serious_findings(page), page.evaluate(TOO_WIDE)) == ([], [])
