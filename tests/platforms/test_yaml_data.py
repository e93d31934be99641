"""YAML becomes the same plain data as JSON gives: nothing grows, nothing is built by name, no word is guessed at."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from workbench.platforms.documents import Limits
from workbench.platforms.draft import Note, RefusedError
from workbench.platforms.yaml_data import decode_yaml


def one(text: str) -> Any:
    """Return the only document of a text."""
    ((pointer, content),) = decode_yaml(text.encode(), "x.yaml")
    assert pointer == ""
    return content


def refusal(data: bytes, limits: Limits | None = None) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        decode_yaml(data, "x.yaml", limits=limits)
    return caught.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("on", "on"),
        ("true", True),
        ("1.10", 1.1),
        ("'1.10'", "1.10"),
        ("12:30:45", "12:30:45"),
        ("2020-01-01", "2020-01-01"),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("~", None),
        ("", None),
        (".inf", ".inf"),
        ("9" * 5000, "9" * 5000),
        ("!!str 5", "5"),
        ("<<", "<<"),
        ("=", "="),
    ],
)
def test_words_are_what_they_look_like(text: str, value: Any) -> None:
    """Norway is no false, a time no number of seconds."""
    assert one(f"a: {text}") == {"a": value}


def test_tags_are_kept_in_sight_and_nothing_is_built() -> None:
    """Those of CloudFormation and those that other programs would run alike."""
    assert one("a: !Sub '${x}'\nb: !GetAtt [x, y]") == {"a": {"!Sub": "${x}"}, "b": {"!GetAtt": ["x", "y"]}}
    assert one("!!python/object/apply:os.system ['exit 9']") == {
        "tag:yaml.org,2002:python/object/apply:os.system": ["exit 9"]
    }


def test_several_documents_have_pointers() -> None:
    """An empty file has none."""
    assert decode_yaml(b"a: 1\n---\n- 2\n", "x") == [("/0", {"a": 1}), ("/1", [2])]
    assert decode_yaml(b"", "x") == []


def test_merge_keys_are_keys() -> None:
    """Nothing is merged, because nothing can be referred to."""
    assert one("<<: {a: 1}\nb: 2") == {"<<": {"a": 1}, "b": 2}


ALIASES = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
BAD = {
    "alias bomb": (ALIASES, "alias", "line 1"),
    "anchor alone": ("a: &x 1", "alias", "line 1"),
    "alias of itself": ("a: &x [*x]", "alias", "line 1"),
    "list depth": ("[" * 200_000, ("too-deep", "syntax"), ""),
    "block depth": ("- " * 200_000, "too-deep", "100 deep"),
    "mapping depth": ("{a: " * 100_000, ("too-deep", "syntax"), "line 1"),
    "key depth": ("? " * 100_000, "syntax", "line 1"),
    "values": ("- a\n" * 500_001, "too-many-values", "500,000"),
    "key twice": ("a: 1\nb: 2\na: 3", "duplicate-key", "line 3: the key 'a' occurs twice"),
    "key twice, quoted": ("1: 1\n'1': 2", "duplicate-key", "line 2"),
    "key that is a list": ("[a, b]: 1", "syntax", "line 1"),
    "key that is a mapping": ("{a: 1}: 1", "syntax", "line 1"),
    "two colons": ("a: b: c", "syntax", "line 1, column 5"),
    "tab": ("a:\n\tb: 1", "syntax", "line 2"),
    "quote without end": ("a: 'x", "syntax", "line 1"),
    "control sign": ("a: \x00", "syntax", "YAML"),
    "half sign": ('a: "\\ud800"', "syntax", "line 1"),
    "unknown directive's version": ("%YAML 3.0\n---\na", "syntax", "line 1"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_yaml_is_refused_with_code_place_and_what_to_do(name: str) -> None:
    """Nothing is expanded, guessed or half-read."""
    text, code, words = BAD[name]
    error = refusal(text.encode())
    assert error.code in code if isinstance(code, tuple) else error.code == code
    assert error.where == "x.yaml"
    assert words in error.text
    assert any(word in error.text for word in ("export", "write", "keep", "expected", "no export needs"))


def test_bytes_that_are_no_text_are_refused() -> None:
    """The place of the first wrong byte is told."""
    error = refusal(b"a: \xff\xfe")
    assert (error.code, "byte 3" in error.text) == ("encoding", True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_encoding_of_yaml_is_read(encoding: str) -> None:
    """With and without a mark."""
    assert decode_yaml("a: größer".encode(encoding), "x") == [("", {"a": "größer"})]


def test_signs_that_no_text_may_hold_are_made_visible_and_noted() -> None:
    """In values and keys, with the pointer."""
    notes: list[Note] = []
    assert decode_yaml(b'a: {b: "\\0"}', "x.yaml", notes=notes) == [("", {"a": {"b": "␀"}})]
    assert [note.where for note in notes] == ["x.yaml#/a/b"]


def test_limits_can_be_set() -> None:
    """The refusal names them."""
    assert "more than 1 deep" in refusal(b"[[[1]]]", Limits(depth=1)).text
    assert "more than 2 values" in refusal(b"[1, 2, 3]", Limits(values=2)).text


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcdé:#- ", max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_what_is_written_as_yaml_is_read_back(content: Any) -> None:
    """A second implementation writes it, with every text in quotes where it needs them."""

    class Plain(yaml.SafeDumper):
        """Writes equal values out in full."""

        def ignore_aliases(self, _: Any) -> bool:
            """Tell that there are none."""
            return True

    text = yaml.dump(content, Dumper=Plain, allow_unicode=True, default_style='"' if isinstance(content, str) else None)
    assert decode_yaml(text.encode(), "x")[0][1] == content or _has_words(content)


def _has_words(content: Any) -> bool:
    """Whether a text is one that the two versions of YAML write without quotes and read differently."""
    from workbench.scalars import plain  # noqa: PLC0415  only here

    texts, stack = [], [content]
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            texts.append(value)
        stack += (
            [*value.keys(), *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
        )
    return any(not isinstance(plain(text), str) for text in texts)
