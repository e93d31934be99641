"""The Make reader, one behaviour at a time, on scenarios small enough to see through."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from small_exports import damaged, document, drafts, fired, model, shuffled

from workbench.model import App, Connection, EntryPoint, Flow, Model, Process, Service, Store, diff
from workbench.places import share
from workbench.platforms import make
from workbench.platforms.draft import RefusedError

TODAY = date(2026, 1, 1)
SAMPLES = ("customer-requests", "stock-alert")


def module(number: int, type_: str, mapper: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """Return a module; keyword arguments are its other parts."""
    return {
        "id": number,
        "module": type_,
        "version": 1,
        "parameters": {},
        "mapper": mapper or {},
        "metadata": {},
    } | fields


def hook(**fields: Any) -> dict[str, Any]:
    """Return a custom webhook with the id 1."""
    return module(1, "gateway:CustomWebHook", **fields)


def scenario(*modules: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """Return a blueprint; keyword arguments are settings of the scenario."""
    return {"name": "Flow", "flow": list(modules), "metadata": {"version": 1, "scenario": settings}}


def read(*modules: dict[str, Any], **settings: Any) -> Model:
    """Return the model of a blueprint."""
    return model(make, scenario(*modules, **settings))


def step(found: Model, number: int | str) -> Process:
    """Return the step with that id."""
    element = found[f"make-flow/process:{number}"]
    assert isinstance(element, Process)
    return element


def way_in(found: Model) -> EntryPoint:
    """Return the only entry point."""
    (entry,) = found.of(EntryPoint)
    return entry


def uses(found: Model, number: int) -> list[tuple[str, str | None, str, bool | None]]:
    """Return (origin's id, field, sink, safe) of what a step takes."""
    return [(u.origin.rpartition(":")[2], u.field, u.into, u.safe) for u in step(found, number).uses]


def guard(path: str, value: str = "a long secret", compare: str = "text:equal") -> dict[str, Any]:
    """Return a filter that compares a field of the webhook with a value."""
    return {"name": "known caller", "conditions": [[{"a": f"{{{{1.{path}}}}}", "o": compare, "b": value}]]}


def sample(name: str) -> Any:
    """Return one of our own exports."""
    return json.loads(share("data", "samples", "make", f"{name}.json").read_text())


# --- what is a blueprint ---


@pytest.mark.parametrize(
    "content",
    [
        scenario(hook()),
        {"response": {"blueprint": scenario(hook()), "scheduling": {"type": "indefinitely"}}},
        {"name": "x", "teamId": 1, "blueprint": scenario(hook())},
        {"subflows": [{"flow": [hook()]}], "metadata": {"version": 1}},
        [scenario(hook()), scenario(hook())],
        {"flow": [], "metadata": {"scenario": {}}},
    ],
    ids=["export", "answer of the API", "with its team", "clipboard", "several", "empty"],
)
def test_blueprints_are_recognised(content: Any) -> None:
    """A blueprint is known by its modules, whatever is wrapped around it."""
    assert make.matches(content)
    assert drafts(make, content)


@pytest.mark.parametrize(
    "content",
    [
        None, 1, "flow", [], {}, {"flow": None}, {"flow": []}, {"flow": [1]}, {"flow": [{"module": "plain"}]},
        {"nodes": [], "connections": {}}, {"flow": [{"module": 7}]}, {"response": []}, {"zaps": []},
    ],
)  # fmt: skip
def test_other_content_is_left_alone(content: Any) -> None:
    """What is no blueprint is not taken for one, and asking for it is refused."""
    assert not make.matches(content)
    with pytest.raises(RefusedError, match="no Make blueprint"):
        make.read(document(content))


# --- ways in ---


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (hook(), ("webhook", "secret_url", "internet")),
        (module(1, "gateway:CustomMailHook"), ("mail", "none", "internet")),
        (module(1, "scenario-service:StartSubscenario"), ("subflow", "platform", "private")),
        (module(1, "google-sheets:watchRows"), ("app_event", "platform", "private")),
        (module(1, "airtable:TriggerWatchRecords"), ("app_event", "platform", "private")),
        (module(1, "telegram:WatchUpdates"), ("app_event", None, "internet")),
        (module(1, "typeform:Responses", parameters={"hook": 3}), ("app_event", None, "internet")),
        (module(1, "google-email:TriggerNewEmail"), ("mail", "none", "internet")),
        (module(1, "airtable:ActionSearchRecords"), ("schedule", "platform", "owner")),
        (module(1, "http:ActionSendData", {"url": "https://example.org"}), ("schedule", "platform", "owner")),
    ],
    ids=lambda value: value["module"] if isinstance(value, dict) else "",
)
def test_the_first_module_is_the_way_in(first: dict[str, Any], expected: tuple[str, ...]) -> None:
    """What starts a scenario is an entry point with its kind, the proof it asks for, and who can reach it."""
    found = way_in(read(first))
    assert (found.kind, found.authentication, found.exposure) == expected


@pytest.mark.parametrize(
    ("behind", "expected"),
    [
        (guard("headers.x-token"), "header"),
        (guard("body.secret"), "token"),
        (guard("headers.x-token", compare="text:equal:ci"), "header"),
        (guard("headers.x-token", value=""), "secret_url"),
        (guard("headers.x-token", compare="text:contain"), "secret_url"),
        (guard("order_number"), "secret_url"),
        ({"conditions": [[{"a": "{{2.token}}", "o": "text:equal", "b": "x"}]]}, "secret_url"),
    ],
)
def test_filter_behind_a_webhook_may_be_the_proof(behind: dict[str, Any], expected: str) -> None:
    """Only a filter that compares a secret of the call with a fixed value proves who calls."""
    assert way_in(read(hook(), module(2, "json:ParseJSON", filter=behind))).authentication == expected


def test_every_route_must_ask_for_the_secret() -> None:
    """One route without the filter is a way in for everybody."""
    guarded = [module(3, "json:ParseJSON", filter=guard("headers.x-token"))]
    for other, expected in ((guarded, "header"), ([module(4, "json:ParseJSON")], "secret_url")):
        router = module(2, "builtin:BasicRouter", routes=[{"flow": guarded}, {"flow": other}])
        assert way_in(read(hook(), router)).authentication == expected


def test_webhook_callers_get_the_answer() -> None:
    """What answers the webhook flows back to its callers, with what it names."""
    found = read(hook(), module(2, "gateway:WebhookRespond", {"body": "{{1.email}}"}))
    (back,) = [f for f in found.of(Flow) if f.target_id.endswith("actor:webhook-callers")]
    assert back.data == ("make-flow/data:email",)


# --- modules ---


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (module(2, "builtin:BasicRouter"), ("decision", ())),
        (module(2, "util:SetVariables"), ("transform", ())),
        (module(2, "util:FunctionSleep"), ("wait", ())),
        (module(2, "gateway:WebhookRespond"), ("response", ())),
        (module(2, "http:ActionSendData", {"url": "https://example.org", "method": "get"}), ("http", ("call_http",))),
        (module(2, "http:ActionSendData", {"url": "https://example.org", "method": "delete"}), ("http", ("call_http", "delete"))),
        (module(2, "google-email:ActionSendEmail"), ("mail", ("send_mail",))),
        (module(2, "microsoft-email:createAndSendAMessage"), ("mail", ("send_mail",))),
        (module(2, "slack:CreateMessage"), ("message", ("send_message",))),
        (module(2, "google-sheets:addRow"), ("step", ("write",))),
        (module(2, "airtable:ActionDeleteRecord"), ("step", ("delete",))),
        (module(2, "openai-gpt-3:CreateCompletion"), ("step", ("call_model",))),
        (module(2, "ai-agent:RunAnAIAgent"), ("agent", ("call_model",))),
        (module(2, "code:ExecuteCode"), ("code", ("run_code",))),
        (module(2, "datastore:AddRecord"), ("step", ("write",))),
        (module(2, "mysql:ExecuteQuery", {"query": "DELETE FROM a"}), ("query", ("delete",))),
        (module(2, "app#own-crm:createDeal"), ("step", ("write",))),
    ],
    ids=lambda value: value["module"] if isinstance(value, dict) else "",
)  # fmt: skip
def test_modules_by_type(raw: dict[str, Any], expected: tuple[str, tuple[str, ...]]) -> None:
    """A module's app and action say what kind of step it is and what it can do."""
    found = step(read(hook(), raw), 2)
    assert (found.kind, found.effects) == expected


def test_custom_apps_are_told_from_makes_own() -> None:
    """An app that is not on Make's list is a custom component."""
    found = read(hook(), module(2, "app#own-crm:createDeal"), module(3, "slack:CreateMessage"))
    assert [step(found, n).component for n in (2, 3)] == ["custom", "official"]


def test_flow_goes_through_routes_and_on_to_error_handlers() -> None:
    """The order of modules is the way; a router leads to each of its routes, a failure to its handler."""
    router = module(
        2, "builtin:BasicRouter",
        routes=[{"flow": [module(3, "slack:CreateMessage", onerror=[module(4, "builtin:Ignore")])]},
                {"flow": [module(5, "json:CreateJSON"), module(6, "gateway:WebhookRespond")]}],
    )  # fmt: skip
    found = read(hook(), router)
    ends = {(f.source_id.rpartition(":")[2], f.target_id.rpartition(":")[2], f.kind) for f in found.of(Flow)
            if "process" in f.source_id and "process" in f.target_id}  # fmt: skip
    assert ends == {
        ("1", "2", "data"), ("2", "3", "data"), ("3", "4", "error"), ("2", "5", "data"), ("5", "6", "data")
    }  # fmt: skip
    assert step(found, 3).on_error == "ignore"


# --- lineage ---


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (module(2, "http:ActionSendData", {"url": "{{1.target}}/x"}), ("target", "url", False)),
        (module(2, "http:ActionSendData", {"url": "https://x.org/{{1.id}}"}), ("id", "parameter", None)),
        (module(2, "http:ActionSendData", {"url": "https://{{encodeURL(1.id)}}.x.org"}), ("id", "url", True)),
        (module(2, "postgres:ExecuteQuery", {"query": "SELECT {{1.id}}"}), ("id", "sql", False)),
        (module(2, "postgres:ExecuteQuery", {"query": "SELECT {{parseNumber(1.id)}}"}), ("id", "sql", True)),
        (module(2, "google-email:ActionSendEmail", {"html": "{{1.text}}"}), ("text", "mail", False)),
        (module(2, "google-email:ActionSendEmail", {"to": ["{{1.mail}}"]}), ("mail", "recipient", False)),
        (module(2, "openai-gpt-3:CreateCompletion", {"messages": [{"content": "{{1.q}}"}]}), ("q", "prompt", False)),
        (module(2, "code:ExecuteCode", {"codeEditorJavascript": "return '{{1.q}}'"}), ("q", "code", False)),
        (module(2, "code:ExecuteCode", {"input": [{"name": "q", "value": "{{1.q}}"}]}), ("q", "parameter", None)),
        (module(2, "airtable:ActionSearchRecords", {"formula": "{x}='{{1.q}}'"}), ("q", "nosql", False)),
        (module(2, "google-sheets:addRow", {"values": {"0": "{{1.q}}"}}), ("q", "table_file", None)),
        (module(2, "google-sheets:addRow", {"values": {"0": "{{1.q}}"}, "valueInputOption": "RAW"}), ("q", "table_file", True)),
        (module(2, "json:CreateJSON", {"a": '{{first(map(1.rows; "3.x"))}}'}), ("rows", "parameter", None)),
        (module(2, "json:CreateJSON", {"a": "{{1.`Full name`}}"}), ("Full name", "parameter", None)),
        (module(2, "json:CreateJSON", {"a": "{{1.rows[2].name + 1.5}}"}), ("rows.2.name", "parameter", None)),
    ],
    ids=str,
)  # fmt: skip
def test_expressions_say_what_goes_where(raw: dict[str, Any], expected: tuple[str, str, bool | None]) -> None:
    """A field of an earlier module enters a step at a place that may be dangerous, encoded or not."""
    assert uses(read(hook(), raw), 2) == [("1", *expected)]


def test_answer_as_web_page_is_a_place_for_html() -> None:
    """A value in an answer is dangerous where the answer says that it is a web page."""
    page = [{"key": "Content-Type", "value": "text/html"}]
    for headers, sink in ((page, "html"), ([], "parameter")):
        found = read(hook(), module(2, "gateway:WebhookRespond", {"body": "{{1.name}}", "headers": headers}))
        assert [u[2] for u in uses(found, 2)] == [sink]


def test_filter_steers_and_does_not_enter() -> None:
    """What a filter looks at is needed on the way, and is no part of what the step sends."""
    found = read(hook(), module(2, "slack:CreateMessage", {"text": "new"}, filter=guard("email")))
    assert uses(found, 2) == []
    assert [f.data for f in found.of(Flow) if f.target_id.endswith("service:slack")] == [()]
    assert [f.data for f in found.of(Flow) if f.target_id.endswith("process:2")] == [("make-flow/data:email",)]


def test_ways_carry_what_comes_from_before_and_is_needed_behind() -> None:
    """A field is on the way from the module that gives it to the last that takes it, and nowhere else."""
    found = read(
        hook(), module(2, "airtable:ActionSearchRecords"), module(3, "json:CreateJSON", {"a": "{{2.phone}}"}),
        module(4, "slack:CreateMessage", {"text": "{{1.email}}"}),
    )  # fmt: skip
    ways = {
        f.target_id[-1]: {d.rpartition(":")[2] for d in f.data}
        for f in found.of(Flow)
        if "/process:" in f.source_id and "/process:" in f.target_id
    }
    assert ways == {"2": {"email"}, "3": {"email", "phone"}, "4": {"email"}}


def test_strangers_words_are_followed_through_modules_that_reshape() -> None:
    """What a stranger sends reaches the query by way of a variable."""
    found = read(
        hook(), module(2, "util:SetVariables", {"variables": [{"name": "n", "value": "{{1.number}}"}]}),
        module(3, "mysql:ExecuteQuery", {"query": "SELECT * FROM t WHERE n = {{2.n}}"}),
    )  # fmt: skip
    assert ("NC-042", "process:3") in fired(found, TODAY)


# --- what modules talk to ---


def test_connections_with_their_labels() -> None:
    """A connection is told by its id, and called what people called it."""
    restore = {"parameters": {"__IMTCONN__": {"label": "Shop mailbox", "data": {"connection": "google"}}}}
    mail = module(2, "google-email:ActionSendEmail", parameters={"__IMTCONN__": 7}, metadata={"restore": restore})
    (made,) = read(hook(), mail).of(Connection)
    assert (made.id, made.name, made.authentication, made.access) == (
        "make-flow/connection:7", "Shop mailbox", "oauth", ("send",)
    )  # fmt: skip


def test_connections_of_older_apps() -> None:
    """What the blueprint declares to be an account is the connection, whatever its name; another number is none."""
    declared = [{"name": "account", "type": "account:google-restricted", "label": "Connection"}]
    restore = {"parameters": {"account": {"label": "Mailbox", "data": {"connection": "google-restricted"}}}}
    for metadata, expected in (
        ({"parameters": declared, "restore": restore}, [("Mailbox", "oauth")]),
        ({}, [("Google email connection", None)]),
    ):
        mail = module(2, "google-email:ActionSendEmail", parameters={"account": 7}, metadata=metadata)
        assert [(c.name, c.authentication) for c in read(hook(), mail).of(Connection)] == expected
    assert list(read(hook(), module(2, "slack:CreateMessage", parameters={"limit": 7})).of(Connection)) == []
    kept = {"authenticationType": "apiKey", "apiKeyKeychain": 12, "proxyKeychain": ""}
    request = module(2, "http:MakeRequest", {"url": "https://example.org"}, parameters=kept)
    assert [c.id for c in read(hook(), request).of(Connection)] == ["make-flow/connection:12"]


@pytest.mark.parametrize(
    ("raw", "identity"),
    [
        (module(2, "airtable:ActionCreateRecord", {"base": "appAB12", "table": "tblCD34"}), "airtable:appab12/tblcd34"),
        (module(2, "airtable:ActionCreateRecord", {"base": "{{1.b}}", "table": "tblCD34"}), None),
        (module(2, "google-sheets:addRow", {"spreadsheetId": "/1AbCdEfGhIjKlMnOpQrS"}), "google-sheets:1abcdefghijklmnopqrs"),
        (module(2, "datastore:AddRecord", parameters={"datastore": 44}), "make:datastore-44"),
    ],
)  # fmt: skip
def test_stores_are_named_as_on_their_own_system(raw: dict[str, Any], identity: str | None) -> None:
    """A table has the name that other apps' models give it too, if the blueprint fixes it."""
    (store,) = read(hook(), raw).of(Store)
    assert store.identity == identity


def test_requests_say_how_they_travel() -> None:
    """A plain address is unencrypted; a request that takes any certificate is told; an open host is unknown."""
    wire = [("http://example.org/a", (False, None)), ("https://example.org/a", (True, False))]
    for url, expected in wire:
        found = read(hook(), module(2, "http:ActionSendData", {"url": url, "rejectUnauthorized": False}))
        (flow,) = [f for f in found.of(Flow) if "service" in f.target_id]
        assert (flow.encrypted, flow.certificate_checked) == expected
    (service,) = read(hook(), module(2, "http:ActionSendData", {"url": "{{1.url}}"})).of(Service)
    assert (service.host, service.boundary) == (None, None)


def test_calls_and_names_join_scenarios() -> None:
    """A call to another scenario is kept by id and name; webhooks of Make by their masked address."""
    restore = {"parameters": {"scenario": {"label": "Hand over"}}}
    call = module(
        2, "scenario-service:CallSubscenario", parameters={"scenario": "SCN_42"}, metadata={"restore": restore}
    )
    ring = module(3, "http:ActionSendData", {"url": "https://hook.eu2.make.com/a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6?x=1"})
    found = read(hook(parameters={"hook": 9}), call, ring)
    assert step(found, 2).calls == ("42", "Hand over")
    (address,) = step(found, 3).calls
    assert address.startswith("https://hook.eu2.make.com/«secret:webhook_url:")
    (app,) = found.of(App)
    assert app.known_as == ("Flow", "hook:9")


# --- scenario ---


def test_flags_of_the_scenario() -> None:
    """What is kept of runs follows from the flag for confidential data, and is unknown without it."""
    for settings, kept in (({"confidential": True}, False), ({"confidential": False}, True), ({}, None)):
        (app,) = read(hook(), **settings).of(App)
        assert app.keeps_run_data is kept


def test_secret_lies_with_the_module_that_holds_it() -> None:
    """A key in a header within a route is found once, at the step, wherever the route lies."""
    key = {
        "headers": [{"name": "X-Api-Key", "value": "q7TfW2nK9vRb4XsLm8PzYc3HdJ6gNe1A"}],
        "url": "https://example.org",
    }
    router = module(2, "builtin:BasicRouter", routes=[{"flow": [module(3, "http:ActionSendData", key)]}])
    found = read(hook(), router)
    assert {e.id: [s.place for s in e.secrets] for e in found if e.secrets} == {
        "make-flow/process:3": ["/flow[id='3']/mapper/headers/0/value"]
    }
    assert ("MK-HTTP-INLINE-AUTH", "process:3") in fired(found, TODAY)


def test_secret_that_a_filter_compares_is_masked() -> None:
    """The secret that callers must show stands in the blueprint, so it is found like one in a header; a word is left."""
    secret = guard("headers.x-token", value="q7TfW2nK9vRb4XsLm8PzYc3HdJ6gNe1A")
    found = read(
        hook(), module(2, "json:ParseJSON", filter=secret), module(3, "json:ParseJSON", filter=guard("status", "paid"))
    )
    assert {e.id: [s.place for s in e.secrets] for e in found if e.secrets} == {
        "make-flow/process:2": ["/flow[id='2']/filter/conditions/0/0/b"]
    }
    assert way_in(found).authentication == "header"


def test_two_modules_with_one_id_are_told() -> None:
    """A broken blueprint is read, and what is doubtful in it is told."""
    (draft,) = drafts(make, scenario(hook(), module(2, "slack:CreateMessage"), module(2, "json:ParseJSON"), {"id": 3}))
    assert [n.text.partition(":")[0] for n in draft.notes] == [
        "another module has the id 2 too; expressions are taken to mean the first", "this is no module"
    ]  # fmt: skip


# --- samples ---


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_give_their_expected_model(name: str) -> None:
    """The sample exports read as the models in data/expected say."""
    expected = json.loads(share("data", "expected", "make", f"{name}.json").read_text())
    assert model(make, sample(name), f"{name}.json").to_json() == expected


def test_the_weak_sample_shows_all_checks_and_the_good_one_none() -> None:
    """Every check of Make fires on the sample that has its weakness, and on no other."""
    ours = {rule for rule, _ in fired(model(make, sample("customer-requests")), TODAY) if rule.startswith("MK-")}
    assert ours == {"MK-WEBHOOK-OPEN", "MK-HTTP-INLINE-AUTH", "MK-NOT-CONFIDENTIAL", "MK-SQL"}
    assert not {rule for rule, _ in fired(model(make, sample("stock-alert")), TODAY) if rule.startswith("MK-")}


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("seed", range(5))
def test_order_of_keys_and_places_on_the_canvas_change_nothing(name: str, seed: int) -> None:
    """Keys in another order give the same model, and nothing in it is left loose."""
    first, second = model(make, sample(name)), model(make, shuffled(sample(name), seed))
    assert diff(first, second) == []
    assert first.dangling() == []


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("seed", range(60))
def test_damaged_exports_are_read_or_refused(name: str, seed: int) -> None:
    """Whatever stands where, the reader gives a model in which nothing is loose, or leaves the file alone."""
    content = damaged(sample(name), seed)
    if not make.matches(content):
        return
    for draft in drafts(make, content):
        assert Model(draft.elements).dangling() == []
