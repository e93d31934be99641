"""What a step starts outside its workflow: child flows, other Logic Apps, addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.platforms.power_automate.values import guid, text, within

if TYPE_CHECKING:
    from workbench.platforms.power_automate.definition import Node
    from workbench.platforms.power_automate.lineage import Lineage
    from workbench.platforms.power_automate.targets import Target

_RESOURCE = re.compile(
    r"(?i)Microsoft\.Logic/workflows'?\s*[,/]\s*'?(?:(parameters|variables)\('([^']{1,200})'\)|([\w.-]{1,200}))"
)
_LONGEST = 500


def calls_of(node: Node, target: Target, lineage: Lineage) -> tuple[str, ...]:
    """Return ids or names of the workflows that a step starts, or the address that it calls, without its query."""
    kind = node.type.lower()
    if kind == "workflow":
        found = _child(node, lineage)
        return (found,) if found else ()
    plain = target.address is not None and "«" not in target.address and kind in {"http", "httpwebhook"}
    return (str(target.address),) if plain else ()


def _child(node: Node, lineage: Lineage) -> str | None:
    host = within(node.given, "host")
    given = within(host, "workflowReferenceName") or within(host, "workflow", "id") or within(host, "workflowId")
    match = _RESOURCE.search(text(given))
    if match is not None:
        named = match[3] or lineage.known(f"@parameters('{match[2]}')") or match[2]
        return named[:_LONGEST]
    known = lineage.known(given)
    if known is None:
        return None
    return guid(known) if guid(known) and len(known) < 80 else known.rpartition("/")[2][:_LONGEST]  # noqa: PLR2004
