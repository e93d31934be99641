"""What kind of step a query is, told by the system it works on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.platforms import calls
from workbench.platforms.connectors import everything, known

if TYPE_CHECKING:
    from workbench.platforms.connectors import Connector

_BY_EFFECT = {"send_mail": "mail", "send_message": "message", "send_sms": "message", "call_model": "step"}
_RECORDS = frozenset({"database", "table", "spreadsheet", "crm", "list", "cache", "vector"})


# How builders call systems that the table of connectors has under another name.
_ALIASES = {
    "cosmosdb": "cosmos-db", "azureblobstorage": "azure-storage", "gcs": "google-cloud-storage", "amazonses": "aws-ses",
    "mongo": "mongodb", "oracledb": "oracle", "amazons3": "s3", "google-ai": "google-gemini", "gemini": "google-gemini",
    "mistral_ai": "mistral", "dynamo": "dynamodb", "googlesheets": "google-sheets",
}  # fmt: skip
ANY_DATABASE = frozenset(
    [
        "sql", "nosql", "redshift", "athena", "clickhouse", "cockroachdb", "couchdb", "arangodb", "presto", "trino",
        "sap_hana", "rethinkdb", "couchbase",
    ]
)  # fmt: skip
"""Kinds of which the table of connectors says nothing but that they are databases."""


def connector_of(kind: str) -> Connector | None:
    """Return the system that a kind of data source stands for; None if it is unknown."""
    name = _ALIASES.get(kind, kind)
    return known(name) or everything().get(name)


def words(text: str) -> frozenset[str]:
    """Return the words of `text`: a readable way to write a set of names."""
    return frozenset(text.split())


def kind_of(connector: Connector | None, effects: tuple[str, ...]) -> str:
    """Return the kind of a step that works on a system with some effects."""
    told = next((_BY_EFFECT[effect] for effect in effects if effect in _BY_EFFECT), None)
    if told is not None:
        return told
    return "query" if connector is not None and connector.kind in _RECORDS else "step"


def called_at(url: str) -> tuple[str, ...]:
    """Return an address as `Process.calls` has it; nothing if it is made at run time, or a secret is in it."""
    plain = calls.address(url)
    return (plain,) if plain and "«" not in plain else ()


def sources_identity(*, per_user: Any = None) -> str:
    """Return who acts over a data source: whoever uses the tool, if each signs in for themselves, else one account."""
    return "invoker" if per_user is True else "shared"
