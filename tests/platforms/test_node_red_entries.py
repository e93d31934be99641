"""Entry points of Node-RED exports, and what settings.js says about who may call them."""

from __future__ import annotations

from typing import Any

import pytest
from node_red_flows import APP, entry, function, model, node

from workbench.model import EntryPoint, Flow


@pytest.mark.parametrize(
    ("given", "kind", "address"),
    [
        (node("http in", "a", url="/hook", method="post"), "webhook", "/hook"),
        (node("mqtt in", "a", topic="plant/+"), "message_queue", "plant/+"),
        (node("tcp in", "a", server="server", port="1234"), "socket", "port 1234"),
        (node("udp in", "a", port="514"), "socket", "port 514"),
        (node("websocket in", "a", server="w"), "socket", None),
        (node("e-mail in", "a", server="imap.example.com"), "mail", None),
        (node("watch", "a", files="/in"), "file_drop", "/in"),
        (node("inject", "a", repeat="60"), "schedule", "every 60 s"),
        (node("inject", "a", crontab="00 16 * * 1"), "schedule", "00 16 * * 1"),
        (node("inject", "a", once=True), "schedule", None),
        (node("inject", "a", repeat="", crontab=""), "manual", None),
        (node("serial in", "a", serial="s"), "app_event", None),
        (node("ui_form", "a"), "form", None),
        (node("ui-button", "a"), "button", None),
        (node("ui-template", "a"), "dashboard", None),
        (node("telegram receiver", "a", bot="b"), "chat", None),
        (node("modbus-read", "a"), "app_event", None),
        (node("acme-sensor-input", "a"), "app_event", None),
    ],
)
def test_entry_points(given: dict[str, Any], kind: str, address: str | None) -> None:
    """Each node at which messages begin is an entry point that starts its step; who can reach it is not known."""
    found = entry(model(given), "a")
    assert (found.kind, found.address, found.exposure) == (kind, address, None)
    assert found.starts == f"{APP}/process:a"


def test_entry_point_has_a_caller_and_a_flow() -> None:
    """Callers send to the entry point, which hands on to its step; the answer goes back to the callers."""
    found = model(node("http in", "a", "b", url="/x"), node("http response", "b"))
    ends = {(f.source_id.removeprefix(f"{APP}/"), f.target_id.removeprefix(f"{APP}/")) for f in found.of(Flow)}
    assert ends == {
        ("actor:callers-of-the-http-endpoints", "entry:a"),
        ("entry:a", "process:a"),
        ("process:a", "process:b"),
        ("process:b", "actor:callers-of-the-http-endpoints"),
    }


def test_uploads_are_told() -> None:
    """An endpoint that takes files says so."""
    assert entry(model(node("http in", "a", url="/x", upload=True)), "a").accepts_files is True


SETTINGS = """
module.exports = {
    // httpNodeAuth: {user:"user",pass:"$2a$08$zZ"},
    /* adminAuth: { type: "credentials" }, */
    uiPort: process.env.PORT || 1880,
    %s
    logging: { console: { level: "info", audit: false } }
}
"""


@pytest.mark.parametrize(
    ("line", "evidence", "authentication"),
    [
        (None, "none", None),
        ("", "none", "none"),
        ('httpNodeAuth: {user:"u",pass:"p"},', "basic", "basic"),
        ('"httpNodeAuth": {user:"u",pass:"p"},', "basic", "basic"),
        ("httpNodeAuth: null,", "none", "none"),
        ("httpNodeMiddleware: function(req,res,next) { next(); },", "middleware", None),
        ('note: "httpNodeAuth: {user:1}",', "none", "none"),
    ],
)
def test_settings_file_tells_who_may_call(line: str | None, evidence: str, authentication: str | None) -> None:
    """Without settings.js it is unknown whether callers are asked; with it, it is known; comments do not count."""
    companions = {} if line is None else {"settings.js": SETTINGS % line}
    found = entry(model(node("http in", "a", url="/x"), companions=companions), "a")
    assert (found.settings["http_in.auth_evidence"], found.authentication) == (evidence, authentication)


def test_settings_file_gives_facts_of_the_server() -> None:
    """What settings.js says of editor, encryption and address is kept at the app."""
    lines = 'adminAuth: {type:"credentials"}, https: {key:"k"}, uiHost: "127.0.0.1", credentialSecret: "a",'
    found = model(node("http in", "a", url="/x"), companions={"settings.js": SETTINGS % lines})
    told = found[APP].settings
    assert [told[f"server.{k}"] for k in ("admin_auth", "https", "credential_secret", "http_node_auth")] == [
        True,
        True,
        True,
        False,
    ]
    assert told["server.bound_to"] == "127.0.0.1"
    assert entry(found, "a").exposure == "private"


@pytest.mark.parametrize(
    "code",
    [
        "if (msg.req.headers.authorization !== env.get('T')) { return null; }\nreturn msg;",
        "const k = msg.req.headers['x-api-key'];\nreturn k === 1 ? msg : null;",
        "if (!msg.req.cookies.session) return null;\nreturn msg;",
        "jsonwebtoken.verify(msg.payload.token, env.get('S'));\nreturn msg;",
    ],
)
def test_step_that_checks_the_caller_is_evidence(code: str) -> None:
    """A function that looks at a key, cookie or token within the next steps may be a sign-in: nobody is accused."""
    found = entry(model(node("http in", "a", "b", url="/x"), node("change", "b", "c"), function("c", code)), "a")
    assert (found.settings["http_in.auth_evidence"], found.authentication) == ("step", None)


def test_step_that_only_shows_a_cookie_is_no_evidence() -> None:
    """Whoever reads a cookie without ever turning a caller away asks for nothing."""
    code = "msg.payload = JSON.stringify(msg.req.cookies);\nreturn msg;"
    found = entry(model(node("http in", "a", "b", url="/x"), function("b", code)), "a")
    assert found.settings["http_in.auth_evidence"] == "none"


def test_a_step_that_others_lead_to_starts_nothing() -> None:
    """A type whose name sounds like a beginning is one only where no wire leads to it."""
    found = model(node("inject", "a", "b"), node("log in", "b"), node("acme in", "c"))
    assert {e.name for e in found.of(EntryPoint)} == {"inject", "acme in"}
