"""Two people fill in a form about one element: what does not overlap is merged, what does is shown with both versions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import workbench as wb
from workbench import forms
from workbench.ledger import Ledger
from workbench.model import DataField, Flow, Service, Store

if TYPE_CHECKING:
    from workbench.appview import AppView

TABLE = "orders/store:stock-table"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[AppView]:
    with wb.init(tmp_path / "team") as ws:
        view = ws.new_app("Orders", why="a new app", actor="ana")
        view.quick("Order form -> Check order @Our network -> Stock table : name, card number", actor="ana")
        yield view


def opened(app: AppView, element: str = TABLE) -> dict[str, Any]:
    """Return what somebody sees who opens the form."""
    return forms.read(app, element, ids=True)


def held(app: AppView) -> Store:
    """Return the store that the forms are about."""
    element = app.workspace.model[TABLE]
    assert isinstance(element, Store)
    return element


def test_what_two_people_said_about_different_fields_is_both_kept(app: AppView) -> None:
    """A whole form with old answers in it takes nothing back that somebody else has said since."""
    mine, theirs = opened(app), opened(app)
    forms.save(app, "store", theirs | {"backup": "tested", "retention_days": 30}, opened=theirs, actor="ben")
    forms.save(app, "store", mine | {"encrypted_at_rest": True}, opened=mine, actor="ana")

    assert (held(app).backup, held(app).retention_days, held(app).encrypted_at_rest) == ("tested", 30, True)
    assert app.history["actor"].tolist()[-2:] == ["ben", "ana"]


def test_a_field_that_both_changed_is_refused_with_both_versions(app: AppView) -> None:
    """Nothing is written, not even the fields that fit; who, when and why are told."""
    mine = opened(app)
    forms.save(app, "store", mine | {"retention_days": 30}, opened=mine, why="the rule of 2025", actor="ben")
    head = app.workspace.ledger.head
    with pytest.raises(forms.FormConflictError, match=r"Changed by ben.*Days until records are deleted") as refused:
        forms.save(app, "store", mine | {"retention_days": "90", "backup": "none"}, opened=mine, actor="ana")

    (both,) = refused.value.both
    assert (both.field, both.was, both.yours, both.theirs) == ("retention_days", None, "90", 30)
    assert (both.by, both.why) == ("ben", "the rule of 2025")
    assert both.at == app.workspace.ledger.batches()[-1].at
    assert refused.value.more["retention_days"]["by"] == "ben"
    assert app.workspace.ledger.head == head


def test_who_has_seen_the_other_version_may_choose_his_own(app: AppView) -> None:
    """Theirs counts as seen once it is among the answers that the form was opened with."""
    mine = opened(app)
    forms.save(app, "store", mine | {"retention_days": 30}, opened=mine, actor="ben")
    seen = mine | {"retention_days": 30}
    forms.save(app, "store", mine | {"retention_days": 90}, opened=seen, why="the contract says so", actor="ana")

    assert held(app).retention_days == 90


def test_the_same_answer_of_two_people_is_no_conflict(app: AppView) -> None:
    """They agree, in whatever form they wrote it."""
    mine = opened(app)
    forms.save(app, "store", mine | {"retention_days": 30}, opened=mine, actor="ben")

    assert forms.meanwhile(app, "store", mine | {"retention_days": "30"}, mine) == ()
    forms.save(app, "store", mine | {"retention_days": "30"}, opened=mine, actor="ana")
    assert app.history["actor"].iloc[-1] == "ben"


def test_the_order_of_a_list_is_no_change(app: AppView) -> None:
    """Data in another order, or by name and not by id, is the same data."""
    flow = app.model.of(Flow)[0]
    mine = opened(app, flow.id)
    assert len(mine["data"]) == 2
    assert forms.save(app, "flow", mine | {"data": ["card number", "name"]}, opened=mine) == flow.id
    assert app.workspace.model[flow.id] == flow


def test_a_new_name_of_something_that_is_named_is_no_conflict(app: AppView) -> None:
    """Whoever adds data to a flow is not stopped because a piece of it, or an end, has another name now."""
    flow = app.model.of(Flow)[0]
    mine = opened(app, flow.id)
    with app.edit(why="better names", actor="ben") as edit:
        edit.rename("card number", "card no")
        edit.rename("Order form", "Intake")
    forms.save(app, "flow", mine | {"data": [*mine["data"], "email"]}, opened=mine, actor="ana")

    names = [app.workspace.model[i].name for i in app.workspace.model[flow.id].data]
    assert names == ["name", "card no", "email"]
    assert len(app.model.of(DataField)) == 3


def test_what_was_undone_counts_as_said_by_who_undid_it(app: AppView) -> None:
    """The version that stands is told with the person who made it so."""
    forms.save(app, "store", {"id": TABLE, "backup": "none"}, actor="ana")
    mine = opened(app)
    app.undo(actor="cleo", why="a mistake")
    (both,) = forms.meanwhile(app, "store", mine | {"backup": "tested"}, mine)

    assert (both.was, both.theirs, both.by, both.why) == ("none", None, "cleo", "a mistake")


def test_an_element_that_is_gone_is_told_and_not_made_again(app: AppView) -> None:
    """Removed meanwhile is a problem of the form, not a conflict of fields."""
    mine = opened(app)
    with app.edit(why="not needed", actor="ben") as edit:
        edit.remove(TABLE)
    with pytest.raises(forms.FormError, match="may have removed it") as refused:
        forms.save(app, "store", mine | {"backup": "none"}, opened=mine)

    assert refused.value.problems.keys() == {"id"}
    assert TABLE not in app.workspace.model


def test_two_who_write_in_the_same_moment_are_both_kept(app: AppView, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the ledger has moved between reading and writing, the form is saved on the newest state."""
    mine = opened(app)
    append = Ledger.append

    def slower(*given: Any, **more: Any) -> Any:
        monkeypatch.setattr(Ledger, "append", append)
        with wb.open(app.workspace.path) as other:
            forms.save(other.app(app.id), "store", mine | {"backup": "none"}, opened=mine, actor="ben")
        return append(*given, **more)

    monkeypatch.setattr(Ledger, "append", slower)
    forms.save(app, "store", mine | {"retention_days": 30}, opened=mine, actor="ana")

    assert (held(app).backup, held(app).retention_days) == ("none", 30)


def test_two_who_add_the_same_are_told_where_it_is(app: AppView) -> None:
    """The second one learns that it is there, by name or by the ends of a flow, and overwrites nothing."""
    flow = app.model.of(Flow)[0]
    forms.save(app, "flow", {"id": flow.id, "encrypted": True}, actor="ben")
    again = {"source_id": flow.source_id, "target_id": flow.target_id, "encrypted": None, "data": []}
    with pytest.raises(forms.FormError, match="already"):
        forms.save(app, "flow", again, actor="ana")

    assert forms.twin(app, "flow", again) == flow.id
    assert forms.twin(app, "store", {"name": "stock TABLE"}) == TABLE
    assert forms.twin(app, "store", {"name": "Price list"}) is None
    assert app.workspace.model[flow.id].encrypted is True


def test_a_new_flow_from_another_end_is_named_after_its_ends(app: AppView) -> None:
    """Also where only one end is changed."""
    flow = app.model.of(Flow)[0]
    forms.save(app, "flow", {"id": flow.id, "target_id": "Stock table"}, why="it skips the check")

    assert app.workspace.model[flow.id].name == "Order form → Stock table"


def test_what_is_not_said_about_something_new_leaves_suggestions_alone(app: AppView) -> None:
    """The class that a name suggests is there, though the form said "don't know"."""
    made = forms.save(app, "data", forms.read(app, None, "data") | {"name": "passport number"})
    field = app.workspace.model[made]

    assert isinstance(field, DataField)
    assert (field.suggested, field.classification, field.identifier) == ("restricted", None, True)


@pytest.mark.parametrize(
    ("kind", "field", "name", "made"),
    [
        ("flow", "target_id", "Price list", "store"),
        ("flow", "source_id", "Something odd", "process"),
        ("flow", "source_id", "stock table", "store"),
        ("connection", "service", "Something odd", "service"),
        ("entry_point", "starts", "Price list", "process"),
        ("store", "boundary", "Cloud", "boundary"),
        ("store", "data", "email", "data"),
    ],
)
def test_what_a_field_needs_can_be_made_at_once(app: AppView, kind: str, field: str, name: str, made: str) -> None:
    """It is of a noun that the field takes, the one that its name suggests if that fits; what is there is used."""
    result = forms.make(app, kind, field, f" {name} ", actor="ana")
    element = app.workspace.model[result]
    assert (element.noun, element.name.casefold()) == (made, name.casefold())
    assert forms.make(app, kind, field, name) == element.id


def test_only_what_can_be_there_is_made(app: AppView) -> None:
    """A field that takes words, or a name of nothing, makes nothing."""
    for field, name in (("region", "Europe"), ("boundary", "  ")):
        with pytest.raises(wb.UsageError, match="cannot be made here"):
            forms.make(app, "store", field, name)
    assert not [e for e in app.model if isinstance(e, Service)]
