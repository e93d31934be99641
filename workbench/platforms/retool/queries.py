"""The queries of a Retool app, and the resources that they work on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.model import slug
from workbench.platforms import verbs
from workbench.platforms.braces import address
from workbench.platforms.screens import DataSource, Step, Text
from workbench.platforms.screens.expressions import has_braces
from workbench.platforms.screens.kinds import connector_of, kind_of, sources_identity, words
from workbench.platforms.screens.sql import columns, tables
from workbench.platforms.secrets import under
from workbench.platforms.values import mapping, named, rows, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.platforms.draft import Document

    Plugin = Mapping[str, Any]

_SQL = frozenset({"SqlQuery", "SqlQueryUnified"})
_REQUESTS = frozenset({"RESTQuery", "OpenAPIQuery", "GraphQLQuery"})
_WORKFLOWS = frozenset({"WorkflowRun", "WorkflowQuery"})
_KINDS = {
    "NoSqlQuery": "mongodb", "MongoDBQuery": "mongodb", "S3Query": "s3",
    "GoogleSheetsQuery": "google-sheets", "FirebaseQuery": "firestore", "SMTPQuery": "smtp", "SendgridQuery": "sendgrid",
    "RetoolTableQuery": "sql", "RetoolEmailQuery": "smtp",
}  # fmt: skip
_NO_RESOURCE = frozenset({"JavascriptQuery", "REST-WithoutResource", "GraphQL-WithoutResource", "WorkflowRun"})
# What queries have besides what they send.
_ABOUT = words(
    "transformer errorTransformer events successMessage failureMessage queryDisabled queryDisabledMessage "
    "confirmationMessage runWhenPageLoadsDelay queryFailureConditions cacheKeyTtl queryRefreshTime queryTimeout "
    "queryThrottleTime queryTriggerDelay notificationDuration data rawData error metadata tableName"
)
_ENDING = re.compile(r"(?:Query)?(?:Unified)?\d{0,2}$")


def _template(plugin: Plugin) -> Plugin:
    return mapping(plugin.get("template"))


def _resource(plugin: Plugin) -> str | None:
    name = named(plugin.get("resourceName"))
    return None if name is None or name in _NO_RESOURCE or text(plugin.get("subtype")) in _WORKFLOWS else name


def _kind(subtype: str) -> str:
    if subtype in _SQL:
        return "sql"
    return _KINDS.get(subtype, _ENDING.sub("", subtype).lower() or "unknown")


def sources_of(plugins: Mapping[str, Plugin], base: str) -> Iterator[DataSource]:
    """Yield the resources that queries name; their addresses and accounts are kept elsewhere."""
    found: dict[str, Plugin] = {}
    for plugin in plugins.values():
        name = _resource(plugin)
        if plugin.get("type") == "datasource" and name is not None:
            found.setdefault(name, plugin)
    for key, plugin in sorted(found.items()):
        subtype = text(plugin.get("subtype"))
        yield DataSource(
            key=key, name=named(plugin.get("resourceDisplayName")) or key, kind=_kind(subtype), where=base,
            identity=sources_identity(), authentication="basic" if subtype in _SQL else None, shared_id=f"retool:{key}",
        )  # fmt: skip


def steps_of(document: Document, plugins: Mapping[str, Plugin], base: str) -> Iterator[Step]:
    """Yield the queries, scripts and transformers."""
    after = _after(plugins)
    made: dict[str, Step] = {}
    for name, plugin in plugins.items():
        kind = text(plugin.get("type"))
        if kind not in {"datasource", "function"}:
            continue
        told = _transformer(plugin) if kind == "function" else _query(plugin)
        place = f"{base}/{name}"
        made.setdefault(
            slug(name),
            Step(
                key=slug(name), name=name, where=place, secrets=under(document.secrets, place),
                after=tuple(sorted(slug(n) for n in after.get(name, ()) if n in plugins and n != name)), **told,
            ),
        )  # fmt: skip
    yield from (made[key] for key in sorted(made))


def _after(plugins: Mapping[str, Plugin]) -> dict[str, set[str]]:
    """Return which queries trigger each query when they are done."""
    result: dict[str, set[str]] = {}
    for name, plugin in plugins.items():
        if plugin.get("type") == "datasource":
            for event in rows(_template(plugin).get("events")):
                if event.get("type") == "datasource" and event.get("method") == "trigger":
                    result.setdefault(text(event.get("pluginId")), set()).add(name)
    return result


def _settings(plugin: Plugin, **others: Any) -> dict[str, Any]:
    template = _template(plugin)
    return {
        "retool.subtype": text(plugin.get("subtype")) or "unknown", "retool.mode": "none",
        "retool.on_load": template.get("runWhenPageLoads") is True or template.get("runWhenModelUpdates") is True,
        "retool.values_in_text": False, "retool.imported": template.get("isImported") is True,
    } | others  # fmt: skip


def _transformer(plugin: Plugin) -> dict[str, Any]:
    code = text(_template(plugin).get("funcBody"))
    return {
        "kind": "transform", "runs": "javascript", "runs_in": "browser", "passes": True, "settings": _settings(plugin),
        "texts": (Text(code, "parameter"), Text(code, "parameter", code=True)),
    }  # fmt: skip


def _query(plugin: Plugin) -> dict[str, Any]:
    """Return the fields of a Step that a query tells."""
    subtype, template = text(plugin.get("subtype")), _template(plugin)
    common = {
        "source": _resource(plugin), "settings": _settings(plugin), "calls": (),
        "confirmed": True if template.get("requireConfirmation") is True else None,
    }  # fmt: skip
    if subtype == "JavascriptQuery":
        code = text(template.get("query"))
        return common | {
            "kind": "code", "runs": "javascript", "runs_in": "browser", "passes": True, "source": None,
            "texts": (Text(code, "parameter", code=True),),
        }  # fmt: skip
    if subtype in _WORKFLOWS:
        called = named(template.get("workflowId"))
        return common | {
            "kind": "subflow", "source": None, "calls": (called,) if called else (), "texts": _sent(template),
            "passes": None,
        }  # fmt: skip
    if subtype in _SQL:
        return common | _sql(plugin)
    return common | (_request(subtype, template) if subtype in _REQUESTS else _other(subtype, template))


def _sql(plugin: Plugin) -> dict[str, Any]:
    """Return what an SQL query does; whether its values are bound, the resource says and the export does not."""
    template = _template(plugin)
    if template.get("editorMode") == "gui":
        return _table(plugin)
    query = text(template.get("query"))
    read, written = columns(query)
    bound = None if has_braces(query) else True
    settings = _settings(plugin, **{"retool.mode": "sql", "retool.values_in_text": has_braces(query)})
    return {
        "kind": "query", "runs": "sql", "effects": verbs.of_queries([query]), "parts": tables(query),
        "parameterised": bound, "texts": (Text(query, "sql", bound),), "reads": tuple(read), "writes": tuple(written),
        "settings": settings,
    }  # fmt: skip


def _table(plugin: Plugin) -> dict[str, Any]:
    """Return what a query does that was put together in a form: its values are bound."""
    template = _template(plugin)
    action = text(template.get("actionType")).upper()
    effects = ("delete",) if "DELETE" in action else ("write",) if action else verbs.ANYTHING
    name = named(template.get("tableName"))
    written = [named(row.get("key")) for row in rows(template.get("changeset"))]
    return {
        "kind": "query", "runs": "sql", "parameterised": True, "effects": effects,
        "parts": (name.lower(),) if name and not has_braces(name) else (), "texts": _sent(template, "sql", safe=True),
        "writes": tuple(sorted({w for w in written if w})), "settings": _settings(plugin, **{"retool.mode": "gui"}),
    }  # fmt: skip


def _request(subtype: str, template: Plugin) -> dict[str, Any]:
    url = text(template.get("query"))
    if subtype == "GraphQLQuery":
        return {
            "kind": "http", "effects": ("call_http", *verbs.of_graphql(text(template.get("body")) or url)),
            "texts": _sent(template),
        }  # fmt: skip
    found = address(url)
    method = text(template.get("type")).upper() or "GET"
    rest = {name: value for name, value in template.items() if name != "query"}
    return {
        "kind": "http", "effects": ("call_http", *verbs.of_request(method, found.host, url)), "address": url,
        "texts": (Text(url, "url" if found.open_host else "parameter"), *_sent(rest)),
    }  # fmt: skip


def _other(subtype: str, template: Plugin) -> dict[str, Any]:
    connector = connector_of(_kind(subtype))
    operation = text(template.get("actionType")) or text(template.get("method")) or text(template.get("operation"))
    effects = connector.effects(operation or None) if connector else ()
    if subtype == "RetoolAIQuery":
        # Which model answers is set up in Retool.
        effects = ("call_model",)
    part = next(
        (p for n in ("collection", "bucketName", "sheetName", "tableName") if (p := named(template.get(n)))), None
    )
    sink = "prompt" if "call_model" in effects else "nosql" if _kind(subtype) == "mongodb" else "parameter"
    return {
        "kind": kind_of(connector, effects), "effects": effects or ("write",), "texts": _sent(template, sink),
        "parts": (part,) if part and not has_braces(part) else (),
    }  # fmt: skip


def _sent(template: Plugin, sink: str = "parameter", *, safe: bool | None = None) -> tuple[Text, ...]:
    given = {name: value for name, value in template.items() if name not in _ABOUT}
    return tuple(Text(value, sink, safe) for _, value in texts(given) if has_braces(value))[:200]
