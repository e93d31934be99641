"""The queries of a Budibase app, and the data sources that they work on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.model import slug
from workbench.platforms import verbs
from workbench.platforms.braces import address
from workbench.platforms.budibase.screens import given_to
from workbench.platforms.screens import DataSource, Step, Text
from workbench.platforms.screens.expressions import has_braces
from workbench.platforms.screens.kinds import connector_of, kind_of, sources_identity
from workbench.platforms.screens.sql import columns, tables
from workbench.platforms.values import mapping, named, rows, text, texts, truth

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.platforms.budibase.dump import Doc, Dump
    from workbench.platforms.budibase.screens import Page

_SQL = frozenset({"POSTGRES", "MYSQL", "SQL_SERVER", "ORACLE", "SNOWFLAKE"})
_KINDS = {
    "POSTGRES": "postgres", "MYSQL": "mysql", "SQL_SERVER": "mssql", "ORACLE": "oracle", "SNOWFLAKE": "snowflake",
    "MONGODB": "mongodb", "GOOGLE_SHEETS": "google-sheets", "S3": "s3", "AIRTABLE": "airtable", "REDIS": "redis",
    "DYNAMODB": "dynamodb", "ELASTICSEARCH": "elasticsearch", "FIRESTORE": "firestore", "COUCHDB": "nosql",
    "ARANGODB": "nosql", "REST": "rest",
}  # fmt: skip
_VERBS = {
    "read": ("read",), "create": ("write",), "update": ("write",), "patch": ("write",), "delete": ("delete",),
    "execute": verbs.ANYTHING,
}  # fmt: skip
_METHODS = {"create": "POST", "update": "PUT", "patch": "PATCH", "delete": "DELETE"}


def sources_of(dump: Dump) -> Iterator[DataSource]:
    """Yield the data sources, but for Budibase's own tables."""
    for doc in dump.of("datasource_"):
        content, config = doc.content, mapping(doc.content.get("config"))
        kind = text(content.get("source"))
        if kind in {"", "BUDIBASE"}:
            continue
        base = named(config.get("url"))
        yield DataSource(
            key=doc.id, name=named(content.get("name")) or kind, kind=_KINDS.get(kind, kind.lower()), where=doc.where,
            host=address(base or "").host or _host(config), base=base,
            database=named(config.get("database")) or named(config.get("db")),
            encrypted=truth(config.get("ssl")) if kind in _SQL else truth(config.get("encrypt")),
            checked=truth(config.get("rejectUnauthorized")), identity=sources_identity(),
            authentication=_authentication(kind, config), shared_id=f"budibase:{doc.id}", file=doc.file,
            secrets=doc.secrets,
        )  # fmt: skip


def _host(config: Mapping[str, Any]) -> str | None:
    """Return the host of a data source; what stands in braces is kept elsewhere."""
    host = next((h for name in ("host", "server") if (h := named(config.get(name)))), None)
    return None if host is None or has_braces(host) else host.partition(":")[0].lower()


def _authentication(kind: str, config: Mapping[str, Any]) -> str | None:
    kinds = {text(row.get("type")).lower() for row in rows(config.get("authConfigs"))}
    ways = {"oauth2": "oauth", "basic": "basic", "bearer": "static_key", "apikey": "static_key"}
    return next((ways[k] for k in sorted(kinds) if k in ways), None) or ("basic" if kind in _SQL else None)


def queries_of(dump: Dump, pages: list[Page]) -> Iterator[Step]:
    """Yield the queries; what screens hand them goes where their bindings stand."""
    for doc in dump.of("query_"):
        source = dump.docs.get(named(doc.content.get("datasourceId")) or "")
        kind = text(source.content.get("source")) if source else ""
        values = tuple(dict.fromkeys(given_to(pages, "queries", doc.id)))
        told = _sql(doc, values) if kind in _SQL else _other(doc, kind, values)
        yield Step(
            key=f"query-{slug(doc.id)}", name=named(doc.content.get("name")) or doc.id, where=doc.where, file=doc.file,
            source=source.id if source else None, secrets=doc.secrets, known=(doc.id,),
            settings={"budibase.source": kind or "unknown", "budibase.step": "none"}, **told,
        )  # fmt: skip


def _sql(doc: Doc, values: tuple[str, ...]) -> dict[str, Any]:
    """Return what an SQL query does: Budibase binds what stands in braces."""
    query = text(mapping(doc.content.get("fields")).get("sql"))
    read, written = columns(query)
    return {
        "kind": "query", "runs": "sql", "effects": verbs.of_queries([query]), "parts": tables(query),
        "parameterised": True, "texts": tuple(Text(v, "sql", safe=True) for v in values), "reads": tuple(read),
        "writes": tuple(written),
    }  # fmt: skip


def _other(doc: Doc, kind: str, values: tuple[str, ...]) -> dict[str, Any]:
    fields, verb = mapping(doc.content.get("fields")), text(doc.content.get("queryVerb"))
    if kind == "REST":
        path = text(fields.get("path"))
        found = address(path)
        sink = "url" if found.open_host else "parameter"
        changes = verbs.of_request(_METHODS.get(verb, "GET"), found.host, path)
        return {
            "kind": "http", "effects": ("call_http", *changes), "address": path or None,
            "texts": tuple(Text(v, sink) for v in values),
        }  # fmt: skip
    connector = connector_of(_KINDS.get(kind, kind.lower()))
    effects = _VERBS.get(verb) or (connector.effects(verb or None) if connector else ()) or verbs.ANYTHING
    part = next((p for _, p in texts(mapping(fields.get("extra")).get("collection")) if not has_braces(p)), None)
    sink = "nosql" if kind in {"MONGODB", "COUCHDB", "ARANGODB", "ELASTICSEARCH"} else "parameter"
    return {
        "kind": kind_of(connector, effects), "effects": effects, "parts": (part,) if part else (),
        "texts": tuple(Text(v, sink) for v in values),
    }  # fmt: skip
