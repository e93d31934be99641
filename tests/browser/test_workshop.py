"""The whole workshop in a real JupyterLab: by keyboard alone, with several people, through crashes."""

from __future__ import annotations

import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from browser.jupyterlab import Lab
from browser.keyboard import Keyboard
from browser.visitor import Visitor
from workshop import agenda

import workbench as wb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from workbench.appview import AppView

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NOTEBOOK = "02-run-a-workshop.ipynb"
PATIENCE = 60
# What the people in the room do themselves, each for himself.
THEIRS = {"session.write", "session.dot", "session.rate", "session.is_true", "session.confidence", "edit.set"}
# When and where something happened is no part of what the room found out.
TIMES = {"at", "started", "steps", "ledger_sequence", "created", "seen"}

# A slow line: what the page says to its kernel waits for its release.
HOLD = """() => {
    const [send, held] = [WebSocket.prototype.send, []];
    WebSocket.prototype.send = function(...said) { held.push([this, said]); };
    window.release = () => {
        WebSocket.prototype.send = send;
        held.forEach(([socket, said]) => send.apply(socket, said));
    };
}"""


@dataclass
class Room:
    """A facilitator in JupyterLab, and the others, who use kernels of their own."""

    visitor: Visitor
    folder: Path
    problems: list[str] = field(default_factory=list)

    @classmethod
    @contextmanager
    def open(cls, chromium: Browser, lab: Lab, notebook: str = NOTEBOOK) -> Iterator[Room]:
        """Open the notebook of the workshop and run it; at the end nothing may have gone wrong."""
        visitor = Visitor.enter(chromium, lab)
        room = cls(visitor, lab.workspace)
        visitor.page.on("pageerror", lambda error: room.problems.append(str(error)))
        visitor.page.on("console", lambda m: room.problems.append(m.text) if m.type == "error" else None)
        visitor.open(notebook)
        visitor.run_all()
        assert visitor.errors() == []
        yield room
        assert (room.problems, visitor.outside, lab.outside()) == ([], [], [])
        visitor.leave()

    def until(self, holds: Callable[[AppView], object]) -> None:
        """Wait until something holds in the workspace, as anybody else may read it."""
        until = time.monotonic() + PATIENCE
        with wb.open(self.folder) as ws:
            while not holds(ws.app(agenda.APP)):
                assert time.monotonic() < until, f"{holds} did not come true; {self.said()}"
                self.visitor.page.wait_for_timeout(50)

    def others(self, calls: list[agenda.Call]) -> None:
        """Let the others do what the script says, in a kernel that is not the facilitator's."""
        with wb.open(self.folder) as ws:
            app = ws.app(agenda.APP)
            for call in calls:
                agenda.make(app, app.workshops.open(actor=agenda.ACTOR), call)

    def sees(self, text: str) -> None:
        """Wait until a text can be seen on the page of the workshop."""
        self.visitor.page.locator(".tw-panel").get_by_text(text).first.wait_for(timeout=PATIENCE * 1000)

    def said(self) -> str:
        """Return what the page says, for a test that fails."""
        return "\n".join(panel.inner_text() for panel in self.visitor.page.locator(".tw-is-workshop").all())


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """Return a JupyterLab on a workspace with one app, before its workshop; `ana` facilitates."""
    with wb.init(tmp_path / "team") as ws:
        agenda.new_app(ws)
    config = tmp_path / "team" / "workbench.toml"
    config.write_text(f'actor = "{agenda.ACTOR}"\n' + config.read_text(encoding="utf-8"), encoding="utf-8")
    with Lab.running(tmp_path / "team", tmp_path / "home") as running:
        yield running


def theirs(step: str) -> list[agenda.Call]:
    """Return what the script lets the others do in a step."""
    return [call for call in agenda.calls(step) if call.what in THEIRS]


def start(room: Room, keys: Keyboard) -> None:
    """Go from the notebook into the page, and start."""
    room.visitor.page.locator(".tw-is-workshop [data-arrive]").focus()
    keys.reach("Start", "Start a workshop")
    keys.press("Enter")
    arrived(keys, "Welcome")


def arrived(keys: Keyboard, title: str) -> None:
    """Wait until the page shows a step and the focus is at its title."""
    keys.page.wait_for_function(
        "title => document.activeElement.innerText === title", arg=title, timeout=PATIENCE * 1000
    )


def go_on(keys: Keyboard, title: str) -> None:
    """Go to the next step by its key."""
    keys.press("Alt+n")
    arrived(keys, title)


def welcome(room: Room, keys: Keyboard) -> None:
    """Say who is here and what is looked at; park a question."""
    roles = {"ana": "leads the talk,writes it down", "ben": "decides", "cleo": "thinks like an attacker",
             "dora": "knows how it works,speaks for those affected"}  # fmt: skip
    for number, (name, does) in enumerate(roles.items(), 1):
        keys.fill("Name", name, "Add somebody")
        for role in does.split(","):
            keys.reach(role)
            keys.press("Space")
        keys.press("Enter")
        room.until(lambda app, number=number: len(app.workshops.open().attendance) == number)
        keys.page.wait_for_function("() => document.activeElement.value === ''")
    keys.fill("In scope", "Complaints from the form to the answer")
    keys.fill("Not today", "Payments")
    keys.press("Control+Enter")
    room.until(lambda app: app.workshops.open().record.out_of_scope == "Payments")
    keys.press("Alt+p")
    keys.fill("What do we come back to?", "Who pays for the chat vendor?")
    keys.press("Control+Enter")
    closed(keys, "For later")
    room.until(lambda app: len(app.workshops.open().parked) == 1)


def value(room: Room, keys: Keyboard) -> None:
    """Say what the app is good for, and for whom it is not."""
    labels = {"value": "What is that worth?", "benefits": "Who is better off?", "harmed": "Who could be hurt",
              "nobody_harmed": "Or: why could nobody"}  # fmt: skip
    for number, call in enumerate((c for c in agenda.calls("value") if c.what == "session.feature"), 1):
        keys.fill("What does the app do for people?", call.args[0])
        for name, text in call.fields.items():
            keys.fill(labels[name], text)
        keys.press("Enter")
        room.until(lambda app, number=number: len(app.workshops.open().features) == number)


def picture(room: Room, keys: Keyboard) -> None:
    """Write the flows; the others know the details, and doubt one."""
    for call in (c for c in agenda.calls("picture") if c.what == "app.quick"):
        keys.fill("Add to Complaints", call.args[0])
        keys.press("Enter")
        room.sees(f"Added: {call.args[0]}")
    room.others(theirs("picture"))
    room.sees("2 with votes still hidden")
    keys.reach("Is this true?", key="Shift+Tab")
    keys.press("Enter")
    keys.reach("Show the votes")
    keys.press("Enter")
    room.until(lambda app: app.workshops.open().votes(agenda.TO_ARCHIVE).revealed)
    keys.press("e")
    room.until(lambda app: app.workshops.open().record.steps[-1].extended == 5)


def wrong(room: Room, keys: Keyboard) -> None:
    """Turn the others' cards over; one becomes a whole story, two rough ones, one goes."""
    room.others(theirs("wrong"))
    room.sees("4 cards, 4 of them still face down")
    keys.reach("Turn all cards over")
    keys.press("Enter")
    room.sees("The coffee machine breaks")
    for call in (c for c in agenda.calls("wrong") if c.what in {"session.keep", "session.drop"}):
        card = CARDS[call.args[0]]
        does = "Set aside" if call.what == "session.drop" else "Tell the story" if call.fields else "Keep"
        keys.reach(f"{does}: {card}")
        keys.press("Enter")
        if does == "Tell the story":
            for name, text in call.fields.items():
                keys.fill(SLOTS[name], text, f"Tell the story of: {card}")
            keys.press("Enter")
        room.visitor.page.get_by_text(f"{card} {card_by(call)}").wait_for(state="detached")


def bad(room: Room, keys: Keyboard) -> None:
    """Show what the others voted, and write down what the room agrees on."""
    room.others(theirs("bad"))
    room.sees("Show the votes (2)")
    keys.reach("Show the votes")
    keys.press("Enter")
    room.sees("We see this differently")
    flood, letter = (c for c in agenda.calls("bad") if c.what == "session.settle")
    settle(keys, flood, STORIES[agenda.FLOOD])
    room.until(lambda app: severity(app, STORIES[agenda.FLOOD]) == "Medium")
    keys.reach("We agree on this", STORIES[agenda.FLOOD])
    settle(keys, letter, STORIES[agenda.LETTER], key="Shift+Tab")
    room.until(lambda app: severity(app, STORIES[agenda.LETTER]) == "High")


def settle(keys: Keyboard, call: agenda.Call, story: str, key: str = "Tab") -> None:
    """Choose both levels and say why."""
    form = f"What we agree on: {story}"
    keys.reach("How often?", form, key=key)
    keys.type(str(call.fields["likelihood"]))
    keys.reach("How bad?", form)
    keys.type(str(call.fields["impact"]))
    keys.fill("Why", call.fields["why"], form)
    keys.press("Enter")


def do(room: Room, keys: Keyboard) -> None:
    """Answer one story with a measure and one with something to do; then what was decided, assumed and not known."""
    calls = [call for call in agenda.calls("do") if call.what != "session.next"]
    respond, action, decide, assume, ask = (call.fields | {"text": "".join(call.args)} for call in calls)
    letter, flood = STORIES[agenda.LETTER], STORIES[agenda.FLOOD]
    keys.reach("What do we do about it?", letter)
    keys.press("Enter")
    form = f"To do about: {letter}"
    keys.fill("Or only: what is to be done", action["text"], form)
    keys.fill("Who does it", action["owner"], form)
    keys.fill("Done by", day(action["due"]), form)
    keys.press("Enter")
    room.until(lambda app: len(app.actions) == 1)
    keys.reach("What do we do about it?", flood)
    keys.press("Enter")
    form = f"What we do about: {flood}"
    keys.fill("What we do", respond["mitigation"], form)
    keys.fill("Who", respond["owner"], form)
    keys.fill("By when", day(respond["due"]), form)
    keys.fill("Why", respond["why"], form)
    keys.press("Enter")
    room.until(lambda app: any(app.threats["mitigations"]))
    room.sees(f"{respond['mitigation']} (planned)")
    note(keys, "d", "Decision", {"What was decided?": decide["text"], "Why": decide["why"], "Who decided": decide["who"][0],
         "Who sees it differently": decide["dissent"], "Look at it again on": day(decide["revisit_on"])})  # fmt: skip
    note(keys, "a", "Assumption", {"What do we take for true?": assume["text"], "Who could check it": assume["owner"]})
    note(keys, "q", "Question", {"What do we not know?": ask["text"], "Who could answer": ask["owner"]})


def note(keys: Keyboard, key: str, title: str, fields: dict[str, str]) -> None:
    """Write something down by its key, and be back where one was."""
    before = keys.focused
    keys.press(f"Alt+{key}")
    for name, text in fields.items():
        keys.fill(name, text, title)
    keys.press("Enter")
    closed(keys, title)
    assert keys.focused == before


def closed(keys: Keyboard, title: str) -> None:
    """Wait until a dialog is gone: while it is there, keys are for it alone."""
    keys.page.get_by_role("dialog", name=title).wait_for(state="detached", timeout=PATIENCE * 1000)


def enough(room: Room, keys: Keyboard) -> None:
    """Show how sure the room is, give away what was parked, close with a date."""
    route, close = (c.fields for c in agenda.calls("enough") if c.what in {"session.route", "session.close"})
    room.others(theirs("enough"))
    room.sees("3 voted")
    keys.reach("Show the votes")
    keys.press("Enter")
    keys.fill("Who takes it", route["owner"], "Give away: Who pays for the chat vendor?")
    keys.fill("By when", day(route["due"]))
    keys.press("Enter")
    room.sees("taken by ben")
    keys.reach("What now?", key="Shift+Tab")
    keys.press("ArrowDown")
    keys.fill("We look at it again on", day(close["next_on"]))
    keys.press("Enter")
    arrived(keys, "Done. This is what everybody takes home")


CARDS = {f"card:{{w}}/{by}-{number}": text for by, number, text in (
    ("cleo", 1, "A script fills the form a thousand times"), ("cleo", 2, "Someone else reads complaints in the chat"),
    ("dora", 1, "A complaint tells the writer to send us all letters"), ("ben", 1, "The coffee machine breaks"),
)}  # fmt: skip
SLOTS = {"actor": "Who", "access": "with what access", "action": "does what", "asset": "to what", "harm": "so that"}
STORIES = {agenda.FLOOD: "A bored stranger, with the address of the form", agenda.LETTER: CARDS["card:{w}/dora-1"]}
TITLES = ("Welcome", "Value and harm", "What are we working on?", "What can go wrong?", "How bad is it?",
          "What are we going to do about it?", "Did we do a good enough job?")  # fmt: skip
PLAY = (welcome, value, picture, wrong, bad, do, enough)


def card_by(call: agenda.Call) -> str:
    """Return who wrote the card that a call is about."""
    return str(call.args[0]).rpartition("/")[2].partition("-")[0]


def day(date: Any) -> str:
    """Return a day as it is typed into a date field of an American browser."""
    return f"{date:%m%d%Y}"


def severity(app: AppView, story: str) -> str | None:
    """Return how a story is rated."""
    rows = app.threats[app.threats["title"].str.startswith(story)]
    return rows["severity"].astype(object).iloc[0]


def said(app: AppView) -> dict[str, dict[str, Any]]:
    """Return what is in a model, but for times, places on the canvas and the moments of the ledger."""
    own = [e for e in app.model if not e.id.startswith("placement:")]
    told = {e.id: {k: v for k, v in e.model_dump(mode="json").items() if k not in TIMES} for e in own}
    for record in told.values():
        # In which order votes were shown is no part of it either.
        record.update({"revealed": sorted(record["revealed"])} if "revealed" in record else {})
    return told


def expected(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what the Python calls give; on the page, the facilitator parks for the room, and a card goes in one press."""
    script = [replace(c, fields={}) if c.what in {"session.park", "session.drop"} else c for c in agenda.SCRIPT]
    with wb.init(folder) as ws:
        app = agenda.new_app(ws)
        agenda.run(app, app.workshops.start("full", actor=agenda.ACTOR), tuple(script))
        return said(app)


def test_the_whole_workshop_by_keyboard_alone(chromium: Browser, lab: Lab, tmp_path: Path) -> None:
    """90 minutes' agenda, twelve elements, four people: the page gives the model that the Python calls give."""
    with Room.open(chromium, lab) as room:
        keys = Keyboard(room.visitor.page)
        start(room, keys)
        for play, title in zip(PLAY, (*TITLES[1:], None), strict=True):
            before = keys.presses, keys.tabs, keys.letters
            play(room, keys)
            if title is not None:
                go_on(keys, title)
            pressed = [now - then for now, then in zip((keys.presses, keys.tabs, keys.letters), before, strict=True)]
            print(f"{play.__name__}: {pressed[0]} keys ({pressed[1]} of them Tab), {pressed[2]} letters")  # noqa: T201
        print(f"all: {keys.presses} keys ({keys.tabs} of them Tab), {keys.letters} letters")  # noqa: T201
        with wb.open(room.folder) as ws:
            assert said(ws.app(agenda.APP)) == expected(tmp_path / "reference")
        assert len(list((room.folder / "reports").glob("*"))) == 4


def test_nothing_is_lost_when_kernel_page_or_cells_go(chromium: Browser, lab: Lab) -> None:
    """A killed kernel, cells that run again, a page that is loaded again: the same step, and what was being typed."""
    with Room.open(chromium, lab) as room:
        page, keys = room.visitor.page, Keyboard(room.visitor.page)
        start(room, keys)
        go_on(keys, "Value and harm")
        keys.fill("What does the app do for people?", "Answer within a d")
        room.visitor.kill_kernel()
        keys.page.get_by_label("What does the app do for people?").focus()
        keys.press("End")
        keys.type("ay")
        room.visitor.run_all()
        assert still_there(room) == ("Value and harm", "Answer within a day")
        room.visitor.run_all()
        assert still_there(room) == ("Value and harm", "Answer within a day")
        room.visitor.open(NOTEBOOK)
        room.visitor.run_all()
        assert still_there(room) == ("Value and harm", "Answer within a day")
        page.get_by_label("What does the app do for people?").press("Enter")
        room.until(lambda app: list(app.workshops.open().features["name"]) == ["Answer within a day"])
        # What the dead kernel leaves behind in the page is not the workshop's.
        room.problems.clear()


def still_there(room: Room) -> tuple[str, str]:
    """Return the step and what stands in the first field, once the page is drawn."""
    panel = room.visitor.page.locator(".tw-is-workshop").last
    panel.locator(".tw-stage").wait_for(timeout=PATIENCE * 1000)
    return panel.get_by_role("heading").first.inner_text(), panel.get_by_label(
        "What does the app do for people?"
    ).input_value()


def test_two_facilitators_in_two_browsers(chromium: Browser, lab: Lab) -> None:
    """Each sees what the other does without asking; when both go on at once, one step is taken and one is told."""
    notebooks = lab.workspace / "notebooks"
    shutil.copy(notebooks / NOTEBOOK, notebooks / "another.ipynb")
    with Room.open(chromium, lab) as room, Room.open(chromium, lab, "another.ipynb") as another:
        pages = [each.visitor.page for each in (room, another)]
        start(room, Keyboard(pages[0]))
        pages[1].get_by_role("heading", name="Welcome").wait_for(timeout=PATIENCE * 1000)
        pages[1].get_by_label("Name", exact=True).fill("ben")
        begun = time.monotonic()
        pages[1].keyboard.press("Enter")
        pages[0].get_by_role("listitem").get_by_text("ben", exact=True).wait_for(timeout=PATIENCE * 1000)
        print(f"the other facilitator saw it after {time.monotonic() - begun:.2f} s")  # noqa: T201
        # What is pressed there goes out only when the step has been taken already.
        pages[1].evaluate(HOLD)
        pages[1].keyboard.press("Alt+n")
        go_on(Keyboard(pages[0]), "Value and harm")
        pages[1].evaluate("() => window.release()")
        pages[1].get_by_role("alert").get_by_text("somebody else was quicker").wait_for(timeout=PATIENCE * 1000)
        pages[1].get_by_role("heading", name="Value and harm").wait_for(timeout=PATIENCE * 1000)
        room.until(lambda app: [run.step for run in app.workshops.open().record.steps] == ["open", "value"])
        assert pages[0].get_by_role("alert").get_by_text("somebody else was quicker").count() == 0


def test_notebook_7_shows_the_page_too(chromium: Browser, lab: Lab) -> None:
    """In Jupyter Notebook the same notebook shows the page, and a workshop starts; keys of its own stay its own."""
    visitor = Visitor.enter(chromium, lab)
    page = visitor.page
    page.set_default_timeout(PATIENCE * 1000)
    visitor.open_in_notebook_7(NOTEBOOK)
    visitor.run_all()
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("heading", name="Welcome").wait_for()
    page.locator(".jp-Cell .jp-InputPrompt").first.click()
    page.keyboard.press("p")
    assert page.get_by_role("dialog", name="For later").count() == 0
    page.locator(".tw-is-workshop [data-arrive]").focus()
    page.keyboard.press("p")
    page.get_by_role("dialog", name="For later").wait_for()
    page.context.close()
