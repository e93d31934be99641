"""Both forms of an Appsmith export as one: pages with widgets, actions, scripts and data sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from workbench.platforms.screens.places import moved
from workbench.platforms.values import mapping, named, rows, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.model import Secret
    from workbench.platforms.draft import Document
    from workbench.platforms.parcels import Folder

_DEEPEST = 80
Object = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """A piece of an export: what it says, where it stands, and the secrets in it."""

    content: Object
    page: str
    where: str
    file: str | None
    secrets: tuple[Secret, ...]


@dataclass(frozen=True)
class Export:
    """One app."""

    name: str
    form: str
    """file or git."""
    file: str
    application: Object
    pages: tuple[Part, ...]
    widgets: tuple[Part, ...]
    actions: tuple[Part, ...]
    scripts: tuple[Part, ...]
    sources: tuple[Part, ...]
    secrets: tuple[Secret, ...]


def of_file(document: Document, fallback: str) -> Export:
    """Return the app of an exported JSON file."""
    content, secrets = mapping(document.content), document.secrets

    def parts(group: str, *kinds: str) -> Iterator[Part]:
        for number, row in enumerate(rows(content.get(group))):
            said = next((mapping(row[kind]) for kind in kinds if isinstance(row.get(kind), dict)), row)
            name = _name(said) or str(number)
            where = f"{document.pointer}/{group}[name='{name}']"
            found = moved(secrets, f"/{group}/{number}", where)
            about = {key: row[key] for key in ("pluginId", "pluginType") if key in row}
            yield Part({**about, **said}, named(said.get("pageId")) or _name(said) or "", where, None, found)

    pages = tuple(parts("pageList", "unpublishedPage", "publishedPage"))
    application = mapping(content.get("exportedApplication"))
    decrypted = tuple(s for s in secrets if s.place.startswith("/decryptedFields"))
    return Export(
        name=named(application.get("name")) or fallback, form="file", file=document.name, application=application,
        pages=pages, widgets=tuple(widget for page in pages for widget in _tree(page)),
        actions=tuple(parts("actionList", "unpublishedAction", "publishedAction")),
        scripts=tuple(parts("actionCollectionList", "unpublishedCollection", "publishedCollection")),
        sources=tuple(parts("datasourceList")), secrets=decrypted,
    )  # fmt: skip


def _name(content: Object) -> str | None:
    return named(content.get("name"))


def _tree(page: Part) -> Iterator[Part]:
    """Yield the widgets of a page, whose layout holds them within one another."""
    waiting: list[tuple[Any, int]] = [
        (mapping(layout.get("dsl")), 0) for layout in rows(page.content.get("layouts"))[:1]
    ]
    while waiting:
        widget, depth = waiting.pop()
        if depth < _DEEPEST:
            waiting += [(child, depth + 1) for child in rows(widget.get("children"))]
        name = named(widget.get("widgetName"))
        if name:
            where = f"{page.where}/{name}"
            # A secret of a widget is told at its page: the layout has no name for the way to it.
            yield Part({k: v for k, v in widget.items() if k != "children"}, _name(page.content) or "", where, None, ())


def of_folder(folder: Folder) -> Export:
    """Return the app of a Git folder."""
    found: dict[str, list[Part]] = defaultdict(list)
    for name, document in sorted(folder.documents.items()):
        kind, part = _of_git(name, document, folder)
        if kind is not None and part is not None:
            found[kind].append(part)
    application = mapping(folder.documents["application.json"].content)
    rest = tuple(s for name in ("application.json", "theme.json") for s in _all(folder, name))
    return Export(
        name=named(application.get("name")) or folder.name or "Appsmith app", form="git", file="application.json",
        application=application, pages=tuple(found["page"]), widgets=tuple(w for w in _flat(found)),
        actions=tuple(found["action"]), scripts=tuple(found["script"]), sources=tuple(found["source"]), secrets=rest,
    )  # fmt: skip


def _flat(found: Mapping[str, list[Part]]) -> Iterator[Part]:
    for page in found.get("page", ()):
        for widget in _tree(page):
            yield Part(widget.content, page.page, "", page.file, ())
    yield from found.get("widget", ())


def _all(folder: Folder, name: str) -> tuple[Secret, ...]:
    return folder.documents[name].secrets if name in folder.documents else ()


def _of_git(name: str, document: Document, folder: Folder) -> tuple[str | None, Part | None]:
    """Return what a file of the folder is, and its content; nothing for the texts that lie beside others."""
    parts, content = PurePosixPath(name).parts, mapping(document.content)
    if parts[0] == "datasources":
        return "source", Part(content, "", "", name, document.secrets)
    if parts[0] != "pages" or len(parts) < 3 or not content:  # noqa: PLR2004 - pages, the page, a file
        return None, None
    make = {"queries": _action, "actions": _action, "jsobjects": _script}.get(parts[2])
    if make is not None:
        return ("script" if make is _script else "action"), make(content, name, document, folder)
    if parts[2] == "widgets":
        return "widget", Part(content, parts[1], "", name, document.secrets)
    page = mapping(content.get("unpublishedPage"))
    return ("page", Part(page, parts[1], "", name, document.secrets)) if page else (None, None)


def _action(content: Object, name: str, document: Document, folder: Folder) -> Part:
    """Return an action; the text of its query lies in a file beside it."""
    said = dict(mapping(content.get("unpublishedAction")) or content)
    said |= {key: content[key] for key in ("pluginId", "pluginType") if key in content}
    beside = PurePosixPath(name).with_name(f"{PurePosixPath(name).parent.name}.txt").as_posix()
    secrets = document.secrets
    if beside in folder.documents and isinstance(folder.documents[beside].content, str):
        configuration = {**mapping(said.get("actionConfiguration")), "body": folder.documents[beside].content}
        said["actionConfiguration"] = configuration
        secrets = (
            *secrets,
            *(s.changed(place=f"/{PurePosixPath(beside).name}") for s in folder.documents[beside].secrets),
        )
    return Part(said, PurePosixPath(name).parts[1], "", name, secrets)


def _script(content: Object, name: str, document: Document, folder: Folder) -> Part:
    said = dict(mapping(content.get("unpublishedCollection")) or content)
    beside = PurePosixPath(name).with_name(f"{PurePosixPath(name).parent.name}.js").as_posix()
    secrets = document.secrets
    if beside in folder.documents:
        said["body"] = text(folder.documents[beside].content)
        secrets = (*secrets, *folder.documents[beside].secrets)
    return Part(said, PurePosixPath(name).parts[1], "", name, secrets)
