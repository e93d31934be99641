"""One ToolJet app: its pages, who may open it, and what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.model import slug
from workbench.platforms.screens import Screen, Table, Text, Tool, Way
from workbench.platforms.screens.expressions import Reference, has_braces
from workbench.platforms.screens.places import Spot, keys, rest
from workbench.platforms.tooljet.queries import sources_of, steps_of
from workbench.platforms.tooljet.widgets import Widget, widgets_of
from workbench.platforms.values import mapping, named, rows, text, texts, truth

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.platforms.draft import Document
    from workbench.platforms.screens import Step

_HTML = frozenset({"html", "iframe", "customcomponent"})
_FILES = frozenset({"filepicker", "filebutton", "fileinput"})
_HELD = ("dataQueries", "dataSourceOptions", "components")


def tool_of(document: Document, pointer: str, app: Mapping[str, Any], fallback: str) -> Tool:
    """Return the app as a Tool."""
    name = named(app.get("name")) or fallback
    widgets = widgets_of(app)
    spot = Spot(pointer, f"{document.pointer}/appV2[name='{name}']")
    steps = steps_of(document, spot, app)
    held = [f"{pointer}/{part}/{n}" for part in _HELD for n in range(len(rows(app.get(part))))]
    held += [f"{pointer}{widget.where}" for widget in widgets]
    kind = text(app.get("type")) or "front-end"
    shown = [] if kind == "workflow" else _screens(document, spot, app, widgets)
    return Tool(
        platform="tooljet", shown="ToolJet", key=_key(app, name), name=name, file=document.name,
        screens=tuple(shown), steps=tuple(steps), sources=tuple(sources_of(document, spot, app)),
        tables=tuple(_tables(document, steps)), ways=tuple(_ways(app, spot.told, [s.key for s in steps], kind)),
        refers=_refers(app, widgets), from_visitor=frozenset({"globals.urlparams", "variables"}),
        secrets=rest(document.secrets, held), fields=_fields(document, app, name),
    )  # fmt: skip


def _key(app: Mapping[str, Any], name: str) -> str:
    return f"tooljet-{slug(named(app.get('id')) or name)}"


def _fields(document: Document, app: Mapping[str, Any], name: str) -> dict[str, Any]:
    public = truth(app.get("isPublic"))
    version = text(mapping(document.content).get("tooljet_version"))
    settings = {
        "tooljet.public": public, "tooljet.type": text(app.get("type")) or "front-end",
        "tooljet.maintenance": app.get("isMaintenanceOn") is True,
        "tooljet.version": version or None,
    }  # fmt: skip
    known = (named(app.get("id")), named(app.get("slug")), name)
    return {
        "shared_with": "public" if public else None,
        "known_as": tuple(sorted({k for k in known if k})),
        "settings": {k: v for k, v in settings.items() if v is not None},
        "versioned": True if rows(app.get("appVersions")) else None,
    }


def _pages(app: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the pages by their ids; in older exports they lie in the definition of a version."""
    listed = {named(page.get("id")) or "": page for page in rows(app.get("pages"))}
    if listed:
        return listed
    for version in rows(app.get("appVersions"))[-1:]:
        pages = mapping(mapping(version.get("definition")).get("pages"))
        return {key: mapping(page) for key, page in pages.items()}
    return {}


def _screens(document: Document, spot: Spot, app: Mapping[str, Any], widgets: list[Widget]) -> list[Screen]:
    pages = _pages(app)
    names = {key: named(page.get("name")) or named(page.get("handle")) or "Page" for key, page in pages.items()}
    short = keys(names) or {"": "app"}
    # What a query's success runs, runs on no page of its own.
    on_load = [q for q in rows(app.get("dataQueries")) if mapping(q.get("options")).get("runOnPageLoad") is True]
    opened = [slug(named(q.get("name")) or "") for q in on_load]
    result = []
    for page, key in sorted(short.items(), key=lambda item: item[1]):
        here = [w for w in widgets if w.page == page or (len(short) == 1)]
        place = f"pages[name='{names.get(page, 'Page')}']"
        spots = [spot.under(w.where.removeprefix("/"), f"{place}/{w.name}") for w in here]
        secrets = tuple(s for there in spots for s in there.secrets(document.secrets))
        result.append(
            Screen(
                key=f"screen-{key}", name=names.get(page, "Page"), where=f"{spot.told}/{place}",
                public=truth(app.get("isPublic")),
                address=named(mapping(pages.get(page)).get("handle")), widgets=tuple(w.name for w in here),
                inputs={w.name: w.label for w in here if w.takes}, shows=tuple(t for w in here for t in _shown(w)),
                starts=tuple(sorted({*opened, *(q for w in here for q in w.starts)})),
                accepts_files=any(w.type in _FILES for w in here), secrets=secrets,
            )
        )  # fmt: skip
    return result


def _shown(widget: Widget) -> Iterator[Text]:
    sink = "html" if widget.type in _HTML else "parameter"
    for _, value in texts(widget.properties):
        if has_braces(value):
            yield Text(value, sink)


def _tables(document: Document, steps: list[Step]) -> Iterator[Table]:
    """Yield the tables of the ToolJet database; those that the export leaves out are known by their ids."""
    wanted = {step.table for step in steps if step.table}
    for table in rows(mapping(document.content).get("tooljet_database")):
        key, name = named(table.get("id")), named(table.get("table_name"))
        if key and name:
            wanted.discard(key)
            columns = tuple(
                column
                for row in rows(mapping(table.get("schema")).get("columns"))
                if (column := named(row.get("column_name")))
            )
            yield Table(key, name, columns, f"tooljet-db:{key}".lower(), f"/tooljet_database[table_name='{name}']")
    for key in sorted(wanted):
        yield Table(key, f"Table {key[:8]}", (), f"tooljet-db:{key}".lower())


def _ways(app: Mapping[str, Any], where: str, steps: list[str], kind: str) -> Iterator[Way]:
    """Yield the way in of a workflow: its webhook, which asks for a token."""
    if kind == "workflow" and steps and app.get("workflowEnabled") is True:
        yield Way(
            key=steps[0], name="Workflow webhook", where=where, kind="webhook", authentication="token",
            exposure="internet", caller="Systems that know the token",
        )  # fmt: skip


def _refers(app: Mapping[str, Any], widgets: list[Widget]) -> Any:
    """Return what tells the widget or query that `components.x` and `queries.x` name, by name or by id."""
    names = {w.id: w.name for w in widgets} | {
        named(q.get("id")) or "": named(q.get("name")) or "" for q in rows(app.get("dataQueries"))
    }

    def refers(reference: Reference) -> Reference | None:
        root, path = reference.root, reference.path
        if root in {"components", "queries"} and path:
            return Reference(names.get(path[0], path[0]), path[1:], reference.called)
        if root == "globals" and path[:1] == ("urlparams",):
            return Reference("globals.urlparams", path[1:], reference.called)
        if root == "variables":
            return reference
        return None

    return refers
