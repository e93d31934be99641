"""One Retool app: its screens and queries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from workbench.model import slug
from workbench.platforms.retool.queries import sources_of, steps_of
from workbench.platforms.screens import Screen, Text, Tool
from workbench.platforms.screens.expressions import Reference, has_braces
from workbench.platforms.screens.places import rest
from workbench.platforms.secrets import under
from workbench.platforms.taken import field_name
from workbench.platforms.values import mapping, named, rows, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.platforms.draft import Document

_INPUTS = (
    "Input", "Select", "Checkbox", "Date", "Time", "Form", "Editor", "Switch", "Radio", "TextArea", "Slider", "Rating",
    "JSONSchema", "Scanner", "Cascader", "Listbox", "Range", "Signature",
)  # fmt: skip
_FILES = ("FileButton", "FileDropzone", "FileInput", "FilePicker")
_STATE = "/page/data/appState"
_VISITOR = frozenset({"urlparams", "localStorage", "url"})
_SAYS_NOTHING = frozenset({"label", "input", "value"})


def tool_of(document: Document, content: Mapping[str, Any], fallback: str) -> Tool:
    """Return the app as a Tool."""
    state = mapping(mapping(mapping(content.get("page")).get("data")).get("appState"))
    plugins = {name: mapping(plugin) for name, plugin in sorted(mapping(state.get("plugins")).items())}
    base = f"{_STATE}/plugins"
    uuid = named(content.get("uuid"))
    held = [f"{base}/{name}" for name in plugins]
    return Tool(
        platform="retool", shown="Retool", key=f"retool-{slug(uuid or fallback)}", name=fallback, file=document.name,
        pointer=document.pointer, screens=tuple(_screens(document, plugins, base)),
        steps=tuple(steps_of(document, plugins, base)), sources=tuple(sources_of(plugins, base)),
        refers=_refers, from_visitor=_VISITOR, secrets=rest(document.secrets, held),
        fields={"known_as": tuple(sorted({fallback, *([uuid] if uuid else [])}))},
    )  # fmt: skip


def _refers(reference: Reference) -> Reference | None:
    return None if reference.root in {"current_user", "self", "retoolContext"} else reference


def _screens(document: Document, plugins: Mapping[str, Mapping[str, Any]], base: str) -> Iterator[Screen]:
    """Yield the screens; what is on none of them is on all, and told with the first."""
    places = sorted({_screen(p) for p in plugins.values() if _screen(p) and text(p.get("type")) == "widget"}) or ["App"]
    for place in places:
        here = {
            name: plugin
            for name, plugin in plugins.items()
            if text(plugin.get("type")) in {"widget", "state", "frame"} and (_screen(plugin) or places[0]) == place
        }
        on_load = [n for n, p in plugins.items() if opens_by_itself(p) and (_screen(p) or places[0]) == place]
        started = [name for plugin in here.values() for name in _started(plugin)]
        yield Screen(
            key=f"screen-{slug(place)}", name=place, where=f"{base}[screen='{place}']" if len(places) > 1 else base,
            public=None, widgets=tuple(here), inputs={n: label for name, p in here.items() for n, label in _inputs(name, p)},
            shows=tuple(t for plugin in here.values() for t in _shown(plugin)),
            starts=tuple(sorted({slug(name) for name in (*on_load, *started) if name in plugins})),
            calls=tuple(sorted({call for plugin in here.values() for call in _opened_apps(plugin)})),
            accepts_files=any(text(p.get("subtype")).startswith(_FILES) for p in here.values()),
            secrets=tuple(s for name in here for s in under(document.secrets, f"{base}/{name}")),
        )  # fmt: skip


def _screen(plugin: Mapping[str, Any]) -> str:
    return named(plugin.get("screen")) or ""


def opens_by_itself(plugin: Mapping[str, Any]) -> bool:
    """Tell whether a query runs without anybody starting it."""
    template = mapping(plugin.get("template"))
    return any(template.get(name) is True for name in ("runWhenPageLoads", "runWhenModelUpdates"))


def _inputs(name: str, plugin: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    kind, template = text(plugin.get("subtype")), mapping(plugin.get("template"))
    if plugin.get("type") == "widget" and any(part in kind for part in (*_INPUTS, *_FILES)):
        yield name, _label(name, template)


def _label(name: str, template: Mapping[str, Any]) -> str | None:
    for part in ("label", "formDataKey", "placeholder"):
        said = text(template.get(part))
        if said and not has_braces(said) and said.lower() not in _SAYS_NOTHING and field_name([said]):
            return field_name([said])
    return field_name([name])


def _shown(plugin: Mapping[str, Any]) -> Iterator[Text]:
    sink = "html" if text(plugin.get("subtype")) in {"CustomComponent", "IFrameWidget2", "HTMLWidget"} else "parameter"
    template = mapping(plugin.get("template"))
    for path, value in texts({name: inner for name, inner in template.items() if name != "events"}):
        if has_braces(value) and path[-1] != "formDataKey":
            yield Text(value, sink)
    for event in rows(template.get("events")):
        script = text(mapping(event.get("params")).get("src"))
        if event.get("type") == "script" and script:
            yield Text(script, "parameter", code=True)


def _started(plugin: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of the queries that events of a widget trigger."""
    for event in rows(mapping(plugin.get("template")).get("events")):
        if event.get("type") == "datasource" and event.get("method") == "trigger":
            yield text(event.get("pluginId"))


def _opened_apps(plugin: Mapping[str, Any]) -> Iterator[str]:
    for event in rows(mapping(plugin.get("template")).get("events")):
        params = event.get("params")
        if isinstance(params, str) and params.startswith("{"):
            params = _packed(params)
        if event.get("type") == "util" and text(event.get("method")) in {"openApp", "openPage"}:
            called = named(mapping(params).get("uuid"))
            if called and not has_braces(called):
                yield called


def _packed(params: str) -> Any:
    try:
        return json.loads(params)
    except (ValueError, RecursionError):
        return {}
