"""Whether a thing is still as somebody saw it, and both versions if not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from builders import app, entry, flow, model, process
from evaluations import NOW

from workbench.analysis import acting, decide
from workbench.analysis.meanwhile import ChangedMeanwhileError, said, unchanged

if TYPE_CHECKING:
    from workbench.model import Model

HOOK = entry("Order form", kind="webhook")
STEP = process("Save")
WAY = flow(HOOK, STEP)
FINDING = f"NC-013@{HOOK.id}"
QUESTION = f"question:encrypted@{WAY.id}"
SETTING = f"question:settings.n8n.rate@{HOOK.id}"
BEN: dict[str, Any] = {"actor": "ben", "at": NOW, "why": "talked it over"}


def base() -> Model:
    """Return a model of one app."""
    return model(app(), HOOK, STEP, WAY)


def after(*changes: Any) -> Model:
    """Return the model after what people said."""
    return base().apply([change for each in changes for change in each])


def test_nothing_said_is_an_empty_saying() -> None:
    """What nobody has decided, asked or answered has no fields."""
    assert [said(base(), each) for each in (FINDING, QUESTION, SETTING, "mitigation:orders/x")] == [{}, {}, {}, {}]


def test_a_saying_is_json_data() -> None:
    """Days are text, so that it can go to a browser and come back the same."""
    found = said(
        after(decide.decide(base(), FINDING, owner="ben", due=date(2027, 1, 31), actor="ben", at=NOW)), FINDING
    )
    assert found == {"owner": "ben", "due": "2027-01-31"}


def test_what_is_as_it_was_seen_passes() -> None:
    """Also when somebody has changed another thing, or changed this one and back."""
    seen = {FINDING: said(base(), FINDING)}
    unchanged(base(), seen)
    unchanged(after(decide.mitigate(base(), FINDING, "Check the signature", actor="ben", at=NOW)), seen)


def test_what_somebody_changed_is_refused_with_both_versions() -> None:
    """The refusal tells who changed what when and why, in the words of a person and as data."""
    now = after(decide.decide(base(), FINDING, "mitigated", owner="ben", **BEN))
    with pytest.raises(ChangedMeanwhileError, match="ben changed “NC-013 at Order form” since you looked") as caught:
        unchanged(now, {FINDING: {"owner": "ana"}})
    assert caught.value.more == [
        {
            "id": FINDING,
            "name": "NC-013 at Order form",
            "by": "ben",
            "at": NOW.isoformat(),
            "why": "talked it over",
            "fields": {"status": ["open", "mitigated"], "owner": ["ana", "ben"]},
        }
    ]


def test_all_that_changed_is_told_at_once() -> None:
    """Of several things, those that are as they were are not named."""
    other = f"NC-027@{HOOK.id}"
    now = after(decide.decide(base(), other, "mitigated", **BEN))
    with pytest.raises(ChangedMeanwhileError) as caught:
        unchanged(now, {FINDING: {}, other: {}})
    assert [each["id"] for each in caught.value.more] == [other]


@pytest.mark.parametrize(("question", "value", "kept"), [(QUESTION, "yes", True), (SETTING, "7", 7)])
def test_an_answer_is_seen_in_the_element_that_was_asked_about(question: str, value: str, kept: object) -> None:
    """Whoever answers a question leaves no record of it, but the property is known."""
    now = after(decide.answer(base(), question, value, **BEN))
    assert said(now, question) == {"answer": kept}
    with pytest.raises(ChangedMeanwhileError) as caught:
        unchanged(now, {question: {}})
    assert caught.value.more[0]["fields"] == {"answer": [None, kept]}


def test_a_parked_question_and_an_action_are_records_of_their_own() -> None:
    """Mitigations, actions and questions are seen by their own ids."""
    now = after(
        decide.answer(base(), QUESTION, "don't know", **BEN),
        acting.action(base(), "orders", "Ask the vendor", **BEN),
    )
    assert said(now, QUESTION) == {"state": "parked"}
    assert said(now, "action:orders/ask-the-vendor") == {"name": "Ask the vendor"}
