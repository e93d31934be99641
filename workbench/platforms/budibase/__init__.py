"""Read Budibase apps: the dump of an app's database (`db.txt`, in templates `db/dump.txt`), alone or in its folder.

The dump is a replication stream of PouchDB: JSON documents in a row, the first about the database, then such with
`docs`. Rows (`ro_…`) are records of real people as often as not: the app is told to hold some, none is kept.

Seen in real dumps (0.9 to 3.2): `db_info.host`, `docs[] {_id, _rev, _deleted}`, `app_metadata {appId, name, url, version,
status, navigation}`, `ta_… {name, type, sourceId, schema}`, `ro_…`, `screen_… {routing {route, roleId}, props
{_component, _children, dataSource, field, label, onClick}, onLoad}`, actions `##eventHandlerType` Save Row, Delete Row,
Validate Form, Navigate To, Update State, `au_… {name, definition {trigger, steps} }` with ROW_ACTION and UPDATE_ROW,
`role_… {name, permissionId, permissions, inherits}` with levels as a text or as a list; definition.json {name,
description}.

Only documented: `datasource_…`, `query_…`, other steps and triggers of automations, webhooks (`wh_…`), and that SQL
queries bind what stands in braces.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from workbench.platforms.budibase.app import tool_of
from workbench.platforms.budibase.dump import Dump, dump_of
from workbench.platforms.draft import Document, Draft, Note, RefusedError, Setting
from workbench.platforms.parcels import Parcel
from workbench.platforms.screens import drawn
from workbench.platforms.values import mapping, rows, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.platforms.parcels import Folder

__all__ = ["NAME", "SETTINGS", "gather", "matches", "read", "read_parcel"]

NAME = "budibase"
SETTINGS: dict[str, Setting] = {
    "budibase.version": Setting("string", "Version of Budibase that the app was made with"),
    "budibase.rows": Setting("integer", "Rows of tables that travel in the export"),
    "budibase.host_in_export": Setting("boolean", "The export names the host of the database it came from"),
    "budibase.role": Setting("string", "Role that a screen asks for, such as PUBLIC or BASIC"),
    "budibase.public_access": Setting(
        "string", "What people who are not signed in may do with a table: none, read, write"
    ),
    "budibase.step": Setting("string", "Type of a step or trigger of an automation, such as CREATE_ROW"),
    "budibase.source": Setting("string", "Type of the data source that a query works on, such as POSTGRES"),
}
_DUMPS = frozenset({"db.txt", "dump.txt"})
_BESIDE = frozenset({"definition.json"})
_PICTURES = (".png", ".svg", ".jpg", ".jpeg", ".gif", ".webp", ".ico", ".js", ".css", ".map")


def matches(content: Any) -> bool:
    """Tell whether JSON content is documents of a Budibase app's database."""
    ids = {text(row.get("_id")) for row in rows(mapping(content).get("docs"))}
    return "app_metadata" in ids and any(i.startswith(("ta_", "screen_", "layout_", "role_", "au_")) for i in ids)


def read(document: Document) -> list[Draft]:
    """Return the Draft of an app whose documents are in one JSON object.

    Raises
    ------
    RefusedError
        If the document holds no app of Budibase.
    """
    if not matches(document.content):
        text_ = "no Budibase app in it; expected `docs` with `app_metadata`, as Budibase dumps an app's database"
        raise RefusedError("not-budibase", f"{document.name}{document.pointer}", text_)
    return [_draft(dump_of([document], document.name, {}), document.sha256)]


def gather(names: Sequence[str]) -> list[Parcel]:
    """Return the dumps, each with the definition of its template if it lies in one."""
    found = []
    for name in names:
        path = PurePosixPath(name)
        if path.name.lower() not in _DUMPS:
            continue
        folder = path.parent.parent if path.parent.name == "db" else path.parent
        root = "" if str(folder) == "." else str(folder)
        prefix = f"{root}/" if root else ""
        inside = [n for n in names if n.startswith(prefix)]
        beside = [n for n in inside if n.removeprefix(prefix) in _BESIDE]
        aside = [n for n in inside if n.lower().endswith(_PICTURES) and _belongs(n.removeprefix(prefix))]
        found.append(Parcel(root, (name, *beside), tuple(aside)))
    return found


def _belongs(name: str) -> bool:
    """Tell whether a file is one of those that Budibase serves or keeps for its rows."""
    return name.partition("/")[0] in {"_shared", "attachments", "static", "client", "manifest.json"}


def read_parcel(folder: Folder) -> list[Draft]:
    """Return the Draft of a dump; nothing if it is the dump of something else."""
    dumps = [d for name, d in sorted(folder.documents.items()) if PurePosixPath(name).name.lower() in _DUMPS]
    documents = [d for d in dumps if any(matches(part) for part in _parts(d.content)) or _has_app(d.content)]
    if not documents:
        return []
    definition = next((mapping(d.content) for n, d in folder.documents.items() if n in _BESIDE), {})
    return [_draft(dump_of(documents, folder.name, definition), folder.sha256)]


def _draft(dump: Dump, sha256: str) -> Draft:
    tool = tool_of(dump)
    text_ = f"it holds {dump.rows} rows of tables; they were looked through for data of people, and none was kept"
    notes = (Note("info", dump.file, text_),) if dump.rows else ()
    return Draft(NAME, tool.key, drawn(tool), notes, sha256)


def _parts(content: Any) -> list[Any]:
    return content if isinstance(content, list) else [content]


def _has_app(content: Any) -> bool:
    """Tell whether an app's documents are spread over several parts of a stream."""
    ids = {text(row.get("_id")) for part in _parts(content) for row in rows(mapping(part).get("docs"))}
    return "app_metadata" in ids and any(i.startswith(("ta_", "screen_")) for i in ids)
