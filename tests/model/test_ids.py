"""Ids that stay the same when an export is read again."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.model import element_id, slug


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Order form", "order-form"), ("a_b", "a-b"), ("  x  ", "x"), ("HTTP Request1", "http-request1")],
)
def test_a_plain_name_reads_as_itself(text: str, expected: str) -> None:
    """A plain name becomes lower case with dashes."""
    assert slug(text) == expected


@given(st.text())
def test_a_slug_is_never_empty_and_safe_in_an_id(text: str) -> None:
    """A slug of any text has at least one character, and only such as an id or a file name may have."""
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", slug(text))
    assert len(slug(text)) <= 90


@given(st.text())
def test_a_slug_is_the_same_again(text: str) -> None:
    """The same text gives the same slug."""
    assert slug(text) == slug(text)


@pytest.mark.parametrize(
    ("one", "other"), [("Übersicht", "ubersicht"), ("注文", "注記"), ("a.b", "a b"), ("x" * 100, "x" * 101)]
)
def test_names_that_lose_something_stay_apart(one: str, other: str) -> None:
    """Two names that differ only in what a slug drops do not get one slug."""
    assert slug(one) != slug(other)


def test_an_element_id_says_app_and_kind() -> None:
    """An element's id starts with its app."""
    assert element_id("orders", "process", "17") == "orders/process:17"


def test_an_id_that_would_be_too_long_is_shortened_and_stays_its_own() -> None:
    """A platform's own key may be as long as it likes; two long ones that differ only at their end are two ids."""
    one, other = (element_id("n8n-orders", "process", "x" * 5000 + end) for end in "ab")
    assert max(len(one), len(other)) <= 500
    assert one != other
    assert element_id("n8n-orders", "process", "x" * 480) == "n8n-orders/process:" + "x" * 480
