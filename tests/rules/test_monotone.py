"""Answers settle what is unknown; they never overturn what was known."""

from __future__ import annotations

import random
from datetime import date
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st
from models import LONGER, models

from workbench.model import Model
from workbench.rules import facts, vocabulary
from workbench.rules.columns import Codes, Flags, Numbers, Scale
from workbench.rules.taint import OUTSIDERS

if TYPE_CHECKING:
    from workbench.rules import Facts

TODAY = date(2026, 1, 31)
# What a person confirms was not confirmed before; lists and counts hold what is known so far.
TWO_VALUED = {
    "data_class_confirmed",
    "has_expiry",
    "tool_count",
    "tool_effects",
    "purposeless_personal",
    "origin_kinds",
}
DERIVED = [
    (noun, name)
    for noun in vocabulary.FRAMES
    for name, column in vocabulary.columns(noun).items()
    if column.derived and name not in TWO_VALUED
]


def _cells(found: Facts) -> dict[tuple[str, str, str], Any]:
    """Return what is known of each derived value: itself, or the span that it lies in."""
    cells = {}
    for noun, name in DERIVED:
        data = found.column(noun, name)
        for row, element_id in enumerate(found.ids(noun)):
            cells[noun, name, element_id] = _known(data, row)
    return cells


def _known(data: Any, row: int) -> Any:
    if isinstance(data, Scale):
        if data.absent is not None and data.absent[row]:
            return "absent"
        return range(int(data.low[row]), int(data.high[row]) + 1)
    assert isinstance(data, (Codes, Flags, Numbers))
    return data.value(row)


def _allowed(before: Any, after: Any) -> bool:
    if isinstance(before, range):
        if isinstance(after, range):
            return before.start <= after.start and after.stop <= before.stop
        # Nothing at all is less than anything on the scale.
        return after == "absent" and before.start == 0
    return before is None or before == after


@settings(max_examples=50 * LONGER, deadline=None)
@given(models(), st.data())
def test_answering_a_question_never_overturns_a_fact(model: Model, data: Any) -> None:
    """Any of the fields that facts are unknown because of may be answered: what was known of any element stays so."""
    found = facts(model, today=TODAY)
    before = _cells(found)
    because = {pair for settlers in found.unknown_because.values() for pair in settlers}
    questions = sorted((i, field) for i, field in because if _values(model[i], field))
    if not questions:
        return
    element_id, field = data.draw(st.sampled_from(questions))
    answer = data.draw(st.sampled_from(_values(model[element_id], field)))
    element = model[element_id]
    after = _cells(facts(Model([e if e is not element else e.changed(**{field: answer}) for e in model]), today=TODAY))
    # An entry point for outsiders counts as open to them until its owner says otherwise.
    narrowed = field == "exposure" and getattr(element, "kind", None) in OUTSIDERS
    wrong = [
        (key, before[key], after[key])
        for key in before
        if not _allowed(before[key], after[key]) and not (narrowed and "taint" in key[1])
    ]
    assert (element_id, field, answer, wrong) == (element_id, field, answer, [])


def _values(element: Any, field: str) -> tuple[Any, ...]:
    column = vocabulary.columns(element.noun)[field]
    if getattr(element, field) is not None or column.kind == "list":
        return ()
    return (True, False) if column.kind == "boolean" else column.values


@settings(max_examples=50 * LONGER, deadline=None)
@given(models())
def test_every_unknown_fact_names_what_would_settle_it(model: Model) -> None:
    """What is named is a field of an element that is unknown, or a list of data fields that is empty."""
    found = facts(model, today=TODAY)
    for settlers in found.unknown_because.values():
        for element_id, field in settlers:
            assert getattr(model[element_id], field) in (None, ())


@settings(max_examples=30 * LONGER, deadline=None)
@given(models(), st.randoms(use_true_random=False))
def test_facts_do_not_depend_on_the_order_of_elements(model: Model, shuffle: random.Random) -> None:
    """The same elements in any order give the same facts and the same paths."""
    elements = list(model)
    shuffle.shuffle(elements)
    one, other = facts(model, today=TODAY), facts(Model(elements), today=TODAY)
    assert _cells(one) == _cells(other)
    assert dict(one.paths) == dict(other.paths)
