"""The facilitator's page on its own: two facilitators, the keyboard's place, hostile names, zoom, accessibility."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from browser.accessibility import serious_findings
from browser.stage import Stage
from payloads import ALL
from workshop import agenda

import workbench as wb
from workbench.widgets.workshop import Stage as Facilitator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from workbench.appview import AppView

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CUT_OFF = """() => [...document.querySelectorAll(".tw-panel :is(button, input, select, textarea, summary, h2, h4, label)")]
    .filter(each => each.offsetParent && !each.closest(".tw-hidden"))
    .filter(each => each.getBoundingClientRect().right > innerWidth + 1
        || (each.matches("button, h2, h4, label") && each.scrollWidth > each.clientWidth + 1))
    .map(each => each.innerText || each.ariaLabel || each.tagName)"""
# Presses a key as soon as a title stands in the page, before the browser draws it.
AT_ONCE = """([title, key]) => new MutationObserver((_, watcher) => {
    if (document.querySelector(".tw-stage h2")?.innerText !== title) return;
    watcher.disconnect();
    const pressed = new KeyboardEvent("keydown", {code: `Key${key}`, altKey: true, bubbles: true, cancelable: true});
    setTimeout(() => document.activeElement.dispatchEvent(pressed));
}).observe(document.body, {childList: true, subtree: true, characterData: true})"""

TWICE = """key => [1, 2].forEach(() => document.body.dispatchEvent(
    new KeyboardEvent("keydown", {code: `Key${key}`, altKey: true, bubbles: true, cancelable: true})))"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[AppView]:
    """Return the app before the workshop."""
    with wb.init(tmp_path / "team") as ws:
        yield agenda.new_app(ws)


@pytest.fixture
def show(chromium: Browser, app: AppView) -> Iterator[Callable[..., Stage]]:
    """Return a function that shows the page to a facilitator; nothing may go wrong in it, or be asked of others."""
    stages: list[Stage] = []

    def stage(actor: str = agenda.ACTOR, *, projector: bool = False, **more: Any) -> Stage:
        stages.append(Stage.show(chromium, Facilitator(app, actor=actor, projector=projector), **more))
        return stages[-1]

    yield stage
    for each in stages:
        each.close()
    assert [(each.problems, each.outside, each.executed) for each in stages] == [([], [], [])] * len(stages)


def play(app: AppView, until: str) -> None:
    """Let the room do what the script says, up to the end of a step, but do not leave it."""
    session = app.workshops.start("full", actor=agenda.ACTOR)
    for step in agenda.STEPS[: agenda.STEPS.index(until) + 1]:
        for call in agenda.calls(step):
            if step != until or call.what not in {"session.next", "session.close"}:
                agenda.make(app, session, call)


def test_two_facilitators_who_press_next_at_once_take_one_step(show: Callable[..., Stage], app: AppView) -> None:
    """Whoever comes second still saw the old step: nothing moves for him, and he is told."""
    app.workshops.start("full", actor=agenda.ACTOR)
    one, other = show("ana"), show("ben")
    one.panel._watcher._panels.discard(other.panel)  # ben's kernel has not looked again yet
    one.page.get_by_role("button", name="Next").click()
    one.page.get_by_role("heading", name="Value and harm").wait_for()
    other.page.get_by_role("button", name="Next").click()
    other.page.get_by_role("alert").get_by_text(
        "somebody else was quicker: “Value and harm” is the step now"
    ).wait_for()
    assert [run.step for run in app.workshops.open().record.steps] == ["open", "value"]
    other.panel.refresh()
    other.page.get_by_role("heading", name="Value and harm").wait_for()


def test_what_the_app_does_is_said_with_how_much_it_would_be_missed(show: Callable[..., Stage], app: AppView) -> None:
    """One of five levels in words; left alone, nobody said."""
    app.workshops.start("full", actor=agenda.ACTOR).next()
    page = show("ana").page
    for name, level in (("takes orders", "Vital"), ("prints lists", None)):
        page.get_by_label("What does the app do for people?").fill(name)
        if level is not None:
            page.get_by_label("How much would it be missed?").select_option(label=level)
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_label("What the app does", exact=True).get_by_text(name).wait_for()
    page.get_by_text("Would be missed: vital").wait_for()
    features = app.workshops.open().features
    assert dict(zip(features["name"], features["worth"].astype(object).where(features["worth"].notna(), None), strict=True)) == {
        "takes orders": 5, "prints lists": None,
    }  # fmt: skip


def test_who_presses_next_twice_goes_one_step_and_is_told_of_nobody_else(
    show: Callable[..., Stage], app: AppView
) -> None:
    """A key that is pressed again before the next step is there means the same step; later it means the one after."""
    app.workshops.start("full", actor=agenda.ACTOR)
    page = show().page
    page.evaluate(TWICE, "N")
    page.get_by_role("heading", name="Value and harm").wait_for()
    assert [run.step for run in app.workshops.open().record.steps] == ["open", "value"]
    assert page.get_by_role("alert").inner_text() == ""
    page.keyboard.press("Alt+n")
    page.get_by_role("heading", name="What are we working on?").wait_for()


def test_a_key_right_after_a_step_came_up_counts(show: Callable[..., Stage], app: AppView) -> None:
    """Whoever is quicker than the browser draws goes on: after the start, and from step to step."""
    page = show().page
    page.evaluate(AT_ONCE, ["Welcome", "N"])
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("heading", name="Value and harm").wait_for()
    page.evaluate(AT_ONCE, ["What are we working on?", "N"])
    page.keyboard.press("Alt+n")
    page.get_by_role("heading", name="What can go wrong?").wait_for()
    assert page.get_by_role("alert").inner_text() == ""


def test_what_was_refused_stays_until_it_can_have_been_read(show: Callable[..., Stage], app: AppView) -> None:
    """Other calls that go well do not take it away at once; the same one does, and so do later ones and its button."""
    session = app.workshops.start("full", actor=agenda.ACTOR)
    session.go("enough")
    page = show().page
    page.clock.install()
    alert = page.get_by_role("alert").get_by_text("needs words")
    steps: tuple[Callable[[], None], ...] = (
        lambda: park(page, "Who pays?"),
        lambda: (page.clock.fast_forward(20_000), extend(page)),
        lambda: page.get_by_role("button", name="Close this message").click(),
    )  # fmt: skip
    for ends in steps:
        park(page, "")
        alert.wait_for()
        page.keyboard.press("Escape")
        extend(page)
        assert alert.is_visible()
        ends()
        alert.wait_for(state="detached")


def park(page: Page, text: str) -> None:
    """Write something down for later."""
    page.keyboard.press("Alt+p")
    page.get_by_label("What do we come back to?").fill(text)
    page.keyboard.press("Control+Enter")


def extend(page: Page) -> None:
    """Take five minutes more, and wait until they are there."""
    meter = page.locator("meter")
    before = meter.get_attribute("max")
    page.keyboard.press("Alt+e")
    page.wait_for_function("before => document.querySelector('meter').getAttribute('max') !== before", arg=before)


def test_the_keyboard_stays_near_what_went(show: Callable[..., Stage], app: AppView) -> None:
    """A card that is kept hands the focus to the next one; who has left the page is not called back."""
    play(app, "picture")
    session = app.workshops.open(actor=agenda.ACTOR)
    session.next()
    for text in ("First", "Second"):
        session.write(text, by="cleo")
    session.share_cards()
    page = show().page
    page.get_by_role("button", name="Keep: First").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.ariaLabel === 'Keep: Second'")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Keep: Second").wait_for(state="detached")
    assert page.evaluate("() => document.activeElement.closest('.tw-body') !== null")


@pytest.mark.parametrize("projector", [False, True])
@pytest.mark.parametrize("step", ["before", *agenda.STEPS])
def test_each_step_is_whole_and_accessible(
    show: Callable[..., Stage], app: AppView, step: str, *, projector: bool
) -> None:
    """At 150 percent, and in big letters: no text is cut off, nothing sticks out, axe-core has no serious finding."""
    if step != "before":
        play(app, step)
    stage = show(projector=projector, **({} if projector else {"zoom": 1.5}))
    for fold in stage.page.locator("summary").all():
        fold.click()
    stage.page.wait_for_timeout(100)
    assert stage.page.evaluate(CUT_OFF) == []
    assert serious_findings(stage.page) == []


@pytest.mark.parametrize("step", agenda.STEPS)
def test_names_are_never_html(show: Callable[..., Stage], app: AppView, step: str) -> None:
    """People, features, elements, cards and parked points with hostile names are text in each step; nothing runs."""
    session = app.workshops.start("full", actor=agenda.ACTOR)
    kept = [text for text in ALL if text.strip() and "\x00" not in text and len(text) < 1000][:12]
    with app.edit(why="test", actor="mallory") as edit:
        for number, text in enumerate(kept):
            edit.process(f"{number} {text}")
    for text in kept:
        session.attend(text)
        session.feature(text, harmed=text)
        session.keep(session.write(text, by=text), actor=text)
        session.park(text)
        session.write(text)
    session.share_cards()
    session.go(step)
    stage = show()
    for fold in stage.page.locator("summary").all():
        fold.click()
    stage.page.wait_for_timeout(300)
    assert kept[0].strip()[:20] in stage.page.locator(".tw-panel").inner_text()
