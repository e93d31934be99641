"""The Bubble reader: what an app offers to other programs, and to whom."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from small_exports import damaged, document, drafts, fired, model, shuffled

from workbench.model import DataField, EntryPoint, Model, Process, Store, diff
from workbench.places import share
from workbench.platforms import bubble
from workbench.platforms.draft import RefusedError


def workflow(endpoint: str, who: Any = False, *keys: str) -> dict[str, Any]:
    """Return an API workflow with parameters of these names."""
    given = [{"key": key, "value": "text", "optional": False, "param_in": "body"} for key in keys]
    return {"endpoint": endpoint, "method": "post", "auth_unecessary": who, "parameters": given, "return_btype": {}}


def read(*workflows: dict[str, Any], get: list[Any] | None = None, **more: Any) -> Model:
    """Return the model of an answer."""
    return model(bubble, {"get": get or [], "post": list(workflows)} | more, "app.json")


def sample() -> Any:
    """Return our own export."""
    return json.loads(share("data", "samples", "bubble", "gym-bookings.json").read_text())


@pytest.mark.parametrize(
    "content",
    [None, [], {}, {"get": ["user"]}, {"get": ["user"], "types": {}}, {"post": [{"endpoint": "a"}]}, {"post": "x"},
     {"post": [{"auth_unecessary": True}]}, {"get": [1], "post": [], "types": {}}],
)  # fmt: skip
def test_other_content_is_left_alone(content: Any) -> None:
    """What is no answer of a Bubble app is not taken for one, and asking for it is refused."""
    assert not bubble.matches(content)
    with pytest.raises(RefusedError, match="no API of a Bubble app"):
        bubble.read(document(content))


@pytest.mark.parametrize(
    ("who", "expected", "word"),
    [
        (True, "none", "anybody"),
        (False, "token", "signed_in"),
        ("admin_only", "token", "admin"),
        ("else", None, None),
        (3, None, None),
    ],
)
def test_who_may_start_a_workflow(who: Any, expected: str | None, word: str | None) -> None:
    """The misspelled key says whether callers must prove who they are; another value is unknown."""
    found = read(workflow("send-offer", who, "email"))
    (entry,) = found.of(EntryPoint)
    assert (entry.authentication, entry.exposure, entry.settings.get("bubble.authentication")) == (
        expected,
        "internet",
        word,
    )
    assert entry.data == ("bubble-app/data:email",)
    assert (("NC-013", "entry:send-offer") in fired(found, date(2026, 1, 1))) is (who is True)


@pytest.mark.parametrize(
    ("endpoint", "effects"),
    [("create-user", ("write",)), ("delete_booking", ("delete",)), ("nightly", ("read", "write", "delete"))],
)
def test_what_a_workflow_does_is_told_by_its_name(endpoint: str, effects: tuple[str, ...]) -> None:
    """A verb in the name says what happens; without one it may be anything."""
    (step,) = read(workflow(endpoint)).of(Process)
    assert step.effects == effects


def test_types_are_stores_that_can_be_asked_for() -> None:
    """A type that other programs may read is a store with its fields, and an interface that is on."""
    types = {"user": {"fields": [{"id": "mail_text", "display": "E-mail", "type": "text"}]}, "hidden": {"fields": []}}
    found = read(get=["user"], types=types)
    (store,), (field,) = found.of(Store), found.of(DataField)
    assert (store.name, store.identity, store.api_enabled, store.data) == ("user", "bubble:app/user", True, (field.id,))
    assert (field.name, field.suggested) == ("E-mail", "confidential")


def test_the_sample_gives_its_expected_model() -> None:
    """The sample export reads as the model in data/expected says."""
    expected = json.loads(share("data", "expected", "bubble", "gym-bookings.json").read_text())
    assert model(bubble, sample(), "gym-bookings.json").to_json() == expected


@pytest.mark.parametrize("seed", range(5))
def test_order_of_keys_changes_nothing(seed: int) -> None:
    """Keys in another order give the same model, and nothing in it is left loose."""
    first, second = model(bubble, sample()), model(bubble, shuffled(sample(), seed))
    assert diff(first, second) == []
    assert first.dangling() == []


@pytest.mark.parametrize("seed", range(80))
def test_damaged_exports_are_read_or_left_alone(seed: int) -> None:
    """Whatever stands where, the reader gives a model in which nothing is loose, or leaves the file alone."""
    content = damaged(sample(), seed)
    for draft in drafts(bubble, content) if bubble.matches(content) else ():
        assert Model(draft.elements).dangling() == []
