"""What nodes do, where more than their type tells."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from workbench.platforms import verbs
from workbench.platforms.node_red.sinks import risks_of

if TYPE_CHECKING:
    from workbench.platforms.node_red.nodes import Node
    from workbench.platforms.node_red.sinks import Sinks

_EFFECT_OF = {"child_process": "run_command", "fetch": "call_http"}


def effects_of(node: Node, sinks: Sinks) -> tuple[str, ...]:
    """Return what a node does: as its type says; a database node as its query, a request as its method."""
    if node.what.runs == "sql" and (queries := sinks.queries(node)):
        return verbs.of_queries(queries)
    found = [node.what.effects]
    if node.type == "http request":
        method, url = node.text("method").upper(), node.text("url")
        found += [verbs.of_request(method, address.host, url) for address in sinks.addresses(node)]
    risks = risks_of(node)
    found.append(tuple(effect for risk, effect in _EFFECT_OF.items() if risk in risks))
    return tuple(dict.fromkeys(chain.from_iterable(found)))
