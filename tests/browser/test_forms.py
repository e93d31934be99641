"""The forms in a real browser: the keyboard alone, two people at one element, drafts, hostile names, zoom, accessibility."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser.accessibility import serious_findings
from browser.stage import Stage
from builders import data, process, store
from payloads import ALL
from playwright.sync_api import TimeoutError as NotInTimeError

import workbench as wb
from workbench import forms
from workbench.model import Store
from workbench.widgets.forms import Forms

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Locator, Page

    from workbench.appview import AppView

    Show = Callable[..., Stage]

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TABLE = "orders/store:stock-table"
LINE = "Order form -> Check order @Our network -> Stock table : name, card number"
TOO_WIDE = """() => [...document.querySelectorAll('.tw-panel *')]
    .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(each => each.className)"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[AppView]:
    """Return an app with one line in it."""
    with wb.init(tmp_path / "team") as ws:
        view = ws.new_app("Orders", why="test", actor="ana")
        view.quick(LINE, actor="cleo")
        yield view


@pytest.fixture
def show(chromium: Browser, app: AppView) -> Iterator[Show]:
    """Return a function that shows the forms to a person; nothing may go wrong on the page, or be asked of others."""
    stages: list[Stage] = []

    def stage(
        actor: str = "ana",
        *,
        of: AppView | None = None,
        element: str | None = None,
        projector: bool = False,
        zoom: float = 1,
    ) -> Stage:
        panel = Forms(of or app, actor=actor, projector=projector)
        stages.append(Stage.show(chromium, panel, "selection", "asks", zoom=zoom))
        if element is not None:
            panel.selection = [element]
            stages[-1].page.get_by_label("Name", exact=True).wait_for()
        return stages[-1]

    yield stage
    seen = [(each.problems, each.outside, each.page.evaluate("window.executed")) for each in stages]
    for each in stages:
        each.close()
    assert seen == [([], [], [])] * len(stages)


def held(app: AppView) -> Store:
    """Return the store that most forms here are about."""
    element = app.workspace.model[TABLE]
    assert isinstance(element, Store)
    return element


def said(page: Page, text: str) -> None:
    """Wait until something is said below the form; fail with what is said instead."""
    try:
        page.get_by_role("status").get_by_text(text).first.wait_for()
    except NotInTimeError:
        pytest.fail(f"{text!r} is not said, but: {page.locator('.tw-panel').inner_text()[-600:]}")


def group(page: Page, name: str) -> Locator:
    """Return a question whose answers can all be seen."""
    return page.get_by_role("group", name=name)


def choose(page: Page, label: str, value: str) -> None:
    """Choose one answer of a list, with the focus on it as a person has it."""
    page.get_by_label(label, exact=True).focus()
    page.get_by_label(label, exact=True).select_option(value)


def focused(page: Page) -> str:
    """Return the label of what has the focus."""
    return str(page.evaluate("() => document.activeElement.labels?.[0]?.innerText || document.activeElement.innerText"))


def press(page: Page, *keys: str) -> str:
    """Press keys and return the label of what has the focus then."""
    for key in keys:
        page.keyboard.press(key)
    return focused(page)


def test_a_new_flow_is_described_by_keyboard_alone(show: Show, app: AppView) -> None:
    """Tab to the form, Tab takes a name that was begun, Enter goes on, Ctrl+Enter saves; the next one can follow."""
    page = show().page
    assert press(page, "Tab") == "Data flow"
    assert press(page, "Tab") == "New, or one that is there"
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.labels?.[0]?.innerText === 'From'")
    page.keyboard.type("Sto")
    assert press(page, "Tab") == "To"
    page.keyboard.type("Order f")
    assert press(page, "Tab") == "Data"
    page.keyboard.type("name, delivery day")
    assert press(page, "Enter") == "Data"
    assert press(page, "Enter") == "Don't know"
    press(page, "ArrowLeft")
    press(page, "Control+Enter")
    said(page, "Saved: Stock table → Order form.")
    flow = next(e for e in app.model if e.noun == "flow" and e.name == "Stock table → Order form")
    assert [app.workspace.model[i].name for i in flow.data] == ["name", "delivery day"]
    assert flow.encrypted is False
    page.wait_for_function("() => document.activeElement.labels?.[0]?.innerText === 'From'")
    assert page.get_by_label("From", exact=True).input_value() == ""
    assert app.history.iloc[-1]["actor"] == "ana"


def test_an_element_is_found_and_described_by_keyboard_alone(show: Show, app: AppView) -> None:
    """Arrows choose the kind, typing searches, Enter opens; Escape goes back to the search with everything kept."""
    page = show().page
    press(page, "Tab", *["ArrowRight"] * 9)
    page.get_by_text("New store").first.wait_for()
    press(page, "Tab")
    page.keyboard.type("stock")
    press(page, "Enter")
    page.wait_for_function("() => document.activeElement.labels?.[0]?.innerText === 'Name'")
    steps = [press(page, "Enter") for _ in range(8)]
    assert steps[-1] == "Days until records are deleted", steps
    page.keyboard.type("30")
    assert press(page, "Escape") == "New, or one that is there"
    page.get_by_role("option", name="Stock table").get_by_text("not saved yet").wait_for()
    press(page, "ArrowDown", "ArrowDown", "Enter")
    page.get_by_role("heading", name="Stock table").wait_for()
    page.keyboard.press("Control+Enter")
    said(page, "Saved: Stock table.")
    assert held(app).retention_days == 30


def test_what_is_missing_is_made_from_within_the_field(show: Show, app: AppView) -> None:
    """A new place, and the step it starts, without leaving the form; typing a name in the search begins a new one."""
    page = show().page
    page.get_by_label("Entry point").check(force=True)
    page.get_by_role("combobox", name="New, or one").fill("Portal")
    press(page, "ArrowDown", "Enter")
    page.wait_for_function("() => document.activeElement.value === 'Portal'")
    starts = page.get_by_role("combobox", name="What it starts")
    starts.fill("Greet the visitor")
    press(page, "ArrowDown", "Enter")
    page.get_by_text("Is there a limit").wait_for()
    page.wait_for_function("() => document.activeElement.getAttribute('aria-expanded') === 'false'")
    page.keyboard.press("Control+Enter")
    said(page, "Saved: Portal.")
    entry = next(e for e in app.model if e.name == "Portal")
    assert app.workspace.model[entry.starts].name == "Greet the visitor"


def test_dont_know_is_an_answer_everywhere(show: Show, app: AppView) -> None:
    """Every question has it, chosen at first, also where several answers can be ticked."""
    page = show().page
    for form in forms.forms():
        page.get_by_label(form.title, exact=True).first.check(force=True)
        if form.noun is None:
            continue
        page.get_by_role("heading", name=f"New {form.title.lower()}").wait_for()
        for more in page.get_by_text("More questions").all():
            more.click()
        fields = page.locator("form [data-field]")
        assert fields.count() == len(form.fields)
        asked = sorted(form.fields, key=lambda field: field.more)
        for field, box in zip(asked, fields.all(), strict=True):
            answer, hint = box.get_by_text("Don't know", exact=True), box.get_by_placeholder("Don't know", exact=True)
            assert field.required or answer.or_(hint).count() >= 1, field
    effects = group(page, "What it can do")
    page.get_by_label("Step", exact=True).check(force=True)
    effects.get_by_label("Pay", exact=True).check()
    assert not effects.get_by_label("Don't know").is_checked()
    effects.get_by_label("Don't know").check()
    assert not effects.get_by_label("Pay", exact=True).is_checked()


def test_what_is_wrong_is_told_at_the_field_and_nothing_is_saved(show: Show, app: AppView) -> None:
    """After leaving it, or when saving, which puts the focus there; the text stays."""
    page = show(element=TABLE).page
    head = app.workspace.ledger.head
    days = page.get_by_label("Days until records")
    days.fill("soon")
    assert page.get_by_text("no whole number").count() == 0
    page.get_by_label("Name", exact=True).focus()
    page.get_by_text("'soon' is no whole number").wait_for()
    page.keyboard.press("Control+Enter")
    page.wait_for_function("() => document.activeElement.value === 'soon'")
    assert days.get_attribute("aria-invalid") == "true"
    assert app.workspace.ledger.head == head
    page.get_by_label("Name", exact=True).fill("")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Name cannot be empty").wait_for()
    assert serious_findings(page) == []


def test_a_reason_is_asked_only_where_known_risk_changes(show: Show, app: AppView) -> None:
    """To say what nobody knew needs none; to say something else does, and it is asked before saving."""
    page = show(element=TABLE).page
    why = page.get_by_label("Why?")
    group(page, "Encrypted where").get_by_label("No", exact=True).check()
    page.keyboard.press("Control+Enter")
    said(page, "Saved")
    assert why.count() == 0
    group(page, "Encrypted where").get_by_label("Yes").check()
    why.wait_for()
    page.keyboard.press("Control+Enter")
    page.get_by_text("Say why").wait_for()
    page.wait_for_function("() => document.activeElement.labels?.[0]?.innerText.startsWith('Why?')")
    page.keyboard.type("switched on last week")
    page.keyboard.press("Control+Enter")
    said(page, "Saved")
    assert held(app).encrypted_at_rest is True
    assert app.history.iloc[-1]["why"] == "switched on last week"
    assert why.count() == 0


def test_two_people_say_different_things_and_both_stay(show: Show, app: AppView) -> None:
    """What does not overlap is merged without a word: ana sees what ben said, and keeps what she is typing."""
    with wb.open(app.workspace.path) as other:
        hers, his = show("ana", element=TABLE), show("ben", of=other.app("Orders"), element=TABLE)
        page = hers.page
        page.get_by_label("Days until records").fill("3")
        choose(his.page, "Backup", "none")
        his.page.keyboard.press("Control+Enter")
        said(his.page, "Saved")
        hers.refresh()
        page.get_by_text("just changed by somebody else").wait_for()
        assert page.get_by_label("Backup", exact=True).input_value() == "none"
        page.keyboard.type("0")
        page.keyboard.press("Control+Enter")
        said(page, "Saved")
    assert (held(app).retention_days, held(app).backup) == (30, "none")


def test_two_people_at_the_same_answer_see_both_and_choose(show: Show, app: AppView) -> None:
    """Nothing is overwritten unseen: ana sees who said what and when, as soon as it happens, and takes one."""
    with wb.open(app.workspace.path) as other:
        hers, his = show("ana", element=TABLE), show("ben", of=other.app("Orders"), element=TABLE)
        page = hers.page
        choose(page, "Backup", "tested")
        page.get_by_label("Days until records").fill("90")
        page.get_by_role("combobox", name="Data it holds").fill("price,")
        for label, value in (("Days until records", "30"), ("Data it holds", "email,")):
            his.page.get_by_label(label).and_(his.page.locator("input")).fill(value)
        choose(his.page, "Backup", "none")
        his.page.keyboard.press("Control+Enter")
        said(his.page, "Saved")
        before = app.workspace.ledger.head
        # Without having seen it: the other kernel's change is found when she saves.
        page.keyboard.press("Control+Enter")
        said(page, "Somebody else was at the same answers")
        assert app.workspace.ledger.head == before
        assert serious_findings(page) == []
        versions = group(page, "Backup: two versions")
        assert "ben changed this at" in versions.inner_text()
        assert versions.locator("dd p").all_inner_texts() == ["Yes, restoring was tried", "None"]
        versions.get_by_role("button", name="Use mine").click()
        group(page, "Days until records are deleted: two versions").get_by_role("button", name="Use theirs").click()
        group(page, "Data it holds: two versions").get_by_role("button", name="Use both").click()
        page.get_by_label("Why?").fill("I restored it myself")
        page.keyboard.press("Control+Enter")
        said(page, "Saved")
    table = held(app)
    names = {app.workspace.model[i].name for i in table.data}
    assert (table.backup, table.retention_days, names) == ("tested", 30, {"email", "price"})


def test_what_somebody_removes_keeps_what_was_typed_about_it(show: Show, app: AppView) -> None:
    """Who removed it is told, and what was typed can be made a new one."""
    stage = show(element=TABLE)
    page = stage.page
    page.get_by_label("Days until records").fill("30")
    with app.edit(why="not needed", actor="ben") as m:
        m.remove(TABLE)
    stage.refresh()
    page.get_by_text("ben removed this").wait_for()
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Make it again").click()
    page.wait_for_function("() => document.activeElement.value === 'Stock table'")
    page.keyboard.press("Control+Enter")
    said(page, "Saved: Stock table.")
    assert [e.retention_days for e in app.model if e.name == "Stock table"] == [30]


def test_answers_about_what_is_there_already_go_there(show: Show, app: AppView) -> None:
    """Who describes something that somebody else has just added does not do it twice."""
    page = show().page
    page.get_by_label("Store", exact=True).check(force=True)
    page.get_by_label("Name", exact=True).fill("Stock Table")
    choose(page, "Backup", "none")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Open that one").click()
    page.get_by_role("heading", name="Stock table").wait_for()
    page.get_by_label("Backup", exact=True).wait_for()
    page.keyboard.press("Control+Enter")
    said(page, "Saved: Stock table.")
    assert held(app).backup == "none"


def test_what_was_typed_is_there_on_a_new_page(show: Show, app: AppView) -> None:
    """The form that was open, its answers, a name that was half typed, and what they were when one began."""
    first = show(element=TABLE)
    choose(first.page, "Backup", "tested")
    first.page.get_by_role("combobox", name="Data it holds").fill("half a na")
    first.page.wait_for_timeout(800)
    forms.save(app, "store", {"id": TABLE, "backup": "none"}, actor="ben")
    page = show().page
    page.get_by_role("heading", name="Stock table").wait_for()
    assert page.get_by_role("combobox", name="Data it holds").input_value() == "half a na"
    versions = group(page, "Backup: two versions")
    versions.wait_for()
    assert page.get_by_label("Backup", exact=True).input_value() == "tested"
    versions.get_by_role("button", name="Use theirs").click()
    page.get_by_role("combobox", name="Data it holds").focus()
    page.keyboard.type("me")
    page.keyboard.press("Control+Enter")
    said(page, "Saved")
    assert [app.workspace.model[i].name for i in held(app).data] == ["half a name"]


def test_what_is_forgotten_can_be_brought_back(show: Show) -> None:
    """One press clears what was typed, another brings it back."""
    page = show(element=TABLE).page
    page.get_by_label("Days until records").fill("30")
    page.get_by_role("button", name="Forget what I typed").click()
    assert page.get_by_label("Days until records").input_value() == ""
    page.get_by_role("button", name="Bring it back").click()
    assert page.get_by_label("Days until records").input_value() == "30"


def test_hostile_text_stays_text(show: Show, app: AppView) -> None:
    """Names from exports and whatever is typed run nothing: in the list, fields, chips, versions and what is said."""
    storable = [text for text in ALL if "\x00" not in text]
    with app.edit(why="test", actor="ben") as m:
        for number, text in enumerate(storable):
            field = m.add(data(f"d{number}", app=app.id).changed(name=text))
            m.add(store(f"s{number}", app=app.id, data=(field.id,), owner=text, region=text).changed(name=text))
            m.add(process(f"p{number}", app=app.id).changed(name=text))
            m.flow(f"orders/store:s{number}", f"orders/process:p{number}", data=[field.id], protocol=text)
    stage = show()
    page = stage.page
    for number, text in enumerate(storable[::3]):
        stage.panel.selection = [f"orders/store:s{3 * number}"]
        page.get_by_role("form", name="Store:").wait_for()
        page.get_by_label("Region", exact=True).wait_for(state="attached")
        page.get_by_role("combobox", name="Data it holds").fill(text)
        page.get_by_label("Inside").fill(text)
        page.wait_for_timeout(60)
    page.get_by_role("combobox", name="Owner").fill("<")
    mine = page.get_by_label("Days until records")
    mine.fill("3")
    last = stage.panel.selection[0]
    bad = "<img src=x onerror=ran('who')>"
    forms.save(app, "store", {"id": last, "retention_days": 5}, actor=bad, why=bad)
    stage.refresh()
    group(page, "Days until records are deleted: two versions").wait_for()
    assert bad in page.locator(".tw-versions").inner_text()


@pytest.mark.parametrize(("zoom", "projector"), [(1, False), (1.5, False), (1, True)])
def test_it_is_accessible_and_fits_at_any_size(show: Show, app: AppView, zoom: float, projector: bool) -> None:
    """Every form, with a list open and with an error: no serious finding, nothing beyond the edge."""
    page = show(zoom=zoom, projector=projector).page
    for form in forms.forms():
        page.get_by_label(form.title, exact=True).first.check(force=True)
        if form.noun is not None:
            page.get_by_role("heading", name=f"New {form.title.lower()}").wait_for()
            page.get_by_text("More questions").first.click() if page.get_by_text("More questions").count() else None
        assert (serious_findings(page), page.evaluate(TOO_WIDE)) == ([], []), form.id
    page.get_by_label("Data flow", exact=True).check(force=True)
    page.get_by_label("From", exact=True).fill("Ord")
    page.get_by_role("option", name="Order form").first.wait_for()
    assert (serious_findings(page), page.evaluate(TOO_WIDE)) == ([], [])
