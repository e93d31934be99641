"""The n8n reader, one behaviour at a time, on workflows small enough to see through."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from n8n_exports import ai, entry, fields, flows, hook, model, named, node, read, step, uses, workflow

from workbench import platforms
from workbench.model import (
    Actor,
    App,
    Boundary,
    Connection,
    EntryPoint,
    Model,
    Process,
    Store,
    diff,
)
from workbench.places import share
from workbench.platforms import n8n
from workbench.platforms.draft import Document, RefusedError
from workbench.platforms.secrets import mask
from workbench.rules import evaluate, facts, load_library

if TYPE_CHECKING:
    import random

APP = "n8n-wf1"
SAMPLES = ("order-intake", "phone-orders", "supplier-invoices", "weekly-newsletter")


# --- ways in ---


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (hook(), ("webhook", "none", "internet")),
        (hook(authentication="none"), ("webhook", "none", "internet")),
        (hook(authentication="basicAuth"), ("webhook", "basic", "internet")),
        (hook(authentication="headerAuth"), ("webhook", "header", "internet")),
        (hook(authentication="jwtAuth"), ("webhook", "token", "internet")),
        (hook(options={"ipWhitelist": "192.0.2.1"}), ("webhook", "none", "partners")),
        (node("formTrigger", "In"), ("form", "none", "internet")),
        (node("formTrigger", "In", authentication="basicAuth"), ("form", "basic", "internet")),
        (ai("chatTrigger", "In"), ("chat", "platform", "owner")),
        (ai("chatTrigger", "In", public=True), ("chat", "none", "internet")),
        (ai("chatTrigger", "In", public=True, authentication="n8nUserAuth"), ("chat", "platform", "internet")),
        (ai("mcpTrigger", "In"), ("tool_server", "none", "internet")),
        (ai("mcpTrigger", "In", authentication="bearerAuth"), ("tool_server", "token", "internet")),
        (node("scheduleTrigger", "In"), ("schedule", "platform", "owner")),
        (node("cron", "In"), ("schedule", "platform", "owner")),
        (node("manualTrigger", "In"), ("manual", "platform", "owner")),
        (node("start", "In"), ("manual", "platform", "owner")),
        (node("errorTrigger", "In"), ("error", "platform", "owner")),
        (node("executeWorkflowTrigger", "In"), ("subflow", "platform", "owner")),
        (node("emailReadImap", "In"), ("mail", "none", "internet")),
        (node("gmailTrigger", "In"), ("mail", "none", "internet")),
        (node("telegramTrigger", "In"), ("app_event", None, "internet")),
        (node("googleSheetsTrigger", "In"), ("app_event", "platform", "private")),
        (node("asanaTrigger", "In"), ("app_event", None, None)),
        (node("mqttTrigger", "In"), ("message_queue", None, None)),
        (
            node("rabbitmqTrigger", "In", credentials={"rabbitmq": {"id": "1", "name": "q"}}),
            ("message_queue", "basic", None),
        ),
        (node("localFileTrigger", "In"), ("file_drop", None, None)),
        (node("wait", "In", resume="webhook"), ("webhook", "secret_url", "internet")),
    ],
    ids=lambda value: value["type"].rpartition(".")[2] if isinstance(value, dict) else "",
)
def test_triggers_are_entry_points(raw: dict[str, Any], expected: tuple[str, ...]) -> None:
    """Each trigger is an entry point with its kind, the proof that it asks for, and who can reach it."""
    found = entry(model(raw))
    assert (found.kind, found.authentication, found.exposure) == expected
    assert found.starts == f"{APP}/process:in"


def test_a_trigger_starts_its_step() -> None:
    """A webhook gives callers on the internet, an entry point, and the step that it starts, with flows between."""
    found = model(hook())
    ends = set(flows(found))
    assert ends == {("Webhook callers", ":In"), (":In", "In")}
    assert named(found, Actor, "Webhook callers").boundary == entry(found).boundary == "boundary:internet"
    assert step(found, "In").boundary == "boundary:platform:n8n"


def test_callers_policy_says_who_may_call_a_subflow() -> None:
    """A sub-workflow that any workflow may call can be reached by the whole organisation."""
    found = model(node("executeWorkflowTrigger", "In"), settings={"callerPolicy": "any"})
    assert entry(found).exposure == "organisation"


def test_broken_authentication_is_unknown_and_noted() -> None:
    """A value that n8n does not know, as machines have put into public collections, is not taken for a proof."""
    [draft] = read(workflow(hook(authentication="{{ $credentials.headerAuth }}")))
    assert entry(Model(draft.elements)).authentication is None
    assert [(n.level, n.where) for n in draft.notes] == [("warning", "flow.json/nodes[name='In']")]


def test_disabled_trigger_lets_nobody_in() -> None:
    """A trigger that is switched off has no entry point; its step stays, switched off."""
    found = model({**hook(), "disabled": True}, node("noOp", "Next"))
    assert (found.of(EntryPoint), step(found, "In").enabled, step(found, "Next").enabled) == ([], False, True)


def test_webhook_settings() -> None:
    """What checks ask of a webhook is in its settings, also what n8n left out because it is the default."""
    told = entry(
        model(hook(options={"allowedOrigins": "*"}, responseMode="lastNode", responseData="allEntries"))
    ).settings
    assert {k: v for k, v in told.items() if k.startswith("webhook.")} == {
        "webhook.method": "GET",
        "webhook.response_mode": "lastNode",
        "webhook.response_data": "allEntries",
        "webhook.allowed_origins_any": True,
        "webhook.ip_allow_list": False,
        "webhook.path_random": False,
        "webhook.sender": "none",
        "webhook.raw_body": False,
        "webhook.ignores_bots": False,
    }


@pytest.mark.parametrize(
    ("name", "path", "sender"),
    [("Stripe events", "x", "stripe"), ("In", "github-push", "github"), ("Stripes", "x", "none")],
)
def test_webhook_for_a_service_is_told_by_its_name(name: str, path: str, sender: str) -> None:
    """A plain webhook whose name or path names a service that signs its messages is marked."""
    assert entry(model(node("webhook", name, path=path)), name).settings["webhook.sender"] == sender


def test_form_fields_are_data() -> None:
    """What a form asks for is entered there; a file field takes files."""
    rows = [{"fieldLabel": "Email", "fieldType": "email"}, {"fieldLabel": "Photo", "fieldType": "file"}]
    found = entry(read_model := model(node("formTrigger", "In", formFields={"values": rows})))
    assert fields(read_model, found.data) == {"Email", "Photo"}
    assert found.accepts_files


# --- steps ---


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (node("if", "S"), ("decision", ())),
        (node("set", "S"), ("transform", ())),
        (node("code", "S", jsCode="return items"), ("code", ("run_code",))),
        (node("executeCommand", "S", command="ls"), ("command", ("run_command",))),
        (node("ssh", "S", command="ls"), ("command", ("run_command",))),
        (node("ssh", "S", resource="file", operation="download"), ("file", ("read_file",))),
        (node("readWriteFile", "S", fileSelector="a"), ("file", ("read_file",))),
        (node("readWriteFile", "S", operation="write", fileName="a"), ("file", ("write_file",))),
        (node("httpRequest", "S", url="https://example.com"), ("http", ("call_http",))),
        (node("httpRequest", "S", url="https://example.com", method="POST"), ("http", ("call_http",))),
        (node("httpRequest", "S", url="https://example.com", method="PATCH"), ("http", ("call_http", "write"))),
        (
            node("httpRequest", "S", url="https://example.com", requestMethod="DELETE"),
            ("http", ("call_http", "delete")),
        ),
        (
            node("httpRequest", "S", url="=https://api.airtable.com/v0/a/{{ $json.id }}", method="POST"),
            ("http", ("call_http", "write")),
        ),
        (
            node("httpRequest", "S", url="https://api.airtable.com/v0/a/b/listRecords", method="POST"),
            ("http", ("call_http",)),
        ),
        (
            node("graphql", "S", endpoint="https://example.com", query="mutation { a }"),
            ("http", ("call_http", "write")),
        ),
        (node("postgres", "S", operation="executeQuery", query="SELECT 1"), ("query", ("read",))),
        (
            node("postgres", "S", operation="executeQuery", query="delete from a; insert into b values (1)"),
            ("query", ("write", "delete")),
        ),
        (node("mySql", "S", operation="executeQuery", query="{{ $json.q }}"), ("query", ("read", "write", "delete"))),
        (node("postgres", "S", table="a"), ("step", ("write",))),
        (node("postgres", "S", operation="deleteTable"), ("step", ("delete",))),
        (node("googleSheets", "S"), ("step", ("read",))),
        (node("googleSheets", "S", operation="append"), ("step", ("write",))),
        (node("dataTable", "S", resource="row"), ("step", ("write",))),
        (node("dataTable", "S", resource="row", operation="get"), ("step", ("read",))),
        (node("dataTable", "S", operation="deleteRows"), ("step", ("delete",))),
        (node("dataTable", "S", operation="rowNotExists"), ("step", ("read",))),
        (node("gmail", "S"), ("mail", ("send_mail",))),
        (node("gmail", "S", operation="getAll"), ("step", ("read",))),
        (node("gmail", "S", operation="sendAndWait"), ("approval", ("send_mail", "approve"))),
        (node("slack", "S", text="hi"), ("message", ("send_message",))),
        (node("twilio", "S", message="hi"), ("message", ("send_sms",))),
        (node("executeWorkflow", "S"), ("subflow", ())),
        (node("respondToWebhook", "S"), ("response", ())),
        (node("form", "S"), ("form", ())),
        (node("form", "S", operation="completion"), ("response", ())),
        (node("wait", "S"), ("wait", ())),
        (ai("agent", "S"), ("agent", ("call_model",))),
        (ai("openAi", "S", resource="assistant"), ("agent", ("call_model",))),
        (ai("chainLlm", "S"), ("step", ("call_model",))),
        (node("n8n-nodes-foo.foo", "S"), ("http", ("call_http",))),
    ],
    ids=lambda value: value["type"].rpartition(".")[2] if isinstance(value, dict) else "",
)
def test_steps_by_type(raw: dict[str, Any], expected: tuple[str, tuple[str, ...]]) -> None:
    """A step's kind and effects follow from its type and operation, and from n8n's default where that is left out."""
    found = step(model(hook(), raw), "S")
    assert (found.kind, found.effects) == expected


@pytest.mark.parametrize(
    ("type_", "component"),
    [
        ("n8n-nodes-base.set", "built_in"),
        ("@n8n/n8n-nodes-langchain.agent", "built_in"),
        ("n8n-nodes-foo.bar", "community"),
        ("@me/n8n-nodes-foo.bar", "community"),
        ("CUSTOM.bar", "custom"),
    ],
)
def test_where_a_step_type_comes_from(type_: str, component: str) -> None:
    """n8n's own packages are built in, everything else was installed by somebody."""
    found = step(model(node(type_, "S")), "S")
    assert (found.component, found.settings["n8n.community"]) == (component, component != "built_in")


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ({}, "stop"),
        ({"continueOnFail": True}, "ignore"),
        ({"onError": "continueRegularOutput"}, "ignore"),
        ({"onError": "continueErrorOutput"}, "branch"),
    ],
)
def test_what_happens_on_errors(extra: dict[str, Any], expected: str) -> None:
    """Old and new ways to go on after a failure."""
    assert step(model(node("slack", "S", **extra)), "S").on_error == expected


def test_error_output_is_a_flow_of_its_own() -> None:
    """The second output of a step that branches on errors carries failures."""
    content = workflow(node("slack", "S", onError="continueErrorOutput"), node("noOp", "Good"), node("noOp", "Bad"))
    ends = [[{"node": n, "type": "main", "index": 0}] for n in ("Good", "Bad")]
    content["connections"] = {"S": {"main": ends}}
    told = flows(Model(read(content)[0].elements))
    assert (told["S", "Good"].kind, told["S", "Bad"].kind) == ("data", "error")


# --- systems and connections ---


def test_app_node_gives_service_store_and_connection() -> None:
    """A step that talks to a known system gives it, in its vendor's boundary, and the connection that it uses."""
    sheet = {"__rl": True, "value": "1xYz234567890abcdef", "mode": "list", "cachedResultName": "Orders"}
    raw = node(
        "googleSheets",
        "S",
        version=4.5,
        operation="append",
        documentId=sheet,
        credentials={"googleSheetsOAuth2Api": {"id": "c1", "name": "Ana"}},
    )
    found = model(hook(), raw)
    [store] = found.of(Store)
    [connection] = found.of(Connection)
    assert (store.name, store.kind, store.third_party) == ("Google Sheets: Orders", "spreadsheet", True)
    assert store.boundary.startswith("boundary:third-party:")
    assert (connection.name, connection.connector, connection.authentication) == (
        "Ana",
        "googleSheetsOAuth2Api",
        "oauth",
    )
    assert (connection.service, connection.access) == (store.id, ("write",))
    assert flows(found)["S", store.name].connection == connection.id


def test_reading_and_writing_have_directions() -> None:
    """Records flow out of the store when it is read, and into it when it is written."""
    credentials = {"postgres": {"id": "c1", "name": "db"}}
    get = node("postgres", "Get", operation="select", table="a", credentials=credentials)
    put = node(
        "postgres",
        "Put",
        operation="insert",
        table="b",
        credentials=credentials,
        columns={"value": {"email": "={{ $json.email }}"}},
    )
    found = model(hook(), get, put)
    ends = set(flows(found))
    assert ("PostgreSQL: a", "Get") in ends
    assert ("Put", "PostgreSQL: b") in ends
    assert not {("Get", "PostgreSQL: a"), ("PostgreSQL: b", "Put")} & ends
    assert fields(found, named(found, Store, "PostgreSQL: a").data) == {"email"}


@pytest.mark.parametrize(
    ("method", "path", "records"), [("GET", "rows", True), ("POST", "rows/query", True), ("PUT", "rows/1", False)]
)
def test_a_store_called_over_http_gives_records_only_where_it_is_read(method: str, path: str, records: bool) -> None:
    """What comes back from a request that changes a row is that row, and no flow out of the store."""
    call = node("httpRequest", "Call", url=f"https://api.airtable.com/v0/{path}", method=method)
    found = model(hook(responseMode="lastNode"), call, node("set", "Keep", email="={{ $json.email }}"))
    told = flows(found)
    store = named(found, Store, "Airtable (api.airtable.com)").name
    backwards = (store, "Call") in told or told["Call", store].two_way is True
    assert backwards is records


def test_data_tables_are_stores_of_n8n() -> None:
    """They lie with n8n itself, one for each table; asking whether a row is there lets the items through."""
    table = {"__rl": True, "mode": "list", "value": "A0EotPxYEHuglyNC", "cachedResultName": "visitors"}
    found = model(
        hook(),
        node("dataTable", "Known?", operation="rowNotExists", dataTableId=table),
        node("dataTable", "Keep", dataTableId=table, columns={"value": {"email": "={{ $json.email }}"}}),
    )
    store = named(found, Store, "n8n data table: visitors")
    assert (store.kind, store.third_party, store.boundary) == ("table", False, "boundary:platform:n8n")
    assert fields(found, store.data) == {"email"}
    assert uses(found, "Keep") == {("In", "email", "parameter", None)}


def test_self_hosted_systems_are_told_apart_by_credential() -> None:
    """Two databases behind two credentials are two; where they stand, the export does not say."""
    first, second = (
        node(
            "postgres",
            n,
            operation="executeQuery",
            query="SELECT 1",
            credentials={"postgres": {"id": n, "name": f"db {n}"}},
        )
        for n in "AB"
    )
    found = model(hook(), first, second)
    assert [(s.name, s.boundary, s.host) for s in found.of(Store)] == [
        ("PostgreSQL (db A)", None, None),
        ("PostgreSQL (db B)", None, None),
    ]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"telegramApi": "Bot"}, "Bot"),
        ({"telegramApi": {"name": "Bot"}}, "Bot"),
        ({"telegramApi": {"id": "77", "name": "Bot"}}, "Bot"),
        ({"telegramApi": {"id": "77", "name": ""}}, "telegramApi without a name"),
    ],
)
def test_credentials_in_all_their_forms(given: dict[str, Any], name: str) -> None:
    """Old exports give a credential as its name alone; an id is never taken for a name."""
    [connection] = model(node("telegram", "S", text="hi", credentials=given)).of(Connection)
    assert (connection.name, connection.authentication) == (name, "static_key")


def test_of_several_credentials_the_one_in_use_counts() -> None:
    """A request lists what was tried before; what it says it uses is the connection, and the rest is said."""
    listed = {"hubspotOAuth2Api": {"id": "1", "name": "old"}, "hubspotAppToken": {"id": "2", "name": "new"}}
    raw = node(
        "httpRequest",
        "S",
        version=4.1,
        url="https://api.hubapi.com",
        authentication="predefinedCredentialType",
        nodeCredentialType="hubspotAppToken",
        credentials=listed,
    )
    [draft] = read(workflow(hook(), raw))
    assert [c.name for c in Model(draft.elements).of(Connection)] == ["new"]
    assert [(n.level, "hubspotOAuth2Api" in n.text) for n in draft.notes] == [("info", True)]


def test_credentials_without_authentication_are_not_used() -> None:
    """A request whose authentication is none sends no credential, whatever it lists."""
    raw = node(
        "httpRequest", "S", version=4, url="https://a.example", credentials={"httpBasicAuth": {"id": "1", "name": "x"}}
    )
    assert model(hook(), raw).of(Connection) == []


@pytest.mark.parametrize(
    ("to", "source"),
    [
        ("ana@example.com", "fixed"),
        ("={{ $json.body.email }}", "free_text"),
        ("={{ $('Get').item.json.email }}", "lookup_unchecked"),
        ("={{ $json.from }}", None),
    ],
)
def test_where_a_receiver_comes_from(to: str, source: str | None) -> None:
    """Fixed, typed in by who started the flow, or looked up; an answer to the sender is none of these."""
    found = model(
        hook(),
        node("googleSheets", "Get"),
        node("gmail", "Mail", sendTo=to),
        wires={"In": ["Get", "Mail"], "Get": ["Mail"]} if "Get" in to else {"In": ["Mail"]},
    )
    assert flows(found)["Mail", "Gmail"].recipient_source == source


def test_the_receiver_that_a_calling_workflow_gives_is_not_known() -> None:
    """A subflow does not see where its caller has the address from."""
    found = model(node("executeWorkflowTrigger", "In"), node("gmail", "Mail", sendTo="={{ $json.email }}"))
    assert flows(found)["Mail", "Gmail"].recipient_source is None


@pytest.mark.parametrize(("trigger", "kind"), [("scheduleTrigger", "export"), ("formTrigger", "data")])
def test_a_table_file_that_leaves_by_the_clock_is_an_export(trigger: str, kind: str) -> None:
    """Nobody looks on when it runs, so somebody should notice if it takes more than usual."""
    found = model(
        node(trigger, "In"),
        node("googleSheets", "Get"),
        node("convertToFile", "File"),
        node("dropbox", "Put", binaryData=True, path="/a.csv"),
    )
    assert flows(found)["Put", "Dropbox"].kind == kind


# --- the app ---


def app(**top: Any) -> App:
    """Return the App of a workflow with these keys."""
    return named(model(hook(), **top), App, top.get("name", "Flow"))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("top", "expected"),
    [
        ({}, None),
        ({"active": True}, "active"),
        ({"active": False}, "draft"),
        ({"active": True, "isArchived": True}, "retired"),
    ],
)
def test_lifecycle(top: dict[str, Any], expected: str | None) -> None:
    """On, off, archived, or not said."""
    assert app(**top).lifecycle == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [({}, None), ({"saveDataSuccessExecution": "all"}, True), ({"saveDataSuccessExecution": "none"}, False)],
)
def test_run_data(given: dict[str, Any], expected: bool | None) -> None:
    """What is not said is the server's choice, so unknown."""
    assert app(settings=given).keeps_run_data is expected


def test_error_workflow() -> None:
    """A workflow hears of its failures through an error workflow, or because it has an error trigger itself."""
    plain, told = app(), app(settings={"errorWorkflow": "x"})
    own = named(model(hook(), node("errorTrigger", "Failed")), App, "Flow")
    assert (plain.error_handler, told.error_handler, own.error_handler) == (False, True, True)


@pytest.mark.parametrize(
    ("top", "expected"),
    [
        ({}, "none"),
        ({"pinData": {}}, "none"),
        ({"pinData": {"In": [{"json": {"city": "Rome"}}]}}, "sample"),
        ({"pinData": {"In": [{"json": {"a": "ana@example.com"}}]}}, "personal"),
        ({"pinData": {"In": [{"json": {"a": "+49 30 1234567"}}]}}, "personal"),
        ({"pinData": {"In": [{"json": {"first name": "x"}}]}}, "personal"),
        ({"staticData": {"node:In": {"last": "2026"}}}, "sample"),
    ],
)
def test_records_in_the_export(top: dict[str, Any], expected: str) -> None:
    """Pinned and kept data is told of: whether there is any, and whether it is about people."""
    assert app(**top).export_data == expected


def test_pinned_names_and_never_values() -> None:
    """Of pinned data only the names of telling fields get into the model."""
    found = model(
        hook(), pinData={"In": [{"json": {"body": {"email": "canary-value@example.com", "zq": "canary-value"}}}]}
    )
    assert fields(found, entry(found).data) == {"email"}
    assert "canary-value" not in json.dumps(found.to_json())


def test_sticky_notes_are_notes_of_the_app() -> None:
    """Sticky notes are what the maker says of the app, whatever their order; they are no steps."""
    stickies = [node("stickyNote", f"Note {n}", content=text) for n, text in enumerate(["b", "a", " ", "c" * 5000])]
    found = model(hook(), *stickies, wires={})
    notes = named(found, App, "Flow").notes
    assert (notes[:2], len(notes), len(notes[2])) == (("a", "b"), 3, 2002)
    assert [p.name for p in found.of(Process)] == ["In"]


def test_sharing_from_the_api() -> None:
    """n8n's API adds with whom a workflow is shared; files do not say."""
    owner = {"role": "workflow:owner", "project": {"name": "Ana", "type": "personal"}}
    told, shared, silent = app(shared=[owner]), app(shared=[owner, {"role": "workflow:editor"}]), app()
    assert [(a.owner, a.shared_with) for a in (told, shared, silent)] == [
        ("Ana", "owner"),
        ("Ana", "people"),
        (None, None),
    ]


# --- files ---


def test_export_shapes() -> None:
    """One workflow, an array, an answer of the API and a template of the site all hold workflows."""
    one = workflow(hook())
    other = one | {"id": "wf2", "name": "Other"}
    apps = [
        [d.app for d in read(c)]
        for c in (one, [one, other], {"data": [one, other], "nextCursor": None}, {"data": one}, {"workflow": one})
    ]
    assert apps == [["n8n-wf1"], ["n8n-wf1", "n8n-wf2"], ["n8n-wf1", "n8n-wf2"], ["n8n-wf1"], ["n8n-wf1"]]


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {},
        1,
        "x",
        [1],
        {"nodes": []},
        {"nodes": {}, "connections": {}},
        {"nodes": [{"id": "1", "type": "inject"}], "connections": {}},
        [{"id": "1", "type": "tab"}],
    ],
)
def test_what_is_no_workflow_is_refused(content: Any) -> None:
    """What is not n8n's is not recognised, and refused with the reason when it is read all the same."""
    assert not n8n.matches(content)
    with pytest.raises(RefusedError, match="expected an object with `nodes` and `connections`"):
        read(content)


def test_empty_workflow() -> None:
    """A workflow without nodes is an app without steps."""
    [draft] = read({"nodes": [], "connections": {}}, name="empty.json")
    assert [(e.noun, e.name) for e in draft.elements] == [("boundary", "n8n"), ("app", "empty")]


@pytest.mark.parametrize(
    ("name", "top", "expected"),
    [
        ("My flow.json", {}, "n8n-my-flow"),
        ('My flow.json"', {}, "n8n-my-flow"),
        ("x.json", {"name": "Orders"}, "n8n-orders"),
        ("x.json", {"id": "aB3"}, "n8n-aB3"),
        ("x.json", {"id": 7, "name": "Orders"}, "n8n-7-orders"),
        ("x.json", {"id": "7"}, "n8n-7-x"),
    ],
)
def test_app_ids(name: str, top: dict[str, Any], expected: str) -> None:
    """The workflow's own id, with its name where ids were mere counters, else its name, else its file's."""
    content = {k: v for k, v in workflow(hook()).items() if k not in {"id", "name"}} | top
    assert read(content, name=name)[0].app == expected


def test_two_workflows_with_one_id_stay_apart() -> None:
    """A file that holds one id several times gives as many apps, told apart by their names, and says so."""
    drafts = read([workflow(hook()), workflow(hook("Other"), name="Stock"), *[workflow(hook("Third"))] * 2])
    assert [d.app for d in drafts] == ["n8n-wf1", "n8n-wf1-stock", "n8n-wf1-flow", "n8n-wf1-flow-2"]
    assert "has the id n8n-wf1 too" in drafts[1].notes[0].text


def test_node_ids() -> None:
    """A node's own id, if it has one that nobody shares; else its name; else its name and what it says."""
    raw = [
        {**hook(), "id": "abc"},
        node("noOp", "A", id="dup"),
        node("noOp", "B", id="dup"),
        node("noOp", "C"),
        node("set", "D", x=1),
        node("set", "D", x=2),
    ]
    ids = [p.id.removeprefix(f"{APP}/process:") for p in model(*raw, wires={}).of(Process)]
    assert ids[:4] == ["a", "abc", "b", "c"]
    assert [i[:2] for i in ids[4:]] == ["d-", "d-"]
    assert len(set(ids)) == 6


def test_loose_ends_are_noted() -> None:
    """Connections that name no node, as machines have written them, are left out, counted and told of."""
    content = workflow(hook(), wires={"In": ["error-handler-1"], "Ghost": ["In"]})
    [draft] = read(content)
    assert named(Model(draft.elements), App, "Flow").settings["n8n.dangling_connections"] == 2
    assert sorted("names 'error-handler-1'" in n.text or "names 'Ghost'" in n.text for n in draft.notes) == [True, True]


@pytest.mark.parametrize(
    "connections",
    [
        {"In": {"main": [None, [{"node": "Next", "type": "main", "index": 0}]]}},
        {"In": {"main": [[None, {"node": "Next"}]]}},
        {"In": {"main": {"node": "Next"}}},
        {"In": {"main": [{"node": "Next"}]}, "Next": None},
    ],
)
def test_odd_connections(connections: dict[str, Any]) -> None:
    """Null in lists, and an object in the place of a list, are read for what they mean."""
    content = workflow(hook(), node("noOp", "Next")) | {"connections": connections}
    assert ("In", "Next") in flows(Model(read(content)[0].elements))


@pytest.mark.parametrize("connections", [None, [], "x"])
def test_connections_of_the_wrong_kind_are_noted(connections: Any) -> None:
    """Without connections the nodes stand alone, and the note says so."""
    [draft] = read(workflow(hook()) | {"connections": connections})
    assert "the nodes stand alone" in draft.notes[0].text


def test_broken_nodes_are_noted() -> None:
    """What is no node is left out, what is broken in one is passed over, and each is told of."""
    odd = {"name": "Odd", "type": "n8n-nodes-base.slack", "parameters": None, "credentials": "x", "typeVersion": "2"}
    [draft] = read({"nodes": [hook(), None, {"name": "no type"}, odd], "connections": {}})
    assert {p.name for p in Model(draft.elements).of(Process)} == {"In", "Odd"}
    assert sorted(n.where for n in draft.notes) == [
        "flow.json/nodes/1",
        "flow.json/nodes/2",
        "flow.json/nodes[name='Odd']",
        "flow.json/nodes[name='Odd']",
    ]


def test_nodes_of_one_name_all_get_its_wires() -> None:
    """n8n keeps names apart; a file that does not is read so that no way is lost."""
    content = workflow(
        hook(),
        node("set", "Twin", x=1),
        node("set", "Twin", x=2),
        node("noOp", "End"),
        wires={"In": ["Twin"], "Twin": ["End"]},
    )
    [draft] = read(content)
    found = Model(draft.elements)
    assert len(found.flows_from[f"{APP}/process:in"]) == 2
    assert "2 nodes have this name" in draft.notes[0].text


def test_long_chains_and_many_diamonds_are_read() -> None:
    """Lineage through a thousand steps and through branches that meet again costs neither the stack nor the day."""
    chain = [node("noOp", f"S{n}") for n in range(1000)]
    found = model(hook(), *chain, node("slack", "Tell", text="={{ $json.a }}"))
    assert len(uses(found, "Tell")) == 1
    wires: dict[str, list[str]] = {"In": ["L0", "R0"]}
    for n in range(60):
        wires |= {f"L{n}": [f"L{n + 1}", f"R{n + 1}"], f"R{n}": [f"L{n + 1}", f"R{n + 1}"]}
    steps = [node("noOp", f"{side}{n}") for n in range(61) for side in "LR"]
    wires |= {"L60": ["Tell"], "R60": ["Tell"]}
    found = model(hook(), *steps, node("slack", "Tell", text="={{ $json.a }}"), wires=wires)
    assert uses(found, "Tell") == {("In", "a", "message", False)}


def test_circles_are_read() -> None:
    """A loop over items comes back to itself."""
    found = model(
        hook(),
        node("splitInBatches", "Loop"),
        node("slack", "Tell", text="={{ $json.a }}"),
        wires={"In": ["Loop"], "Loop": ["Tell"], "Tell": ["Loop"]},
    )
    assert uses(found, "Tell") == {("In", "a", "message", False), ("Tell", "a", "message", False)}


# --- secrets ---


@pytest.mark.parametrize(("rest", "kinds"), [("/chat", []), ("", ["webhook_url"])])
def test_the_address_of_a_chat_on_a_page_is_no_secret(rest: str, kinds: list[str]) -> None:
    """Everybody who is shown the page is to use it; other addresses in a page are as secret as anywhere."""
    page = f"<p>https://n8n.example.com/webhook/ea429912-869c-490b-9e04-4401ac9943b6{rest}</p>"
    content = workflow(
        hook(responseMode="responseNode"), node("respondToWebhook", "Page", respondWith="text", responseBody=page)
    )
    found = Model(read(content, masked=True)[0].elements)
    assert [s.kind for s in step(found, "Page").secrets] == kinds


def test_secrets_stay_with_their_node() -> None:
    """A key in a header belongs to its step, by the step's name; one in a sticky note to the app."""
    header = {"parameters": [{"name": "Authorization", "value": "Bearer 4f1c9a7e2b8d6035c1e4f7a9b2d8c6e0"}]}
    request = node("httpRequest", "Ask", url="https://a.example", sendHeaders=True, headerParameters=header)
    note = node("stickyNote", "Note", content="api_key: 4f1c9a7e2b8d6035c1e4f7a9b2d8c6e1")
    [draft] = read(workflow(hook(), request, note, wires={}), masked=True)
    found = Model(draft.elements)
    [secret] = step(found, "Ask").secrets
    assert secret.place == "/nodes[name='Ask']/parameters/headerParameters/parameters/0/value"
    assert {k: v for k, v in step(found, "Ask").settings.items() if "secret" in k} == {
        "n8n.secret_in_header": True,
        "n8n.secret_in_url": False,
        "n8n.secret_in_text": False,
    }
    assert [s.place for s in named(found, App, "Flow").secrets] == ["/nodes[name='Note']/parameters/content"]
    assert "4f1c9a7e2b8d" not in json.dumps(found.to_json())


# --- promises ---


def sample(name: str) -> Any:
    """Return the content of one of the project's own sample exports."""
    return json.loads(share("data", "samples", "n8n", f"{name}.json").read_text())


def sample_model(name: str, content: Any) -> Model:
    """Return the model of content as the guard would hand it to the reader."""
    masked, secrets = mask(content, b"a key for tests")
    return Model(n8n.read(Document(f"{name}.json", masked, "", secrets=secrets))[0].elements)


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_give_their_expected_model(name: str) -> None:
    """The sample exports read as the models in data/expected say."""
    expected = json.loads(share("data", "expected", "n8n", f"{name}.json").read_text())
    assert sample_model(name, sample(name)).to_json() == expected


def shuffled(value: Any, chance: random.Random, key: str = "") -> Any:
    """Return JSON data with its keys, and its lists of nodes and of wires from one output, in another order."""
    if isinstance(value, dict):
        items = [(k, shuffled(v, chance, k)) for k, v in value.items()]
        chance.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        items = [shuffled(v, chance) for v in value]
        if key == "nodes":
            chance.shuffle(items)
        return items
    return value


@given(st.sampled_from(SAMPLES), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_order_does_not_matter(name: str, chance: random.Random) -> None:
    """Nodes and keys in another order give the same model: drift is never an accident of the editor."""
    content = sample(name)
    assert diff(sample_model(name, content), sample_model(name, shuffled(content, chance))) == []


@pytest.mark.parametrize("name", SAMPLES)
def test_moving_nodes_and_saving_is_no_change(name: str) -> None:
    """Positions, version ids and dates never get into the model."""
    content = sample(name)
    moved = json.loads(json.dumps(content))
    for n in moved["nodes"]:
        n["position"] = [1, 2]
    moved |= {"versionId": "other", "updatedAt": "2026-01-01", "meta": {"instanceId": "other"}}
    assert diff(sample_model(name, content), sample_model(name, moved)) == []


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_is_left_loose(name: str) -> None:
    """No element refers to one that is not there, and all but boundaries belong to the app."""
    found = sample_model(name, sample(name))
    assert found.dangling() == []
    assert {e.noun for e in found if e.app is None} == {"app", "boundary"}
    assert {b.app for b in found.of(Boundary)} == {None}


@pytest.mark.parametrize("name", SAMPLES)
def test_settings_are_declared_and_of_their_kind(name: str) -> None:
    """Every setting is one that rules may name, and holds a value of the kind declared."""
    kinds = {"boolean": bool, "integer": int, "string": str}
    for element in sample_model(name, sample(name)):
        for key, value in element.settings.items():
            assert type(value) is kinds[n8n.SETTINGS[key].kind], key


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda s: st.lists(s, max_size=3) | st.dictionaries(st.text(max_size=6), s, max_size=3),
    max_leaves=6,
)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_stands_in_a_workflow_is_read_or_refused(data: st.DataObject) -> None:
    """Anything in the place of any value is read, or refused with a reason; nothing else comes out of the reader."""
    content = sample(data.draw(st.sampled_from(SAMPLES)))
    for _ in range(data.draw(st.integers(1, 4))):
        at: Any = content
        while isinstance(at, (dict, list)) and at:
            key = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
            if not isinstance(at[key], (dict, list)) or not at[key] or data.draw(st.integers(0, 3)) == 0:
                at[key] = data.draw(_JSON)
                break
            at = at[key]
    try:
        drafts = n8n.read(Document("fuzz.json", content, ""))
    except RefusedError:
        return
    assert all(not Model(draft.elements).dangling() for draft in drafts)


# --- checks ---

CHECKS = {
    "N8N-WEBHOOK-NOAUTH",
    "N8N-FORM-NOAUTH",
    "N8N-CHAT-PUBLIC",
    "N8N-MCP-NOAUTH",
    "N8N-WEBHOOK-ORIGIN-ANY",
    "N8N-WEBHOOK-GET-STATE",
    "N8N-RESP-FULLROWS",
    "N8N-RESP-HTML-XSS",
    "N8N-HTTP-CLEARTEXT",
    "N8N-TLS-NOVERIFY",
    "N8N-SSRF-URL",
    "N8N-SECRET-HEADER",
    "N8N-SECRET-URL",
    "N8N-SECRET-CODE",
    "N8N-SQLI",
    "N8N-SQL-AI",
    "N8N-NOSQLI",
    "N8N-CMD-EXEC",
    "N8N-CMD-INJECT",
    "N8N-CODE-RISKY",
    "N8N-ENV-READ",
    "N8N-COMMUNITY-NODE",
    "N8N-FS-ACCESS",
    "N8N-PINDATA-PII",
    "N8N-AI-AGENT-TOOLS",
    "N8N-AI-EXFIL",
    "N8N-ERR-SWALLOW",
    "N8N-NO-ERRWF",
    "N8N-EXEC-DATA-KEPT",
    "N8N-CALLER-ANY",
    "N8N-SIG-MISSING",
    "N8N-DANGLING",
}
CARELESS = {
    "N8N-AI-AGENT-TOOLS",
    "N8N-AI-EXFIL",
    "N8N-COMMUNITY-NODE",
    "N8N-ERR-SWALLOW",
    "N8N-EXEC-DATA-KEPT",
    "N8N-FORM-NOAUTH",
    "N8N-HTTP-CLEARTEXT",
    "N8N-NO-ERRWF",
    "N8N-PINDATA-PII",
    "N8N-SECRET-HEADER",
    "N8N-SQL-AI",
    "N8N-SQLI",
    "N8N-SSRF-URL",
    "N8N-WEBHOOK-NOAUTH",
    "N8N-WEBHOOK-ORIGIN-ANY",
}


def rules_on(found: Model) -> set[str]:
    """Return the ids of the rules with a finding in a model, the n8n checks among them, folded ones too."""
    declared = {key: setting.kind for key, setting in platforms.settings().items()}
    library = load_library([share("data")], settings=declared)
    result = evaluate(facts(found, today=date(2026, 1, 1), settings=declared), library)
    return {rule for rule in (*result.findings["rule"], *result.folded["rule"]) if rule.startswith("N8N-")}


@pytest.mark.parametrize(("name", "expected"), [("order-intake", CARELESS), ("supplier-invoices", set())])
def test_checks_on_the_samples(name: str, expected: set[str]) -> None:
    """The careless sample shows what checks are for, the careful one has none of it."""
    assert rules_on(sample_model(name, sample(name))) == expected


def checked(*nodes: dict[str, Any], masked: bool = False, **more: Any) -> set[str]:
    """Return the checks that find something in a workflow of these nodes."""
    return rules_on(Model(read(workflow(*nodes, **more), masked=masked)[0].elements))


def test_each_check_finds_its_weakness() -> None:
    """Each of the 32 checks finds something in a workflow that has its weakness."""
    post = hook(httpMethod="POST")
    key = "4f1c9a7e2b8d6035c1e4f7a9b2d8c6e0"
    answer = node("respondToWebhook", "Answer", respondWith="text", responseBody="=<b>{{ $('In').item.json.a }}</b>")
    found = {
        *checked(ai("chatTrigger", "In", public=True)),
        *checked(ai("mcpTrigger", "In")),
        *checked(hook(), node("googleSheets", "Put", operation="append")),
        *checked(
            hook(responseMode="lastNode", responseData="allEntries"),
            node("postgres", "Get", operation="select", table="people"),
        ),
        *checked(hook(responseMode="responseNode"), answer),
        *checked(post, node("httpRequest", "Ask", url="https://a.example", allowUnauthorizedCerts=True)),
        *checked(post, node("httpRequest", "Ask", url=f"https://a.example/x?api_key={key}"), masked=True),
        *checked(post, node("code", "Code", jsCode=f"const apiKey = '{key}'; return items"), masked=True),
        *checked(post, node("mongoDb", "Find", query="={{ $json.body.q }}")),
        *checked(post, node("executeCommand", "Run", command="=ping {{ $json.body.host }}")),
        *checked(post, node("code", "Code", jsCode="return require('child_process').execSync('ls')")),
        *checked(post, node("slack", "Tell", text="={{ $env.SECRET }}")),
        *checked(post, node("readWriteFile", "Read", fileSelector="=/data/{{ $json.body.name }}")),
        *checked(post, settings={"callerPolicy": "any"}),
        *checked(
            node("webhook", "Stripe events", path="pay", httpMethod="POST"),
            node("googleSheets", "Put", operation="append"),
        ),
        *checked(post, wires={"In": ["gone"]}),
        *CARELESS,
    }
    assert found == CHECKS


def test_signature_check_closes_the_open_webhook() -> None:
    """A webhook whose next step computes a signature is not reported as open."""
    guard = node("crypto", "Sign", action="hmac")
    assert "N8N-WEBHOOK-NOAUTH" in checked(hook(), node("noOp", "Next"))
    assert "N8N-WEBHOOK-NOAUTH" not in checked(hook(), guard)


def test_rule_files_are_named_after_their_checks() -> None:
    """One file a check, named after it, each of the 32."""
    declared = {key: setting.kind for key, setting in platforms.settings().items()}
    ids = {rule.id for rule in load_library([share("data")], settings=declared)}
    files = [path.stem for path in share("data", "checks", "n8n").iterdir()]
    assert len(files) == len(CHECKS) == 32
    assert all(any(stem.startswith(f"{check}-") for stem in files) for check in CHECKS)
    assert ids >= CHECKS
