"""The vocabulary: complete, typed, in plain words."""

from __future__ import annotations

import pytest

from workbench.model import NOUNS, ORDERS
from workbench.rules import facts, meanings, vocabulary
from workbench.rules.asks import ASKS

# What only an export or the platform knows, so that nobody is asked.
UNASKED = {
    "id", "name", "app", "boundary", "host", "vendor", "version", "runs", "effects", "passes_input", "suggested",
    "personal_suggested", "connector", "service", "starts", "address", "source_id", "target_id", "protocol", "connection",
    "platform", "export_data", "by", "at", "why", "finding", "state", "evidence", "owner", "deputy", "owner_status",
    "workshop", "calls", "known_as", "identity",
}  # fmt: skip
COLUMNS = [(noun, column) for noun in vocabulary.FRAMES for column in vocabulary.columns(noun).values()]


def test_every_field_that_a_person_can_answer_has_a_question() -> None:
    """A new field needs a question in asks.py, or a place in the list of what nobody is asked."""
    actual = {f"{noun}.{c.name}" for noun, c in COLUMNS if not c.derived and not c.ask and c.name not in UNASKED}
    assert actual == set()


def test_questions_are_for_fields_that_exist() -> None:
    """And they read as questions."""
    unknown = {f"{noun}.{name}" for noun, asks in ASKS.items() for name in asks if name not in NOUNS[noun].model_fields}
    texts = {text for asks in ASKS.values() for text in asks.values() if not text.endswith("?")}
    assert (unknown, texts) == (set(), set())


def test_every_derived_column_is_computed_and_documented() -> None:
    """For a model without anything too."""
    from datetime import date  # noqa: PLC0415 - only here

    from workbench.model import Model  # noqa: PLC0415 - only here

    found = facts(Model(), today=date(2026, 1, 31))
    for noun, column in COLUMNS:
        if column.derived:
            found.column(noun, column.name)
            assert column.doc


def test_meanings_are_of_columns_that_exist() -> None:
    """By column, by noun and column, or by the first word of a family."""
    names = {c.name for _, c in COLUMNS} | {f"{n}.{c.name}" for n, c in COLUMNS} | {"taint", "ai"}
    assert set(meanings.MEANINGS) - names == set()


def test_ordered_columns_lie_on_a_scale_of_the_model() -> None:
    """A column with an order has one of the model's, weakest first, and its values."""
    for _, column in COLUMNS:
        if column.kind == "ordered":
            assert column.order in ORDERS.values()
            assert column.values == column.order


def test_a_frame_that_is_none_is_refused() -> None:
    """With the frames that there are."""
    with pytest.raises(KeyError, match="rules can be on app, boundary"):
        vocabulary.columns("threat")
