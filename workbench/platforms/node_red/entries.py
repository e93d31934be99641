"""The entry points of an export: which nodes start something, who calls them, and what asks callers who they are."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.platforms.node_red.export import is_yes, text
from workbench.platforms.node_red.texts import code_of
from workbench.platforms.node_red.types import TYPES

if TYPE_CHECKING:
    from workbench.platforms.node_red.graph import Graph
    from workbench.platforms.node_red.nodes import Node
    from workbench.platforms.node_red.server import Server

CALLERS = {
    "http": "Callers of the HTTP endpoints",
    "dashboard": "People at the dashboard",
    "websocket": "WebSocket clients",
    "tcp": "Programs that connect over TCP",
    "udp": "Programs that send over UDP",
    "mail": "People who send mail",
}
_HTTP = frozenset({"http", "dashboard"})
_FURTHEST = 3
_CHECKING_TYPES = ("jwt", "auth", "passport", "bearer")


@dataclass(frozen=True)
class Entry:
    """What an entry point is, without its place in the model."""

    kind: str
    address: str | None
    authentication: str | None
    exposure: str | None
    accepts_files: bool | None
    caller: str | None
    """Name of the people or programs that call it; None if a system or nobody does."""
    settings: dict[str, Any]


def entry_of(node: Node, graph: Graph, server: Server) -> Entry | None:
    """Return the entry point that a node is, None for a node that only other nodes set going."""
    kind = node.what.entry
    # What a name says is a guess, and messages come to this one from another step.
    told_otherwise = node.what.listens or node.type not in TYPES
    if kind is None or (told_otherwise and graph.before(node)):
        return None
    caller = _caller(node)
    evidence = _evidence(node, graph, server) if caller in _HTTP else None
    return Entry(
        kind=_schedule(node) if node.type == "inject" else kind,
        address=_address(node),
        authentication=_authentication(kind, caller, evidence, server),
        exposure=_exposure(caller, server),
        accepts_files=_accepts_files(node),
        caller=CALLERS[caller] if caller else None,
        settings=_settings(node, evidence),
    )


def _caller(node: Node) -> str | None:
    """Return who calls a node that waits for callers; one that itself connects to another system has none."""
    connects = (node.type == "websocket in" and node.text("client")) or (
        node.type == "tcp in" and node.text("server") == "client"
    )
    return None if connects else node.what.caller


def _schedule(node: Node) -> str:
    return "schedule" if node.text("repeat") or node.text("crontab") or is_yes(node.get("once")) else "manual"


def _address(node: Node) -> str | None:
    if node.type == "inject":
        repeat = node.text("repeat")
        return f"every {repeat} s" if repeat else node.text("crontab") or None
    if node.type in {"tcp in", "udp in"}:
        return f"port {node.text('port')}" if node.text("port") else None
    keys = ("url", "topic", "path", "files", "serialport", "botname")
    return next((text(value) for key in keys if (value := node.text(key))), None)


def _evidence(node: Node, graph: Graph, server: Server) -> str:
    """Return what asks callers of an HTTP endpoint who they are, as far as it can be seen."""
    if server.node_auth:
        return "basic"
    if server.middleware:
        return "middleware"
    return "step" if _checked_by_step(node, graph) else "none"


def _checked_by_step(node: Node, graph: Graph) -> bool:
    """Tell whether one of the next steps looks at a password, key, cookie or signature of the request."""
    seen, queue = {node.key}, deque([(node, 0)])
    while queue:
        step, distance = queue.popleft()
        if step is not node and (code_of(step).checks_caller or _checks_by_type(step)):
            return True
        for after in graph.after(step) if distance < _FURTHEST else ():
            if after.key not in seen and after.enabled:
                seen.add(after.key)
                queue.append((after, distance + 1))
    return False


def _checks_by_type(node: Node) -> bool:
    if node.type == "switch":
        return (
            str(node.get("property"))
            .lower()
            .startswith(("req.headers.auth", "req.headers.x-", "req.cookies", "req.signedcookies"))
        )
    return not node.type.startswith("subflow:") and any(word in node.type.lower() for word in _CHECKING_TYPES)


def _authentication(kind: str, caller: str | None, evidence: str | None, server: Server) -> str | None:
    if kind in {"manual", "schedule", "error", "app_event", "file_drop"} and caller is None:
        return "platform"
    if caller in _HTTP and evidence == "basic":
        return "basic"
    if caller in _HTTP and server.known and evidence == "none":
        return "none"
    if caller == "websocket" and server.known and not server.socket_check:
        return "none"
    # Sockets of the network nodes have no sign-in at all; what a program behind them checks is not theirs.
    return "none" if caller in {"tcp", "udp"} else None


def _exposure(caller: str | None, server: Server) -> str | None:
    return "private" if caller in {*_HTTP, "websocket"} and server.local_only else None


def _accepts_files(node: Node) -> bool | None:
    if node.type == "http in":
        return is_yes(node.get("upload"))
    if node.type in {"ui_upload", "ui-file-input"}:
        return True
    return None


def _settings(node: Node, evidence: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {"node_red.type": text(node.type)}
    if evidence is not None:
        found["http_in.auth_evidence"] = evidence
    if node.type == "http in":
        found["http_in.method"] = node.text("method").upper() or "GET"
    if node.type in {"websocket in", "tcp in"}:
        found["socket.role"] = "server" if _caller(node) else "client"
    if node.type == "mqtt in":
        found["mqtt.topic"] = text(node.text("topic"))
    return found
