"""YAML as rules may use it; everything that grows, hides or runs is refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.rules import RuleError, yaml_file

MANY = "[" * 2000 + "]" * 2000
HOSTILE = {
    "anchor": "a: &x 1",
    "anchor on a list": "a: &x [1]",
    "anchor on a mapping": "a: &x {b: 1}",
    "anchor on a key": "&x a: 1",
    "alias": "a: &x 1\nb: *x",
    "alias to nothing": "a: *x",
    "merge": "a: {b: 1}\n<<: {c: 2}",
    "merge of an alias": "a: &x {b: 1}\nc:\n  <<: *x",
    "billion laughs": "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: &d [*c,*c]\ne: [*d,*d]",
    "alias to itself": "a: &a [*a]",
    "tag python object": "a: !!python/object:os.system {}",
    "tag python apply": "a: !!python/object/apply:os.system ['true']",
    "tag python name": "a: !!python/name:os.system",
    "tag python module": "a: !!python/module:os",
    "tag python new": "a: !!python/object/new:type [x, [], {}]",
    "tag ruby": "a: !ruby/object:Gem::Installer {}",
    "tag own": "a: !mine 1",
    "tag str": "a: !!str 1",
    "tag binary": "a: !!binary aGk=",
    "tag set": "a: !!set {x}",
    "tag omap": "a: !!omap [x: 1]",
    "tag on the root": "!!map\na: 1",
    "tag verbatim": "a: !<tag:yaml.org,2002:python/name:os> 1",
    "non-specific tag": "a: ! 1",
    "duplicate key": "a: 1\na: 2",
    "duplicate key, quoted": "a: 1\n'a': 2",
    "duplicate key, deep": "a:\n  b: {c: 1, c: 2}",
    "second document": "a: 1\n---\nb: 2",
    "empty second document": "a: 1\n---\n",
    "list at the root": "- a",
    "scalar at the root": "a",
    "nothing": "",
    "only a comment": "# a: 1",
    "null": "~",
    "deep lists": f"a: {MANY}",
    "deep mappings": "a: " + "{a: " * 200 + "1" + "}" * 200,
    "deep blocks": "\n".join(f"{' ' * n}a:" for n in range(200)),
    "list as a key": "[a, b]: 1",
    "mapping as a key": "{a: b}: 1",
    "explicit key": "? [a]\n: 1",
    "unclosed quote": "a: 'b",
    "unclosed list": "a: [1, 2",
    "unclosed mapping": "a: {b: 1",
    "tab": "a:\n\tb: 1",
    "bad indentation": "a: 1\n b: 2",
    "control character": "a: \x07",
    "null byte": "a: \x00",
    "bad escape": 'a: "\\q"',
    "lone surrogate escape": 'a: "\\ud800"',
    "reserved character": "a: @b",
    "backtick": "a: `id`",
    "unknown directive and tag": "%TAG ! tag:x,2000:\n---\na: !b 1",
    "future version": "%YAML 3.0\n---\na: 1",
    "many values": "a: [" + "1," * 30_000 + "]",
    "many keys": "{" + ",".join(f"k{n}: 1" for n in range(20_000)) + "}",
    "large": "a: " + "x" * 300_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_yaml_is_refused_with_its_file(text: str) -> None:
    """Nothing is built, resolved or expanded; the error names the file."""
    with pytest.raises(RuleError) as caught:
        yaml_file.loads(text, "mine.yaml")
    assert caught.value.where.startswith("mine.yaml")


def test_bytes_that_are_not_utf_8_are_refused() -> None:
    """The error says which byte."""
    with pytest.raises(RuleError, match=r"mine.yaml: is not UTF-8 \(byte 3\)"):
        yaml_file.loads(b"a: \xff", "mine.yaml")


def test_a_file_that_is_not_there_is_an_error_of_rules(tmp_path: object) -> None:
    """No bare OSError gets out."""
    with pytest.raises(RuleError, match="cannot be read"):
        yaml_file.read(tmp_path / "none.yaml")  # type: ignore[operator]


def test_words_stay_words() -> None:
    """As in YAML 1.2: on, off, yes, no, octal-looking and date-looking text are no booleans, numbers or dates."""
    text = "on: [yes, no, off, y, 1_000, 0x1F, 012, 2026-01-31, '1', \"true\", 1:30, .inf, 1e400]"
    assert yaml_file.loads(text, "f") == {
        "on": ["yes", "no", "off", "y", "1_000", "0x1F", 12, "2026-01-31", "1", "true", "1:30", ".inf", "1e400"]
    }


def test_scalars_of_the_core_schema() -> None:
    """Null, booleans, integers and floats are what they look like."""
    assert yaml_file.loads("a: [~, null, true, False, -3, +4, 1.5, 2e3]\nb:", "f") == {
        "a": [None, None, True, False, -3, 4, 1.5, 2000.0],
        "b": None,
    }


def test_each_key_knows_its_line() -> None:
    """Places are file:line, counted from one."""
    value = yaml_file.loads("a: 1\nb:\n  c: 2\n", "f.yaml")
    assert (value.place("a"), value["b"].place("c"), value.place()) == ("f.yaml:1", "f.yaml:3", "f.yaml:1")


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing but a RuleError ever comes out of reading text."""
    with contextlib.suppress(RuleError):
        assert isinstance(yaml_file.loads(text, "f"), dict)
