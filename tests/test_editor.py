"""Edits by people, by name and in plain calls."""

from __future__ import annotations

import pytest
from builders import APP, app, boundary, entry, flow, model, process, store

from workbench.editor import Editor
from workbench.errors import UsageError
from workbench.model import Assumption, DataField, Flow, Model


@pytest.fixture
def editor() -> Editor:
    return Editor(model(process("Order form"), store("Stock table"), boundary("internet", kind="internet")), APP)


def made(editor: Editor) -> Model:
    return editor._before.apply(editor.changes())


def test_no_edit_is_no_change(editor: Editor):
    """An editor that was not used gives no Changes."""
    assert editor.changes() == []


def test_a_flow_between_names_makes_its_data_with_a_suggestion(editor: Editor):
    """One call makes the flow and its data field, whose class is suggested from the name but not confirmed."""
    line = editor.flow("order form", "Stock table", data=["card number"], encrypted=True)

    field = made(editor)[line.data[0]]
    assert (line.encrypted, field.suggested, field.classification) == (True, "restricted", None)


def test_the_same_flow_again_adds_data_to_it(editor: Editor):
    """A second call for the same ends extends the flow instead of making a twin."""
    editor.flow("Order form", "Stock table", data=["amount"])
    editor.flow("Order form", "Stock table", data=["email"])

    assert [len(f.data) for f in made(editor).of(Flow)] == [2]


def test_an_imported_flow_is_found_by_its_ends():
    """Editing a flow that an import made changes that one, whatever its id."""
    a, b = process("a"), process("b")
    imported = flow(a, b).changed(id=f"{APP}/flow:imported")
    editor = Editor(model(a, b, imported), APP)

    editor.flow("a", "b", encrypted=False)

    assert [f.id for f in made(editor).of(Flow)] == [imported.id]


def test_an_unknown_name_is_refused_with_the_nearest(editor: Editor):
    """A misspelt name gives an error that offers the right one."""
    with pytest.raises(UsageError, match="did you mean 'Stock table'"):
        editor.flow("Order form", "Stok table")


def test_a_name_that_two_elements_have_is_refused_with_their_ids():
    """An ambiguous name gives an error with the ids to choose from."""
    twins = [process("x"), process("x").changed(id=f"{APP}/process:other")]

    with pytest.raises(UsageError, match=f"{APP}/process:x"):
        Editor(model(*twins), APP).rename("x", "y")


def test_an_unknown_field_is_refused_with_the_nearest(editor: Editor):
    """A misspelt field gives an error that offers the right one."""
    with pytest.raises(UsageError, match="did you mean 'encrypted_at_rest'"):
        editor.set("Stock table", encrypted_at_res=True)


def test_a_value_that_does_not_fit_is_refused_by_field(editor: Editor):
    """A value outside a field's choices gives an error that names field, value and choices."""
    with pytest.raises(UsageError, match="row_security was 'maybe'"):
        editor.store("Stock table", row_security="maybe")


def test_removing_an_element_removes_its_flows(editor: Editor):
    """No flow is left without an end."""
    editor.flow("Order form", "Stock table")
    editor.remove("Stock table")

    assert [type(e).__name__ for e in made(editor) if isinstance(e, Flow | DataField)] == []


def test_a_rename_keeps_the_id(editor: Editor):
    """History and decisions hang on the id, so a new name does not change it."""
    assert editor.rename("Order form", "Order page").id == f"{APP}/process:Order form"


def test_moving_into_a_boundary_and_nesting_it(editor: Editor):
    """An element can be put into a boundary, and a boundary into another."""
    editor.boundary("Shop network", kind="on_premises", inside="internet")
    editor.move("Stock table", "Shop network")

    around = made(editor).boundaries_around(made(editor)[f"{APP}/store:Stock table"])
    assert [b.name for b in around] == ["Shop network", "internet"]


def test_a_boundary_cannot_lie_in_itself(editor: Editor):
    """Neither directly nor through one that it holds; the message names both."""
    editor.boundary("Shop network", inside="internet")

    with pytest.raises(UsageError, match="'internet' cannot lie in 'Shop network'"):
        editor.move("internet", "Shop network")


def test_an_element_can_be_taken_out_of_all_boundaries(editor: Editor):
    """Where it lies is not known then."""
    editor.move("Stock table", "internet")
    assert editor.move("Stock table", None).boundary is None


def test_what_lay_in_a_removed_boundary_lies_in_the_one_around_it(editor: Editor):
    """Nothing is lost with a boundary, and nothing points to what is gone."""
    editor.boundary("Shop network", inside="internet")
    editor.move("Stock table", "Shop network")
    editor.remove("Shop network")

    assert made(editor)[f"{APP}/store:Stock table"].boundary == "boundary:internet"
    assert made(editor).dangling() == []


def test_a_boundary_that_another_app_uses_is_not_removed():
    """The message says what to move first."""
    theirs = process("Mailer", app="other", boundary="boundary:internet")

    with pytest.raises(UsageError, match="also holds 'Mailer' of the app 'other'"):
        Editor(model(app(), app("other"), boundary("internet"), theirs), APP).remove("internet")


def test_elements_of_other_apps_are_not_found_by_name():
    """A name is looked up in its own app only."""
    other = process("Mailer", app="other")

    with pytest.raises(UsageError, match="no element is called 'Mailer'"):
        Editor(model(app(), app("other"), other), APP).find("Mailer")


def test_of_an_entry_point_and_its_step_the_one_with_the_field_is_meant():
    """A trigger and the entry point in front of it have one name: fields tell which one, else it is the step."""
    step = process("Hook")
    door = entry("Hook", starts=step.id)
    editor = Editor(model(step, door), APP)

    assert editor.set("Hook", authentication="none").id == door.id
    assert editor.find("Hook") == step


def test_what_was_said_about_an_element_does_not_hide_it():
    """A record with the name of an element, such as a vote by a person of that name, is not meant by the name."""
    form = process("Order form")
    said = Assumption(id="assumption:1", name="Order form", app=APP)

    assert Editor(model(form, said), APP).find("Order form") == form
    assert Editor(model(said), APP).find("Order form") == said


def test_a_new_element_never_takes_the_place_of_a_renamed_one(editor: Editor):
    """The id of a renamed element stays its own when something new gets its old name."""
    old = editor.store("Box")
    editor.rename("Box", "Old box")
    new = editor.store("Box")

    assert (new.id, old.id) == (f"{APP}/store:box-2", f"{APP}/store:box")
    assert {e.name for e in made(editor) if e.noun == "store"} == {"Stock table", "Old box", "Box"}


def test_a_boundary_with_the_old_name_of_another_is_its_own(editor: Editor):
    """Two boundaries are not made one because one of them once had the name."""
    editor.boundary("Net")
    editor.rename("Net", "Old net")

    assert editor.boundary("Net").id == "boundary:net-2"


def test_data_may_be_given_by_id(editor: Editor):
    """A data field that is there is found by its id too, and keeps what was said of it."""
    field = editor.data("card number", classification="public")

    assert editor.flow("Order form", "Stock table", data=[field.id]).data == (field.id,)
    assert editor.data("Card Number").classification == "public"


def test_a_name_that_cannot_be_is_refused(editor: Editor):
    """A name that is too long is an error of usage that says so."""
    with pytest.raises(UsageError, match="name was"):
        editor.process("x" * 2001)
