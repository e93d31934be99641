"""Read Retool apps: the JSON file that Retool exports, whose app lies in it as a Transit text.

Seen in real exports: `uuid`, `page {id, data.appState, changesRecord, userId}`, `modules`; in the unpacked app
`plugins` by name, each `{id, type, subtype, resourceName, resourceDisplayName, template, container, screen}` with the
types datasource, widget, frame, setting; templates of SqlQueryUnified `{query, editorMode, actionType, tableName,
changeset, changesetObject, filterBy, runWhenPageLoads, runWhenModelUpdates, requireConfirmation, allowedGroups,
transformer, enableTransformer, events}` and of RESTQuery `{query, type, headers, body, bodyType}`; events `{event, type,
method, pluginId, params}` with the types datasource, widget, state, script, util; widgets `{value, label, formDataKey}`.

Only documented: states and transformers (`funcBody`), JavaScript queries, workflows (`workflowId`), apps that are opened
(`util`, `openApp`). Whether an app is public, and whether a resource makes prepared statements, is kept elsewhere in
Retool; the export does not say.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from workbench.platforms.draft import Document, Draft, Note, RefusedError, Setting
from workbench.platforms.retool.app import tool_of
from workbench.platforms.retool.transit import unpacked
from workbench.platforms.screens import drawn
from workbench.platforms.values import mapping

if TYPE_CHECKING:
    from workbench.platforms.documents import Limits

__all__ = ["NAME", "SETTINGS", "matches", "opened", "read"]

NAME = "retool"
SETTINGS: dict[str, Setting] = {
    "retool.subtype": Setting("string", "Type of a query, such as SqlQueryUnified"),
    "retool.mode": Setting("string", "How an SQL query is written: sql, gui; none for other queries"),
    "retool.on_load": Setting("boolean", "The query runs by itself, when the app opens or its inputs change"),
    "retool.values_in_text": Setting("boolean", "The text of the SQL query has values in braces"),
    "retool.imported": Setting("boolean", "The query comes from the query library"),
}


def matches(content: Any) -> bool:
    """Tell whether JSON content is an exported Retool app."""
    page = mapping(mapping(content).get("page"))
    state = mapping(page.get("data")).get("appState")
    return isinstance(state, dict) or (isinstance(state, str) and state.lstrip().startswith('["~#iR"'))


def opened(content: Any, where: str, limits: Limits | None = None) -> Any:
    """Return an export with its app unpacked, so that secrets in it have names.

    Raises
    ------
    RefusedError
        If the app cannot be unpacked.
    """
    page = mapping(mapping(content).get("page"))
    data = mapping(page.get("data"))
    state = data.get("appState")
    if not isinstance(state, str):
        return content
    plain = unpacked(state, f"{where}/page/data/appState", limits)
    return {**content, "page": {**page, "data": {**data, "appState": plain}}}


def read(document: Document) -> list[Draft]:
    """Return the Draft of an exported app.

    Raises
    ------
    RefusedError
        If the document holds no Retool app.
    """
    if not matches(document.content):
        text = "no Retool app in it; expected `page.data.appState`, as Retool exports an app as JSON"
        raise RefusedError("not-retool", f"{document.name}{document.pointer}", text)
    content = opened(document.content, f"{document.name}{document.pointer}")
    fallback = PurePath(document.name).name.removesuffix(".json") or "Retool app"
    tool = tool_of(document, content, fallback)
    return [Draft(NAME, tool.key, drawn(tool), _notes(document), document.sha256)]


def _notes(document: Document) -> tuple[Note, ...]:
    """Tell of the modules that the app uses: what they do is not in its model."""
    modules = mapping(mapping(document.content).get("modules"))
    text = f"the app uses {len(modules)} modules, whose queries were not read; export each of them as an app of its own"
    return (Note("warning", f"{document.name}{document.pointer}/modules", text),) if modules else ()
