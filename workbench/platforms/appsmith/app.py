"""One Appsmith app: its pages, who may open it, and what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.model import slug
from workbench.platforms.appsmith.bindings import bound, opens_with_page
from workbench.platforms.appsmith.queries import sources_of, steps_of
from workbench.platforms.screens import Screen, Text, Tool
from workbench.platforms.screens.expressions import Reference, has_braces
from workbench.platforms.screens.records import exported
from workbench.platforms.taken import field_name
from workbench.platforms.values import mapping, named, text, truth

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.platforms.appsmith.export import Export, Part

_INPUTS = ("INPUT", "SELECT", "PICKER", "CHECKBOX", "RADIO", "SWITCH", "FORM", "EDITOR", "SCANNER", "SLIDER", "RATE")
_SAYS_NOTHING = frozenset({"label", "input", "select"})
_ROOTS = ("appsmith.url", "appsmith.store")


def tool_of(export: Export) -> Tool:
    """Return the app as a Tool."""
    name = export.name
    application = export.application
    public = truth(application.get("isPublic"))
    known = {name, named(application.get("slug")), named(application.get("id"))}
    return Tool(
        platform="appsmith", shown="Appsmith", key=f"appsmith-{slug(name)}", name=name, file=export.file,
        screens=tuple(_screens(export, public=public)), steps=tuple(steps_of(export)),
        sources=tuple(sources_of(export)), refers=_refers, from_visitor=frozenset(_ROOTS), secrets=export.secrets,
        fields={
            "shared_with": "public" if public else None, "known_as": tuple(sorted(k for k in known if k)),
            "settings": {"appsmith.form": export.form}, "export_data": _kept(export),
            "origin": "template" if application.get("appIsExample") is True else None,
            "versioned": True if export.form == "git" else None,
        },
    )  # fmt: skip


def _kept(export: Export) -> str:
    """Return what records lie in widgets: rows that the editor remembers, and data that was typed into a table."""
    return exported(value for widget in export.widgets for value in _remembered(widget.content))


def _remembered(widget: Mapping[str, Any]) -> Iterator[Any]:
    for name in ("tableData", "sourceData"):
        value = widget.get(name)
        if isinstance(value, (list, dict)) or (isinstance(value, str) and not has_braces(value)):
            yield value
    yield from _sources(widget.get("schema"))


def _sources(value: Any, depth: int = 0) -> Iterator[Any]:
    """Yield the examples that a form's fields were made from, each with the field's name."""
    for name, row in mapping(value).items() if depth < 20 else ():  # noqa: PLR2004 - forms in forms in forms
        inner = mapping(row)
        if inner.get("children"):
            yield from _sources(inner["children"], depth + 1)
        elif "sourceData" in inner:
            yield {name: inner["sourceData"]}


def _screens(export: Export, *, public: bool | None) -> Iterator[Screen]:
    for page in export.pages:
        name = named(page.content.get("name")) or page.page or "Page"
        here = [widget for widget in export.widgets if widget.page in {page.page, name}]
        key = f"screen-{slug(name)}"
        steps = [a for a in export.actions if a.page in {page.page, name} and opens_with_page(a.content)]
        yield Screen(
            key=key, name=name, where=page.where, public=public, address=named(page.content.get("slug")),
            widgets=tuple(sorted(_widget(w) for w in here)), file=page.file,
            inputs={name: label for w in sorted(here, key=_widget) for name, label in _inputs(w)},
            shows=tuple(t for w in sorted(here, key=_widget) for t in _shown(w.content)),
            starts=tuple(sorted(f"{slug(name)}-{slug(named(a.content.get('name')) or '')}" for a in steps)),
            accepts_files=any("FILE" in text(w.content.get("type")) for w in here),
            secrets=(*page.secrets, *(s for w in here for s in w.secrets)),
        )  # fmt: skip


def _widget(part: Part) -> str:
    return named(part.content.get("widgetName")) or ""


def _takes(widget: Mapping[str, Any]) -> bool:
    return any(kind in text(widget.get("type")) for kind in (*_INPUTS, "FILE"))


def _inputs(part: Part) -> Iterator[tuple[str, str | None]]:
    """Yield the name of what people enter in a widget and what they call it; of a form those of its fields."""
    name, schema = _widget(part), mapping(part.content.get("schema"))
    fields = mapping(mapping(schema.get("__root_schema__")).get("children"))
    if fields:
        yield from (
            (f"{name}.{field}", field_name([text(mapping(row).get("label")) or field])) for field, row in fields.items()
        )
    elif _takes(part.content):
        yield name, _label(part.content)


def _label(widget: Mapping[str, Any]) -> str | None:
    for part in ("label", "labelText", "title", "placeholderText"):
        said = text(widget.get(part))
        if said and not has_braces(said) and said.lower() not in _SAYS_NOTHING and field_name([said]):
            return field_name([said])
    return field_name([text(widget.get("widgetName"))])


def _shown(widget: Mapping[str, Any]) -> Iterator[Text]:
    sink = "html" if text(widget.get("type")) in {"IFRAME_WIDGET", "CUSTOM_WIDGET"} else "parameter"
    for value in bound(widget, widget):
        yield Text(value, sink)


def _refers(reference: Reference) -> Reference | None:
    """Return the widget or query that a name means, or what the visitor's address and browser hold."""
    root, path = reference.root, reference.path
    if root != "appsmith":
        return reference
    if path[:1] and path[0].lower() in {"url", "store"}:
        return Reference(f"appsmith.{path[0].lower()}", path[1:], reference.called)
    return None
