"""Values: frozen all the way, strict about what they are given."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import builders as b
import pytest
import strategies
from hypothesis import given
from pydantic import ValidationError

from workbench.model import App, FrozenDict, Secret, Source

if TYPE_CHECKING:
    from workbench.model import Element


@given(strategies.elements())
def test_no_field_of_any_element_can_be_set_or_removed(element: Element) -> None:
    """No field of any element can be set or removed."""
    for name in type(element).model_fields:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(element, name, getattr(element, name))
        with pytest.raises(ValidationError, match="frozen"):
            delattr(element, name)


@given(strategies.elements())
def test_every_element_is_frozen_all_the_way_down(element: Element) -> None:
    """An element can be hashed, which only holds if nothing inside can change."""
    assert hash(element) == hash(copy.deepcopy(element))


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.__setitem__("a", 2),
        lambda m: m.__delitem__("a"),
        lambda m: m.clear(),
        lambda m: m.pop("a"),
        lambda m: m.popitem(),
        lambda m: m.setdefault("b", 1),
        lambda m: m.update(b=1),
        lambda m: m.__ior__({"b": 1}),
    ],
)
def test_settings_refuse_every_way_to_change_a_dict(change: Any) -> None:
    """Settings refuse every way to change a dict."""
    settings = b.process("x", settings={"a": 1}).settings
    with pytest.raises(TypeError, match="make a changed copy"):
        change(settings)
    assert settings == {"a": 1}


def test_settings_are_frozen_however_they_were_given() -> None:
    """Settings that were given as a plain dict are a copy that the giver cannot reach."""
    given_settings = {"a": 1}
    element = b.process("x", settings=given_settings)
    given_settings["a"] = 2
    assert element.settings == FrozenDict({"a": 1})


def test_settings_survive_a_copy_and_a_pickle() -> None:
    """A child process that hands an element back hands back an equal and still frozen one."""
    settings = b.process("x", settings={"a": 1}).settings
    for other in (copy.deepcopy(settings), pickle.loads(pickle.dumps(settings))):  # noqa: S301 - just made
        assert (other, type(other)) == (settings, FrozenDict)


def test_changed_gives_a_checked_copy() -> None:
    """A changed copy has the new value and leaves the first as it was."""
    first = b.process("x", source=Source(file="a.json"), secrets=(Secret(kind="jwt", place="/a", fingerprint="f"),))
    second = first.changed(kind="code")
    assert (first.kind, second.kind) == (None, "code")
    assert second.changed(kind=None) == first


@pytest.mark.parametrize("fields", [{"kind": "no such kind"}, {"no_such_field": 1}, {"notes": "text, not a list"}])
def test_changed_refuses_what_the_class_would_refuse(fields: dict[str, Any]) -> None:
    """A changed copy is checked like a new value."""
    with pytest.raises(ValidationError):
        b.process("x").changed(**fields)


@pytest.mark.parametrize("fields", [{"id": ""}, {"id": "x" * 501}, {"name": "x" * 2001}])
def test_ids_and_names_have_limits(fields: dict[str, Any]) -> None:
    """An id is never empty, and neither id nor name is without end."""
    with pytest.raises(ValidationError):
        App(**({"id": "a", "name": "a"} | fields))
