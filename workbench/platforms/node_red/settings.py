"""The keys of `settings` that Node-RED exports fill, and what fills those of a step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.platforms.draft import Setting
from workbench.platforms.node_red.export import words
from workbench.platforms.node_red.sinks import (
    Sinks,
    appended,
    makes_html,
    path_property,
    raw_holes,
    risks_of,
    spawns,
)
from workbench.platforms.node_red.texts import code_of

if TYPE_CHECKING:
    from workbench.platforms.node_red.nodes import Node

SETTINGS: dict[str, Setting] = {
    # every step and entry point
    "node_red.type": Setting("string", "Node type, such as http in"),
    "node_red.tab": Setting("string", "Name of the tab or subflow that the node lies in"),
    # app
    "node_red.tabs": Setting("string", "Names of the tabs, separated by commas"),
    "node_red.disabled_steps": Setting("integer", "Steps that are switched off, by themselves or with their tab"),
    "node_red.dangling_wires": Setting("integer", "Wires and links that lead to nothing"),
    "node_red.modules": Setting("string", "Packages and versions that the export names, separated by commas"),
    "node_red.settings_file": Setting("boolean", "The server's settings.js was beside the export"),
    "server.http_node_auth": Setting("boolean", "settings.js asks callers of HTTP endpoints for a password"),
    "server.http_node_middleware": Setting("boolean", "settings.js runs its own code before each HTTP request"),
    "server.admin_auth": Setting("boolean", "settings.js asks for a sign-in to the editor"),
    "server.https": Setting("boolean", "settings.js makes the server speak HTTPS"),
    "server.bound_to": Setting("string", "Address that settings.js lets the server listen on"),
    "server.credential_secret": Setting("boolean", "settings.js has its own key for the credentials file"),
    "server.context_on_disk": Setting("boolean", "settings.js keeps context data in files"),
    # entry points
    "http_in.method": Setting("string", "HTTP method"),
    "http_in.auth_evidence": Setting(
        "string",
        "What asks callers who they are: basic (httpNodeAuth), middleware, step (one of the next steps looks at a "
        "password, key or cookie), none",
    ),
    "socket.role": Setting("string", "server: it waits for callers; client: it calls and listens"),
    # HTTP requests, and their flows
    "http.method": Setting("string", "HTTP method; use: msg.method decides"),
    "http.scheme": Setting("string", "http or https; open where the message makes it"),
    "http.url_from_message": Setting("boolean", "The node has no address, msg.url decides"),
    "http.host_fixed": Setting("boolean", "The host is written down, in the node or in each step that sets msg.url"),
    "http.authentication": Setting("string", "How the step signs in: none, basic, digest, bearer"),
    "http.insecure_parser": Setting("boolean", "Malformed answers are accepted"),
    # flows to systems, and the connections they use
    "tls.verify": Setting("boolean", "The other side's certificate is checked"),
    "tls.config": Setting("string", "Name of the TLS configuration"),
    "tls.client_certificate": Setting("boolean", "The step shows a certificate of its own"),
    "mqtt.tls": Setting("boolean", "The broker is reached over TLS"),
    "mqtt.clear": Setting(
        "boolean",
        "Messages cross a network unencrypted: on this way; on the connection, if the broker is on this machine and "
        "only other devices' messages do",
    ),
    "mqtt.loopback": Setting("boolean", "The broker is on the same machine"),
    "mqtt.topic": Setting("string", "Topic; empty if msg.topic decides"),
    "connection.host": Setting("string", "Host as the configuration node says it"),
    "connection.port": Setting("string", "Port as the configuration node says it"),
    "connection.credentials_in_export": Setting("boolean", "The export itself holds credentials"),
    # steps
    "exec.appends_payload": Setting("boolean", "A part of the message is appended to the command"),
    "exec.spawn": Setting("boolean", "The program is started without a shell"),
    "sql.joined_text": Setting(
        "boolean", "Values are joined into the text of the query that runs here or is made here"
    ),
    "sql.joined_by": Setting("string", "Names of the steps that join it, separated by commas"),
    "function.libraries": Setting("string", "Packages that the function loads, separated by commas"),
    "function.unpinned_libraries": Setting("integer", "Of those, packages from outside without a fixed version"),
    "function.checks_caller": Setting("boolean", "The code looks at a password, key, cookie or signature of a request"),
    "function.sql_concatenation": Setting("boolean", "The code joins values into the text of a query"),
    "code.child_process": Setting("boolean", "The code starts other programs"),
    "code.file_system": Setting("boolean", "The code works on files of the server"),
    "code.eval": Setting("boolean", "The code runs text as code"),
    "code.fetch": Setting("boolean", "The code calls other systems by itself"),
    "template.html": Setting("boolean", "The template makes a page or a part of one"),
    "template.raw_fields": Setting("integer", "Fields that the template shows unescaped"),
    "file.path_from_message": Setting("boolean", "The message chooses which file is read or written"),
    "file.mode": Setting("string", "append, overwrite or delete"),
    "inject.repeat": Setting("string", "Seconds or cron times at which it starts by itself; empty if it does not"),
    "inject.at_start": Setting("boolean", "It starts when the flows are deployed"),
}
# What ships with Node.js: its version is the server's, so there is nothing to pin.
_NODE_MODULES = words(
    "assert buffer child_process cluster console constants crypto dgram dns domain events fs http http2 https "
    "inspector module net os path perf_hooks process punycode querystring readline repl stream string_decoder "
    "timers tls tty url util v8 vm wasi worker_threads zlib"
)
_LONGEST = 300


def step_settings(node: Node, sinks: Sinks) -> dict[str, Any]:
    """Return the settings of a step."""
    read = _BY_TYPE.get(node.type)
    found: dict[str, Any] = {"node_red.type": node.type[:_LONGEST], **(read(node, sinks) if read else {})}
    joined = sorted({n.name for n in sinks.joined_by(node)})
    if joined:
        found |= {"sql.joined_text": True, "sql.joined_by": ", ".join(joined)[:_LONGEST]}
    return found


def _http_request(node: Node, sinks: Sinks) -> dict[str, Any]:
    schemes = {a.scheme or "open" for a in sinks.addresses(node)}
    return {
        "http.method": node.text("method") or "GET",
        "http.scheme": schemes.pop() if len(schemes) == 1 else "open",
        "http.url_from_message": not node.text("url"),
        "http.host_fixed": sinks.host_fixed(node),
        "http.authentication": node.text("authType") or "none",
        "http.insecure_parser": node.get("insecureHTTPParser") is True,
    }


def _exec(node: Node, _: Sinks) -> dict[str, Any]:
    return {"exec.appends_payload": bool(appended(node)), "exec.spawn": spawns(node)}


def _function(node: Node, sinks: Sinks) -> dict[str, Any]:
    found = risks_of(node)
    names = _libraries(node)
    result: dict[str, Any] = {
        "function.libraries": ", ".join(name for name, _ in names)[:_LONGEST] or None,
        "function.unpinned_libraries": sum(not pinned for _, pinned in names),
        "function.checks_caller": code_of(node).checks_caller,
        "function.sql_concatenation": sinks.joins_sql(node),
        **{f"code.{risk}": risk in found for risk in ("child_process", "file_system", "eval", "fetch")},
    }
    if sinks.joins_sql(node) and not sinks.feeds_query(node):
        result["sql.joined_text"] = True
    return {key: value for key, value in result.items() if value is not None}


def _libraries(node: Node) -> list[tuple[str, bool]]:
    """Return the packages that a function loads, and whether their version is fixed or the server's own."""
    rows = node.get("libs")
    modules = (
        [r["module"] for r in rows if isinstance(r, dict) and isinstance(r.get("module"), str)]
        if isinstance(rows, list)
        else []
    )
    found = []
    for module in sorted(set(modules)):
        name = module.removeprefix("node:")
        _, at, version = name.lstrip("@").partition("@")
        own = name.split("/")[0] in _NODE_MODULES
        found.append((module, own or bool(at and version and version[:1].isdigit())))
    return found


def _template(node: Node, _: Sinks) -> dict[str, Any]:
    return {"template.html": makes_html(node), "template.raw_fields": len(set(raw_holes(node)))}


def _file(node: Node, _: Sinks) -> dict[str, Any]:
    found: dict[str, Any] = {"file.path_from_message": bool(path_property(node))}
    if node.type == "file":
        mode = str(node.get("overwriteFile")).lower()
        found["file.mode"] = {"true": "overwrite", "delete": "delete"}.get(mode, "append")
    return found


def _inject(node: Node, _: Sinks) -> dict[str, Any]:
    return {"inject.repeat": node.text("repeat") or node.text("crontab"), "inject.at_start": node.get("once") is True}


_BY_TYPE = {
    "http request": _http_request, "exec": _exec, "function": _function, "template": _template,
    "file": _file, "file in": _file, "inject": _inject,
}  # fmt: skip
