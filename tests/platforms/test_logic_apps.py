"""Workflows of Logic Apps: projects, templates, bare definitions, who may call, keys in parameters, samples."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from small_exports import damaged, document, drafts, fired, model, shuffled
from workflow_exports import (
    HTTP,
    call,
    definition,
    flow,
    folder,
    folder_at,
    models,
    only,
    read_logic,
    request,
    step,
    template,
    way_in,
)

from workbench.model import App, Connection, Model, Process, Service, Store, diff
from workbench.places import share
from workbench.platforms import logic_apps
from workbench.platforms.draft import Document, RefusedError
from workbench.platforms.parcels import Parcel

TODAY = date(2026, 1, 1)
COMPOSE = {"A": {"type": "Compose", "inputs": 1}}
SAMPLES = share("data", "samples", "logic-apps")


def sample() -> Any:
    """Return the sample that is one file."""
    return json.loads((SAMPLES / "invoice-intake.json").read_text())


def connected(reference: str, method: str, path: str, **inputs: Any) -> dict[str, Any]:
    """Return a step that calls a connection by method and path."""
    host = {"connection": {"name": f"@parameters('$connections')['{reference}']['connectionId']"}}
    return {"type": "ApiConnection", "inputs": {"host": host, "method": method, "path": path, **inputs}}


def provided(connection: str, operation: str, **parameters: Any) -> dict[str, Any]:
    """Return a step of what Logic Apps runs itself."""
    chosen = {
        "connectionName": connection,
        "operationId": operation,
        "serviceProviderId": f"/serviceProviders/{connection}",
    }
    return {"type": "ServiceProvider", "inputs": {"parameters": parameters, "serviceProviderConfiguration": chosen}}


# --- wrappers ---


@pytest.mark.parametrize(
    "content",
    [
        None, [], {}, {"definition": 1}, {"resources": [1, {"type": "Microsoft.Web/connections"}]}, {"resources": {}},
        flow(COMPOSE),
        {"actions": {}, "triggers": {}}, {"definition": {"actions": {"a": "b"}, "contentVersion": "1"}},
        {"definition": definition({"A": call("SendEmailV2")})}, {"type": 7, "properties": {"definition": definition(COMPOSE)}},
    ],
)  # fmt: skip
def test_other_files_are_left_alone(content: Any) -> None:
    """Data of others, templates without a workflow, and flows of Power Automate."""
    assert not logic_apps.matches(content)
    with pytest.raises(RefusedError, match="not-logic-apps"):
        logic_apps.read(document(content))


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (definition(COMPOSE), "definition"),
        ({"definition": definition(COMPOSE)}, "file"),
        ({"definition": definition(COMPOSE), "kind": "Stateless"}, "project"),
        ({"type": "Microsoft.Logic/galleries/templates", "properties": {"definition": definition(COMPOSE)}}, "gallery"),
        ({"type": "Microsoft.Logic/workflows", "properties": {"definition": definition(COMPOSE)}}, "arm"),
        (template({"definition": definition(COMPOSE)}), "arm"),
    ],
)
def test_workflows_are_read_in_every_form_of_a_file(content: Any, form: str) -> None:
    """Bare, wrapped, from the gallery, as a resource and within a template."""
    found = only(model(logic_apps, content), App)
    assert (found.platform, found.settings["workflow.format"]) == ("logic-apps", form)


def test_workflows_in_templates_within_templates_are_found() -> None:
    """A deployment may hold a template of its own; each workflow is an app."""
    inner = {
        "type": "Microsoft.Resources/deployments",
        "properties": {"template": template({"definition": definition(COMPOSE)})},
    }
    outer = template({"definition": definition(COMPOSE)})
    outer["resources"].append(inner)
    assert [d.app for d in drafts(logic_apps, outer)] == ["logic-apps-intake", "logic-apps-intake-2"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plain", "plain"), ("[parameters('n')]", "orders"), ("[parameters('m')]", "m"), ("[variables('v')]", "from-variable"),
        ("[concat('la-', parameters('n'))]", "la"), ("[uniqueString(1)]", "export"), (7, "export"),
    ],
)  # fmt: skip
def test_a_resource_is_called_as_its_parameters_say(name: Any, expected: str) -> None:
    """The value of the parameter, else what the parameter is called, else the file."""
    content = template(
        {"definition": definition(COMPOSE)},
        parameters={"n": {"defaultValue": "orders"}},
        variables={"v": "from-variable"},
    )
    content["resources"][0]["name"] = name
    assert only(model(logic_apps, content), App).name == expected


def test_projects_are_told_by_names() -> None:
    """The folder above those with a workflow; files of functions beside it are others'."""
    names = [
        "p/host.json",
        "p/connections.json",
        "p/A/workflow.json",
        "p/B/workflow.json",
        "p/lib/x.json",
        "q/host.json",
        "workflow.json",
    ]
    assert logic_apps.gather(names) == [
        Parcel("p", ("p/A/workflow.json", "p/B/workflow.json", "p/connections.json", "p/host.json"))
    ]


CONNECTIONS = {
    "managedApiConnections": {
        "office365": {
            "api": {"id": "/subscriptions/1/providers/Microsoft.Web/locations/x/managedApis/office365"},
            "authentication": {"type": "ManagedServiceIdentity"},
        }
    },
    "serviceProviderConnections": {
        "sql": {"displayName": "Orders", "parameterSetName": "connectionString",
                "serviceProvider": {"id": "/serviceProviders/sql"},
                "parameterValues": {"connectionString": "Server=a;User Id=u;Password=hunter2-Xy9"}},
    },
}  # fmt: skip


def project() -> list[Model]:
    """Return the models of a project of two workflows."""
    host = {"connection": {"referenceName": "office365"}}
    mail = {
        "type": "ApiConnection",
        "inputs": {"host": host, "method": "post", "path": "/v2/Mail", "body": {"To": "@parameters('to')"}},
    }
    child = {"type": "Workflow", "inputs": {"host": {"workflow": {"id": "Mail"}}}}
    return models(logic_apps.read_parcel(folder({
        "connections.json": CONNECTIONS, "parameters.json": {"to": {"type": "String", "value": "a@gmail.com"}},
        "Mail/workflow.json": {"definition": definition({"Send": mail}), "kind": "Stateless"},
        "Orders/workflow.json": {
            "definition": definition({"Read": provided("sql", "executeQuery", query="SELECT 1"), "Mail": child}),
            "kind": "Stateful",
        },
    })))  # fmt: skip


def test_workflows_of_a_project_share_its_connections() -> None:
    """Connectors, sign-ins and the secrets in them; workflows call each other by name."""
    mail, orders = project()
    first, second = only(mail, Connection), only(orders, Connection)
    assert (first.connector, first.authentication, first.identity) == ("shared_office365", "managed", "service")
    assert (second.connector, second.name, second.authentication) == ("serviceProviders/sql", "Orders", "static_key")
    assert [s.kind for s in second.secrets] == ["password"]
    assert (step(orders, "Mail").calls, only(mail, App).known_as) == (("Mail",), ("Mail",))


def test_a_workflow_without_state_keeps_no_history() -> None:
    """The other kind keeps what passed through."""
    assert [only(m, App).keeps_run_data for m in project()] == [False, True]


def test_files_beside_a_single_workflow_are_looked_at() -> None:
    """Connections and parameters of a file that was imported alone."""
    content = {
        "definition": definition({"Read": provided("sql", "executeQuery", query="SELECT 1")}),
        "kind": "Stateful",
    }
    single = Document("desk.json", content, "0" * 64, companions={"connections.json": CONNECTIONS})
    assert only(models(logic_apps.read(single))[0], Connection).name == "Orders"


# --- connections ---


@pytest.mark.parametrize(
    ("api", "connector"),
    [
        ("/subscriptions/1/providers/Microsoft.Web/locations/x/managedApis/azuretables", "shared_azuretables"),
        ("[concat('/subscriptions/', subscription().id, '/managedApis/servicebus')]", "shared_servicebus"),
        (
            "[subscriptionResourceId('Microsoft.Web/locations/managedApis', parameters('l'), 'azuretables')]",
            "shared_azuretables",
        ),
        ("<enter-api-id-here>", "shared_box"),
        (None, "shared_box"),
    ],
)
def test_connectors_are_told_from_any_spelling_of_their_id(api: Any, connector: str) -> None:
    """As paths, as expressions of templates, else by the name that steps use."""
    given = {"$connections": {"value": {"box_1": {"id": api}}}}
    found = only(read_logic({"A": connected("box_1", "get", "/x")}, **given), Connection)
    assert found.connector == connector


@pytest.mark.parametrize(
    ("name", "connector"),
    [
        ("@parameters('$connections')['slack_1']['connectionId']", "shared_slack"),
        ("@parameters('$connections')[concat('servicebus_', rand(1,3))]['connectionId']", "shared_servicebus"),
        (
            "@json(decodeBase64(triggerOutputs().headers['X-MS-APIM-Tokens']))['$connections']['shared_teams']['connectionId']",
            "shared_teams",
        ),
        ("@parameters('other')['slack']", ""),
    ],
)
def test_connections_are_found_in_their_table(name: str, connector: str) -> None:
    """In the workflow's own, and in that which old flows get from whoever runs them."""
    host = {"connection": {"name": name}}
    step_ = {"type": "ApiConnection", "inputs": {"host": host, "method": "get", "path": "/x"}}
    assert only(read_logic({"A": step_}), Connection).connector == connector


@pytest.mark.parametrize(
    ("reference", "method", "path", "effects"),
    [
        ("office365", "post", "/v2/Mail", ("send_mail",)),
        ("office365", "get", "/v2/Mail", ("read",)),
        ("twitter", "post", "/posttweet", ("publish",)),
        (
            "sharepointonline",
            "post",
            "/datasets/@{encodeURIComponent('x')}/tables/@{encodeURIComponent('y')}/items",
            ("write",),
        ),
        ("sharepointonline", "delete", "/datasets/x/tables/y/items/1", ("delete",)),
        ("sql", "post", "/v2/datasets/x/query/sql", ("read", "write", "delete")),
    ],
)
def test_requests_to_connectors_say_what_they_do(
    reference: str, method: str, path: str, effects: tuple[str, ...]
) -> None:
    """By method and path; a query whose text is not known may do anything."""
    body = {"body": {"query": "@triggerBody()?['q']"}} if "sql" in path else {}
    assert step(read_logic({"A": connected(reference, method, path, **body)}), "A").effects == effects


def test_tables_in_paths_name_the_store() -> None:
    """Encoded twice, as the designer writes them."""
    site, table = (
        f"@{{encodeURIComponent(encodeURIComponent('{part}'))}}" for part in ("https://Acme.example/s", "Staff")
    )
    path = f"/datasets/{site}/tables/{table}/items"
    found = only(read_logic({"A": connected("sharepointonline", "get", path)}), Store)
    assert (found.name, found.identity) == ("SharePoint: Staff", "sharepoint:https://acme.example/s:staff")


def test_a_chosen_address_is_unknown() -> None:
    """The service has no host, and the rule on open addresses finds the step."""
    found = read_logic({"A": request("@triggerBody()?['callback']")})
    assert only(found, Service).host is None
    assert ("NC-047", "process:a") in fired(found, TODAY)


# --- who may call ---

OPEN: dict[str, Any] = {}
LISTED = {"triggers": {"allowedCallerIpAddresses": [{"addressRange": "10.0.0.0-10.0.0.9"}]}}
ANYWHERE = {"triggers": {"allowedCallerIpAddresses": [{"addressRange": "0.0.0.0/0"}]}}
TOKENS: dict[str, Any] = {"triggers": {"openAuthenticationPolicies": {"policies": {"p": {"claims": []}}}}}
ONLY_TOKENS = {"triggers": {**TOKENS["triggers"], "sasAuthenticationPolicy": {"state": "Disabled"}}}


@pytest.mark.parametrize(
    ("access", "expected", "rules"),
    [
        (OPEN, ("secret_url", "internet", False), {"PA-HTTP-ANON", "LA-IP-OPEN"}),
        (LISTED, ("secret_url", "partners", True), {"PA-HTTP-ANON"}),
        (ANYWHERE, ("secret_url", "internet", False), {"PA-HTTP-ANON", "LA-IP-OPEN"}),
        (TOKENS, ("secret_url", "internet", False), {"PA-HTTP-ANON", "LA-IP-OPEN"}),
        (ONLY_TOKENS, ("token", "internet", False), set()),
        ({"triggers": [1]}, ("secret_url", "internet", False), {"PA-HTTP-ANON", "LA-IP-OPEN"}),
    ],
)
def test_access_control_says_who_may_call(access: Any, expected: tuple[Any, ...], rules: set[str]) -> None:
    """Lists of networks and policies; only where the signature is switched off are tokens all that counts."""
    found = model(logic_apps, template({"definition": definition(COMPOSE, HTTP), "accessControl": access}))
    entry = way_in(found)
    assert (entry.authentication, entry.exposure, entry.allowed_callers) == expected
    assert {rule for rule, _ in fired(found, TODAY)} & {"PA-HTTP-ANON", "LA-IP-OPEN"} == rules


def test_what_only_a_template_says_is_unknown_without_one() -> None:
    """A bare workflow has no place for a list of networks."""
    assert way_in(read_logic(COMPOSE)).allowed_callers is None


@pytest.mark.parametrize(
    ("parameters", "fires"),
    [
        ({"apiKey": {"type": "string"}}, True),
        ({"apiKey": {"type": "securestring", "defaultValue": "Zt4kQm8vBx1pLs6w"}}, True),
        ({"apiKey": {"type": "securestring"}}, False),
        ({"apiKey": {"type": "securestring", "defaultValue": "[newGuid()]"}}, False),
        ({"keyVaultName": {"type": "string"}, "partitionKey": {"type": "string"}, "name": {"type": "string"}}, False),
    ],
)
def test_parameters_for_keys_must_be_secure(parameters: Any, *, fires: bool) -> None:
    """Plain ones and those with a value; names of vaults and of parts of tables are no keys."""
    found = model(logic_apps, template({"definition": definition(COMPOSE)}, parameters=parameters))
    assert ("LA-PARAM-PLAIN" in {rule for rule, _ in fired(found, TODAY)}) is fires


def test_a_switched_off_resource_is_a_draft() -> None:
    """Enabled ones are in use."""
    states = [template({"definition": definition(COMPOSE), "state": s}) for s in ("Enabled", "Disabled", 7)]
    assert [only(model(logic_apps, t), App).lifecycle for t in states] == ["active", "draft", None]


# --- samples ---


def test_samples_give_their_expected_model() -> None:
    """The samples read as the models in data/expected say."""
    expected = share("data", "expected", "logic-apps")
    (desk,) = models(logic_apps.read_parcel(folder_at(SAMPLES / "mail-desk")))
    assert model(logic_apps, sample(), "invoice-intake.json").to_json() == json.loads(
        (expected / "invoice-intake.json").read_text()
    )
    assert desk.to_json() == json.loads((expected / "mail-desk.json").read_text())


def test_checks_find_what_the_samples_hide() -> None:
    """The weaknesses of both samples, and the query with parameters is none."""
    (desk,) = models(logic_apps.read_parcel(folder_at(SAMPLES / "mail-desk")))
    found = [
        {rule for rule, _ in fired(m, TODAY) if not rule.startswith("NC-")} for m in (desk, model(logic_apps, sample()))
    ]
    assert found == [
        {"LA-AGENT-TOOLS", "LA-JS-CODE"},
        {"LA-IP-OPEN", "LA-JS-CODE", "LA-PARAM-PLAIN", "PA-HTTP-ACTION-NOAUTH", "PA-HTTP-ANON", "PA-ODATA-INJ"},
    ]


@pytest.mark.parametrize("seed", range(5))
def test_order_of_keys_changes_nothing(seed: int) -> None:
    """Keys in another order give the same model, and nothing in it is left loose."""
    first, second = model(logic_apps, sample()), model(logic_apps, shuffled(sample(), seed))
    assert (diff(first, second), first.dangling()) == ([], [])


@pytest.mark.parametrize("seed", range(100))
def test_damaged_exports_are_read_or_refused(seed: int) -> None:
    """Whatever stands where, the reader gives models in which nothing is loose, or leaves the files alone."""
    content = damaged(sample(), seed, 0.03)
    found = drafts(logic_apps, content) if logic_apps.matches(content) else []
    whole = folder_at(SAMPLES / "mail-desk")
    parts = {name: damaged(d.content, seed + n, 0.03) for n, (name, d) in enumerate(whole.documents.items())}
    found += logic_apps.read_parcel(folder({n: [c] if isinstance(c, str) else c for n, c in parts.items()}))
    assert not any(Model(draft.elements).dangling() for draft in found)
    assert all(p.boundary for draft in found for p in draft.elements if isinstance(p, Process))
