"""What the steps of Node-RED exports talk to, where it lies, and how they reach it."""

from __future__ import annotations

from typing import Any

import pytest
from node_red_flows import broker, config, function, model, node, process, uses

from workbench.model import Connection, Flow, Service, Store


@pytest.mark.parametrize(
    ("url", "host", "boundary", "encrypted"),
    [
        ("https://api.example.com/v1", "api.example.com", "boundary:third-party:example-com-a379a6f6", True),
        ("http://api.example.com/v1", "api.example.com", "boundary:third-party:example-com-a379a6f6", False),
        ("http://192.168.1.20/status", "192.168.1.20", "boundary:on-premises", False),
        ("http://localhost:1880/x", "localhost", "boundary:on-premises", None),
        ("http://[::1]:1880/x", "[::1]", "boundary:on-premises", None),
        ("https://plc.factory.local/", "plc.factory.local", "boundary:on-premises", True),
        ("plc7/status", "plc7", "boundary:on-premises", False),
        ("https://{{payload.host}}/x", None, None, True),
        ("https://user:word@api.example.com/", "api.example.com", "boundary:third-party:example-com-a379a6f6", True),
        ("", None, None, None),
    ],
)
def test_http_request_names_its_host(url: str, host: str | None, boundary: str | None, encrypted: bool | None) -> None:
    """Host, boundary and encryption follow from the address; a host that the message makes is unknown."""
    found = model(node("http request", "a", url=url))
    (service,) = found.of(Service)
    (flow,) = found.of(Flow)
    assert (service.host, service.boundary, flow.encrypted, flow.two_way) == (host, boundary, encrypted, True)


def test_address_set_by_an_earlier_step_is_found() -> None:
    """Where a function writes the address down, the request goes there; a change of host by the message is unknown."""
    code = "const base = 'https://api.example.com';\nmsg.url = base + '/v1/' + msg.payload.id;\nreturn msg;"
    found = model(function("f", code, "d"), node("delay", "d", "a"), node("http request", "a", url=""))
    assert [s.host for s in found.of(Service)] == ["api.example.com"]
    assert uses(found, "a") == {("d", "url", "url", True)}
    assert process(found, "a").settings["http.host_fixed"] is True


def test_several_addresses_are_several_services() -> None:
    """A request that different steps send to different hosts has a flow to each."""
    found = model(
        function("f", "msg.url = 'https://one.example.com/a';\nreturn msg;", "a"),
        function("g", "msg.url = `https://two.example.net/${msg.payload}`;\nreturn msg;", "a"),
        node("http request", "a", url=""),
    )
    assert [s.host for s in found.of(Service)] == ["one.example.com", "two.example.net"]


@pytest.mark.parametrize(
    ("fields", "encrypted", "on_flow", "on_connection"),
    [
        ({"usetls": False}, False, True, None),
        ({"usetls": True, "port": "8883"}, True, None, None),
        ({"usetls": False, "broker": "localhost"}, None, None, True),
        ({"broker": "mqtts://broker.example.com:8883"}, True, None, None),
        ({"usetls": False, "broker": "10.0.0.7"}, False, True, None),
    ],
)
def test_mqtt_broker(
    fields: dict[str, Any],
    encrypted: bool | None,
    on_flow: bool | None,
    on_connection: bool | None,
) -> None:
    """A broker is a service with a connection; without TLS its messages cross the network in clear."""
    found = model(broker(**fields), node("mqtt out", "a", topic="x", broker="br"))
    (connection,) = found.of(Connection)
    (flow,) = found.of(Flow)
    assert (flow.encrypted, flow.connection) == (encrypted, connection.id)
    assert (flow.settings.get("mqtt.clear"), connection.settings.get("mqtt.clear")) == (on_flow, on_connection)


def test_nodes_that_talk_to_one_system_share_it() -> None:
    """Two configuration nodes for one broker are two connections to one service."""
    found = model(
        broker(), broker() | {"id": "br2", "name": "Again"},
        node("mqtt in", "a", topic="x", broker="br"), node("mqtt out", "b", topic="y", broker="br2"),
    )  # fmt: skip
    assert len(found.of(Service)) == 1
    assert [c.name for c in found.of(Connection)] == ["Broker", "Again"]


def test_tls_configuration_without_check() -> None:
    """`verifyservercert: false` is a fact of each flow that uses the configuration."""
    found = model(
        config("tls-config", "tls", name="Lax", verifyservercert=False),
        node("http request", "a", url="https://example.com", tls="tls"),
    )
    (flow,) = found.of(Flow)
    assert (flow.certificate_checked, flow.settings["tls.verify"], flow.settings["tls.config"]) == (False, False, "Lax")


def test_database_is_a_store() -> None:
    """A database node talks both ways to a store, with the connection that its configuration node is."""
    found = model(
        config("MySQLdatabase", "db", host="10.0.0.5", port="3306", db="plant"), node("mysql", "a", mydb="db")
    )
    (store,) = found.of(Store)
    (flow,) = found.of(Flow)
    assert (store.name, store.kind, store.host, store.boundary) == (
        "MySQL: plant (10.0.0.5)",
        "database",
        "10.0.0.5",
        "boundary:on-premises",
    )
    assert (flow.two_way, flow.encrypted) == (True, False)


@pytest.mark.parametrize(
    ("code", "effects"),
    [
        ("msg.topic = 'SELECT a FROM b WHERE c = ' + msg.payload;", ("read",)),
        ("msg.topic = 'INSERT INTO b (a) VALUES (' + msg.payload + ')';", ("write",)),
        ("msg.topic = msg.payload;", ("read", "write", "delete")),
    ],
)
def test_what_a_query_does_follows_from_its_verb(code: str, effects: tuple[str, ...]) -> None:
    """Nothing but what was just written comes back from an insert; a query that cannot be seen may do anything."""
    found = model(
        config("MySQLdatabase", "db", host="10.0.0.5", db="plant"),
        node("function", "f", "q", func=f"{code}\nreturn msg;"),
        node("mysql", "q", mydb="db"),
    )
    assert process(found, "q").effects == effects
    (flow,) = [f for f in found.of(Flow) if f.target_id == found.of(Store)[0].id]
    assert flow.two_way is ("read" in effects)


@pytest.mark.parametrize(
    ("method", "url", "effects"),
    [
        ("GET", "https://api.airtable.com/v0/a", ("call_http",)),
        ("POST", "https://api.airtable.com/v0/a", ("call_http", "write")),
        ("POST", "https://example.com/a", ("call_http",)),
        ("PUT", "https://example.com/a", ("call_http", "write")),
        ("DELETE", "https://example.com/a", ("call_http", "delete")),
        ("use", "https://example.com/a", ("call_http",)),
    ],
)
def test_what_a_request_does_follows_from_its_method(method: str, url: str, effects: tuple[str, ...]) -> None:
    """PUT, PATCH and DELETE change something; POST does so in what is known to keep records."""
    assert process(model(node("http request", "a", method=method, url=url)), "a").effects == effects


@pytest.mark.parametrize("fields", [{"type_": "x" * 5000, "host": "h"}, {"type_": "acme-server", "host": "h" * 5000}])
def test_over_long_types_and_hosts_make_no_over_long_names(fields: dict[str, str]) -> None:
    """A damaged export may hold text of any length."""
    (connection,) = model(config(fields["type_"], "c", host=fields["host"]), node("mysql", "a", mydb="c")).of(
        Connection
    )
    assert len(connection.name) == 2000


def test_credentials_in_the_export() -> None:
    """Older and copied exports hold credentials: how they sign in is known then, and that they are there."""
    found = model(
        broker(credentials={"user": "plant", "password": "«secret:password:0»"}), node("mqtt out", "a", broker="br")
    )
    (connection,) = found.of(Connection)
    assert (connection.authentication, connection.settings["connection.credentials_in_export"]) == ("basic", True)


def test_files_are_stores_on_the_server() -> None:
    """Steps that read and write one file share its store, which lies with the platform."""
    found = model(
        node("file", "a", filename="/data/log.csv"),
        node("file in", "b", filename="/data/log.csv"),
        node("file", "c", filename=""),
    )
    assert [s.name for s in found.of(Store)] == ["File chosen at run time", "/data/log.csv"]
    assert {s.boundary for s in found.of(Store)} == {"boundary:platform:node-red"}


def test_sign_in_of_a_request_is_a_connection() -> None:
    """An http request that signs in has a connection to its host."""
    found = model(node("http request", "a", url="https://example.com", authType="bearer"))
    (connection,) = found.of(Connection)
    assert (connection.authentication, found.of(Flow)[0].connection) == ("static_key", connection.id)


def test_mail_goes_out_under_its_own_name() -> None:
    """Who gets a mail is not the name of the step."""
    found = model(
        node(
            "e-mail",
            "a",
            name="ana@example.com",
            dname="Tell Ana",
            server="smtp.example.com",
            port="465",
            secure=True,
            tls=False,
        )
    )
    assert process(found, "a").name == "Tell Ana"
    assert (found.of(Flow)[0].encrypted, found.of(Flow)[0].certificate_checked) == (True, False)
