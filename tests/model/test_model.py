"""Models: apply and diff are each other's reverse, neighbours, parts, JSON."""

from __future__ import annotations

import json
from typing import Any

import builders as b
import pytest
import strategies
from hypothesis import given

from workbench.model import App, Flow, Model, ModelError, Process, Store, added, diff, removed, replaced

FORM, TABLE = b.process("form"), b.store("table")
FLOW = b.flow(FORM, TABLE)


def test_an_empty_model_is_empty_everywhere() -> None:
    """The empty model has no apps, no flows, nothing dangling, and equals another empty one."""
    model = Model()
    assert (len(model), list(model), model.apps, dict(model.flows_from), model.dangling()) == (0, [], [], {}, [])
    assert model == Model()


@given(strategies.models(), strategies.models())
def test_the_diff_of_two_models_leads_from_one_to_the_other(one: Model, other: Model) -> None:
    """To apply diff(a, b) to a gives b."""
    assert one.apply(diff(one, other)) == other


@given(strategies.models())
def test_the_diff_of_equal_models_is_empty(model: Model) -> None:
    """A model differs in nothing from an equal one that was built anew."""
    assert diff(model, Model(e.changed() for e in model)) == []


@given(strategies.models(), strategies.models())
def test_a_diff_is_the_shortest(one: Model, other: Model) -> None:
    """A diff names an element once, or twice if its id became another kind of thing."""
    found = diff(one, other)
    kinds = {c.id: {e.noun for e in (one.get(c.id), other.get(c.id)) if e is not None} for c in found}
    assert len(found) == sum(len(nouns) for nouns in kinds.values())


@given(strategies.models(), strategies.models())
def test_apply_leaves_the_first_model_as_it_was(one: Model, other: Model) -> None:
    """A model is not touched by what is made from it."""
    before = list(one)
    one.apply(diff(one, other))
    assert list(one) == before


@given(strategies.models())
def test_a_model_survives_json(model: Model) -> None:
    """A model read from its JSON text is equal and writes the same text."""
    text = json.dumps(model.to_json(), allow_nan=False)
    back = Model.from_json(json.loads(text))
    assert back == model
    assert json.dumps(back.to_json(), allow_nan=False) == text


@given(strategies.models())
def test_the_order_of_building_does_not_matter(model: Model) -> None:
    """Two models of the same elements are equal, and so are their hashes and their JSON."""
    other = Model(reversed(list(model)))
    assert (other, hash(other), other.to_json()) == (model, hash(model), model.to_json())


@pytest.mark.parametrize(
    ("given_data", "message"),
    [
        ({}, "expected format 'threat-workbench-model', version 1; got format None"),
        ({"format": "threat-workbench-model", "version": 2}, "got .* version 2"),
    ],
)
def test_json_of_another_format_is_refused(given_data: dict[str, Any], message: str) -> None:
    """A document of another format or version is refused with both named."""
    with pytest.raises(ModelError, match=message):
        Model.from_json(given_data)


def test_json_with_an_unknown_field_is_refused_with_its_path() -> None:
    """A field that the noun does not have is an error that names it."""
    data = b.model(FORM).to_json()
    data["elements"]["process"][0]["colour"] = "red"
    with pytest.raises(ValueError, match="colour"):
        Model.from_json(data)


def test_two_elements_with_one_id_are_refused() -> None:
    """Ids are unique in a model."""
    with pytest.raises(ModelError, match="two elements have the id 'orders/process:form'"):
        Model([FORM, FORM])


@pytest.mark.parametrize(
    ("held", "change", "message"),
    [
        ([FORM], added(FORM), "is already in the model"),
        ([], removed(FORM), "is not in the model, so it cannot be removed"),
        ([], replaced(FORM, FORM.changed(kind="form")), "is not in the model, so it cannot be changed"),
        ([FORM.changed(kind="form")], removed(FORM), r"has changed meanwhile \(in kind\)"),
    ],
)
def test_a_change_that_does_not_fit_is_refused_with_the_reason(held: list[Any], change: Any, message: str) -> None:
    """A Change whose before is not what the model holds is refused, and the message says how they differ."""
    with pytest.raises(ModelError, match=message):
        Model(held).apply([change])


def test_what_a_model_hands_out_cannot_change_it() -> None:
    """A list that a model gave belongs to the caller; a mapping that it gave refuses change."""
    model = b.model(FORM, TABLE, FLOW)
    model.of(Process).clear()
    model.apps.clear()
    with pytest.raises(TypeError):
        model.flows_from["x"] = ()  # type: ignore[index]
    assert (model.of(Process), [a.id for a in model.apps]) == ([FORM], ["orders"])


def test_elements_come_by_class_in_the_order_of_their_ids() -> None:
    """All elements of a class come in the order of their ids, and none of another class."""
    second, first = b.process("b"), b.process("a")
    assert b.model(second, TABLE, first).of(Process) == [first, second]


def test_a_missing_id_is_named() -> None:
    """To ask for an id that is not there names the id; `get` gives None."""
    with pytest.raises(KeyError, match="no element has the id 'nobody'"):
        Model()["nobody"]
    assert (Model().get("nobody"), Model().get(None)) == (None, None)


def test_flows_are_found_from_both_ends() -> None:
    """A flow is found from where it starts and from where it ends."""
    model = b.model(FORM, TABLE, FLOW)
    assert (model.flows_from[FORM.id], model.flows_to[TABLE.id]) == ((FLOW,), (FLOW,))


def test_boundaries_come_innermost_first_and_a_circle_ends() -> None:
    """The boundaries around an element come innermost first; a circle ends where it closes."""
    outer, inner = b.boundary("outer", boundary="boundary:inner"), b.boundary("inner", boundary="boundary:outer")
    element = b.process("x", boundary=inner.id)
    assert b.model(element, outer, inner).boundaries_around(element) == [inner, outer]


def test_part_of_an_app_has_what_it_refers_to() -> None:
    """The part of one app has its elements, the boundaries around them and the shared things they name."""
    zone = b.boundary("zone")
    mail = b.service("mail", app="other")
    send = b.process("send", boundary=zone.id)
    to_mail = b.flow(send, mail)
    stranger = b.process("stranger", app="other")
    part = b.model(b.app(), App(id="other", name="other"), zone, mail, send, to_mail, stranger).of_app("orders")
    assert {e.id for e in part} == {"orders", zone.id, mail.id, send.id, to_mail.id}


def test_a_reference_to_nothing_is_reported() -> None:
    """A reference to an id that is not in the model is reported with the element that makes it."""
    assert b.model(FORM, FLOW).dangling() == [(FLOW, TABLE.id)]
    assert b.model(FORM, TABLE, FLOW).dangling() == []


def test_an_id_that_becomes_another_kind_of_thing_goes_and_comes() -> None:
    """An id with another noun is removed and added, for a Change keeps to one noun."""
    store = Store(id=FORM.id, name="now a store")
    assert diff(Model([FORM]), Model([store])) == [removed(FORM), added(store)]


def test_flow_is_no_reference_to_itself() -> None:
    """A flow from a step to itself dangles no more than any other."""
    loop = Flow(id="loop", name="loop", source_id=FORM.id, target_id=FORM.id)
    assert b.model(FORM, loop).dangling() == []


def test_a_model_of_elements_by_id_is_the_model_of_those_elements() -> None:
    """It is equal however it was made, and what becomes of the mapping afterwards does not touch it."""
    elements = {e.id: e for e in (FORM, TABLE, FLOW)}
    made = Model.keyed(elements)
    elements.clear()
    assert made == Model([FORM, TABLE, FLOW])
    assert [e.id for e in made] == sorted(e.id for e in (FORM, TABLE, FLOW))
