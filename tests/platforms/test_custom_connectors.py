"""Custom connectors: how they sign in, where they call, and what whoever makes a connection may choose."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from workbench import platforms
from workbench.model import App, Connection, EntryPoint, Flow, Model, Process, Service
from workbench.places import share
from workbench.platforms import custom_connectors
from workbench.platforms.draft import Document
from workbench.platforms.parcels import Folder
from workbench.rules import evaluate, facts, load_library

if TYPE_CHECKING:
    from pathlib import Path

KEY = b"a key for tests"


def definition(**more: Any) -> dict[str, Any]:
    """Return the description of a small API."""
    operation = {"parameters": [{"name": "body", "in": "body", "schema": {"$ref": "#/definitions/Order"}}]}
    return {
        "swagger": "2.0", "info": {"title": "Orders"}, "host": "api.orders.example.com", "basePath": "/v1",
        "schemes": ["https"], "paths": {"/orders": {"get": {"operationId": "List"}, "post": operation}},
        "definitions": {"Order": {"properties": {"customer email": {}, "amount": {}}}},
    } | more  # fmt: skip


def read(given: dict[str, Any], **properties: Any) -> Model:
    """Return the model of a connector."""
    contents = {"apiDefinition.swagger.json": given, "apiProperties.json": {"properties": properties}}
    drafts = custom_connectors.read_parcel(Folder("Orders", {n: Document(n, c, "") for n, c in contents.items()}))
    assert len(drafts) == 1
    return Model(drafts[0].elements)


def host(template: str) -> list[dict[str, Any]]:
    """Return the policy that makes up the address."""
    return [{"templateId": "dynamichosturl", "parameters": {"x-ms-apimTemplateParameter.urlTemplate": template}}]


def test_a_connector_is_an_app_that_calls_a_host() -> None:
    """Flows and apps start it, it talks to the API's host over its connection, and others find it by its name."""
    model = read(definition())
    app, step = model.of(App)[0], model.of(Process)[0]
    assert (app.name, app.known_as) == ("Orders", ("orders", "shared_orders"))
    assert (step.effects, step.calls) == (("call_http", "read", "write"), ("https://api.orders.example.com/v1",))
    assert [s.host for s in model.of(Service)] == ["api.orders.example.com"]
    assert (model.of(EntryPoint)[0].kind, model.of(EntryPoint)[0].authentication) == ("subflow", "platform")
    flow = next(f for f in model.of(Flow) if f.connection)
    assert {model[i].name for i in flow.data} == {"customer email", "amount"}
    assert model.dangling() == []


@pytest.mark.parametrize(
    ("schemes", "parameters", "way"),
    [
        ({}, {}, "none"),
        ({"a": {"type": "oauth2"}}, {"token": {"type": "oauthSetting"}}, "oauth"),
        (
            {"a": {"type": "basic"}},
            {"username": {"type": "securestring"}, "password": {"type": "securestring"}},
            "basic",
        ),
        ({"a": {"type": "apiKey", "in": "header"}}, {"api_key": {"type": "securestring"}}, "static_key"),
        ({}, {"api_key": {"type": "securestring"}}, "static_key"),
        ({}, {"hostUrl": {"type": "string"}}, "none"),
        ({}, {"gateway": {"type": "gatewaySetting"}}, None),
        ({}, {"api_key": {"type": "string"}}, None),
    ],
)
def test_how_connections_sign_in(schemes: Any, parameters: Any, way: str | None) -> None:
    """By what people are asked for and what the API takes; an address is no credential."""
    model = read(definition(securityDefinitions=schemes), connectionParameters=parameters)
    assert model.of(Connection)[0].authentication == way


@pytest.mark.parametrize(
    ("parameters", "plain"),
    [
        ({"api_key": {"type": "string"}}, True),
        ({"password": {"type": "string"}}, True),
        ({"token:clientSecret": {"type": "string"}}, True),
        ({"api_key": {"type": "securestring"}}, False),
        ({"token:TenantId": {"type": "string"}, "keyword": {"type": "string"}}, False),
    ],
)
def test_keys_in_ordinary_fields(parameters: Any, plain: bool) -> None:
    """A field of the type string shows what it holds."""
    model = read(definition(), connectionParameters=parameters)
    assert model.of(Connection)[0].settings["custom_connectors.plain_secret"] is plain


def test_keys_in_the_address() -> None:
    """An API key in the query, or a policy that puts a secret there."""
    key = {"api_key": {"type": "securestring"}}
    policy = {
        "templateId": "setqueryparameter",
        "parameters": {"x-ms-apimTemplateParameter.value": "@connectionParameters('api_key')"},
    }
    for model in (
        read(definition(securityDefinitions={"k": {"type": "apiKey", "in": "query"}}), connectionParameters=key),
        read(definition(), connectionParameters=key, policyTemplateInstances=[policy]),
    ):
        assert model.of(Connection)[0].settings["custom_connectors.key_in_query"] is True


@pytest.mark.parametrize(
    ("template", "degree"),
    [
        ("https://@connectionParameters('host')", "whole"),
        ("@connectionParameters('host')/api/v2", "whole"),
        ("https://@connectionParameters('host').example.com", "part"),
        ("https://api.example.com/@connectionParameters('host')", "none"),
        ("https://@connectionParameters('region','eu').example.com", "choice"),
    ],
)
def test_how_much_of_the_address_is_free(template: str, degree: str) -> None:
    """The whole host, a part of it, one of a list, or only the path behind it."""
    choices = {"uiDefinition": {"constraints": {"allowedValues": [{"value": "eu"}]}}}
    parameters = {"host": {"type": "string"}, "region": {"type": "string"} | choices}
    model = read(definition(), connectionParameters=parameters, policyTemplateInstances=host(template))
    assert model.of(Process)[0].settings["custom_connectors.host_from_user"] == degree
    assert [s.host for s in model.of(Service)] == [None if degree == "whole" else "api.orders.example.com"]


def test_connectors_of_a_solution_are_read_together() -> None:
    """In a solution the parts of several connectors lie in one folder."""
    contents = {
        "new_orders_openapidefinition.json": definition(),
        "new_orders_connectionparameters.json": {"api_key": {"type": "securestring"}},
        "new_parts_openapidefinition.json": definition(info={"title": "Parts"}),
    }
    drafts = custom_connectors.read_parcel(Folder("Connectors", {n: Document(n, c, "") for n, c in contents.items()}))
    assert [d.app for d in drafts] == ["custom-connectors-orders", "custom-connectors-parts"]


def test_what_describes_no_api_is_none_of_ours() -> None:
    """A file of that name with something else in it."""
    folder = Folder("x", {"apiDefinition.swagger.json": Document("apiDefinition.swagger.json", {"openapi": "3.0"}, "")})
    assert custom_connectors.read_parcel(folder) == []


@pytest.mark.parametrize("name", ["parcel-tracking", "site-weather"])
def test_samples_give_their_expected_model(name: str) -> None:
    """The sample connectors read as the models in data/expected say."""
    found = platforms.read_files([share("data", "samples", "custom-connectors", name)], key=KEY)
    expected = json.loads(share("data", "expected", "custom-connectors", f"{name}.json").read_text())
    assert Model(found.drafts[0].elements).to_json() == expected


# What each check finds in the corpus, beside what platforms.md counted.
CHECKS = {
    "CC-NOAUTH": 4,  # 3 with nothing at all; the fourth asks for an address and a name, and for no credential
    "CC-SECRET-STRING": 1,  # the key in the query
    "CC-DYNHOST": 7,  # 8 with dynamichosturl; one of them offers a choice of two hosts
    # CC-HTTP: all are https
}


def test_the_corpus(corpus: Path) -> None:
    """All 24 pairs are read, and the checks find what was counted."""
    found = platforms.read_files([corpus / "powerplatform-connectors"], key=KEY)
    assert (found.refused, found.unrecognised, len(found.drafts)) == ([], ["SOURCES.tsv"], 24)
    models = [Model(draft.elements) for draft in found.drafts]
    degrees = Counter(p.settings["custom_connectors.host_from_user"] for m in models for p in m.of(Process))
    assert degrees == {"none": 16, "whole": 5, "part": 2, "choice": 1}
    declared = {key: setting.kind for key, setting in platforms.settings().items()}
    library = load_library([share("data")], settings=declared)
    counted: Counter[str] = Counter()
    for model in models:
        result = evaluate(facts(model, today=date(2026, 1, 1), settings=declared), library)
        counted.update(r for r in (*result.findings["rule"], *result.folded["rule"]) if r.startswith("CC-"))
    assert dict(counted) == CHECKS
