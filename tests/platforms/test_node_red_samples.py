"""Sameness, secrets, settings and checks of Node-RED exports: the samples, and anything at all."""

from __future__ import annotations

import json
import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from node_red_flows import APP, SAMPLES, function, model, node, process, sample, subflow

from workbench import platforms
from workbench.model import EntryPoint, Model, Process, Secret, diff
from workbench.places import share
from workbench.platforms import node_red
from workbench.platforms.draft import Document
from workbench.platforms.node_red.types import TYPES
from workbench.platforms.secrets import mask
from workbench.rules import evaluate, facts, load_library

# --- secrets, settings, sameness ---


def test_secret_belongs_to_the_node_that_holds_it() -> None:
    """A masked secret lies with its step, under the node's id; what lies on a tab is the app's."""
    secrets = (
        Secret(kind="api_key", place="/1/func", fingerprint="0" * 16),
        Secret(kind="password", place="/0/env/0/value", fingerprint="1" * 16),
    )
    found = model(function("a", "return msg;"), secrets=secrets)
    assert [s.place for s in process(found, "a").secrets] == ["/[id='a']/func"]
    assert [s.place for s in found[APP].secrets] == ["/[id='t1']/env/0/value"]


def test_secret_in_a_subflow_is_found_once() -> None:
    """Copies of a step do not multiply its secret."""
    content = [
        *subflow("s", function("f", "return msg;"), ins="f", outs="f"),
        node("subflow:s", "i1"),
        node("subflow:s", "i2"),
    ]
    found = model(*content, secrets=(Secret(kind="api_key", place="/2/func", fingerprint="0" * 16),))
    assert [p.id for p in found.of(Process) if p.secrets] == [f"{APP}/process:i1:f"]


def test_libraries_of_functions() -> None:
    """Packages from outside without a version are counted; what ships with Node.js has none of its own."""
    libs = [
        {"var": "a", "module": "js-yaml"},
        {"var": "b", "module": "axios@1.7.2"},
        {"var": "c", "module": "crypto"},
        {"var": "d", "module": "@acme/x@latest"},
    ]
    told = process(model(function("a", "return msg;", libs=libs)), "a").settings
    assert told["function.libraries"] == "@acme/x@latest, axios@1.7.2, crypto, js-yaml"
    assert told["function.unpinned_libraries"] == 2


def test_a_library_of_a_subflow_counts_once() -> None:
    """Copies of a function do not multiply the package it loads; the first that is switched on stands for all."""
    inner = function("f", "return msg;", libs=[{"var": "a", "module": "js-yaml"}])
    content = [
        *subflow("s", inner, ins="f", outs="f"),
        node("subflow:s", "i1", d=True),
        node("subflow:s", "i2"),
        node("subflow:s", "i3"),
    ]
    found = [p for p in model(*content).of(Process) if "function.libraries" in p.settings]
    assert {p.id.rpartition("process:")[2]: p.settings.get("function.unpinned_libraries") for p in found} == {
        "i1:f": 0, "i2:f": 1, "i3:f": 0,
    }  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_give_their_expected_model(name: str) -> None:
    """The sample exports read as the models in data/expected say."""
    expected = json.loads(share("data", "expected", "node-red", f"{name}.json").read_text())
    assert Model(node_red.read(sample(name))[0].elements).to_json() == expected


@pytest.mark.parametrize("name", SAMPLES)
def test_order_of_the_array_does_not_matter(name: str) -> None:
    """Reading twice and reading a shuffled array give the same model: drift is never an accident of the editor."""
    found = json.loads(share("data", "samples", "node-red", f"{name}.json").read_text())
    array = list(found["flows"] if isinstance(found, dict) else found)
    random.Random(7).shuffle(array)  # noqa: S311 - no secret hangs on it
    content, secrets = mask(array, b"a key for tests")
    shuffled = Document(f"{name}.json", content, "", secrets=secrets)
    plain = Model(node_red.read(sample(name))[0].elements)
    assert diff(plain, Model(node_red.read(shuffled)[0].elements)) == []


def declared() -> dict[str, str]:
    """Return the settings that readers declare, by kind."""
    return {key: setting.kind for key, setting in platforms.settings().items()}


@pytest.mark.parametrize("name", SAMPLES)
def test_settings_are_declared_and_of_their_kind(name: str) -> None:
    """Every setting is one that rules may name, and holds a value of the kind declared."""
    kinds = {"boolean": bool, "integer": int, "string": str}
    for element in node_red.read(sample(name))[0].elements:
        for key, value in element.settings.items():
            assert type(value) is kinds[node_red.SETTINGS[key].kind], key


CHECKS = {
    "NR-EXEC-INJECT", "NR-FUNC-LIBS", "NR-FUNC-SECRET", "NR-HTTP-CLEARTEXT", "NR-HTTPIN-OPEN", "NR-MQTT-CLEAR",
    "NR-SQL-CONCAT", "NR-TLS-NOVERIFY", "NR-TRIPLE-MUSTACHE", "NR-URL-FROM-MSG",
}  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), [("plant-floor", CHECKS), ("cold-store", set())])
def test_checks_find_what_the_samples_hide(name: str, expected: set[str]) -> None:
    """The careless sample has one of each weakness, the careful one has none."""
    library = load_library([share("data")], settings=declared())
    found = Model(node_red.read(sample(name))[0].elements)
    result = evaluate(facts(found, today=date(2026, 1, 1), settings=declared()), library)
    assert {rule for rule in result.findings["rule"] if rule.startswith("NR-")} == expected
    assert {rule.id for rule in library if rule.id.startswith("NR-")} == CHECKS


def test_answer_closes_the_finding_on_an_open_endpoint() -> None:
    """Somebody who says that callers must show a token is believed."""
    library = load_library([share("data")], settings=declared())
    found = model(node("http in", "a", "b", url="/x"), node("http response", "b"))
    told = [e.changed(authentication="token") if isinstance(e, EntryPoint) else e for e in found]
    rules = [
        set(evaluate(facts(Model(m), today=date(2026, 1, 1), settings=declared()), library).findings["rule"])
        for m in (list(found), told)
    ]
    assert ["NR-HTTPIN-OPEN" in r for r in rules] == [True, False]


# --- anything at all ---

_IDS = st.sampled_from(["a", "b", "c", "s", "t1", "", "__proto__", "x" * 300])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | _IDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.just("id"), inner, max_size=3),
    max_leaves=6,
)
_NAMES = """
    url topic filename command func template rules links scope libs env in out status wires d addpay broker mydb tls
    query sqlquery options props name info g credentials label host server port beserver syntax format mode linkType
"""
_KEYS = st.sampled_from(_NAMES.split())
_CONTAINERS = ["tab", "group", "subflow", "subflow:s", "subflow:a", "mqtt-broker", "tls-config"]
_NODE = st.builds(
    lambda fixed, free: free | fixed,
    st.fixed_dictionaries(
        {
            "id": _IDS | _VALUES,
            "type": st.sampled_from(sorted(TYPES)) | st.sampled_from(_CONTAINERS) | st.text(max_size=8),
            "z": _IDS,
        }
    ),
    st.dictionaries(_KEYS, _VALUES | st.lists(st.lists(_IDS, max_size=3), max_size=2), max_size=5),
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(_NODE, max_size=12), st.randoms(use_true_random=False))
def test_any_nodes_are_read_without_loose_ends(nodes: list[Any], shuffled: random.Random) -> None:
    """Whatever an array of nodes holds, it is read whole, refers to nothing missing, and its order does not matter."""
    array = [node("inject", "start"), *nodes]
    plain = Model(node_red.read(Document("flows.json", array, ""))[0].elements)
    assert plain.dangling() == []
    shuffled.shuffle(array)
    assert diff(plain, Model(node_red.read(Document("flows.json", array, ""))[0].elements)) == []
