"""The components of a ToolJet app, in the form of today's exports and in that of older ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.model import slug
from workbench.platforms.screens.expressions import has_braces
from workbench.platforms.taken import field_name
from workbench.platforms.values import mapping, named, rows, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_INPUTS = (
    "input", "textarea", "dropdown", "select", "checkbox", "radio", "picker", "toggle", "slider", "editor", "form",
    "rating", "range", "qrscanner", "filebutton",
)  # fmt: skip
_RUNS = frozenset({"run-query"})


@dataclass(frozen=True)
class Widget:
    """A component of a page."""

    id: str
    name: str
    type: str
    """In lower case."""
    page: str
    properties: Mapping[str, Any]
    where: str
    """JSON pointer, from the app on."""
    starts: tuple[str, ...]
    """Keys of the queries that its events run."""

    @property
    def takes(self) -> bool:
        """Tell whether people enter something in it."""
        return any(part in self.type for part in _INPUTS)

    @property
    def label(self) -> str | None:
        """Return what people call what they enter in it."""
        for part in ("label", "placeholder"):
            given = mapping(self.properties.get(part))
            said = text(given.get("value")) or text(self.properties.get(part))
            if said and not has_braces(said) and field_name([said]) and said.lower() not in _SAYS_NOTHING:
                return field_name([said])
        return field_name([self.name])


_SAYS_NOTHING = frozenset(
    {"label", "enter value", "placeholder text", "enter your input", "select", "select..", "text"}
)


def widgets_of(app: Mapping[str, Any]) -> list[Widget]:
    """Return the components of all pages."""
    return [*_today(app), *_older(app)]


def _today(app: Mapping[str, Any]) -> Iterator[Widget]:
    starts: dict[str, list[str]] = {}
    queries = {named(q.get("id")): named(q.get("name")) for q in rows(app.get("dataQueries"))}
    for row in rows(app.get("events")):
        event, target = mapping(row.get("event")), text(row.get("target"))
        if text(event.get("actionId")) in _RUNS and target != "data_query":
            name = queries.get(named(event.get("queryId"))) or named(event.get("queryName"))
            if name:
                starts.setdefault(named(row.get("sourceId")) or "", []).append(slug(name))
    for number, row in enumerate(rows(app.get("components"))):
        key = named(row.get("id")) or ""
        yield Widget(
            key, named(row.get("name")) or f"component {number}", text(row.get("type")).lower(),
            named(row.get("pageId")) or "", mapping(row.get("properties")), f"/components/{number}",
            tuple(starts.get(key, ())),
        )  # fmt: skip
    for page in rows(app.get("pages")):
        # What a page runs when it opens belongs to no component.
        key = named(page.get("id")) or ""
        if key in starts:
            yield Widget(key, f"page {key}", "page", key, {}, "/-", tuple(starts[key]))


def _older(app: Mapping[str, Any]) -> Iterator[Widget]:
    for number, version in enumerate(rows(app.get("appVersions"))):
        pages = mapping(mapping(version.get("definition")).get("pages"))
        for page, content in pages.items():
            for key, row in mapping(mapping(content).get("components")).items():
                yield from _old(page, key, mapping(mapping(row).get("component")), f"/appVersions/{number}/definition")


def _old(page: str, key: str, component: Mapping[str, Any], where: str) -> Iterator[Widget]:
    definition = mapping(component.get("definition"))
    events = [e for e in rows(definition.get("events")) if text(e.get("actionId")) in _RUNS]
    starts = tuple(slug(name) for e in events if (name := named(e.get("queryName"))))
    name = named(component.get("name"))
    if name:
        yield Widget(
            key, name, text(component.get("component")).lower(), page, mapping(definition.get("properties")),
            f"{where}/pages/{page}/components/{key}", starts,
        )  # fmt: skip
