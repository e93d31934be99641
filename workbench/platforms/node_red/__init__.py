"""Read Node-RED flows: the array that the editor exports and keeps in flows.json, and the answers of its admin API."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from workbench.model import App, Source, slug
from workbench.platforms.draft import Document, Draft, Note, RefusedError
from workbench.platforms.node_red.build import Build, notes_of
from workbench.platforms.node_red.estate import known_as
from workbench.platforms.node_red.export import CONTAINERS, Export, is_yes, raw_nodes, read_export, text
from workbench.platforms.node_red.server import NAME as SERVER_SETTINGS
from workbench.platforms.node_red.server import read_server
from workbench.platforms.node_red.settings import SETTINGS
from workbench.platforms.node_red.types import TYPES

if TYPE_CHECKING:
    from workbench.model import Secret

__all__ = ["COMPANIONS", "NAME", "SETTINGS", "matches", "read"]

NAME = "node-red"
COMPANIONS = (SERVER_SETTINGS,)
# Names that Node-RED itself gives to its files and tabs.
_ANY_FILE = re.compile(r"flows?(?: ?\(\d+\))?", re.IGNORECASE)
_ANY_TAB = re.compile(r"flow ?\d*", re.IGNORECASE)


def matches(content: Any) -> bool:
    """Tell whether JSON content is an export of Node-RED: a list of nodes with ids, types and wires."""
    found = raw_nodes(content)
    return any(_is_node(raw) for _, raw in found or ())


def _is_node(raw: Any) -> bool:
    if not isinstance(raw, dict) or not isinstance(raw.get("type"), str) or "id" not in raw:
        return False
    wired = isinstance(raw.get("wires"), list) or (raw["type"] in TYPES and "z" in raw)
    return wired or (raw["type"] in CONTAINERS and bool({"label", "nodes", "in", "out"} & set(raw)))


def read(document: Document) -> list[Draft]:
    """Return the one Draft of a document: all tabs of an export are one app.

    Raises
    ------
    RefusedError
        If the document holds no Node-RED flow.
    """
    if not matches(document.content):
        problem = (
            "no Node-RED flow in it; expected an array of nodes with `id`, `type` and `wires`, as the editor exports it"
        )
        raise RefusedError("not-node-red", f"{document.name}{document.pointer}", problem)
    export = read_export(document.content, TYPES)
    name = _name(document)
    build = Build(
        export, app=f"{NAME}-{slug(name)}", file=document.name, pointer=document.pointer,
        server=read_server(document.companions), secrets=_secrets(document, export),
    )  # fmt: skip
    build.run()
    build.elements[build.app] = _app(build, _shown_name(export, name))
    return [Draft(NAME, build.app, build.finished(), _notes(document, build), document.sha256)]


def _name(document: Document) -> str:
    """Return the name of the app: an export has none, so it is the file's."""
    name = PurePath(document.name).name.rstrip('"').removesuffix(".json") or "flows"
    number = document.pointer.strip("/")
    return f"{name} {int(number) + 1}" if number.isdigit() else name


def _shown_name(export: Export, name: str) -> str:
    """Return the app's name for people: that of its one tab, where the file is called as Node-RED calls all of them."""
    tabs = [tab.name for tab in export.tabs.values() if not is_yes(tab.raw.get("disabled"))]
    if not _ANY_FILE.fullmatch(name) or len(tabs) != 1 or not tabs[0] or _ANY_TAB.fullmatch(tabs[0]):
        return name
    return tabs[0]


def _app(build: Build, name: str) -> App:
    export, nodes = build.export, build.nodes
    tabs = sorted(tab.name for tab in export.tabs.values() if tab.name)
    caught = any(n.what.listens == "error" and n.enabled and build.graph.after(n) for n in nodes)
    settings: dict[str, Any] = {
        "node_red.tabs": text(", ".join(tabs)),
        "node_red.disabled_steps": sum(not n.enabled for n in nodes),
        "node_red.dangling_wires": sum("not in the export" in problem for _, problem in build.graph.problems),
        "node_red.modules": _modules(export),
        **build.server.settings(),
    }
    return App(
        id=build.app, name=name, platform=NAME, boundary=build.place,
        source=Source(file=build.file, pointer=build.pointer),
        notes=notes_of([*export.comments, *export.tabs.values(), *export.subflows.values()]),
        settings={key: value for key, value in settings.items() if value not in {None, ""}},
        secrets=tuple(secret for key in sorted(build.secrets) for secret in build.secrets[key]),
        error_handler=caught,
        # Node-RED keeps no history of its runs, and nobody can sign up to it.
        keeps_run_data=False, registration="none", known_as=known_as(nodes, export),
    )  # fmt: skip


def _modules(export: Export) -> str:
    found = [c.raw["modules"] for c in export.configs.values() if isinstance(c.raw.get("modules"), dict)]
    return text(", ".join(sorted({f"{name}@{version}" for modules in found for name, version in modules.items()})))


def _secrets(document: Document, export: Export) -> dict[str, tuple[Secret, ...]]:
    """Return the secrets by the id of the object that holds them, "" for what stands elsewhere.

    Their places name the object in place of counting it, so that re-ordering the array changes nothing.
    """
    groups = (export.nodes, export.configs, export.tabs, export.subflows, export.groups)
    items = {i.pointer: i for i in [*(i for group in groups for i in group.values()), *export.comments]}
    found: dict[str, list[Secret]] = {}
    for secret in document.secrets:
        parts = secret.place.split("/")
        item = next((items[p] for p in ("/".join(parts[:2]), "/".join(parts[:3])) if p in items), None)
        if item is not None:
            place = f"{document.pointer}/[id='{item.id}']{secret.place.removeprefix(item.pointer)}"
            found.setdefault(item.id, []).append(secret.changed(place=place))
        else:
            found.setdefault("", []).append(secret)
    return {key: tuple(sorted(group, key=lambda s: (s.place, s.kind, s.fingerprint))) for key, group in found.items()}


def _notes(document: Document, build: Build) -> tuple[Note, ...]:
    where = f"{document.name}{document.pointer}"
    items = [*build.export.nodes.values(), *build.export.configs.values(), *build.export.subflows.values()]
    by_pointer = {item.pointer: f"/[id='{item.id}']" for item in items}
    found = {
        (f"{where}{by_pointer.get(p, p)}", problem) for p, problem in (*build.export.problems, *build.graph.problems)
    }
    return tuple(Note("warning", place, problem) for place, problem in sorted(found))
