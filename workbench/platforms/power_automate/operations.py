"""What a step of a connector calls: which connection, which operation, with which parameters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.platforms.power_automate.expressions import Expression, parse
from workbench.platforms.power_automate.references import referred
from workbench.platforms.power_automate.values import leaves, mapping, text, within

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.platforms.power_automate.definition import Node
    from workbench.platforms.power_automate.references import Reference

CONNECTED = frozenset(
    {
        "openapiconnection", "openapiconnectionwebhook", "openapiconnectionnotification", "apiconnection",
        "apiconnectionwebhook", "apiconnectionnotification", "serviceprovider",
    }
)  # fmt: skip
_TABLE = "$connections"
_VARYING = re.compile(r"@\{[^{}]{0,2000}\}")
# Words at the end of a path by which a POST asks for records in place of adding one.
_ASKS = re.compile(r"(?i)(quer(y|ies)|search|list|lookup|getitems|export)\b")


def stem_of(connector: str) -> str:
    """Return a connector's name without what stands before it; what Logic Apps calls OpenAI is that of Azure."""
    stem = connector.removeprefix("shared_").removeprefix("serviceProviders/")
    return "azureopenai" if connector == "serviceProviders/openai" else stem


@dataclass(frozen=True)
class Operation:
    """A call of a connector."""

    reference: Reference
    name: str
    """Operation id; in words made of method and path where the step has none."""
    parameters: tuple[tuple[tuple[str, ...], Any], ...]
    """(path, value) of all that the call is given."""
    path: str = ""
    """Of a call that is written as a request: its path."""

    @property
    def connector(self) -> str:
        """Return the id of its connector."""
        return self.reference.connector

    @property
    def stem(self) -> str:
        """Return the connector's name without what stands before it."""
        return stem_of(self.connector)

    def parameter(self, *names: str) -> Any:
        """Return the first parameter with one of these names at the end of its path, in any case."""
        for name in names:
            for path, value in self.parameters:
                if path and path[-1].rpartition("/")[2].lower() == name.lower():
                    return value
        return None


def operation_of(node: Node, references: Mapping[str, Reference]) -> Operation | None:
    """Return what a step calls; None if it is no step of a connector."""
    kind = node.type.lower()
    if kind not in CONNECTED:
        return None
    given = node.given
    if kind == "serviceprovider":
        return _provided(given, references)
    host = mapping(given.get("host"))
    name, api = _connection(host), host.get("apiId") or within(host, "api", "id")
    reference = referred(references, name, api or name)
    if "operationId" in host or "parameters" in given:
        return Operation(reference, text(host.get("operationId")), tuple(leaves(given.get("parameters"))))
    # Triggers that are told of events say in `fetch` what they ask for then.
    asked = given if "path" in given else mapping(given.get("fetch"))
    path = text(asked.get("path")) or text(within(asked, "pathTemplate", "template"))
    called = {k: asked[k] for k in ("queries", "body", "headers") if k in asked}
    return Operation(reference, _spoken(text(asked.get("method")), path), tuple(leaves(called)), path)


def _provided(given: Mapping[str, Any], references: Mapping[str, Reference]) -> Operation:
    chosen = mapping(given.get("serviceProviderConfiguration"))
    name = text(chosen.get("connectionName"))
    reference = referred(references, name, chosen.get("serviceProviderId"))
    bound = tuple(((name,), value) for name, value in reference.opens)
    return Operation(reference, text(chosen.get("operationId")), (*leaves(given.get("parameters")), *bound))


def _connection(host: Mapping[str, Any]) -> str:
    """Return the name under which the workflow keeps the connection."""
    direct = text(host.get("connectionName")) or text(within(host, "connection", "referenceName"))
    if direct:
        return direct
    parts = parse(text(within(host, "connection", "name"))).parts
    return next((name for part in parts if isinstance(part, Expression) and (name := _entry(part))), "")


def _entry(expression: Expression) -> str:
    """Return which entry of the table of connections an expression takes: of the caller's, or of the workflow's own."""
    path = expression.path
    if _TABLE in path:
        path = path[path.index(_TABLE) + 1 :]
    elif expression.function != "parameters" or [a.value for a in expression.arguments] != [_TABLE]:
        return ""
    if expression.inside:
        # One of several that share the beginning of their names is chosen when the workflow runs.
        return next((a.value.rstrip("_-") for a in expression.inside[0].arguments if a.value), "")
    return path[0] if path else ""


def _spoken(method: str, path: str) -> str:
    """Return what a request does in the words that operations have."""
    verb = method.lower()
    plain = _VARYING.sub("", path).lower()
    if verb == "post":
        if "subscriptions" in plain and "mail" in plain:
            return "send mail and wait" if "approval" in plain or "options" in plain else "on new mail"
        if re.search(r"mail\b|send|post|tweet|message|notify", plain):
            return "send message"
        return "get items" if _ASKS.search(plain) else "create item"
    return {"get": "get", "put": "update", "patch": "update", "delete": "delete"}.get(verb, "")
