"""Changes: consistent, invertible, readable from JSON."""

from __future__ import annotations

from typing import Any

import builders as b
import pytest
import strategies
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from workbench.model import Change, Model, added, invert, removed, replaced

X, Y = b.process("x"), b.process("x", kind="code")


@pytest.mark.parametrize(
    ("change", "action"), [(added(X), "added"), (removed(X), "removed"), (replaced(X, Y), "changed")]
)
def test_a_change_says_what_it_does(change: Change, action: str) -> None:
    """A Change says whether it adds, removes or changes."""
    assert change.action == action


@pytest.mark.parametrize(("change", "fields"), [(added(X), ()), (removed(X), ()), (replaced(X, Y), ("kind",))])
def test_a_change_names_the_fields_that_differ(change: Change, fields: tuple[str, ...]) -> None:
    """A Change names the fields that differ, none for what comes or goes whole."""
    assert change.fields == fields


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"noun": "process", "id": X.id}, "needs a before or an after"),
        ({"noun": "process", "id": "other", "after": X}, "holds process 'orders/process:x'"),
        ({"noun": "store", "id": X.id, "after": X}, "holds process 'orders/process:x'"),
        ({"noun": "sofa", "id": X.id, "after": X}, "unknown noun 'sofa'"),
        ({"noun": "sofa", "id": X.id, "after": {"id": X.id}}, "unknown noun 'sofa'"),
    ],
)
def test_an_inconsistent_change_is_refused(fields: dict[str, Any], message: str) -> None:
    """A Change whose parts contradict each other is refused with the contradiction."""
    with pytest.raises(ValidationError, match=message):
        Change(**fields)


@given(strategies.models(), st.data())
def test_undo_of_any_batch_restores_the_model(model: Model, data: st.DataObject) -> None:
    """A batch followed by its inverse leads back to the same model."""
    batch = data.draw(strategies.changes(model))
    assert model.apply(batch).apply(invert(batch)) == model


@given(strategies.models(), st.data())
def test_to_invert_twice_changes_nothing(model: Model, data: st.DataObject) -> None:
    """The inverse of the inverse is the batch."""
    batch = data.draw(strategies.changes(model))
    assert invert(invert(batch)) == batch


@given(strategies.models(), st.data())
def test_a_change_survives_json(model: Model, data: st.DataObject) -> None:
    """A Change read from its JSON is equal, with elements of their own class."""
    for change in data.draw(strategies.changes(model)):
        back = Change.model_validate_json(change.model_dump_json())
        assert back == change
        assert [type(e) for e in (back.before, back.after)] == [type(e) for e in (change.before, change.after)]
