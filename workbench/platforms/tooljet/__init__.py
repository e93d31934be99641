"""Read ToolJet apps: what its dashboard exports as JSON, of one app or several, with the tables of the ToolJet database.

Seen in real exports (2.38, 3.20): `app[].definition.appV2` with `id, name, slug, type, isPublic, isMaintenanceOn,
workflowEnabled, components[] {id, name, type, pageId, properties, general}, pages[] {id, name, handle}, events[]
{event {actionId, queryId, queryName, modal, componentId}, sourceId, target}, dataQueries[] {id, name, options,
dataSourceId}, dataSources[] {id, name, kind, type, scope}, appEnvironments[] {id, isDefault}, dataSourceOptions[]
{dataSourceId, environmentId, options}`, `tooljet_database[] {id, table_name, schema.columns[] {column_name}}`,
`tooljet_version`, queries of the kinds runjs (`code`) and tooljetdb (`operation, table_id, join_table`), and older
templates with components as `component {name, component, definition {properties, events}}`.

Only documented, or seen in programs that write such files: options of SQL (`mode, query, query_params`) and REST queries
(`method, url, headers, url_params, body, json_body`), options of data sources (`host, database, ssl_enabled, url,
auth_type, multiple_auth_enabled`), where older components lie (`appVersions[].definition.pages`), workflows.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from workbench.platforms.draft import Document, Draft, RefusedError, Setting
from workbench.platforms.screens import drawn
from workbench.platforms.tooljet.app import tool_of
from workbench.platforms.values import mapping, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["NAME", "SETTINGS", "matches", "read"]

NAME = "tooljet"
SETTINGS: dict[str, Setting] = {
    "tooljet.public": Setting("boolean", "The released app opens without signing in"),
    "tooljet.type": Setting("string", "What it is: front-end, workflow, module"),
    "tooljet.maintenance": Setting("boolean", "The app is closed for maintenance"),
    "tooljet.version": Setting("string", "Version of ToolJet that wrote the export"),
    "tooljet.kind": Setting("string", "Kind of the data source that a query works on, such as postgresql"),
    "tooljet.operation": Setting("string", "What the query does, as ToolJet names it; `default` where it is not said"),
    "tooljet.mode": Setting("string", "How the query is written: sql, gui; none for other kinds"),
    "tooljet.on_load": Setting("boolean", "The query runs as soon as the app opens"),
    "tooljet.values_in_text": Setting("boolean", "Values are put into the text of the SQL query"),
}


def matches(content: Any) -> bool:
    """Tell whether JSON content is an export of ToolJet."""
    return any(True for _ in _apps(content))


def read(document: Document) -> list[Draft]:
    """Return a Draft for each app of a document.

    Raises
    ------
    RefusedError
        If the document holds no app of ToolJet.
    """
    found = list(_apps(document.content))
    if not found:
        text = "no ToolJet app in it; expected `app` with `definition.appV2`, as ToolJet exports an app"
        raise RefusedError("not-tooljet", f"{document.name}{document.pointer}", text)
    fallback = PurePath(document.name).name.removesuffix(".json") or "ToolJet app"
    drafts = []
    taken: set[str] = set()
    for pointer, app in found:
        tool = tool_of(document, pointer, app, fallback)
        if tool.key not in taken:
            taken.add(tool.key)
            drafts.append(Draft(NAME, tool.key, drawn(tool), (), document.sha256))
    return drafts


def _apps(content: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (JSON pointer, appV2) of each app."""
    content = mapping(content)
    for number, entry in enumerate(content["app"] if isinstance(content.get("app"), list) else ()):
        app = mapping(mapping(mapping(entry).get("definition")).get("appV2"))
        if _is_app(app):
            yield f"/app/{number}/definition/appV2", app
    if _is_app(mapping(content.get("appV2"))):
        yield "/appV2", content["appV2"]


def _is_app(app: Mapping[str, Any]) -> bool:
    return any(isinstance(app.get(part), list) for part in ("dataQueries", "appVersions")) and (
        bool(rows(app.get("appVersions"))) or "dataQueries" in app
    )
