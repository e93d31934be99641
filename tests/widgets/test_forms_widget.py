"""What the forms do is what `workbench.forms` does: one step each, nothing overwritten unseen, nothing kept elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import workbench as wb
from workbench import forms
from workbench.model import NOUNS, diff
from workbench.widgets.forms import Forms

if TYPE_CHECKING:
    from workbench.appview import AppView

TABLE = "orders/store:stock-table"
LINE = "Order form -> Check order @Our network -> Stock table : name, card number"


def made(folder: Path) -> AppView:
    """Return a small app that was entered by a script."""
    app = wb.init(folder).new_app("Orders", why="test", actor="ana")
    app.quick(LINE, actor="ana")
    return app


@pytest.fixture
def app(tmp_path: Path) -> Iterator[AppView]:
    """Return the app that the forms change."""
    view = made(tmp_path / "widget")
    yield view
    view.workspace.close()


@pytest.fixture
def script(tmp_path: Path) -> Iterator[AppView]:
    """Return an equal app that a script changes."""
    view = made(tmp_path / "script")
    yield view
    view.workspace.close()


@pytest.fixture
def panel(app: AppView) -> Forms:
    """Return ana's forms."""
    return Forms(app, actor="ana")


SAVED: dict[str, tuple[str, dict[str, Any], str]] = {
    "a new store": ("store", {"name": "Price list", "backup": "none", "data": ["price"]}, ""),
    "a new flow": ("flow", {"source_id": TABLE, "target_id": "orders/process:check-order", "encrypted": True}, ""),
    "an owner": ("owner", {"id": TABLE, "owner": "ben"}, ""),
    "an answer that nobody knew": ("store", {"id": TABLE, "retention_days": "30"}, ""),
    "another kind, with the reason": ("store", {"id": TABLE, "kind": "database"}, "it was moved"),
}


@pytest.mark.parametrize("name", SAVED)
def test_a_saved_form_gives_the_model_that_a_script_gives(name: str, panel: Forms, script: AppView) -> None:
    """The models are equal, and it was one step in the actor's name."""
    kind, values, why = SAVED[name]
    before = len(panel.app.history)
    opened = (
        {field: None for field in values if field != "id"}
        if name != "another kind, with the reason"
        else {"kind": "table"}
    )
    result = panel.call("save", kind=kind, values=values, opened=opened, why=why)
    assert result == forms.save(script, kind, values, why=why, actor="ana")

    assert diff(panel.app.workspace.model, script.workspace.model) == []
    assert len(panel.app.history) == before + 1
    assert panel.app.history["actor"].iloc[-1] == "ana"


def test_what_can_be_made_in_a_field_is_made_as_a_script_does(panel: Forms, script: AppView) -> None:
    """It is a step of its own, and can be chosen at once."""
    result = panel.call("make", kind="store", field="boundary", name="Cloud")
    forms.make(script, "store", "boundary", "Cloud", actor="ana")
    assert diff(panel.app.workspace.model, script.workspace.model) == []
    assert result in {element["id"] for element in panel.view["elements"]}


def test_all_forms_and_all_that_they_are_about_are_shown(panel: Forms) -> None:
    """The forms travel once, as JSON; each element of the app is there with what is not known about it."""
    assert [form["id"] for form in json.loads(json.dumps(panel.asks))] == [form.id for form in forms.forms()]
    shown = {element["id"]: element for element in panel.view["elements"]}
    asked = {form.noun for form in forms.forms()} & NOUNS.keys()
    assert set(shown) == {e.id for e in panel.app.model if e.noun in asked or e.id == "orders"}
    assert shown[TABLE]["what"] == "Table"
    assert shown[TABLE]["unknown"].keys() == {"store", "owner"}
    panel.call("save", kind="store", values={"id": TABLE, "backup": "none"}, opened={"backup": None})
    after = {element["id"]: element for element in panel.view["elements"]}
    assert after[TABLE]["unknown"]["store"] == shown[TABLE]["unknown"]["store"] - 1


def test_a_flow_has_the_names_that_its_ends_have_now(panel: Forms) -> None:
    """Also after one of them was renamed."""
    with panel.app.edit(why="a better name", actor="ben") as m:
        m.rename("Order form", "Intake")
    panel.refresh()
    names = {element["name"] for element in panel.view["elements"] if element["noun"] == "flow"}
    assert names == {"Intake → Check order", "Check order → Stock table"}


def test_a_look_tells_what_is_wrong_and_writes_nothing(panel: Forms) -> None:
    """What is known, what does not fit, and where a reason is needed, all in one answer."""
    head = panel.app.workspace.ledger.head
    values = {"id": TABLE, "retention_days": "soon", "kind": "database"}
    look = panel.call("look", kind="store", values=values, opened={"retention_days": None, "kind": "table"})

    assert look["now"]["kind"] == "table"
    assert look["problems"].keys() == {"retention_days"}
    assert look["risky"] == ["What kind of store"]
    assert (look["both"], look["twin"], look["gone"]) == ({}, None, None)
    assert panel.app.workspace.ledger.head == head


def test_somebody_else_at_the_same_answer_is_told_before_and_when_saving(panel: Forms) -> None:
    """Both versions, with who, when and why; nothing is written until somebody chooses."""
    forms.save(panel.app, "store", {"id": TABLE, "backup": "tested"}, why="tried it", actor="ben")
    given = {"kind": "store", "values": {"id": TABLE, "backup": "none"}, "opened": {"backup": None}}
    both = panel.call("look", **given)["both"]["backup"]
    assert {k: both[k] for k in ("was", "yours", "theirs", "by", "why")} == {
        "was": None, "yours": "none", "theirs": "tested", "by": "ben", "why": "tried it",
    }  # fmt: skip

    answers: list[dict[str, Any]] = []
    panel.send = answers.append
    panel._asked(panel, {"call": "save", "given": given, "id": "1"}, [])
    assert (answers[0]["place"], answers[0]["more"]["backup"]["theirs"]) == ("meanwhile", "tested")
    panel._asked(panel, {"call": "save", "given": {**given, "opened": {"backup": "tested"}}, "id": "2"}, [])
    assert (answers[1]["place"], list(answers[1]["more"])) == ("fields", ["why"])


def test_what_is_gone_is_told_with_who_removed_it(panel: Forms) -> None:
    """A form of it stays open, with what was typed; it is not made again by saving."""
    with panel.app.edit(why="not needed", actor="ben") as m:
        m.remove(TABLE)
    look = panel.call("look", kind="store", values={"id": TABLE, "backup": "none"}, opened={"backup": None})
    assert look["now"] is None
    assert (look["gone"]["by"], look["gone"]["why"]) == ("ben", "not needed")
    with pytest.raises(forms.FormError, match="may have removed it"):
        panel.call("save", kind="store", values={"id": TABLE, "backup": "none"}, opened={"backup": None})
    with pytest.raises(wb.UsageError, match="there never was"):
        panel.call("look", kind="store", values={"id": "orders/store:none"})


def test_what_is_there_already_is_named(panel: Forms) -> None:
    """So that the answers can be put there."""
    assert panel.call("look", kind="store", values={"name": "stock table"})["twin"] == TABLE


def test_what_a_name_suggests_is_told_until_somebody_says_more(panel: Forms) -> None:
    """Whoever says less than the name suggests is asked why, so the suggestion must be in sight."""
    card = next(e.id for e in panel.app.model if e.name == "card number")
    look = panel.call("look", kind="data", values={"id": card})
    assert look["suggests"] == {"classification": "restricted", "personal": True}
    panel.call("save", kind="data", values={"id": card, "personal": True}, opened={"personal": None})
    assert panel.call("look", kind="data", values={"id": card})["suggests"] == {"classification": "restricted"}


def test_undo_says_what_it_took_back(panel: Forms) -> None:
    """One's own newest step."""
    panel.call("save", kind="store", values={"id": TABLE, "backup": "none"}, opened={"backup": None})
    forms.save(panel.app, "store", {"id": TABLE, "region": "Europe"}, actor="ben")
    with pytest.raises(ValueError, match="changed meanwhile"):
        panel.call("undo")
    panel.app.undo(actor="ben")
    assert panel.call("undo") == "store “Stock table”: backup from unknown to none"
