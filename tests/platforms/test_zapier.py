"""The Zapier reader, one behaviour at a time, on zaps small enough to see through."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from small_exports import damaged, document, drafts, fired, model, shuffled, together

from workbench.model import App, Connection, EntryPoint, Flow, Model, Process, Service, Store, diff
from workbench.places import share
from workbench.platforms import zapier
from workbench.platforms.draft import RefusedError

TODAY = date(2026, 1, 1)
SIGN_IN = "8259fdb1e0119a59d6fe35bea72f640e8a2afa2ae8a6e7ac6130386b44a9d604"


def node(number: int, api: str, action: str = "go", type_of: str = "write", /, **params: Any) -> dict[str, Any]:
    """Return a step that comes after the one with the number before; keyword arguments are what people filled in."""
    own = {k: params.pop(k) for k in ("authentication_id", "title", "meta", "parent_id") if k in params}
    parent = number - 1 or None
    base = {
        "id": number,
        "type_of": type_of,
        "selected_api": api,
        "action": action,
        "params": params,
        "parent_id": parent,
    }
    return base | own


def hook(**params: Any) -> dict[str, Any]:
    """Return a step that waits for calls."""
    return node(1, "WebHookCLIAPI@1.1.1", "hook_v2", "read", **params)


def export(*zaps: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    """Return an export of zaps."""
    listed = [
        {"id": i, "title": f"Zap {i}", "nodes": {str(n["id"]): n for n in nodes}, **fields}
        for i, nodes in enumerate(zaps, 1)
    ]
    return {"metadata": {"version": 2}, "zaps": listed}


def read(*nodes: dict[str, Any], **fields: Any) -> Model:
    """Return the model of the zap with these steps."""
    return model(zapier, export(list(nodes), **fields))


def step(found: Model, number: int) -> Process:
    """Return the step with that number."""
    element = found[f"zapier-zap-1/process:{number}"]
    assert isinstance(element, Process)
    return element


def uses(found: Model, number: int) -> list[tuple[str, str | None, str, bool | None]]:
    """Return (origin's number, field, sink, safe) of what a step takes."""
    return [(u.origin.rpartition(":")[2], u.field, u.into, u.safe) for u in step(found, number).uses]


def sample() -> Any:
    """Return our own export."""
    return json.loads(share("data", "samples", "zapier", "hiring.json").read_text())


# --- what is an export ---


@pytest.mark.parametrize(
    "content",
    [
        None, [], {}, {"zaps": None}, {"zaps": []}, {"zaps": [1]}, {"zaps": [{"nodes": []}]}, {"zaps": [{"nodes": {"1": {}}}]},
        {"zaps": [{"nodes": {"1": {"selected_api": 3, "type_of": "read"}}}]}, {"nodes": {"1": {"selected_api": "SlackAPI"}}},
        {"flow": []},
    ],
)  # fmt: skip
def test_other_content_is_left_alone(content: Any) -> None:
    """What holds no zap is not taken for an export, and asking for it is refused."""
    assert not zapier.matches(content)
    with pytest.raises(RefusedError, match="no zap"):
        zapier.read(document(content))


def test_each_zap_is_an_app() -> None:
    """Zaps of one file are apps of their own, also if they have one name."""
    content = export([hook()], [hook()])
    content["zaps"][1]["title"] = "Zap 1"
    assert [d.app for d in drafts(zapier, content)] == ["zapier-zap-1", "zapier-zap-1-2"]


@pytest.mark.parametrize(("status", "expected"), [("on", "active"), ("off", "draft"), (None, None), (3, None)])
def test_status_says_whether_it_runs(status: Any, expected: str | None) -> None:
    """A zap is active, switched off, or the export does not say."""
    (app,) = read(hook(), status=status).of(App)
    assert app.lifecycle == expected


# --- ways in ---


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (hook(), ("webhook", "secret_url", "internet")),
        (node(1, "WebHookAPI", "hook_raw", "read"), ("webhook", "secret_url", "internet")),
        (node(1, "WebHookCLIAPI@1.1.1", "poll", "read"), ("schedule", "platform", "owner")),
        (node(1, "ScheduleCLIAPI@1.0.0", "everyDay", "read"), ("schedule", "platform", "owner")),
        (node(1, "GoogleSheetsV2CLIAPI@2.9.1", "new_row", "read"), ("app_event", "platform", "private")),
        (node(1, "ShopifyCLIAPI@6.1.1", "new_order_hook_v2", "read"), ("app_event", None, "internet")),
        (node(1, "SlackAPI", "message", "read"), ("app_event", None, "internet")),
        (node(1, "GoogleMailV2CLIAPI@2.3.0", "message", "read"), ("mail", "none", "internet")),
        (node(1, "InterfacesCLIAPI", "form", "read"), ("form", None, "internet")),
    ],
    ids=lambda value: value["selected_api"] if isinstance(value, dict) else "",
)
def test_the_first_step_is_the_way_in(first: dict[str, Any], expected: tuple[str, ...]) -> None:
    """What starts a zap is an entry point with its kind, the proof it asks for, and who can reach it."""
    (entry,) = read(first).of(EntryPoint)
    assert (entry.kind, entry.authentication, entry.exposure) == expected


@pytest.mark.parametrize(
    ("key", "match", "value", "expected"),
    [
        ("1__secret", "exact", "long", "token"),
        ("1__headers__x_token", "iexact", "long", "token"),
        ("1__secret", "exact", "", "secret_url"),
        ("1__secret", "iexist", "x", "secret_url"),
        ("1__name", "exact", "x", "secret_url"),
        ("2__secret", "exact", "x", "secret_url"),
    ],
)
def test_filter_behind_a_hook_may_be_the_proof(key: str, match: str, value: str, expected: str) -> None:
    """Only a filter that goes on with the right secret proves who calls."""
    row = {"id": 1, "group": 1, "key": key, "match": match, "value": value, "action": "continue"}
    found = read(hook(), node(2, "FilterAPI", "filter", "filter", filter_criteria=[row]))
    (entry,) = found.of(EntryPoint)
    assert entry.authentication == expected


# --- steps ---


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (node(2, "FilterAPI", "filter", "filter"), ("decision", (), "built_in")),
        (node(2, "DelayCLIAPI@1.1.1", "delay_for"), ("wait", (), "built_in")),
        (node(2, "SlackAPI", "channel_message"), ("message", ("send_message",), "official")),
        (node(2, "GoogleMailV2CLIAPI@2.3.0", "message"), ("mail", ("send_mail",), "official")),
        (node(2, "GoogleSheetsV2CLIAPI@2.9.1", "add_row"), ("step", ("write",), "official")),
        (node(2, "QuipCLIAPI@1.10.0", "document"), ("step", ("write",), "official")),
        (node(2, "HubSpotCLIAPI", "contact", "search"), ("step", ("read",), "official")),
        (node(2, "App217413CLIAPI@1.0.0", "enrich_contact"), ("step", ("write",), "custom")),
        (node(2, "CodeCLIAPI@1.0.1", "run_python"), ("code", ("run_code",), "built_in")),
        (node(2, "CodeCLIAPI@1.0.1", "x", code="await fetch('https://a.example')"), (
            "code", ("run_code", "call_http"), "built_in"
        )),
        (node(2, "WebHookCLIAPI@1.1.1", "put", url="https://a.example"), ("http", ("call_http", "write"), "built_in")),
        (node(2, "ShopifyCLIAPI@6.1.1", "_zap_raw_request", method="GET"), ("http", ("call_http", "read"), "official")),
        (node(2, "MySQLCLIAPI", "custom_query", query="DELETE FROM a"), ("query", ("delete",), "official")),
        (node(2, "StorageCLIAPI", "set_value"), ("step", ("write",), "built_in")),
    ],
    ids=lambda value: value["selected_api"] if isinstance(value, dict) else "",
)  # fmt: skip
def test_steps_by_app_and_action(raw: dict[str, Any], expected: tuple[str, tuple[str, ...], str]) -> None:
    """A step's app and action say what it is, what it can do, and who made it."""
    found = step(read(hook(), raw), 2)
    assert (found.kind, found.effects, found.component) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (node(2, "SlackAPI", "channel_message", text="{{1__user__name}}"), ("user.name", "message", False)),
        (node(2, "SlackAPI", "channel_message", channel="{{1__room}}"), ("room", "recipient", False)),
        (node(2, "GoogleMailV2CLIAPI", "message", body="{{1__Full Name}}"), ("Full Name", "mail", False)),
        (node(2, "WebHookCLIAPI", "post", url="https://{{1__host}}/x"), ("host", "url", False)),
        (node(2, "WebHookCLIAPI", "post", url="https://a.example/{{1__id}}"), ("id", "parameter", None)),
        (node(2, "CodeCLIAPI", "x", input={"a": "{{1__a}}"}), ("a", "parameter", None)),
        (node(2, "CodeCLIAPI", "x", code="let a = '{{1__a}}'"), ("a", "code", False)),
        (node(2, "MySQLCLIAPI", "custom_query", query="SELECT {{1__id}}"), ("id", "sql", False)),
        (node(2, "GoogleSheetsV2CLIAPI", "add_row", **{"COL$A": "{{1__name}}"}), ("name", "table_file", None)),
        (node(2, "OpenAICLIAPI", "chat", prompt="{{1__q}}"), ("q", "prompt", False)),
    ],
    ids=str,
)
def test_fields_say_what_goes_where(raw: dict[str, Any], expected: tuple[str, str, bool | None]) -> None:
    """A field of an earlier step enters a step at a place that may be dangerous."""
    assert uses(read(hook(), raw), 2) == [("1", *expected)]


def test_fields_by_inner_numbers_are_told() -> None:
    """A field that names a step by a number which the export does not explain is told, and not followed."""
    (draft,) = drafts(
        zapier, export([hook(), node(2, "SlackAPI", "channel_message", text="{{=gives['281795060']['a']}}")])
    )
    assert uses(Model(draft.elements), 2) == []
    assert [n.text for n in draft.notes] == [
        "it takes fields by numbers that the export does not explain; what they hold is not followed"
    ]


def test_steps_follow_their_parents() -> None:
    """Two steps after one are two ways, each with what the steps on it take."""
    left = node(2, "SlackAPI", "channel_message", text="{{1__email}}")
    right = node(3, "SlackAPI", "channel_message", text="{{1__phone}}", parent_id=1)
    found = read(hook(), left, right)
    ways = {(f.target_id.rpartition(":")[2], f.data) for f in found.of(Flow) if f.source_id.endswith("process:1")}
    assert ways == {("2", ("zapier-zap-1/data:email",)), ("3", ("zapier-zap-1/data:phone",))}


def test_code_that_calls_out_shows_where() -> None:
    """Addresses in code that fetches are services, with what the step takes."""
    code = node(2, "CodeCLIAPI", "x", input={"m": "{{1__email}}"}, code="await fetch('https://score.example.net/rate')")
    found = read(hook(), code)
    (service,) = found.of(Service)
    (flow,) = [f for f in found.of(Flow) if f.target_id == service.id]
    assert (service.host, flow.data, flow.encrypted) == ("score.example.net", ("zapier-zap-1/data:email",), True)
    assert ("ZP-CODE", "process:2") in fired(found, TODAY)


# --- what steps talk to ---


def test_one_sign_in_of_several_zaps_is_counted() -> None:
    """A sign-in that three zaps use says so in each of them; that of one zap does not."""
    zap = [hook(), node(2, "SlackAPI", "channel_message", authentication_id=SIGN_IN)]
    for zaps, expected in (([zap] * 3, True), ([zap], False)):
        found = [Model(d.elements) for d in drafts(zapier, export(*zaps))]
        assert [c.settings["zapier.zaps"] for m in found for c in m.of(Connection)] == [len(zaps)] * len(zaps)
        assert (("ZP-SHARED-AUTH", f"connection:{SIGN_IN}") in fired(found[0], TODAY)) is expected


@pytest.mark.parametrize(
    ("raw", "identity"),
    [
        (
            node(2, "GoogleSheetsV2CLIAPI", "add_row", spreadsheet="1mZ4kQx7WbT9rLc2VnYs8PdJ0hGf3Ea6UoXi5Kt1RqSw"),
            "google-sheets:1mz4kqx7wbt9rlc2vnys8pdj0hgf3ea6uoxi5kt1rqsw",
        ),
        (
            node(2, "AirtableCLIAPI", "create", a="appK3vQ7sLx0Wm2Zd", t="tbl9RtY4uPo1Ghj6N"),
            "airtable:appk3vq7slx0wm2zd/tbl9rty4upo1ghj6n",
        ),
        (node(2, "AirtableCLIAPI", "create", a="{{1__base}}"), None),
    ],
)  # fmt: skip
def test_stores_are_named_as_on_their_own_system(raw: dict[str, Any], identity: str | None) -> None:
    """A table has the name that other apps' models give it too, if the zap fixes it."""
    (store,) = read(hook(), raw).of(Store)
    assert store.identity == identity


def test_calls_to_other_automations_are_kept_by_their_masked_address() -> None:
    """What joins apps is kept, the secret part of the address is not."""
    found = read(
        hook(), node(2, "WebHookCLIAPI", "post", url="https://hooks.zapier.com/hooks/catch/1234567/abcdefg/?a=1")
    )
    (called,) = step(found, 2).calls
    assert called.startswith("https://hooks.zapier.com/hooks/catch/«secret:webhook_url:")


# --- samples ---


def test_the_sample_gives_its_expected_model() -> None:
    """The sample export reads as the model in data/expected says."""
    expected = json.loads(share("data", "expected", "zapier", "hiring.json").read_text())
    assert together(drafts(zapier, sample(), "hiring.json")).to_json() == expected


def test_all_checks_fire_on_the_sample() -> None:
    """Every check of Zapier fires on the zap that has its weakness, and the harmless one has none of its own."""
    found = [{r for r, _ in fired(Model(d.elements), TODAY) if r.startswith("ZP-")} for d in drafts(zapier, sample())]
    assert found == [{"ZP-CATCHHOOK", "ZP-CODE", "ZP-SHARED-AUTH"}, {"ZP-SHARED-AUTH"}, {"ZP-SHARED-AUTH"}]


@pytest.mark.parametrize("seed", range(5))
def test_order_of_keys_changes_nothing(seed: int) -> None:
    """Keys in another order give the same model, and nothing in it is left loose."""
    first, second = together(drafts(zapier, sample())), together(drafts(zapier, shuffled(sample(), seed)))
    assert diff(first, second) == []
    assert first.dangling() == []


@pytest.mark.parametrize("seed", range(100))
def test_damaged_exports_are_read_or_left_alone(seed: int) -> None:
    """Whatever stands where, the reader gives models in which nothing is loose, or leaves the file alone."""
    content = damaged(sample(), seed)
    for draft in drafts(zapier, content) if zapier.matches(content) else ():
        assert Model(draft.elements).dangling() == []
