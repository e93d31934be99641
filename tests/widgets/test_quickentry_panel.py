"""Quick entry does what AppView does: the same model, one step a line, and tells what it will do before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from payloads import ALL

import workbench as wb
from workbench import quick
from workbench.model import diff
from workbench.widgets.quickentry import QuickEntry

if TYPE_CHECKING:
    from workbench.appview import AppView

LINE = "Order form -> Check order @Our network -> Stock table : name, card number !"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[AppView]:
    """Return an app with nothing in it."""
    with wb.init(tmp_path / "widget") as ws:
        yield ws.new_app("Orders", why="test", actor="ana")


@pytest.fixture
def script(tmp_path: Path) -> Iterator[AppView]:
    """Return an equal app that a script changes."""
    with wb.init(tmp_path / "script") as ws:
        yield ws.new_app("Orders", why="test", actor="ana")


@pytest.fixture
def entry(app: AppView) -> QuickEntry:
    """Return ana's field."""
    return QuickEntry(app, actor="ana")


def test_a_line_gives_the_model_that_a_script_gives(entry: QuickEntry, script: AppView) -> None:
    """It is one step in the actor's name, with the line as its reason, and what it did is told."""
    made = entry.call("enter", text=LINE)
    script.quick(LINE, actor="ana")

    assert diff(entry.app.workspace.model, script.workspace.model) == []
    assert entry.app.history.iloc[-1][["actor", "why"]].tolist() == ["ana", f"quick entry: {LINE}"]
    assert made["changes"] == len(entry.app.workspace.ledger.batches()[-1].changes)
    assert {item["does"] for item in made["items"]} == {"new", "changed"}


def test_what_is_told_before_is_what_is_done(entry: QuickEntry) -> None:
    """A look writes nothing and says the same as entering does."""
    head = entry.app.workspace.ledger.head
    told = entry.call("look", text=LINE, cursor=0)
    assert entry.app.workspace.ledger.head == head
    assert told["items"] == entry.call("enter", text=LINE)["items"]


def test_names_are_offered_where_the_cursor_is(entry: QuickEntry) -> None:
    """Places are characters of Python, also behind signs that a browser counts twice."""
    entry.call("enter", text=LINE)
    text = "😀😀 -> Che"
    (name,) = entry.call("look", text=text, cursor=len(text))["names"]
    assert (name["text"], name["replaces"]) == ("Check order", [6, 9])


def test_a_wrong_line_says_where_and_is_refused(entry: QuickEntry) -> None:
    """The place of what is wrong is told while it is typed; entering it changes nothing."""
    text = "A -> B : c -> d"
    problem = entry.call("look", text=text, cursor=len(text))["problem"]
    assert text[problem["start"] : problem["end"]] == "c -> d"
    head = entry.app.workspace.ledger.head
    with pytest.raises(quick.QuickError, match="flows come before the colon"):
        entry.call("enter", text=text)
    assert entry.app.workspace.ledger.head == head


def test_a_kind_is_chosen_in_the_line_itself(entry: QuickEntry) -> None:
    """The line that comes back makes an element of that kind, or of one that nobody knows."""
    assert entry.call("kind", text="Mailer -> Box", start=0, kind="mail") == "Mailer (mail) -> Box"
    assert entry.call("kind", text="Mailer -> Box", start=10) == "Mailer -> Box?"


def test_own_lines_come_back_newest_first(entry: QuickEntry) -> None:
    """Those of others, of other apps and of no line do not; a line that was taken back does."""
    for line in ("A -> B", "C -> D", "A -> B : x"):
        entry.call("enter", text=line)
    QuickEntry(entry.app, actor="ben").call("enter", text="E -> F")
    other = entry.app.workspace.new_app("Other", why="test", actor="ana")
    other.quick("G -> H", actor="ana")
    entry.call("undo")

    assert entry.call("lines") == ["A -> B : x", "C -> D", "A -> B"]


def test_undo_and_redo_say_what_they_are_about(entry: QuickEntry) -> None:
    """One's own steps only, by their lines, or in words where they were none."""
    entry.call("enter", text="A -> B")
    with entry.app.edit(why="drawn", actor="ana") as m:
        m.rename("A", "Alpha")
    QuickEntry(entry.app, actor="ben").call("enter", text="C -> D")

    assert entry.call("undo") == "process “Alpha”: name from A to Alpha"
    assert entry.call("undo") == "“A -> B”"
    assert {e.name for e in entry.app.model} == {"Orders", "C", "D", "C → D"}
    with pytest.raises(wb.UsageError, match="no step"):
        entry.call("undo")
    assert entry.call("redo") == "“A -> B”"


def test_any_text_is_looked_at_without_an_error(entry: QuickEntry) -> None:
    """Whatever is typed, the field gets an answer."""
    for text in ALL:
        told = entry.call("look", text=text, cursor=len(text))
        assert told["ready"] or told["problem"] or told["missing"]
