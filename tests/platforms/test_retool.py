"""Retool: apps are unpacked from Transit, and their queries and widgets become steps, stores and connections."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from internal_tools import drafts, model, named, taken
from retool_exports import export, packed, plugin, sql, trigger

from workbench.model import App, Connection, EntryPoint, Flow, Model, Service, Store
from workbench.platforms import retool
from workbench.platforms.documents import Limits
from workbench.platforms.draft import RefusedError
from workbench.platforms.retool.transit import unpacked

INPUT = plugin("mail", "widget", "TextInputWidget2", {"label": "E-mail"})


def read(*plugins: dict[str, Any], **page: Any) -> Model:
    """Return the model of an app with these plugins and a text input."""
    return model(retool, export(INPUT, *plugins, **page), "desk.json")


# --- Transit ---

KEYS = st.text(alphabet="abcdefghijklmnop", min_size=1, max_size=9)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(alphabet="ab~^`{}0 ", max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)


@given(st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES, max_size=8), max_size=30))
@settings(max_examples=120, deadline=None)
def test_what_was_packed_is_unpacked(plugins: dict[str, dict[str, Any]]) -> None:
    """Codes, records, ordered maps and lists come back as they were, however many keys there are."""
    assert unpacked(packed(plugins), "x") == {"isFetching": False, "plugins": plugins}


def test_more_keys_than_codes_of_one_sign() -> None:
    """Codes go on with two signs."""
    plugins = {f"p{n}": {f"a-long-key-{n}-{m}": m for m in range(3)} | {"a-long-key-0-0": n} for n in range(60)}
    assert unpacked(packed(plugins), "x")["plugins"] == plugins


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ('["^ ","when","~m1667866536769","key","~:name","yes","~?t","no","~?f","nil","~_","big","~i12"]',
         {"when": "1667866536769", "key": "name", "yes": True, "no": False, "nil": None, "big": "12"}),
        ('["~#iL",["~~a","~^b","^^c"]]', ["~a", "^b", "^c"]),
        ('["~#strange",["a"]]', {"tag": "strange", "value": ["a"]}),
        ('[["^ ","name",1],["^ ","^0",2]]', [{"name": 1}, {"name": 2}]),
        ('{"plain":["~:longword","^0","^1"]}', {"plain": ["longword", "plain", "longword"]}),
        ("[]", []),
        ('["~#iM",["a",1,"b"]]', {"a": 1}),
    ],
)  # fmt: skip
def test_values_of_transit(text: str, plain: Any) -> None:
    """Signs, tags and codes are read as what they stand for."""
    assert unpacked(text, "x") == plain


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('["^0"]', "transit"),
        ('["^ ","a"]', "transit"),
        ("1 2", "transit"),
        ("[1", "syntax"),
        ("[" * 200 + "]" * 200, "too-deep"),
        ("[" + "1," * 2000 + "1]", "too-many-values"),
    ],
)
def test_broken_transit_is_refused(text: str, code: str) -> None:
    """A code for nothing, a key without value, too much or too deep: refused, and told how."""
    with pytest.raises(RefusedError) as refused:
        unpacked(text, "x", Limits(values=1000))
    assert refused.value.code == code


# --- apps ---


def test_secrets_in_the_packed_app_have_names() -> None:
    """The app is unpacked before secrets are masked, so that a value under a telling name is none of the model."""
    call = plugin(
        "call",
        "datasource",
        "RESTQuery",
        {"query": "https://a.example/x", "headers": [{"key": "X-Api-Key", "value": "s3cr3t-9f8e7d6c"}]},
    )
    found = read(call)
    assert [s.place for s in named(found, "call").secrets] == [
        "/page/data/appState/plugins/call/template/headers/0/value"
    ]
    assert "s3cr3t-9f8e7d6c" not in json.dumps(found.to_json())


def test_the_app() -> None:
    """Its file gives the name, its number the id; who may open it, the export does not say."""
    found = read()
    (app,), (way,) = found.of(App), found.of(EntryPoint)
    assert (app.name, app.known_as) == ("desk", ("6f0d7a52-1111-4c7e-9a55-2b7d0f5c9e01", "desk"))
    assert (app.shared_with, way.kind, way.authentication, way.exposure) == (None, "dashboard", None, None)


def test_modules_are_told() -> None:
    """What modules of an app do is not in its model, and people are told so."""
    (draft,) = drafts(retool, {**export(INPUT), "modules": {"m-1": {"data": {}}}})
    assert [(note.level, note.where) for note in draft.notes] == [("warning", "app.json/modules")]
    assert drafts(retool, export(INPUT))[0].notes == ()


def test_whether_values_are_bound_only_the_resource_knows() -> None:
    """SQL with values is unknown, SQL without is safe, and a form binds."""
    form = plugin(
        "add",
        "datasource",
        "SqlQueryUnified",
        {
            "editorMode": "gui",
            "actionType": "INSERT",
            "tableName": "Notes",
            "changeset": [{"key": "body", "value": "{{ mail.value }}"}],
        },
        resourceName="r-1",
    )
    found = read(sql("find", "select {{ mail.value }}"), sql("all", "select 1"), form)
    assert [named(found, n).parameterised for n in ("find", "all", "add")] == [None, True, True]
    assert taken(found, "find") == {("App", "mail.value", "sql", None)}
    assert taken(found, "add") == {("App", "mail.value", "sql", True)}
    assert (named(found, "add").effects, named(found, "add").settings["retool.mode"]) == (("write",), "gui")


def test_a_resource_names_its_tables_for_all_apps() -> None:
    """The number of the resource and the table name a store."""
    found = read(sql("find", "select id from crm.people"))
    assert [(s.name, s.identity, s.kind) for s in found.of(Store)] == [
        ("Orders database: crm.people", "retool:r-1/crm.people", "table")
    ]
    assert [(c.identity, c.access) for c in found.of(Connection)] == [("shared", ("read",))]


def test_a_resource_that_is_an_address_elsewhere() -> None:
    """Of a request over a resource only the resource's name is known."""
    call = plugin(
        "call",
        "datasource",
        "RESTQuery",
        {"query": "v1/x/{{ mail.value }}", "type": "POST"},
        resourceName="r-9",
        resourceDisplayName="Billing",
    )
    (service,) = read(call).of(Service)
    assert (service.name, service.host, service.third_party) == ("Billing", None, None)


def test_scripts_transformers_and_states() -> None:
    """Scripts take what they read and start what they trigger; what a visitor's address holds is theirs."""
    script = plugin("go", "datasource", "JavascriptQuery", {"query": "find.trigger(); return find.data.map(r => r.id)"})
    reshape = plugin("shape", "function", "Function", {"funcBody": "return {{ find.data }}.length"})
    state = plugin("note", "state", "State", {"value": ""})
    found = read(
        sql("find", "select {{ note.value }}, {{ urlparams.id }}, {{ current_user.email }}"), script, reshape, state
    )
    assert taken(found, "find") == {("App", "note.value", "sql", None), ("App", "urlparams.id", "sql", None)}
    assert taken(found, "shape") == {("find", "data", "parameter", None)}
    assert (named(found, "go").runs_in, named(found, "shape").kind) == ("browser", "transform")


def test_events() -> None:
    """Widgets trigger queries and open apps, queries trigger queries."""
    button = plugin(
        "ok",
        "widget",
        "ButtonWidget2",
        {
            "events": [
                trigger("a"),
                {"event": "click", "type": "util", "method": "openApp", "params": {"uuid": "other"}},
            ]
        },
    )
    found = read(button, sql("a", "select 1", events=[trigger("b", "success")]), sql("b", "select 1"))
    ends = {(found[f.source_id].name, found[f.target_id].name) for f in found.of(Flow)}
    assert {("App", "a"), ("a", "b")} <= ends
    assert ("App", "b") not in ends
    assert named(found, "App").calls == ("other",)


def test_workflows_and_mail() -> None:
    """What a query starts or sends is told by its type."""
    flow = plugin("flow", "datasource", "WorkflowRun", {"workflowId": "w-1", "params": "{{ mail.value }}"})
    letter = plugin(
        "letter", "datasource", "SMTPQuery", {"to": "{{ mail.value }}"}, resourceName="r-5", resourceDisplayName="Relay"
    )
    found = read(flow, letter)
    assert (named(found, "flow").kind, named(found, "flow").calls) == ("subflow", ("w-1",))
    assert (named(found, "letter").kind, named(found, "letter").effects) == ("mail", ("send_mail",))


def test_screens() -> None:
    """Each screen of an app is one of its own, with what is entered on it."""
    one = plugin("name", "widget", "TextInputWidget2", {"label": "Name"}, screen="first")
    two = plugin("iban", "widget", "TextInputWidget2", {"label": "IBAN"}, screen="second")
    found = model(retool, export(one, two), "desk.json")
    assert {e.name: [found[i].name for i in e.data] for e in found.of(EntryPoint)} == {
        "first": ["Name"],
        "second": ["IBAN"],
    }


def test_language_models() -> None:
    """A query to Retool's model takes what is entered into its prompt; which model answers, nobody can see."""
    ask = plugin("ask", "datasource", "RetoolAIQuery", {"instruction": "Sum up {{ mail.value }}"}, resourceName="r-7")
    found = read(ask)
    assert (named(found, "ask").effects, taken(found, "ask")) == (
        ("call_model",),
        {("App", "mail.value", "prompt", None)},
    )
    assert [s.third_party for s in found.of(Service)] == [None]
