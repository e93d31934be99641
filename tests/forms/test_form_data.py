"""Forms: what is asked in which words, filled in by people, saved as one step."""

from __future__ import annotations

import types
import typing
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import pytest

import workbench as wb
from workbench import forms
from workbench.model import ELEMENTS, NOUNS, Boundary, DataField, EntryPoint, Flow, Process, Store
from workbench.places import share
from workbench.rules import yaml_file

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.appview import AppView
    from workbench.workspace import Workspace

CONTENT = yaml_file.read(share("data", "words", "forms.yaml"))
FIELDS = [(form, field) for form in forms.forms() for field in form.fields]


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    with wb.init(tmp_path / "team") as workspace:
        yield workspace


@pytest.fixture
def app(ws: Workspace) -> AppView:
    view = ws.new_app("Orders", why="a new app", actor="ana")
    view.quick("Order form -> Check order @Our network -> Stock table : name, card number")
    return view


def literals(annotation: Any) -> tuple[str, ...]:
    """Return the values that a field may have, also within a tuple."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if get_origin(annotation) in (typing.Union, types.UnionType, tuple):
        return tuple(value for part in get_args(annotation) for value in literals(part))
    return ()


@pytest.mark.parametrize(("form", "field"), FIELDS, ids=lambda x: getattr(x, "id", getattr(x, "name", "")))
def test_every_field_is_one_of_the_model_in_words(form: forms.Form, field: forms.Field):
    """A field exists in the model, has a label and a sentence, and words for every value that it can have."""
    classes = [NOUNS[form.noun]] if form.noun else list(ELEMENTS)
    for cls in classes:
        held = cls.model_fields[field.name]
        values = literals(held.annotation)
        assert field.sort == "yes_no" or tuple(c.value for c in field.choices) == values
    assert field.label
    assert field.help.endswith(("?", ".", "…")) or ", such as" in field.help or ", without" in field.help
    assert all(c.words and c.words != c.value for c in field.choices)


def test_no_words_are_left_over():
    """Words that no field uses, and forms of nouns that do not exist, are mistakes in the file."""
    used = {name for form, field in FIELDS for name in (field.name, f"{form.noun}.{field.name}")}
    assert set(CONTENT["words"]) <= used
    assert {f.noun for f in forms.forms()} <= {*NOUNS, None}
    for name, words in CONTENT["words"].items():
        known = {
            c.value
            for form, field in FIELDS
            if name in (field.name, f"{form.noun}.{field.name}")
            for c in field.choices
        }
        assert set(words) == known


def test_people_can_say_that_they_do_not_know_everything(app: AppView):
    """An element of every noun can be saved with nothing but what makes it, and all else is not known."""
    for form in forms.forms():
        if form.noun is None:
            continue
        empty = forms.read(app, None, form.id)
        needed = {f.name: "Order form" if f.name == "source_id" else "Stock table" if f.name == "target_id" else "Something new"
                  for f in form.fields if f.required}  # fmt: skip
        made = forms.save(app, form.id, empty | needed)
        known = forms.read(app, made)
        assert {n: v for n, v in known.items() if v not in (None, [], False)} == {
            "id": made
        } | needed or form.id == "data"


def test_what_is_saved_is_read_again(app: AppView):
    """Every sort of answer comes back as it was given, in the words of names and not of ids."""
    values = {
        "name": "Intake", "kind": "webhook", "starts": "Check order", "authentication": "none", "exposure": "internet",
        "data": ["name", "email"], "boundary": "Our network", "rate_limited": False, "notice": None,
    }  # fmt: skip
    made = forms.save(app, "entry_point", values, actor="ben")

    assert forms.read(app, made).items() >= values.items()
    entry = app.workspace.model[made]
    assert isinstance(entry, EntryPoint)
    assert (entry.authentication, entry.rate_limited) == ("none", False)
    assert app.history.iloc[-1][["actor", "why"]].tolist() == ["ben", "form: Entry point"]


def test_a_form_changes_only_what_it_holds(app: AppView):
    """Fields that are not in the answers stay as they are."""
    table = app.model.of(Store)[0]
    forms.save(app, "store", {"id": table.id, "retention_days": "30"})
    forms.save(app, "store", {"id": table.id, "backup": "tested"})

    held = app.model.of(Store)[0]
    assert (held.retention_days, held.backup, held.name, held.kind) == (30, "tested", "Stock table", "table")


def test_the_same_form_again_is_no_step(app: AppView):
    """Saving what is known writes nothing."""
    table = app.model.of(Store)[0]
    head = app.workspace.ledger.head
    forms.save(app, "store", forms.read(app, table.id))

    assert app.workspace.ledger.head == head


def test_the_why_is_asked_only_where_known_risk_changes(app: AppView):
    """To say what nobody knew needs no reason, to say something else than was known does; names need none."""
    table = app.model.of(Store)[0].id
    assert forms.risky(app, "store", {"id": table, "encrypted_at_rest": False, "name": "Stock"}) == []
    forms.save(app, "store", {"id": table, "encrypted_at_rest": False})

    assert forms.risky(app, "store", {"id": table, "encrypted_at_rest": True}) == ["encrypted_at_rest"]
    assert forms.risky(app, "store", {"id": table, "encrypted_at_rest": None}) == ["encrypted_at_rest"]
    with pytest.raises(wb.UsageError, match=r"Say why.*Encrypted where it is kept"):
        forms.save(app, "store", {"id": table, "encrypted_at_rest": True})
    forms.save(app, "store", {"id": table, "encrypted_at_rest": True}, why="switched on last week")

    assert app.model.of(Store)[0].encrypted_at_rest is True
    assert app.history.iloc[-1]["why"] == "switched on last week"


def test_one_more_piece_of_data_needs_no_why_one_less_does(app: AppView):
    """Naming what nobody had named is new; taking away what was known looks like less risk."""
    flow = app.model.of(Flow)[0]
    more = [*forms.read(app, flow.id)["data"], "email"]
    assert forms.risky(app, "flow", {"id": flow.id, "data": more}) == []
    assert forms.risky(app, "flow", {"id": flow.id, "data": more[1:]}) == ["data"]


def test_a_suggested_class_is_confirmed_freely_and_weakened_with_a_reason(app: AppView):
    """What the name suggests counts until somebody says less."""
    card = next(d for d in app.model.of(DataField) if d.name == "card number")
    assert (card.suggested, card.personal_suggested) == ("restricted", True)

    assert forms.risky(app, "data", {"id": card.id, "classification": "restricted", "personal": True}) == []
    assert forms.risky(app, "data", {"id": card.id, "classification": "public", "personal": False}) == [
        "classification", "personal",
    ]  # fmt: skip


def test_wrong_answers_are_told_by_field_in_words(app: AppView):
    """Each problem names what was given and what fits; nothing is saved."""
    head = app.workspace.ledger.head
    table = app.model.of(Store)[0].id
    wrong = {
        "id": table, "name": "", "kind": "barrel", "retention_days": "soon", "encrypted_at_rest": 1,
        "boundary": "Nowhere", "data": "name", "region": 7,
    }  # fmt: skip
    problems = forms.check(app, "store", wrong)

    assert problems.keys() == wrong.keys() - {"id"}
    assert "Don't know" in problems["kind"]
    assert "'soon' is no whole number" in problems["retention_days"]
    assert "nothing called 'Nowhere'" in problems["boundary"]
    with pytest.raises(wb.UsageError, match="cannot be empty"):
        forms.save(app, "store", wrong)
    assert app.workspace.ledger.head == head


@pytest.mark.parametrize("value", [-1, 2_000_000, "1.5", True, 1.5, "", None])
def test_numbers_are_whole_and_not_endless(app: AppView, value: Any):
    """Only whole numbers from 0 fit; nothing and None are not known."""
    table = app.model.of(Store)[0].id
    assert bool(forms.check(app, "store", {"id": table, "retention_days": value})) == (value not in ("", None))


def test_a_list_holds_choices_or_names(app: AppView):
    """What is not among the choices, or no name, is refused."""
    step = app.model.of(Process)[0].id
    assert forms.check(app, "process", {"id": step, "effects": ["read", "write"]}) == {}
    assert "'fly' is none of the choices" in forms.check(app, "process", {"id": step, "effects": ["fly"]})["effects"]
    assert "list of names" in forms.check(app, "store", {"id": app.model.of(Store)[0].id, "data": [""]})["data"]


def test_what_is_missing_is_said(app: AppView):
    """A flow needs both ends, a thing a name."""
    assert forms.check(app, "flow", {"source_id": "Order form"}).keys() == {"target_id"}
    assert forms.check(app, "service", {}).keys() == {"name"}


def test_a_second_thing_of_one_name_is_not_made_by_a_form(app: AppView):
    """Who adds what is there already is told so, in any case of the letters."""
    assert "already" in forms.check(app, "store", {"name": "stock TABLE"})["name"]
    assert forms.check(app, "process", {"name": "Stock table"}) == {}


def test_an_unknown_field_or_form_is_an_error_with_the_nearest(app: AppView):
    """A misspelt name offers the right one."""
    with pytest.raises(wb.UsageError, match="did you mean 'retention_days'"):
        forms.check(app, "store", {"name": "x", "retention_day": 3})
    with pytest.raises(wb.UsageError, match="did you mean 'store'"):
        forms.read(app, None, "stores")


def test_what_is_gone_is_told(app: AppView):
    """A form of an element that somebody removed meanwhile is refused."""
    table = app.model.of(Store)[0].id
    with app.edit(why="not needed") as edit:
        edit.remove(table)

    assert "may have removed it" in forms.check(app, "store", {"id": table, "backup": "none"})["id"]


def test_a_boundary_is_not_put_into_itself(app: AppView):
    """Neither into itself nor into one that it holds."""
    outer = app.model.of(Boundary)[0].id
    inner = forms.save(app, "boundary", {"name": "Cell", "boundary": "Our network"})

    for wrong in ("Our network", "Cell"):
        assert "within itself" in forms.check(app, "boundary", {"id": outer, "boundary": wrong})["boundary"]
    assert forms.check(app, "boundary", {"id": inner, "boundary": "Our network"}) == {}


def test_a_flow_between_others_keeps_its_id_and_gets_its_name(app: AppView):
    """When an end changes, the flow stays the same flow."""
    flow = app.model.of(Flow)[0]
    values = forms.read(app, flow.id)
    forms.save(app, "flow", values | {"target_id": "Stock table"}, why="it skips the check")

    changed = app.workspace.model[flow.id]
    assert (changed.name, values["data"]) == ("Order form → Stock table", ["name", "card number"])


def test_anything_can_have_an_owner(app: AppView):
    """The form of owners is about elements of any noun, the app too."""
    for element in (app.id, app.model.of(Flow)[0].id, app.model.of(Boundary)[0].id):
        values = forms.read(app, element, "owner")
        assert values == {"id": element, "owner": None, "deputy": None, "owner_status": None}
        forms.save(app, "owner", values | {"owner": "ana"})
        assert app.workspace.model[element].owner == "ana"


def test_names_that_two_have_are_read_as_ids(app: AppView):
    """Where a name could mean another element, the form holds the id, so that saving changes nothing."""
    with app.edit(why="twins") as edit:
        edit.service("Stock table")
    flow = next(f for f in app.model.of(Flow) if f.target_id.endswith("stock-table"))

    assert forms.read(app, flow.id)["target_id"] == flow.target_id
    assert forms.check(app, "flow", forms.read(app, flow.id)) == {}


def test_what_can_be_named_is_offered_by_name(app: AppView):
    """Fields that name elements, and those that hold data, offer what there is."""
    assert [name for _, name in forms.choices(app, "flow", "source_id")] == ["Check order", "Order form", "Stock table"]
    assert [name for _, name in forms.choices(app, "store", "data")] == ["card number", "name"]
    assert [name for _, name in forms.choices(app, "boundary", "boundary")] == ["Our network"]
