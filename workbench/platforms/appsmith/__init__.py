"""Read Appsmith apps: the one JSON file of an export, and the folders that Appsmith keeps in a Git repository.

Seen in real exports: `exportedApplication {name, isPublic, appIsExample}`, `pageList[].unpublishedPage {name,
layouts[].dsl}`, `actionList[] {pluginId, pluginType, unpublishedAction {name, pageId, datasource {name, pluginId,
datasourceConfiguration.url}, actionConfiguration {httpMethod, path, headers, queryParameters, body,
pluginSpecifiedTemplates}, executeOnLoad, dynamicBindingPathList, confirmBeforeExecute}}`, `datasourceList`,
`decryptedFields`; in Git `application.json {applicationVersion, evaluationVersion, pages}`, `datasources/*.json {name,
pluginId, gitSyncId}`, `pages/P/P.json`, `pages/P/widgets/**/W.json {widgetName, type, dynamicBindingPathList,
dynamicTriggerPathList, sourceData, schema}`, `pages/P/queries/Q/metadata.json` with `formData {command, collection,
smartSubstitution, updateMany}` and without bindings, `pages/P/jsobjects/J/{metadata.json, J.js}`.

Only documented, or seen in programs that write such files: `Q.txt` beside `metadata.json`, `runBehaviour`,
`exportedApplication.slug`, `datasourceConfiguration {endpoints, authentication, connection.ssl}`,
`actionCollectionList`, `formData.preparedStatement`, workflow queries. Git folders do not say whether the app is public.
"""

from __future__ import annotations

from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any

from workbench.platforms.appsmith.app import tool_of
from workbench.platforms.appsmith.export import of_file, of_folder
from workbench.platforms.draft import Document, Draft, RefusedError, Setting
from workbench.platforms.parcels import Parcel, below, top
from workbench.platforms.screens import drawn
from workbench.platforms.values import mapping

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.platforms.parcels import Folder

__all__ = ["NAME", "SETTINGS", "gather", "matches", "read", "read_parcel"]

NAME = "appsmith"
SETTINGS: dict[str, Setting] = {
    "appsmith.form": Setting("string", "How it was exported: file, git"),
    "appsmith.plugin": Setting("string", "Plugin that a query works with, such as postgres-plugin"),
    "appsmith.prepared": Setting(
        "string", "Prepared statements of an SQL query: on, off, unsaid; none for other queries"
    ),
    "appsmith.operation": Setting(
        "string", "What the query does, as its plugin names it; `default` where it is not said"
    ),
    "appsmith.on_load": Setting("boolean", "The query runs as soon as its page opens"),
    "appsmith.values_in_text": Setting("boolean", "The text of the SQL query has values in braces"),
}
_MARKER = "application.json"
_PICTURES = (".png", ".svg", ".jpg", ".jpeg", ".gif", ".webp")


def matches(content: Any) -> bool:
    """Tell whether JSON content is an exported Appsmith app."""
    content = mapping(content)
    lists = ("actionList", "pageList", "datasourceList", "actionCollectionList")
    return isinstance(content.get("exportedApplication"), dict) and any(
        isinstance(content.get(name), list) for name in lists
    )


def read(document: Document) -> list[Draft]:
    """Return the Draft of an exported app.

    Raises
    ------
    RefusedError
        If the document holds no Appsmith app.
    """
    if not matches(document.content):
        text = "no Appsmith app in it; expected `exportedApplication` and `pageList`, as Appsmith exports an app"
        raise RefusedError("not-appsmith", f"{document.name}{document.pointer}", text)
    fallback = PurePath(document.name).name.removesuffix(".json") or "Appsmith app"
    tool = tool_of(of_file(document, fallback))
    return [Draft(NAME, tool.key, drawn(tool), (), document.sha256)]


def gather(names: Sequence[str]) -> list[Parcel]:
    """Return the folders that may be an Appsmith app in Git: an application.json beside pages."""
    found = []
    for root in top(names, _MARKER):
        inside = {name: name.removeprefix(f"{root}/") if root else name for name in below(names, root)}
        files = [name for name, short in inside.items() if _belongs(short)]
        if any(inside[name].startswith("pages/") for name in files):
            aside = [n for n, short in inside.items() if short.lower().endswith(_PICTURES)]
            found.append(Parcel(root, tuple(files), tuple(sorted(set(aside) - set(files)))))
    return found


def _belongs(short: str) -> bool:
    parts, ending = short.split("/"), PurePosixPath(short).suffix.lower()
    if len(parts) == 1:
        return short in {_MARKER, "metadata.json", "theme.json"}
    if parts[0] in {"datasources", "theme", "jslibs"}:
        return ending == ".json"
    return parts[0] == "pages" and ending in {".json", ".txt", ".js"}


def read_parcel(folder: Folder) -> list[Draft]:
    """Return the Draft of an app in Git; nothing if the folder is none."""
    application = folder.documents.get(_MARKER)
    content = mapping(application.content) if application is not None else {}
    if not {"applicationVersion", "evaluationVersion", "unpublishedAppLayout"} & set(content):
        return []
    tool = tool_of(of_folder(folder))
    return [Draft(NAME, tool.key, drawn(tool), (), folder.sha256)]
