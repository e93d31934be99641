"""A flow of Power Automate as one JSON object, and who it is."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from workbench.platforms.power_automate.definition import is_definition
from workbench.platforms.power_automate.exported import POWER_AUTOMATE, Exported
from workbench.platforms.power_automate.references import of_power
from workbench.platforms.power_automate.values import guid, mapping, plain, slug, text, within

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.model import Secret

_LIFECYCLES = {"started": "active", "stopped": "draft", "suspended": "draft"}
_DEEPEST = 3


def flows_in(content: Any, depth: int = 0) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (JSON pointer, flow) of each flow in the content: one, a list, or an answer with `value`."""
    if isinstance(content, list) and depth < _DEEPEST:
        for number, item in enumerate(content):
            if isinstance(item, dict) and is_flow(item):
                yield f"/{number}", item
    elif isinstance(content, dict):
        if is_flow(content):
            yield "", content
        elif isinstance(content.get("value"), list) and depth < _DEEPEST:
            for inner, item in flows_in(content["value"], depth + 1):
                yield f"/value{inner}", item


def is_flow(content: Mapping[str, Any]) -> bool:
    """Tell whether an object is a flow: with its properties, or a definition that only Power Automate writes."""
    if text(content.get("type")).startswith("Microsoft.Logic/"):
        return False
    properties = mapping(content.get("properties"))
    if is_definition(properties.get("definition")):
        told = text(content.get("type")).lower() == "microsoft.flow/flows" or "schemaVersion" in content
        return told or "connectionReferences" in properties or is_power(properties["definition"])
    inner = content.get("definition")
    if is_definition(inner):
        return is_power(mapping(inner))
    return is_definition(content) and is_power(content)


def is_power(definition: Mapping[str, Any]) -> bool:
    """Tell whether a definition was written by Power Automate and not by Logic Apps."""
    if "$authentication" in mapping(definition.get("parameters")):
        return True
    steps = [*mapping(definition.get("triggers")).values(), *mapping(definition.get("actions")).values()]
    return any(
        text(mapping(step).get("type")).startswith("OpenApiConnection")
        or text(mapping(step).get("kind")).startswith("PowerApp")
        for step in steps
    )


def definition_in(content: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """Return the definition in a flow, and where it stands."""
    for keys in (("properties", "definition"), ("definition",)):
        found = within(content, *keys)
        if is_definition(found):
            return found, "".join(f"/{key}" for key in keys)
    return content, ""


def app_of(identity: str | None, name: str, taken: set[str]) -> str:
    """Return the id of a flow's App: from its own id, else from its name; each once in a file."""
    stem = f"{POWER_AUTOMATE}-{identity or slug(name)}"
    free = stem if stem not in taken else f"{stem}-{slug(name)}"
    if free in taken:
        free = next(f"{stem}-{n}" for n in count(2) if f"{stem}-{n}" not in taken)
    taken.add(free)
    return free


def exported_of(
    content: Mapping[str, Any], file: str, place: str, secrets: tuple[Secret, ...], pointer: str, *, fallback: str,
    taken: set[str], labels: Mapping[str, str] | None = None, parameters: Mapping[str, Any] | None = None,
    fields: Mapping[str, Any] | None = None, settings: Mapping[str, Any] | None = None, known_as: tuple[str, ...] = (),
) -> Exported:  # fmt: skip
    """Return a flow with all that its object says; `place` is that of the object in the file, `pointer` in the document."""
    definition, inner = definition_in(content)
    properties = mapping(content.get("properties"))
    identity = guid(content.get("name")) or guid(fallback)
    said = dict(fields or {})
    name = text(said.pop("name", None)) or plain(properties.get("displayName")) or _spoken(fallback)
    names = dict.fromkeys(n for n in (identity, *known_as, name) if n)
    alert = properties.get("flowFailureAlertSubscribed")
    lifecycle = _LIFECYCLES.get(text(properties.get("state")).lower())
    own = tuple(
        s.changed(place=f"{place.removesuffix(pointer)}{s.place}")
        for s in secrets
        if f"{s.place}/".startswith(f"{pointer}/")
    )
    return Exported(
        POWER_AUTOMATE, app_of(identity, name, taken), name, definition, file, f"{place}{inner}", own,
        references=of_power(properties.get("connectionReferences") or content.get("connectionReferences"), labels),
        parameters=parameters or {},
        fields={"known_as": tuple(names), **({"lifecycle": lifecycle} if lifecycle else {}), **said},
        settings={
            "workflow.format": "file", **({"workflow.failure_alert": alert} if isinstance(alert, bool) else {}),
            **(settings or {}),
        },
    )  # fmt: skip


def _spoken(fallback: str) -> str:
    """Return a file's name without the identifier at its end."""
    identity = guid(fallback)
    if identity is None:
        return fallback or "Flow without a name"
    return fallback[: fallback.lower().find(identity)].rstrip("-_ ") or fallback
