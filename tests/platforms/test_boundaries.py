"""Boundaries that apps share have the same content whoever makes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.model import Model
from workbench.platforms import boundaries
from workbench.platforms.boundaries import internet, of_host, on_premises, platform, third_party
from workbench.platforms.connectors import everything


def test_a_vendor_has_one_boundary_by_name_and_by_each_of_its_hosts() -> None:
    """Two apps that reach a vendor by different ways share its boundary."""
    apart = [
        host
        for connector in everything().values()
        for host in connector.hosts
        if not third_party(connector.vendor) == third_party(host) == third_party(f"tenant.{host}")
    ]
    assert apart == []


def test_boundaries_of_all_kinds_fit_into_one_model() -> None:
    """Third parties lie in the internet, the platform and the own network do not."""
    everywhere = (internet(), on_premises(), platform("n8n"), third_party("Slack"), third_party("api.example.org"))
    assert [boundary.boundary for boundary in everywhere] == [None, None, None, internet().id, internet().id]
    assert len(Model(everywhere)) == len(everywhere)


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.4", "192.168.1.20:8123", "172.16.3.4", "127.0.0.1", "localhost", "http://localhost:5678/", "nas",
        "nas.", "nas.local", "db.internal", "erp.corp", "fritz.box.lan", "[::1]", "::1", "fd00::1", "http://[fe80::1]:1880/",
        "169.254.1.1", "host.docker.internal", "LOCALHOST", "opc.tcp://10.1.2.3:4840",
    ],
)  # fmt: skip
def test_private_addresses_and_bare_names_are_on_premises(host: str) -> None:
    """Whatever is written around them."""
    assert of_host(host) == on_premises()


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("api.example.com", "example.com"),
        ("https://api.example.com:8443/v1?x=1", "example.com"),
        ("https://user:word@api.example.com/", "example.com"),
        ("api.example.co.uk", "example.co.uk"),
        ("my-app.herokuapp.com", "my-app.herokuapp.com"),
        ("acme.app.n8n.cloud", "acme.app.n8n.cloud"),
        ("8.8.8.8", "8.8.8.8"),
        ("hooks.slack.com", "Slack"),
        ("API.OpenAI.com", "OpenAI"),
        ("s3.eu-west-1.amazonaws.com", "Amazon S3"),
        ("bucket.s3.amazonaws.com", "Amazon S3"),
        ("abc.lambda-url.eu-west-1.on.aws", "on.aws"),
        ("ec2-1-2-3-4.compute.amazonaws.com", "Amazon Web Services"),
        ("acme.sharepoint.com", "Microsoft SharePoint"),
    ],
)
def test_other_hosts_are_third_parties_named_after_the_vendor(host: str, name: str) -> None:
    """Or after the domain that the vendor registered; on domains shared by strangers, one label more."""
    boundary = of_host(host)
    assert boundary is not None
    assert (boundary.name, boundary.kind) == (name, "third_party")


@pytest.mark.parametrize(
    "host",
    [None, "", " ", "={{ $json.host }}", "{{host}}", "${HOST}", "a b", "exa mple.com", "https://", "…", "%HOST%"],
)
def test_unknown_hosts_have_no_boundary(host: str | None) -> None:
    """What an expression makes up when the app runs cannot be placed."""
    assert of_host(host) is None


def test_the_id_says_what_it_is() -> None:
    """Ids are stable and readable."""
    assert [b.id for b in (internet(), on_premises(), platform("Node-RED"), third_party("Slack"))] == [
        boundaries.INTERNET,
        boundaries.ON_PREMISES,
        "boundary:platform:node-red",
        "boundary:third-party:slack",
    ]


def test_the_tenant_is_neither_outside_nor_a_third_party() -> None:
    """Sites, mailboxes and tables of the organisation at Microsoft are its own."""
    tenant = boundaries.microsoft_tenant()
    assert (tenant.id, tenant.kind, tenant.boundary) == (boundaries.MICROSOFT_TENANT, "tenant", None)


@given(st.text(max_size=80))
def test_any_text_has_a_boundary_or_none(text: str) -> None:
    """And the same text always the same one."""
    assert of_host(text) == of_host(text)


@given(st.ip_addresses())
def test_addresses_are_placed_by_whether_the_world_can_reach_them(address: object) -> None:
    """Global ones are third parties, all others on premises."""
    boundary = of_host(str(address))
    assert boundary is not None
    assert (boundary.kind == "third_party") == address.is_global  # type: ignore[attr-defined]
