"""Bytes become JSON documents, or are refused with the place and the reason."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.platforms.documents import Limits, decode, escape
from workbench.platforms.draft import Note, RefusedError


def refusal(data: bytes, limits: Limits | None = None) -> RefusedError:
    """Return the refusal that `data` meets."""
    with pytest.raises(RefusedError) as caught:
        decode(data, "flows.json", limits=limits)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_encoding_of_json_is_read(encoding: str) -> None:
    """UTF-8 with and without a mark, UTF-16 and UTF-32 give the same content."""
    assert decode('{"name": "größer 😀"}'.encode(encoding)) == [("", {"name": "größer 😀"})]


def test_documents_in_a_row_are_taken_apart() -> None:
    """Several documents in one file each have a pointer."""
    assert decode(b'{"a": 1}\n[2]\r\n{"a": 3}') == [("/0", {"a": 1}), ("/1", [2]), ("/2", {"a": 3})]


@pytest.mark.parametrize(
    ("data", "code", "where", "words"),
    [
        (b"", "empty", "flows.json", "empty"),
        (b" \n\t", "empty", "flows.json", "empty"),
        (b"\xef\xbb\xbf", "empty", "flows.json", "empty"),
        (b'{"a": "\xff\xfe"}', "encoding", "flows.json", "byte 7"),
        (b'{"a": }', "syntax", "flows.json", "line 1, column 7"),
        (b'{"a": 1,\n "b": tru}', "syntax", "flows.json", "line 2, column 7"),
        (b'{"a": 1} x', "syntax", "flows.json", "line 1, column 10"),
        (b'{"a": "x', "syntax", "flows.json", "line 1, column 7"),
        (b"[1,]", "syntax", "flows.json", "line 1"),
        (b"// note\n{}", "syntax", "flows.json", "line 1"),
        (b'{"a": "\x01"}', "syntax", "flows.json", "line 1"),
        (b'{"a": [1, NaN]}', "number", "flows.json#/a/1", "NaN"),
        (b'{"a": -Infinity}', "number", "flows.json#/a", "Infinity"),
        (b'{"a": {"b": 1e400}}', "number", "flows.json#/a/b", "too large"),
        (b'{"a": 1}{"b": NaN}', "number", "flows.json#/1/b", "NaN"),
        (b'\n{"a": ' + b"9" * 5000 + b"}", "number", "flows.json", "line 2"),
        (b'{"x": [{"a": 1, "a": 2}]}', "duplicate-key", "flows.json#/x/0", "'a' occurs twice"),
        (b'{"a": 1, "\\u0061": 2}', "duplicate-key", "flows.json#", "'a' occurs twice"),
        (b"[" * 101 + b"]" * 101, "too-deep", "flows.json", "101 deep"),
        (b"[" * 100_000 + b"]" * 100_000, "too-deep", "flows.json", "100,000 deep"),
        (b'{"a":' * 5000, "too-deep", "flows.json", "5,000 deep"),
        (b"[" + b"1," * 500_001 + b"1]", "too-many-values", "flows.json", "500,002 JSON values"),
        (b"[" + b"{}," * 250_001 + b"1]", "too-many-values", "flows.json", "export fewer"),
    ],
)
def test_bad_files_are_refused_with_code_place_and_what_to_do(data: bytes, code: str, where: str, words: str) -> None:
    """Nothing is guessed, dropped or half-read."""
    error = refusal(data)
    assert (error.code, error.where) == (code, where)
    assert words in error.text
    assert re.search(r"export|save|correct|put|keep|read", error.text)


def test_a_file_over_the_size_limit_is_refused_before_it_is_read() -> None:
    """Limits can be set, and the refusal says how large is too large."""
    error = refusal(b'{"a": "xxxxxxxxxx"}', Limits(bytes=10))
    assert (error.code, error.text) == ("too-large", "19 bytes; at most 10 are read; export fewer apps at once")


def test_a_list_that_is_too_long_is_refused_with_how_to_split_it() -> None:
    """Whoever follows the advice has files that are all read, also where entries are not of one size."""
    entries = [{"nodes": [{"name": f"a,[{n}"}] * (3 + n % 3)} for n in range(300)]
    limits = Limits(values=1000)
    error = refusal(json.dumps(entries).encode(), limits)
    found = re.search(r"split a list of whole workflows into files of at most (\d+) entries", error.text)
    assert (error.code, found is not None) == ("too-many-values", True)
    most = int(found.group(1)) if found else 0
    assert 1 < most < len(entries)
    for start in range(0, len(entries), most):
        assert decode(json.dumps(entries[start : start + most]).encode(), limits=limits)


@pytest.mark.parametrize("content", [{"a": [1] * 50}, [[1] * 50, 1]])
def test_what_splitting_does_not_help_says_nothing_of_it(content: Any) -> None:
    """An object is no list, and a list whose first entry is too large cannot be split into smaller ones."""
    assert refusal(json.dumps(content).encode(), Limits(values=20)).text.endswith("export fewer apps at once")


def test_larger_files_may_take_longer_up_to_the_size_limit() -> None:
    """A large file has its time; one that is refused for its size anyway has no more than the largest."""
    limits = Limits(bytes=50_000_000, seconds=20, seconds_per_megabyte=1)
    assert [limits.time_for(size) for size in (0, 15_000_000, 10**12)] == [20, 35, 70]


def test_brackets_and_commas_in_texts_count_as_text() -> None:
    """The count before parsing sees through strings and escapes."""
    text = json.dumps({"a": "[" * 500 + '\\"' + "{" * 500, 'b\\"[': ["\\", "[\\\\", '"']})
    assert decode(text.encode(), limits=Limits(depth=2, values=10)) == [("", json.loads(text))]


def test_refusals_never_show_content() -> None:
    """A secret beside a mistake is not in the message."""
    for data in (b'{"password": "Sw0rdfish9" "x"}', b'["Sw0rdfish9", NaN]', b'{"a": "Sw0rdfish9", "b": 1, "b": 2}'):
        assert "Sw0rdfish9" not in str(refusal(data))


def test_characters_that_no_text_may_hold_are_replaced_visibly_and_noted() -> None:
    """NUL, control characters and half characters show as signs; a whole pair stays the character it is."""
    notes: list[Note] = []
    data = rb'{"a": ["x\u0000y", "\u001b[31m", "\ud800", "\ud83d\ude00", "\u007f", "tab\tline\n\u0009"], "\u0001": 1}'
    content = decode(data, "f.json", notes=notes)
    assert content == [("", {"a": ["x␀y", "␛[31m", "\ufffd", "😀", "␡", "tab\tline\n\t"], "␁": 1})]
    assert [note.where for note in notes] == ["f.json#/a/0", "f.json#/a/1", "f.json#/a/2", "f.json#/a/4", "f.json#"]


def test_text_that_only_looks_odd_stays_as_it_is() -> None:
    """Right-to-left marks, zero-width signs, other scripts and long names are kept without loss."""
    odd = {"\u202egnp.exe": "\u200b\u2066x\u2069", "й": "e\u0301 é", "n": "x" * 1_000_000, "j": "__proto__"}
    notes: list[Note] = []
    assert decode(json.dumps(odd).encode(), notes=notes) == [("", odd)]
    assert notes == []


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**30])
def test_whole_numbers_beyond_64_bits_are_kept_as_text(number: int) -> None:
    """No digit is lost, and nothing later has to hold a number that it cannot."""
    notes: list[Note] = []
    assert decode(b'{"id": %d, "ok": %d}' % (number, 2**63 - 1), notes=notes) == [
        ("", {"id": str(number), "ok": 2**63 - 1})
    ]
    assert len(notes) == 1


@pytest.mark.parametrize(("key", "part"), [("a/b", "a~1b"), ("a~b", "a~0b"), ("~1", "~01")])
def test_pointers_escape_their_signs(key: str, part: str) -> None:
    """As RFC 6901 says."""
    assert escape(key) == part


plain_text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | plain_text,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(plain_text, inner, max_size=5),
    max_leaves=30,
)


@given(json_values, st.booleans())
@settings(max_examples=200, deadline=None)
def test_any_json_comes_back_as_it_was(value: Any, ascii_only: bool) -> None:
    """What is fine is not changed."""
    assert decode(json.dumps(value, ensure_ascii=ascii_only).encode()) == [("", value)]


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(str.encode)
    | st.text('[]{},:"\\ue1n', max_size=60).map(str.encode)
)
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Nothing else can happen."""
    try:
        result = json.dumps([content for _, content in decode(data)])
    except RefusedError as error:
        result = error.code
    assert result.startswith("[") or result in {"empty", "encoding", "syntax", "number", "duplicate-key", "too-deep"}
