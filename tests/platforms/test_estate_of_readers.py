"""What n8n and Node-RED exports say of other apps: what they call, what they are known as, what their stores are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from n8n_exports import hook, node, workflow
from n8n_exports import read as read_n8n
from node_red_flows import model as red_model
from node_red_flows import node as red_node

from workbench import platforms
from workbench.model import App, Process, Store
from workbench.platforms import calls

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.model import Model


def steps(content: Any) -> list[Process]:
    return [e for e in read_n8n(content)[0].elements if isinstance(e, Process)]


def app(content: Any) -> App:
    return next(e for e in read_n8n(content)[0].elements if isinstance(e, App))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("wf7", ("wf7",)),
        ("={{ $json.which }}", ()),
        ({"__rl": True, "mode": "list", "value": "wf7", "cachedResultName": "Refunds"}, ("wf7", "Refunds")),
        ({"mode": "url", "value": "https://n8n.acme.example/workflow/wf7"}, ("wf7",)),
        ({"mode": "list", "value": "wf7", "cachedResultName": "Sales — Refunds"}, ("wf7", "Refunds")),
        ([1], ()),
    ],
)
def test_a_step_that_runs_a_workflow_names_it(given: Any, expected: tuple[str, ...]) -> None:
    """By its id, and by the name that the editor showed; what is chosen at run time is not known."""
    (_, step) = sorted(steps(workflow(hook(), node("executeWorkflow", "Run", workflowId=given))), key=lambda s: s.id)
    assert step.calls == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://ana:pw@Hooks.Acme.example/webhook/orders/?token=1#x", "https://hooks.acme.example/webhook/orders"),
        ("http://a.example", "http://a.example/"),
        ("https://a.example/{{ $json.path }}", None),
        ("https://{{ $json.host }}/x", None),
        ("https://a.example/x?id={{ $json.id }}", "https://a.example/x"),
        ("/only/a/path", None),
        ("", None),
    ],
)
def test_an_address_is_kept_without_what_is_secret_or_open(given: str, expected: str | None) -> None:
    """User, query and fragment go; an address whose host or path is only known at run time is none."""
    assert calls.address(given) == expected


def test_a_request_says_where_it_goes() -> None:
    """The fixed address of a request is what the step calls."""
    found = steps(workflow(hook(), node("httpRequest", "Ask", url="=https://n8n.acme.example/webhook/refunds")))
    assert [s.calls for s in found if s.name == "Ask"] == [("https://n8n.acme.example/webhook/refunds",)]


def test_a_workflow_is_known_by_its_id_and_its_addresses() -> None:
    """Webhooks, forms and topics are under what others write; a switched-off trigger listens to nothing."""
    content = workflow(
        hook(), node("formTrigger", "Form", path="apply"), node("mqttTrigger", "Topic", topics="plant/+/state"),
        node("webhook", "Old", path="old", disabled=True), wires={},
    )  # fmt: skip
    assert app(content).known_as == ("/form/apply", "/webhook/orders", "mqtt:///plant/+/state", "wf1")


def test_a_document_is_the_same_store_however_it_is_given() -> None:
    """A link and an id name one spreadsheet; a base has its table; a table of a database goes by its credential."""
    real = {"postgres": {"id": "pg7Qk2Lm9Xv4Rt1Z", "name": "Shop"}}
    stand_in = {"postgres": {"id": "1", "name": "Shop"}}
    given = [
        node("googleSheets", "A", documentId={"mode": "url", "value": "https://docs.google.com/spreadsheets/d/1AbC_d-9Ef/edit"}),
        node("googleSheets", "B", documentId={"mode": "id", "value": "1AbC_d-9Ef"}, sheetName="Other"),
        node("airtable", "C", base={"value": "appAAAABBBBCCCC11"}, table={"value": "tblAAAABBBBCCCC22"}),
        node("postgres", "D", table="orders", schema="public", credentials=real),
        node("postgres", "E", table="orders", credentials=stand_in),
        node("googleSheets", "F", documentId="={{ $json.sheet }}"),
        node("airtable", "G", application="", table="Table 1"),
    ]  # fmt: skip
    found = read_n8n(workflow(hook(), *given))[0].elements
    assert sorted({e.identity for e in found if isinstance(e, Store) and e.identity}) == [
        "airtable:appaaaabbbbcccc11/tblaaaabbbbcccc22", "google-sheets:1abc_d-9ef",
        "postgres:pg7qk2lm9xv4rt1z/public.orders",
    ]  # fmt: skip


def red_app(found: Model) -> App:
    return found.apps[0]


def test_node_red_listens_at_paths_and_topics_and_calls_them() -> None:
    """Paths of HTTP endpoints, topics with their broker; requests and publications name the same."""
    broker = {"id": "b", "type": "mqtt-broker", "broker": "Broker.Acme.example", "port": "8883", "usetls": True}
    found = red_model(
        broker,
        red_node("http in", "h", url="/orders/:id", method="post"),
        red_node("mqtt in", "m", topic="plant/#", broker="b"),
        red_node("mqtt out", "o", topic="plant/fault", broker="b"),
        red_node("http request", "r", url="localhost:1880/orders/7?x=1"),
        red_node("mqtt out", "d", topic="", broker="b"),
    )
    assert red_app(found).known_as == ("/orders/:id", "mqtt://broker.acme.example:8883/plant/#")
    assert {p.id.rpartition(":")[2]: p.calls for p in found.of(Process) if p.calls} == {
        "o": ("mqtt://broker.acme.example:8883/plant/fault",), "r": ("http://localhost:1880/orders/7",),
    }  # fmt: skip


def test_node_red_databases_are_named_by_host_and_database() -> None:
    """A database on another host is the same for all; one on the server itself may be any."""
    databases = [
        {"id": "d1", "type": "MySQLdatabase", "host": "DB.acme.example", "port": "3306", "db": "Shop"},
        {"id": "d2", "type": "MySQLdatabase", "host": "localhost", "port": "3306", "db": "Shop"},
    ]
    found = red_model(*databases, red_node("mysql", "a", mydb="d1"), red_node("mysql", "b", mydb="d2"))
    assert sorted(f"{s.identity}" for s in found.of(Store)) == ["None", "sql:db.acme.example/shop"]


def test_an_address_that_cannot_be_guessed_is_recognised_though_masked(tmp_path: Path) -> None:
    """The caller's address is masked as a secret; the app that listens there is known by the same mask."""
    path = "3f2b1c1e-1111-4222-8333-abcdefabcdef"
    listens = workflow(node("webhook", "In", path=path), id="listens")
    asks = workflow(hook(), node("httpRequest", "Ask", url=f"https://n8n.acme.example/webhook/{path}"), id="asks")
    (tmp_path / "all.json").write_text(json.dumps([listens, asks]))
    elements = [e for d in platforms.read_files([tmp_path], key=b"k" * 32).drafts for e in d.elements]
    (called,) = [c for e in elements if isinstance(e, Process) for c in e.calls]
    known = {name for e in elements if isinstance(e, App) for name in e.known_as}
    assert path not in called
    assert any(called.endswith(name) and path not in name for name in known if name.startswith("/webhook/«"))
