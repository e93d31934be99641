"""What is hashed stays as it is: other programs, old exports and printed anchors depend on it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import strategies
from hypothesis import given
from hypothesis import strategies as st

from workbench.ledger import chain


def test_the_links_are_those_of_the_first_version() -> None:
    """The three kinds of link, computed by hand from the description of the format."""
    ledger = chain.ledger_hash("L", "2026-01-01T00:00:00.000000Z")
    entry = chain.entry_hash(ledger, 1, "app", "ü", None, b'{"id":"x"}')
    batch = chain.batch_hash(entry, 1, 1, 1, "t", "ana", "why", None, None, "declared", None)
    expected_ledger = b"threat-workbench/ledger/1\n1:L,27:2026-01-01T00:00:00.000000Z,"
    expected_entry = b'threat-workbench/entry/1\n64:%b,1:1,3:app,2:\xc3\xbc,-,10:{"id":"x"},' % ledger.encode()
    expected_batch = b"threat-workbench/batch/1\n64:%b,1:1,1:1,1:1,1:t,3:ana,3:why,-,-,8:declared,-," % entry.encode()
    texts = (expected_ledger, expected_entry, expected_batch)
    assert [ledger, entry, batch] == [hashlib.sha256(text).hexdigest() for text in texts]


fields = st.none() | st.integers() | st.text(max_size=5) | st.binary(max_size=5)


@given(st.lists(fields, max_size=4), st.lists(fields, max_size=4))
def test_different_fields_never_run_together(one: list[chain.Field], other: list[chain.Field]) -> None:
    """No two lists of fields give the same bytes, however their texts are cut."""
    texts = [[f if f is None or isinstance(f, bytes) else str(f).encode() for f in given] for given in (one, other)]
    assert (chain.entry_hash("", *one) == chain.entry_hash("", *other)) == (texts[0] == texts[1])


@given(st.dictionaries(st.text(max_size=5), st.lists(strategies.scalars, max_size=3)))
def test_canonical_bytes_are_the_same_for_the_same_data(data: dict[str, Any]) -> None:
    """The order of keys does not matter, and what is read back gives the same bytes."""
    text = chain.canonical(data)
    assert chain.canonical(dict(reversed(data.items()))) == text
    assert chain.canonical(json.loads(text)) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), "\ud800"])
def test_what_other_readers_refuse_has_no_canonical_form(value: Any) -> None:
    """NaN, infinity and half a surrogate pair are refused."""
    with pytest.raises(ValueError):
        chain.canonical({"value": value})
