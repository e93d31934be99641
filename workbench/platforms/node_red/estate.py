"""What ties an export to others: what its steps call, what others call it by, and what its stores are everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.platforms import calls
from workbench.platforms.node_red.address import Address, address
from workbench.platforms.node_red.export import text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.platforms.node_red.export import Export
    from workbench.platforms.node_red.nodes import Node
    from workbench.platforms.node_red.systems import System

_DATABASES = ("db", "database", "dbname")


def calls_of(node: Node, export: Export) -> tuple[str, ...]:
    """Return the fixed address that a request goes to, or the topic that a message is published under."""
    if node.type == "http request":
        url = node.text("url")
        scheme = "https" if node.text("tls") else "http"
        found = calls.address(url if "://" in url or not url else f"{scheme}://{url}")
    elif node.type == "mqtt out":
        found = _topic(node, export)
    else:
        found = None
    return (found,) if found else ()


def known_as(nodes: Iterable[Node], export: Export) -> tuple[str, ...]:
    """Return the paths and topics at which the flows of an export listen."""
    found = set()
    for node in nodes:
        if node.enabled and node.type == "http in":
            found.add(calls.path(node.text("url")))
        elif node.enabled and node.type == "mqtt in":
            found.add(_topic(node, export))
    return tuple(sorted(filter(None, found)))


def _topic(node: Node, export: Export) -> str | None:
    broker = export.configs.get(node.text("broker"))
    where = address(broker.raw.get("broker"), broker.raw.get("port")) if broker is not None else Address()
    return calls.topic(node.text("topic"), where.host, where.port)


def identity_of(system: System) -> str | None:
    """Return what names a database on its host; None for what is on the server itself: there may be many of that name."""
    if system.host is None or system.loopback or system.config is None or system.kind not in {"database", "table"}:
        return None
    named = next((text(system.config.raw[k]) for k in _DATABASES if system.config.raw.get(k)), "")
    return f"sql:{system.host}/{named}".lower() if named else None
