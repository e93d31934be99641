"""The participants' pages through `workbench join`: several browsers, votes that stay hidden, and nothing more."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from browser.accessibility import serious_findings
from browser.stage import Stage
from browser.voila import Guest, Voila
from workshop import agenda

import workbench as wb
from workbench.widgets.workshop import Stage as Facilitator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from workbench.appview import AppView
    from workbench.workshop import Session

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OUTSIDE = "https://outside.invalid/"
# Asks the kernel over a socket of one's own: something harmless, then to run code; returns which kinds of messages came.
ASK_KERNEL = """async ([address, code]) => {
    const socket = new WebSocket(address);
    const heard = [];
    await new Promise((open, failed) => { socket.onopen = open; socket.onerror = failed; });
    socket.onmessage = message => typeof message.data === "string" && heard.push(JSON.parse(message.data).header.msg_type);
    const ask = (type, content) => socket.send(JSON.stringify({
        header: {msg_id: crypto.randomUUID(), msg_type: type, username: "", session: "stranger", version: "5.3",
            date: new Date().toISOString()},
        parent_header: {}, metadata: {}, content, channel: "shell", buffers: [],
    }));
    ask("execute_request", {code, silent: false, store_history: false, user_expressions: {}, allow_stdin: false});
    ask("kernel_info_request", {});
    for (let n = 0; n < 100 && !heard.includes("kernel_info_reply"); n++) await new Promise(next => setTimeout(next, 100));
    await new Promise(next => setTimeout(next, 1000));
    socket.close();
    return heard;
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace in which a workshop has come to the step in which people write."""
    folder = tmp_path_factory.mktemp("join") / "team"
    with wb.init(folder) as ws:
        app = agenda.new_app(ws)
        session = app.workshops.start("full", actor=agenda.ACTOR)
        for step in agenda.STEPS[:3]:
            agenda.run(app, session, tuple(agenda.calls(step)))
    return folder


@pytest.fixture(scope="module")
def voila(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Voila]:
    """Return the participants' pages of that workshop."""
    with Voila.running(folder, tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture
def app(folder: Path) -> Iterator[AppView]:
    """Return the app as the facilitator's kernel has it."""
    with wb.open(folder) as ws:
        yield ws.app(agenda.APP)


@pytest.fixture
def session(app: AppView) -> Session:
    """Return the workshop as the facilitator has it, in the step in which people write."""
    session: Session = app.workshops.open(actor=agenda.ACTOR)
    session.go("wrong")
    return session


def eventually(guest: Guest, holds: object) -> None:
    """Wait until something holds, while the page lives on."""
    until = time.monotonic() + 60
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < until, guest.page.locator("body").inner_text()
        guest.page.wait_for_timeout(50)


def often(page: Page) -> Locator:
    """Return where one votes on how often the story of this test would happen."""
    return page.locator(".tw-item", has_text="The form is flooded").get_by_role("group", name="How often?")


def test_a_stranger_is_refused(voila: Voila) -> None:
    """Without the token there is no page, no kernel and no file; with it there is the page."""
    for path in ("/", "/?token=wrong", "/api/kernels", "/api/contents"):
        assert voila.status(path) in {302, 403, 404}, path
    assert voila.status("/api/kernels", body=b"{}") in {302, 403, 404, 405}
    assert voila.status(f"/?token={voila.token}") == 200


def test_two_people_write_and_vote_and_the_facilitator_shows_it(
    chromium: Browser, voila: Voila, app: AppView, session: Session
) -> None:
    """Cards and ratings are counted on the facilitator's page and hidden, until they are shown to all at once."""
    cleo, dora = (Guest.enter(chromium, voila, name) for name in ("cleo", "dora"))
    for guest, text in ((cleo, "Somebody reads the chat"), (dora, "The form is flooded")):
        guest.page.get_by_label("What could go wrong?").fill(text)
        guest.page.get_by_role("button", name="Put the card down").click()
        guest.page.locator(".tw-card").get_by_text(text).wait_for()
    eventually(cleo, lambda: len(session.cards) == 2)
    assert cleo.page.get_by_text("The form is flooded").count() == 0
    stage = Stage.show(chromium, Facilitator(app, actor=agenda.ACTOR))
    stage.page.get_by_text("2 cards, 2 of them still face down").wait_for()
    assert "reads the chat" not in stage.page.content()
    stage.page.get_by_role("button", name="Turn all cards over").click()
    cleo.page.get_by_text("The form is flooded").wait_for()
    stage.page.get_by_role("button", name="Keep: The form is flooded").click()

    begun = time.monotonic()
    stage.page.get_by_role("button", name="Next").click()
    cleo.page.get_by_role("heading", name="How bad is it?").wait_for()
    print(f"the participants' page followed after {time.monotonic() - begun:.2f} s")  # noqa: T201
    for guest, level in ((cleo, "5 Expected"), (dora, "2 Unlikely")):
        often(guest.page).get_by_label(level).check()
        guest.page.get_by_role("button", name="+1 dot for The form is flooded").click()
        guest.page.get_by_text("1 of them yours").wait_for()
    stage.refresh()
    often(stage.page).get_by_text("2 voted").wait_for()
    stage.page.get_by_text("2 dots").first.wait_for()
    assert [often(page).locator(".tw-bar").count() for page in (stage.page, cleo.page, dora.page)] == [0, 0, 0]
    stage.page.get_by_role("button", name="Show the votes (1)").click()
    for page in (stage.page, cleo.page, dora.page):
        bars = often(page).locator(".tw-bar")
        bars.first.wait_for()
        assert bars.all_inner_texts() == ["0", "1", "0", "0", "1", "0"]
    assert (stage.problems, stage.outside) == ([], [])
    stage.close()
    for guest in (cleo, dora):
        assert (guest.problems, guest.outside) == ([], [])
        guest.leave()
    assert voila.outside() == []


def test_what_leaves_the_machine_is_noticed(chromium: Browser, voila: Voila) -> None:
    """The page may not ask others for anything; a page that may is counted by the counter of the test above."""
    guest = Guest.enter(chromium, voila)
    said = guest.page.evaluate(f"fetch('{OUTSIDE}').then(() => 'allowed', error => String(error))")
    assert "Failed to fetch" in said
    assert any("Content Security Policy" in problem for problem in guest.problems)
    bare = guest.page.context.new_page()
    bare.evaluate(f"fetch('{OUTSIDE}').catch(() => null)")
    assert OUTSIDE in guest.outside
    guest.leave()


def test_a_participant_cannot_edit_the_model(
    chromium: Browser, voila: Voila, app: AppView, session: Session, tmp_path: Path
) -> None:
    """Whoever has the token can talk to the kernel of the page, which answers and runs no code; nothing is written."""
    assert session.step.id == "wrong"
    guest = Guest.enter(chromium, voila, "cleo")
    eventually(guest, lambda: guest.channels)
    before, sign = app.workspace.ledger.head, tmp_path / "ran"
    address = f"{guest.channels[0].partition('?')[0]}?session_id=stranger"
    heard = guest.page.evaluate(ASK_KERNEL, [address, f"open({str(sign)!r}, 'w').close()"])
    assert "kernel_info_reply" in heard
    assert "execute_reply" not in heard
    assert not sign.exists()
    assert app.workspace.ledger.head == before
    for what in ("Next", "Turn all cards over", "Keep", "Close", "Decision"):
        assert guest.page.get_by_role("button", name=what).count() == 0
    guest.leave()


@pytest.mark.parametrize("step", ["welcome", "picture", "wrong", "bad", "do", "enough"])
def test_no_serious_accessibility_finding(chromium: Browser, app: AppView, session: Session, step: str) -> None:
    """In each step of the participants' page, and where it asks for the name."""
    page = wb.Join(app, actor=None if step == "welcome" else "cleo")
    if step != "welcome":
        session.go(step)
    stage = Stage.show(chromium, page)
    stage.refresh()
    assert serious_findings(stage.page) == []
    stage.close()
    assert (stage.problems, stage.outside) == ([], [])
