"""What code can do is read from its text, not from its comments and strings."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.platforms.code import libraries, risks
from workbench.platforms.documents import decode

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("code", "features"),
    [
        ("const { exec } = require('child_process'); exec('ls');", {"child_process", "eval", "libraries"}),
        ("const cp = require('node:child_process');", {"child_process", "libraries"}),
        ("cp.execSync('ls')", {"child_process"}),
        ("import os\nos.system('ls')", {"child_process", "libraries"}),
        ("import subprocess\nsubprocess.run(['ls'])", {"child_process", "libraries"}),
        ("const fs = require('fs/promises');", {"file_system", "libraries"}),
        ("import { readFile } from 'fs'; await readFile(x);", {"file_system", "libraries"}),
        ("with open('/etc/passwd') as f:\n    print(f.read())", {"file_system"}),
        ("return eval(item.code);", {"eval"}),
        ("new Function('a', body)()", {"eval"}),
        ("setTimeout('alert(1)', 10)", {"eval"}),
        ("exec(items[0]['code'])", {"eval"}),
        ("const r = await fetch(url);", {"fetch"}),
        ("await this.helpers.httpRequest({ url })", {"fetch"}),
        ("const axios = require('axios'); axios.get(u)", {"fetch", "libraries"}),
        ("import requests\nrequests.get(url)", {"fetch", "libraries"}),
        ("const key = process.env.KEY;", {"env"}),
        ("const key = $env.KEY;", {"env"}),
        ("const key = env.get('KEY');", {"env"}),
        ("key = os.environ['KEY']", {"env"}),
        ("const h = crypto.createHmac('sha256', s);", {"crypto", "hmac"}),
        ("const crypto = require('crypto'); crypto.timingSafeEqual(a, b)", {"crypto", "hmac", "libraries"}),
        ("import hmac\nhmac.compare_digest(a, b)", {"crypto", "hmac", "libraries"}),
        ('const q = "SELECT * FROM users WHERE id = " + id;', {"sql_concatenation"}),
        ("msg.topic = 'INSERT INTO t VALUES (' + a + ')';", {"sql_concatenation"}),
        ("let q = 'UPDATE t '; q += ' SET x = 1 WHERE id = ' + id;", {"sql_concatenation"}),
        ("const q = `DELETE FROM t WHERE id = ${id}`;", {"sql_concatenation"}),
        ("q = f'SELECT a FROM t WHERE b = {b}'\nif q:\n    pass", {"sql_concatenation"}),
        ("q = 'SELECT a FROM t WHERE b = %s' % b\nif q:\n    pass", {"sql_concatenation"}),
        ("q = 'SELECT a FROM t WHERE b = {}'.format(b)\nif q:\n    pass", {"sql_concatenation"}),
        ("const q = `SELECT 1 ${process.env.X} FROM t`;", {"sql_concatenation", "env"}),
        ("const x = await import('lodash');", {"libraries"}),
        ("import _ from 'lodash';", {"libraries"}),
    ],
)  # fmt: skip
def test_what_the_code_can_do_is_seen(code: str, features: set[str]) -> None:
    """One snippet each."""
    assert risks(code) == features


@pytest.mark.parametrize(
    "code",
    [
        "",
        "return items;",
        "// eval(x), require('fs'), process.env.X\nreturn 1;",
        "/* fetch(url) */ return 1;",
        "/* not closed: eval(x)",
        "# os.system('x')\nx = 1\nif x:\n    pass",
        '"""os.system(\'x\')"""\ndef f():\n    pass',
        "const text = 'call eval(x) and fetch(y)';",
        "const doc = \"require('child_process')\";",
        "const t = `process.env.X`;",
        "const q = 'SELECT * FROM users WHERE id = $1'; run(q, [id]);",
        "const q = `SELECT * FROM users`;",
        "const label = 'Select one from: ' ;",
        "const s = 'please update the settings ' + name;",
        "const greeting = 'Where is ' + name + '?';",
        "item.fetch(1); db.open(2); model.eval(3); regex.exec(text);",
        'const m = /eval\\("/.exec(text); const n = "it\'s";',
        "const a = s.replace(/`/g, ''); const b = `x`;",
        "const a = b / c / d; const e = 'eval(1)';",
        "const evaluate = 1; retrieval(2); prefetch(3);",
        "items.map(i => i.json.email)",
    ],
)
def test_comments_texts_and_names_that_look_alike_are_nothing(code: str) -> None:
    """No false alarm."""
    assert risks(code) == frozenset()


def test_a_regular_expression_with_a_quote_hides_nothing() -> None:
    """What follows it is still read as code."""
    assert risks("const a = s.replace(/[`\"']/g, ''); eval(a);") == {"eval"}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("require('@scope/pkg/sub'); require('node:fs'); require('./l'); require(`x/get`);", {"@scope/pkg", "fs", "x"}),
        ("import a from 'x'; import 'y'; import { b } from \"z\";", {"x", "y", "z"}),
        ("import os, sys as s\nfrom json.decoder import loads\nimport numpy.linalg", {"os", "sys", "json", "numpy"}),
        ("require(name)", set()),
    ],
)  # fmt: skip
def test_libraries_are_named(code: str, names: set[str]) -> None:
    """Without sub-paths and local files."""
    assert libraries(code) == names


def test_the_language_can_be_told() -> None:
    """A comment of one language is code in the other."""
    assert risks("x = 1 # eval(y)", "python") == frozenset()
    assert risks("x = 1 // eval(y)", "python") == {"eval"}
    assert risks("x = 1 // eval(y)", "javascript") == frozenset()


@given(st.text(max_size=300) | st.text("\"'`/\\*#${}()+;§\n ef1", max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text_can_be_read(code: str) -> None:
    """However broken it is."""
    for language in (None, "javascript", "python"):
        assert risks(code, language) <= {
            "child_process", "file_system", "eval", "fetch", "env", "crypto", "hmac", "sql_concatenation", "libraries",
        }  # fmt: skip


@pytest.mark.parametrize(
    "unit",
    ["/*", "(/", "'", "`", "`${", '"\\', "select ", "require(", "\n", "open( ", "import a,", "compile(", '"""', "#"],
)
def test_work_grows_with_the_text_and_not_with_its_square(unit: str) -> None:
    """Ten times the text, some ten times the steps; the expressions are linear by their construction."""
    short, long = (steps(unit * (size // len(unit))) for size in (5_000, 50_000))
    assert long < 20 * short + 1000


def steps(code: str) -> int:
    """Return how many lines of Python reading takes."""
    count = 0

    def trace(*_: Any) -> Any:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        risks(code)
    finally:
        sys.settrace(before)
    return count


def test_code_of_the_corpus_is_read_as_counted_by_hand(corpus: Path) -> None:
    """Four code steps load libraries; eight functions put values into SQL, two more only join constants."""
    found: dict[str, int] = {}
    for name, keys in (("n8n", {"jsCode", "functionCode", "pythonCode"}), ("nodered", {"func"})):
        for path in sorted((corpus / name).rglob("*.json*")):
            for _, content in decode(path.read_bytes()):
                for code in texts_under(content, keys):
                    for feature in risks(code) & {"libraries", "sql_concatenation"}:
                        found[f"{name} {feature}"] = found.get(f"{name} {feature}", 0) + 1
    assert found == {"n8n libraries": 4, "nodered sql_concatenation": 8}


def texts_under(content: Any, keys: set[str]) -> list[str]:
    """Return the texts under any of the keys."""
    if isinstance(content, list):
        return [text for inner in content for text in texts_under(inner, keys)]
    if not isinstance(content, dict):
        return []
    own = [value for key, value in content.items() if key in keys and isinstance(value, str)]
    return own + [text for inner in content.values() for text in texts_under(inner, keys)]
