"""What every panel does: show the state, answer calls, say what is refused, keep drafts, see what others do."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

import workbench as wb
from workbench.widgets.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workbench.appview import AppView


class Names(Panel):
    """A panel that shows the names of an app's elements."""

    bundle: ClassVar[str] = "activity"
    broken = False

    def _state(self) -> dict[str, Any]:
        if self.broken:
            raise KeyError("no such thing")
        return {"names": sorted(e.name for e in self.app.model)}

    def do_add(self, name: str) -> str:
        """Add a step."""
        with self.app.edit(why="test", actor=self.actor) as m:
            return m.process(name).id

    def do_fail(self) -> None:
        """Fail as a defect of ours would."""
        raise RuntimeError("a defect")


class Slow(Names):
    """A panel that takes its time between reading and showing, when a test says so."""

    reading: threading.Event | None = None
    go_on = threading.Event()

    def _state(self) -> dict[str, Any]:
        state = super()._state()
        if self.reading is not None and not self.reading.is_set():
            self.reading.set()
            self.go_on.wait(20)
        return state


@pytest.fixture
def app(tmp_path: Path) -> Iterator[AppView]:
    """Return an app with nothing in it."""
    with wb.init(tmp_path / "team") as ws:
        yield ws.new_app("Orders", why="test", actor="ana")


@pytest.fixture
def panel(app: AppView, monkeypatch: pytest.MonkeyPatch) -> Names:
    """Return a panel whose answers to the browser are kept in `answers`."""
    made = Names(app, actor="ana")
    made.answers = []  # type: ignore[attr-defined]
    monkeypatch.setattr(made, "send", made.answers.append)  # type: ignore[attr-defined]
    return made


def ask(panel: Any, call: str, **given: Any) -> dict[str, Any]:
    """Ask as the browser does, and return the answer."""
    panel._asked(panel, {"call": call, "given": given, "id": "7"}, [])
    return panel.answers.pop()


def test_what_the_browser_asks_for_is_done_and_shown(panel: Names) -> None:
    """A call changes the ledger in the actor's name, the answer has its value, and the view follows."""
    assert ask(panel, "add", name="Check order") == {"id": "7", "value": "orders/process:check-order"}
    assert panel.view["names"] == ["Check order", "Orders"]
    assert panel.app.history["actor"].iloc[-1] == "ana"


@pytest.mark.parametrize(
    ("call", "given", "said"),
    [
        ("destroy", {}, "has no 'destroy'"),
        ("add", {}, "add was asked with nothing"),
        ("add", {"name": "x", "more": 1}, "add was asked with name, more"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(panel: Names, call: str, given: dict[str, Any], said: str) -> None:
    """Unknown calls and wrong arguments are answered, and change nothing."""
    before = panel.app.workspace.ledger.head
    assert said in ask(panel, call, **given)["problem"]
    assert panel.app.workspace.ledger.head == before


def test_a_defect_is_shown_to_who_pressed_the_button(panel: Names, caplog: pytest.LogCaptureFixture) -> None:
    """An error of ours is not swallowed: the person sees it, the log has its place."""
    assert ask(panel, "fail")["problem"] == "This went wrong and nothing was saved: RuntimeError: a defect"
    assert "test_panel.py" in caplog.text


def test_a_state_that_cannot_be_shown_says_so_and_keeps_what_was_shown(panel: Names) -> None:
    """What was last seen stays, with the reason why it is not the newest."""
    panel.broken = True
    panel.refresh()
    assert panel.view["names"] == ["Orders"]
    assert "cannot be shown" in panel.view["problem"]


def test_drafts_outlive_the_panel(panel: Names) -> None:
    """A new panel for the same person shows what was being typed; another person's does not; sent text is forgotten."""
    ask(panel, "draft", name="line", text="Order form -> ")
    assert Names(panel.app, actor="ana").view["drafts"] == {"line": "Order form -> "}
    assert Names(panel.app, actor="ben").view["drafts"] == {}
    ask(panel, "draft", name="line", text="")
    assert Names(panel.app, actor="ana").view["drafts"] == {}


def test_drafts_are_no_part_of_the_history(panel: Names) -> None:
    """What was typed and not sent leaves no trace in the ledger."""
    before = panel.app.workspace.ledger.head
    ask(panel, "draft", name="line", text="half a thought")
    assert panel.app.workspace.ledger.head == before


def test_a_panel_sees_what_another_kernel_did(panel: Names) -> None:
    """The watcher looks at the file, not at this workspace's own calls."""
    with wb.open(panel.app.workspace.path) as other, other.app("Orders").edit(why="test", actor="ben") as m:
        m.store("Stock")
    assert panel.view["names"] == ["Orders"]
    panel._watcher.look()
    assert panel.view["names"] == ["Orders", "Stock"]


def test_an_older_state_never_covers_a_newer_one(app: AppView) -> None:
    """Jupyter asks in one thread while another looks at the ledger: what is shown last is what is newest."""
    panel = Slow(app, actor="ana")
    panel.reading, panel.go_on = threading.Event(), threading.Event()
    with app.edit(why="test", actor="ben") as m:
        m.process("Check order")
    looking = threading.Thread(target=panel._watcher.look)
    looking.start()
    assert panel.reading.wait(20)
    asking = threading.Thread(target=panel.call, args=("add",), kwargs={"name": "Send letter"})
    asking.start()
    # Without an order between the two, this call would be over now, and shown.
    asking.join(1)
    panel.go_on.set()
    for thread in (looking, asking):
        thread.join(20)
    assert panel.view["names"] == ["Check order", "Orders", "Send letter"]
