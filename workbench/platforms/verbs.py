"""What a step does to the other side, told by the verbs of a query, or by the method and address of a request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.platforms.connectors import known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SQL_VERB = re.compile(r"^\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*([a-z]+)", re.IGNORECASE | re.DOTALL)
_SQL_EFFECTS: Mapping[str, frozenset[str]] = {
    "read": frozenset({"select", "show", "describe", "desc", "explain", "values"}),
    "write": frozenset({"insert", "update", "create", "alter", "merge", "replace", "upsert"}),
    "delete": frozenset({"delete", "drop", "truncate"}),
}
ANYTHING = ("read", "write", "delete")
_BY_METHOD = {"PUT": "write", "PATCH": "write", "DELETE": "delete"}
_LOOKED_AT = 4_000
_LONGEST_ADDRESS = 2_000
# Words at the end of an address by which a POST asks for records in place of adding one.
_ASKS = re.compile(
    r"(?:^|[^a-zA-Z]|(?<=[a-z])(?=[A-Z]))(?:quer|search|find|list|lookup|fetch|read|get|select|filter|count|export|report"
    r"|graphql|rpc|sql|match|download|view|scan|aggregate)",
    re.IGNORECASE,
)
_MUTATION = re.compile(r"\s*=?\s*mutation\b")


def of_queries(queries: Iterable[str]) -> tuple[str, ...]:
    """Return the effects of SQL texts, of which only the beginning may be known; anything where a verb is not seen."""
    found: set[str] = set()
    for query in queries:
        parts = (part for part in query[:_LOOKED_AT].split(";") if part.strip())
        verbs = {m.group(1).lower() for part in parts if (m := _SQL_VERB.match(part))}
        effects = {effect for effect, known_verbs in _SQL_EFFECTS.items() if verbs & known_verbs}
        # A query whose verb is not in the text may do anything.
        found |= effects or set(ANYTHING)
    return tuple(effect for effect in ANYTHING if effect in found)


def of_request(method: str | None, host: str | None, address: str) -> tuple[str, ...]:
    """Return what an HTTP request changes on the other side; empty where nothing says that it changes something.

    PUT, PATCH and DELETE do by their nature. POST does so at systems that keep records, unless its address ends in a
    word for looking them up; elsewhere it may do anything.
    """
    if method in _BY_METHOD:
        return (_BY_METHOD[method],)
    connector = known(host) if method == "POST" and host else None
    if connector is None or connector.noun != "store":
        return ()
    return () if _ASKS.search(_end(address)) else ("write",)


def of_graphql(query: str) -> tuple[str, ...]:
    """Return what a GraphQL query changes."""
    return ("write",) if _MUTATION.match(query) else ()


def _end(address: str) -> str:
    """Return the last part of an address's path that is written down."""
    path = re.split(r"[?#]", re.sub(r"\{\{.*?\}\}|\{\w+\}", "", address[:_LONGEST_ADDRESS]))[0]
    parts = [part for part in path.partition("://")[2].split("/")[1:] if re.search(r"[a-zA-Z]", part)]
    return parts[-1] if parts else ""
