"""Flows of Power Automate: wrappers, ways in, connections, child flows, samples."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from small_exports import damaged, document, drafts, fired, model, shuffled
from workflow_exports import (
    IDENTITY,
    call,
    definition,
    flow,
    folder,
    folder_at,
    models,
    only,
    read,
    request,
    step,
    way_in,
)

from workbench.model import App, Connection, Flow, Model, Process, Store, diff
from workbench.places import share
from workbench.platforms import power_automate
from workbench.platforms.draft import RefusedError
from workbench.platforms.parcels import Parcel

TODAY = date(2026, 1, 1)
PACKAGE = f"Microsoft.Flow/flows/{IDENTITY}/"
MAIL = call("SendEmailV2", {"emailMessage/To": "a@b.example"})
ALL_CHECKS = {
    "PA-ADMIN-CONN", "PA-AUTH-INLINE", "PA-CREATOR-LEAK", "PA-EMBEDDED-CONN", "PA-EXFIL-MAIL", "PA-HTTP-ACTION-NOAUTH",
    "PA-HTTP-ANON", "PA-HTTP-CLEARTEXT", "PA-NO-TRYCATCH", "PA-ODATA-INJ", "PA-SAS-LEAK", "PA-SECUREDATA-OFF",
    "PA-SHARE-ANYONE", "PA-SQL-NATIVE", "PA-TRIGGER-SCHEMA",
}  # fmt: skip


def sample() -> Any:
    """Return the sample that is one file."""
    return json.loads(share("data", "samples", "power-automate", "customer-export.json").read_text())


def app(found: Model) -> App:
    """Return the app."""
    return only(found, App)


# --- wrappers ---


@pytest.mark.parametrize(
    "content",
    [
        None, [], "x", {}, {"properties": {}}, {"properties": {"definition": []}}, {"value": [1]}, {"definition": {"nodes": []}},
        {"type": "Microsoft.Logic/workflows", "properties": {"definition": definition({"A": MAIL})}},
        {"definition": definition({"A": {"type": "Compose"}}), "kind": "Stateful"},
    ],
)  # fmt: skip
def test_other_files_are_left_alone(content: Any) -> None:
    """Data of others, and workflows of Logic Apps."""
    assert not power_automate.matches(content)
    with pytest.raises(RefusedError, match="not-power-automate"):
        power_automate.read(document(content))


def test_flows_are_read_in_every_form_of_a_file() -> None:
    """One flow, a list, an answer with `value`, a solution's file, and a definition that only Power Automate writes."""
    bare = definition({"A": MAIL}, parameters={"$authentication": {"type": "SecureObject"}})
    solution = {
        "properties": {"definition": definition({"A": MAIL}), "connectionReferences": {}},
        "schemaVersion": "1.0.0.0",
    }
    for content in (
        flow({"A": MAIL}),
        [flow({"A": MAIL})],
        {"value": [flow({"A": MAIL})]},
        solution,
        bare,
        {"definition": bare},
    ):
        assert [only(m, App).platform for m in models(drafts(power_automate, content))] == ["power-automate"]


def test_the_id_is_the_flows_own_else_its_name() -> None:
    """A file that is exported again is the same app, whatever the file is called."""
    assert app(read({"A": MAIL})).id == f"power-automate-{IDENTITY}"
    nameless = {"properties": {"definition": definition({"A": MAIL}), "connectionReferences": {}}}
    first = app(model(power_automate, nameless, f"Order mail-{IDENTITY.upper()}.json"))
    assert (first.id, first.name) == (f"power-automate-{IDENTITY}", "Order mail")
    assert app(model(power_automate, nameless, "order mail.json")).id == "power-automate-order-mail"


def test_several_flows_of_one_id_stay_apart() -> None:
    """The name tells them apart, then a number."""
    ids = [d.app for d in drafts(power_automate, [flow({"A": MAIL})] * 3)]
    assert ids == [f"power-automate-{IDENTITY}", f"power-automate-{IDENTITY}-flow", f"power-automate-{IDENTITY}-2"]


def test_packages_and_solutions_are_told_by_names() -> None:
    """Each with its own files; what is no part of them is left to others."""
    names = [
        "a/manifest.json", f"a/{PACKAGE}definition.json", f"a/{PACKAGE}connectionsMap.json",
        "a/Microsoft.PowerApps/apps/1/1.json",
        "b/solution.xml", "b/customizations.xml", "b/[Content_Types].xml", "b/Workflows/X.json", "b/CanvasApps/x.msapp",
        "c/src/Workflows/Y.json", "c/src/Workflows/Y.json.data.xml", "c/src/Other/Solution.xml", "d/Workflows/Z.json",
        "e/solution.xml",
    ]  # fmt: skip
    assert power_automate.gather(names) == [
        Parcel("a", ("a/" + PACKAGE + "connectionsMap.json", "a/" + PACKAGE + "definition.json", "a/manifest.json")),
        Parcel("b", ("b/Workflows/X.json", "b/customizations.xml", "b/solution.xml"), ("b/[Content_Types].xml",)),
        Parcel("c/src", ("c/src/Other/Solution.xml", "c/src/Workflows/Y.json", "c/src/Workflows/Y.json.data.xml")),
    ]


def package(references: dict[str, Any], account: str) -> Model:
    """Return the model of a package whose one connection belongs to an account."""
    contents = {
        "manifest.json": {"resources": {"1": {"details": {"displayName": account}}, "2": 7}},
        f"{PACKAGE}connectionsMap.json": {"shared_office365": "1"},
        f"{PACKAGE}definition.json": flow({"A": MAIL}, {"type": "Request", "kind": "Button", "inputs": {}}, references),
    }
    return models(power_automate.read_parcel(folder(contents)))[0]


def test_a_package_tells_whose_account_a_connection_uses() -> None:
    """A mail address is a person's account; another name says nothing."""
    old = {
        "shared_office365": {
            "connectionName": "x",
            "source": "Embedded",
            "id": "/providers/Microsoft.PowerApps/apis/shared_office365",
        }
    }
    found = only(package(old, "ana@acme.example"), Connection)
    assert (found.name, found.identity, found.connector) == ("ana@acme.example", "personal", "shared_office365")
    assert only(package(old, "Mail desk"), Connection).identity is None


DATA_XML = f"""<Workflow WorkflowId="{{{IDENTITY}}}" Name="Order mail" Description="Sends mails.">
<JsonFileName>/Workflows/Ordermail.json</JsonFileName><Category>CATEGORY</Category><StateCode>STATE</StateCode></Workflow>"""
CUSTOM_XML = f"""<ImportExportXml><Workflows>{DATA_XML}</Workflows><connectionreferences>
<connectionreference connectionreferencelogicalname="acme_mail">
<connectionreferencedisplayname>Desk mail</connectionreferencedisplayname>
<connectorid>/providers/Microsoft.PowerApps/apis/shared_office365</connectorid></connectionreference>
</connectionreferences></ImportExportXml>"""


def solution(category: str = "5", state: str = "1", *, packed: bool = True, variable: str = "") -> list[Model]:
    """Return the models of a solution with one workflow."""
    parameter = {"Site (acme_Site)": {"defaultValue": "https://old.example/s", "metadata": {"schemaName": "acme_Site"}}}
    references = {
        "shared_office365": {
            "runtimeSource": "invoker", "connection": {"connectionReferenceLogicalName": "acme_mail"},
            "api": {"name": "shared_office365"},
        }
    }  # fmt: skip
    listed = call(
        "GetItems", {"dataset": "@parameters('Site (acme_Site)')", "table": "Orders"}, "shared_sharepointonline"
    )
    inner = definition({"A": MAIL, "B": listed}, parameters=parameter)
    xml = (CUSTOM_XML if packed else DATA_XML).replace("CATEGORY", category).replace("STATE", state)
    contents = {
        "Workflows/Ordermail.json": {
            "properties": {"definition": inner, "connectionReferences": references},
            "schemaVersion": "1",
        },
        "customizations.xml" if packed else "Workflows/Ordermail.json.data.xml": xml,
    }
    if variable:
        contents["environmentvariabledefinitions/acme_Site/environmentvariabledefinition.xml"] = variable
    return models(power_automate.read_parcel(folder(contents)))


@pytest.mark.parametrize("packed", [True, False])
def test_a_solution_says_what_a_flow_is(packed: bool) -> None:
    """Name, purpose, state and id, from customizations.xml or from the file beside the flow."""
    (found,) = solution(packed=packed)
    assert (app(found).name, app(found).purpose, app(found).lifecycle, app(found).known_as) == (
        "Order mail", "Sends mails.", "active", (IDENTITY, "Order mail"),
    )  # fmt: skip
    assert app(solution(state="0")[0]).lifecycle == "draft"


def test_connection_references_have_their_names() -> None:
    """The connection is named as in the solution, and whoever runs the flow signs in."""
    (found,) = solution()
    mail = next(c for c in found.of(Connection) if c.connector == "shared_office365")
    assert (mail.name, mail.identity, step(found, "A").runs_as) == ("Desk mail", "invoker", "invoker")


def test_environment_variables_give_parameters_their_values() -> None:
    """What the variable says wins over the default in the flow."""
    inside = "<defaultvalue>https://new.example/s</defaultvalue><type>100000000</type>"
    said = f'<environmentvariabledefinition schemaname="acme_Site">{inside}</environmentvariabledefinition>'
    assert [only(solution(variable=v)[0], Store).identity for v in ("", said)] == [
        "sharepoint:https://old.example/s:orders", "sharepoint:https://new.example/s:orders",
    ]  # fmt: skip


def test_workflows_that_are_no_cloud_flows_are_left_alone() -> None:
    """Desktop flows have another category."""
    assert solution(category="6") == []
    assert power_automate.read_parcel(folder({"Workflows/a.json": {"x": 1}, "solution.xml": "<a/>"})) == []


# --- ways in ---


def http(sign_in: str) -> dict[str, Any]:
    """Return a trigger that waits at an address for certain people."""
    return {"type": "Request", "kind": "Http", "inputs": {"triggerAuthenticationType": sign_in}}


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        ({"type": "Request", "kind": "Http", "inputs": {}}, ("webhook", "secret_url", "internet")),
        (http("All"), ("webhook", "secret_url", "internet")),
        (http("Tenant"), ("webhook", "sso", "organisation")),
        (http("Specific"), ("webhook", "sso", "organisation")),
        ({"type": "Request", "kind": "Button", "inputs": {}}, ("button", "platform", "organisation")),
        ({"type": "Request", "kind": "PowerAppV2"}, ("button", "platform", "organisation")),
        ({"type": "Request", "kind": "ApiConnection", "inputs": []}, ("button", "platform", "organisation")),
        ({"type": "Request", "kind": "Skills"}, ("subflow", "platform", "organisation")),
        ({"type": "Recurrence", "recurrence": {"frequency": "Day", "interval": 1}}, ("schedule", "platform", "owner")),
        (call("OnNewEmailV3"), ("mail", "none", "internet")),
        (call("CalendarGetOnNewItemsV3"), ("app_event", None, None)),
        (call("GetOnNewItems", {}, "shared_sharepointonline", recurrence={}), ("app_event", "platform", "organisation")),
        (call("CreateFormWebhook", {}, "shared_microsoftforms"), ("form", None, None)),
        (call("OnNewTweet", {}, "shared_twitter"), ("app_event", "platform", "internet")),
        (call("OnMessage", {}, "shared_servicebus"), ("message_queue", None, None)),
        (call("OnFile", {}, "shared_sftp"), ("file_drop", None, None)),
        ({"type": "Unheard"}, ("app_event", None, None)),
    ],
)  # fmt: skip
def test_triggers_say_who_can_start_the_flow(trigger: dict[str, Any], expected: tuple[str | None, ...]) -> None:
    """By type, kind and sign-in; what the export does not say is unknown."""
    found = way_in(read({"A": MAIL}, trigger))
    assert (found.kind, found.authentication, found.exposure) == expected


def test_an_unknown_trigger_is_told() -> None:
    """The person who imports reads that it is open who starts the flow."""
    (draft,) = drafts(power_automate, flow({"A": MAIL}, {"type": "Unheard"}))
    assert ["Unheard" in note.text for note in draft.notes] == [True]


# --- connections ---


@pytest.mark.parametrize(
    ("runtime", "kind", "fires"),
    [("embedded", "Button", True), ("embedded", "Http", True), ("invoker", "Button", False), ("embedded", "", False)],
)
def test_embedded_connections_of_shared_flows_are_found(runtime: str, kind: str, *, fires: bool) -> None:
    """Not where those who run it bring their own, nor where only the clock starts it."""
    trigger = {"type": "Request", "kind": kind, "inputs": {}} if kind else {"type": "Recurrence"}
    references = {"shared_office365": {"runtimeSource": runtime, "connection": {}, "api": {"name": "shared_office365"}}}
    found = {rule for rule, _ in fired(read({"A": MAIL}, trigger, references), TODAY)}
    assert ("PA-EMBEDDED-CONN" in found) is fires


@pytest.mark.parametrize(
    ("authentication", "expected"),
    [
        ({"type": "ManagedServiceIdentity", "audience": "x"}, ("managed", "service")),
        ({"type": "ActiveDirectoryOAuth", "clientId": "1"}, ("oauth", "service")),
        ({"type": "Basic", "username": "a", "password": "@parameters('p')"}, ("basic", None)),
        ({"type": "Raw", "value": "@parameters('p')"}, ("static_key", None)),
    ],
)
def test_requests_sign_in(authentication: dict[str, str], expected: tuple[str, str | None]) -> None:
    """Each sign-in of a request is a connection of its own."""
    found = only(read({"A": request("https://a.example", authentication=authentication)}), Connection)
    assert (found.authentication, found.identity) == expected


def test_requests_of_one_account_share_its_sign_in() -> None:
    """At one host and with one account; that of the directory can change rights."""
    account = {"type": "ActiveDirectoryOAuth", "tenant": "t", "clientId": "1", "secret": "@parameters('p')"}
    graph = "https://graph.microsoft.com/v1.0/groups/1/members/$ref"
    found = read(
        {"A": request(graph, authentication=account, method="POST"), "B": request(graph, authentication=account)}
    )
    assert only(found, Connection).access == ("admin",)
    assert (step(found, "A").effects, step(found, "B").effects) == (("call_http", "grant_permission"), ("call_http",))
    assert "PA-ADMIN-CONN" in {rule for rule, _ in fired(found, TODAY)}


def test_a_mail_to_whoever_runs_the_flow_is_no_chosen_receiver() -> None:
    """The platform itself says who that is."""
    own = "@triggerOutputs()['headers']['x-ms-user-email']"
    found = read({"A": call("SendEmailV2", {"emailMessage/To": own})}, {"type": "Request", "kind": "Button"})
    assert [(u.into, u.safe) for u in step(found, "A").uses] == [("recipient", True)]
    assert [f.recipient_source for f in found.of(Flow) if f.source_id.endswith("process:a")] == [None]


def test_keys_in_a_sign_in_are_found_and_never_kept() -> None:
    """A secret and a certificate; what a parameter holds is no finding."""
    inline = {"type": "ActiveDirectoryOAuth", "clientId": "1", "secret": "Tz8~mQ4vRk1pXw7sBn3c"}
    found = read({"A": request("https://a.example", authentication=inline)})
    assert ("PA-AUTH-INLINE", "process:a") in fired(found, TODAY)
    assert "Tz8~mQ4vRk1pXw7sBn3c" not in json.dumps(found.to_json())
    held = read({"A": request("https://a.example", authentication={"type": "Basic", "password": "@parameters('p')"})})
    assert not {rule for rule, _ in fired(held, TODAY)} & {"PA-AUTH-INLINE", "NC-027"}


def test_child_flows_and_addresses_are_what_a_step_calls() -> None:
    """A flow by its id, an address without its query; a signature is never kept."""
    address = "https://prod-1.westeurope.logic.azure.com:443/workflows/0a/triggers/manual/paths/invoke"
    uri = f"{address}?sig=Jr7mVx2QeKp9ZtB4uNcYw6HsLd1aGf8oTi3RbXk5WzE"
    child = {"type": "Workflow", "inputs": {"host": {"workflowReferenceName": IDENTITY.upper()}}}
    found = read({"Child": child, "Other": request(uri), "Chosen": request("https://@{triggerBody()}/x")})
    assert {p.name: p.calls for p in found.of(Process) if p.kind != "trigger"} == {
        "Child": (IDENTITY,), "Other": (address,), "Chosen": (),
    }  # fmt: skip
    assert ("PA-SAS-LEAK", "process:other") in fired(found, TODAY)


def test_outcomes_below_a_step_called_secret_are_kept() -> None:
    """`Succeeded` after a step of that name is no secret, and the order stays."""
    found = read(
        {"Secret": {"type": "Compose", "inputs": 1}, "Next": {"type": "Compose", "runAfter": {"Secret": ["Succeeded"]}}}
    )
    assert not any(p.secrets for p in found.of(Process))


# --- samples ---


def test_samples_give_their_expected_model() -> None:
    """The samples read as the models in data/expected say."""
    expected = share("data", "expected", "power-automate")
    single = model(power_automate, sample(), "customer-export.json")
    (solution_,) = power_automate.read_parcel(folder_at(share("data", "samples", "power-automate", "visitor-requests")))
    assert single.to_json() == json.loads((expected / "customer-export.json").read_text())
    assert Model(solution_.elements).to_json() == json.loads((expected / "visitor-requests.json").read_text())


def test_the_weak_sample_shows_all_checks_and_the_good_one_none() -> None:
    """Every check of Power Automate fires on the sample that has its weakness, and on no other."""
    ours = {rule for rule, _ in fired(model(power_automate, sample()), TODAY) if rule.startswith("PA-")}
    assert ours == ALL_CHECKS
    (good,) = models(
        power_automate.read_parcel(folder_at(share("data", "samples", "power-automate", "visitor-requests")))
    )
    assert not {rule for rule, _ in fired(good, TODAY) if rule.startswith("PA-")}


@pytest.mark.parametrize("seed", range(5))
def test_order_of_keys_changes_nothing(seed: int) -> None:
    """Keys in another order give the same model, and nothing in it is left loose."""
    first, second = model(power_automate, sample()), model(power_automate, shuffled(sample(), seed))
    assert (diff(first, second), first.dangling()) == ([], [])


@pytest.mark.parametrize("seed", range(100))
def test_damaged_flows_are_read_or_refused(seed: int) -> None:
    """Whatever stands where, the reader gives a model in which nothing is loose, or leaves the file alone."""
    content = damaged(sample(), seed, 0.03)
    found = drafts(power_automate, content) if power_automate.matches(content) else []
    assert not any(Model(draft.elements).dangling() for draft in found)


@pytest.mark.parametrize("seed", range(100))
def test_damaged_solutions_are_read_or_left_alone(seed: int) -> None:
    """The same for the parts of a solution, each damaged in its own way."""
    whole = folder_at(share("data", "samples", "power-automate", "visitor-requests"))
    parts = {name: damaged(d.content, seed + n, 0.03) for n, (name, d) in enumerate(whole.documents.items())}
    found = power_automate.read_parcel(folder({n: [c] if isinstance(c, str) else c for n, c in parts.items()}))
    assert not any(Model(draft.elements).dangling() for draft in found)
