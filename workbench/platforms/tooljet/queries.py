"""The queries of a ToolJet app, and the data sources that they work on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.model import slug
from workbench.platforms import verbs
from workbench.platforms.braces import address
from workbench.platforms.screens import DataSource, Step, Text
from workbench.platforms.screens.expressions import has_braces
from workbench.platforms.screens.kinds import connector_of, kind_of, sources_identity, words
from workbench.platforms.screens.sql import columns, tables
from workbench.platforms.values import listed, mapping, named, rows, text, texts, truth

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.platforms.draft import Document
    from workbench.platforms.screens.places import Spot

_SQL = words(
    "postgresql mysql mssql mariadb oracledb sqlite snowflake bigquery redshift athena clickhouse cockroachdb "
    "databricks sap_hana presto trino"
)
_NOSQL = words("mongodb couchdb dynamodb elasticsearch firestore cosmosdb influxdb rethinkdb arangodb")
_SCRIPTS = {"runjs": "javascript", "runpy": "python"}
_OWN_DATABASE = "tooljetdb"
_OWN_EFFECTS = {
    "list_rows": "read", "join_tables": "read", "create_row": "write", "update_rows": "write", "delete_rows": "delete",
    "bulk_update_with_primary_key": "write", "bulk_upsert_with_primary_key": "write",
}  # fmt: skip
# What queries have besides what they send.
_ABOUT = words(
    "transformation transformations transformationLanguage enableTransformation runOnPageLoad requestConfirmation "
    "showSuccessNotification successMessage notificationDuration parameters mode operation table_id events"
)
_PARTS = (
    "table",
    "table_name",
    "tableName",
    "collection",
    "collection_name",
    "index",
    "bucket",
    "sheet",
    "spreadsheet_id",
)


def sources_of(document: Document, spot: Spot, app: Mapping[str, Any]) -> Iterator[DataSource]:
    """Yield the data sources, with what the options of the default environment say."""
    preferred = [named(e.get("id")) for e in rows(app.get("appEnvironments")) if e.get("isDefault") is True]
    given: dict[str, Mapping[str, Any]] = {}
    places: dict[str, list[int]] = {}
    for number, row in enumerate(rows(app.get("dataSourceOptions"))):
        source = named(row.get("dataSourceId")) or ""
        places.setdefault(source, []).append(number)
        if source not in given or named(row.get("environmentId")) in preferred:
            given[source] = mapping(row.get("options"))
    for kept in rows(app.get("dataSources")):
        key, kind = named(kept.get("id")), text(kept.get("kind")).lower()
        if key and kind and kept.get("type") != "static" and kind not in {*_SCRIPTS, _OWN_DATABASE}:
            options, name = given.get(key, {}), named(kept.get("name")) or kind
            where = f"dataSources[name='{name}']"
            held = [spot.under(f"dataSourceOptions/{number}", where) for number in places.get(key, ())]
            secrets = tuple(dict.fromkeys(s for place in held for s in place.secrets(document.secrets)))
            told = _told(kind, {option: mapping(value).get("value") for option, value in options.items()})
            yield DataSource(
                key=key,
                name=name,
                kind=kind,
                where=f"{spot.told}/{where}",
                shared_id=f"tooljet:{key}",
                secrets=secrets,
                **told,
            )


def _told(kind: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the options of a data source say."""
    base = text(options.get("url")) or text(options.get("base_url")) or None
    certificate = text(options.get("ssl_certificate"))
    return {
        "host": address(base or "").host or named(options.get("host")), "database": named(options.get("database")),
        "base": base, "encrypted": truth(options.get("ssl_enabled")) if kind in _SQL | _NOSQL else None,
        "checked": {"none": False, "ca_certificate": True, "self_signed": True}.get(certificate),
        "identity": sources_identity(per_user=options.get("multiple_auth_enabled")),
        "authentication": _authentication(kind, text(options.get("auth_type"))),
    }  # fmt: skip


def _authentication(kind: str, told: str) -> str | None:
    ways = {"oauth2": "oauth", "basic": "basic", "bearer": "static_key", "none": "none"}
    return ways.get(told) or ("basic" if kind in _SQL else None)


def steps_of(document: Document, spot: Spot, app: Mapping[str, Any]) -> list[Step]:
    """Return the queries."""
    sources = {named(s.get("id")): s for s in rows(app.get("dataSources"))}
    after = _after(app)
    result: dict[str, Step] = {}
    for number, query in enumerate(rows(app.get("dataQueries"))):
        name = named(query.get("name")) or f"query {number}"
        kept = sources.get(named(query.get("dataSourceId")), {})
        kind = text(kept.get("kind")).lower() or text(query.get("kind")).lower()
        place = spot.under(f"dataQueries/{number}", f"dataQueries[name='{name}']")
        common = {
            "key": (key := slug(name)), "name": name, "where": place.told, "secrets": place.secrets(document.secrets),
            # What ToolJet gives each app for requests without a data source keeps no account.
            "source": None if kept.get("type") == "static" else named(query.get("dataSourceId")),
        }  # fmt: skip
        made = common | _step(kind, mapping(query.get("options")))
        result.setdefault(key, Step(**made, after=tuple(after.get(key, ()))))
    return [result[key] for key in sorted(result)]


def _after(app: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return which queries run each query when they are done."""
    names = {named(q.get("id")): slug(named(q.get("name")) or "") for q in rows(app.get("dataQueries"))}
    result: dict[str, list[str]] = {}
    for row in rows(app.get("events")):
        event, source = mapping(row.get("event")), names.get(named(row.get("sourceId")))
        started = names.get(named(event.get("queryId")))
        if source and started and event.get("actionId") == "run-query":
            result.setdefault(started, []).append(source)
    return {key: sorted(set(found) - {key}) for key, found in result.items()}


def _step(kind: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a Step that the options of a query of some kind tell."""
    operation = text(options.get("operation"))
    sql = text(options.get("query")) if kind in _SQL and options.get("mode") != "gui" else ""
    settings = {
        "tooljet.kind": kind or "unknown", "tooljet.operation": operation or "default",
        "tooljet.mode": ("sql" if sql else "gui") if kind in _SQL else "none",
        "tooljet.on_load": options.get("runOnPageLoad") is True, "tooljet.values_in_text": has_braces(sql),
    }  # fmt: skip
    common: dict[str, Any] = {
        "settings": settings, "confirmed": True if options.get("requestConfirmation") is True else None,
    }  # fmt: skip
    if kind in _SCRIPTS:
        code = text(options.get("code"))
        return common | {
            "kind": "code", "runs": _SCRIPTS[kind], "runs_in": "browser", "passes": True, "source": None,
            "texts": (Text(code, "parameter", code=True),),
        }  # fmt: skip
    if kind == _OWN_DATABASE:
        return common | _own(operation, options)
    if sql:
        return common | _sql(sql, options)
    if kind in {"restapi", "graphql", "openapi"}:
        return common | _request(kind, options)
    if kind == "workflows":
        called = tuple(filter(None, (named(options.get("workflowId")),)))
        return common | {"kind": "subflow", "source": None, "calls": called, "texts": _sent(options), "passes": None}
    return common | _other(kind, operation, options)


def _own(operation: str, options: Mapping[str, Any]) -> dict[str, Any]:
    effect = _OWN_EFFECTS.get(operation)
    sql = text(mapping(options.get("sql_execution")).get("sqlQuery"))
    if operation == "sql_execution":
        return _sql(sql, options) | {"source": None, "table": named(options.get("table_id")) or ""}
    joined = [named(f.get("name")) for f in rows(mapping(options.get("join_table")).get("fields"))]
    return {
        "kind": "query", "effects": (effect,) if effect else verbs.ANYTHING, "source": None,
        "table": named(options.get("table_id")) or "", "texts": _sent(options),
        "reads": tuple(sorted({j for j in joined if j})) if operation in {"list_rows", "join_tables"} else (),
    }  # fmt: skip


def _sql(sql: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an SQL query does: braces in its text are filled in as they are, its parameters are bound."""
    read, written = columns(sql)
    bound = tuple(Text(value, "sql", safe=True) for _, value in texts(options.get("query_params")) if has_braces(value))
    return {
        "kind": "query", "runs": "sql", "effects": verbs.of_queries([sql]), "parts": tables(sql),
        "parameterised": not has_braces(sql), "texts": (Text(sql, "sql", safe=False), *bound),
        "reads": tuple(read), "writes": tuple(written),
    }  # fmt: skip


def _request(kind: str, options: Mapping[str, Any]) -> dict[str, Any]:
    url = text(options.get("url"))
    found = address(url)
    method = text(options.get("method")).upper() or "GET"
    query = text(options.get("query"))
    changes = verbs.of_graphql(query) if kind == "graphql" else verbs.of_request(method, found.host, url)
    rest = {name: value for name, value in options.items() if name not in {*_ABOUT, "url", "method"}}
    sink = "url" if found.open_host else "parameter"
    return {
        "kind": "http", "effects": ("call_http", *changes), "address": url or None,
        "texts": (Text(url, sink), *_sent(rest)), "passes": False,
    }  # fmt: skip


def _other(kind: str, operation: str, options: Mapping[str, Any]) -> dict[str, Any]:
    connector = connector_of(kind)
    effects = connector.effects(operation or None) if connector else ()
    part = next((p for name in _PARTS if (p := named(options.get(name))) and not has_braces(p)), None)
    sink = "nosql" if kind in _NOSQL else "prompt" if connector and connector.kind == "ai" else "parameter"
    parameterised = True if kind in _SQL else None
    return {
        "kind": kind_of(connector, effects), "effects": effects or ("write",), "parts": (part,) if part else (),
        "texts": _sent(options, sink), "parameterised": parameterised, "runs": "sql" if kind in _SQL else None,
    }  # fmt: skip


def _sent(options: Mapping[str, Any], sink: str = "parameter") -> tuple[Text, ...]:
    given = {name: value for name, value in options.items() if name not in _ABOUT}
    found = [Text(value, sink) for _, value in texts(given) if has_braces(value)]
    # Empty lists of pairs are how the editor keeps forms that nobody filled in.
    return tuple(found[: 200 if listed(found) else 0])
