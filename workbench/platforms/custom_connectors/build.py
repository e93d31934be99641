"""Turn a custom connector into the elements of a model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.model import NAME_LENGTH, Flow, slug
from workbench.platforms import boundaries
from workbench.platforms.custom_connectors.sign_in import host_from_user, sign_in
from workbench.platforms.draft import Draft, Note
from workbench.platforms.outline import Outline
from workbench.platforms.values import listed, mapping, rows, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.model import Element
    from workbench.platforms.custom_connectors.files import Pair
    from workbench.platforms.custom_connectors.sign_in import SignIn

NAME = "custom-connectors"
_EFFECTS = {"get": "read", "head": "read", "post": "write", "put": "write", "patch": "write", "delete": "delete"}
_MOST_NAMES = 60
_SENT = frozenset({"body", "query", "formdata"})


def build(pair: Pair) -> Draft | None:
    """Return the draft of a connector; None if its definition describes no API."""
    definition = pair.definition
    if text(definition.get("swagger")) != "2.0" or not isinstance(definition.get("paths"), dict):
        return None
    title = text(mapping(definition.get("info")).get("title")).strip()[:NAME_LENGTH] or pair.name
    app = f"{NAME}-{slug(title)}"
    # All connectors have files of the same names: the folder tells them apart.
    outline, key = Outline(app, "Power Platform", pair.name), slug(title)
    signs, chosen = sign_in(pair), host_from_user(pair)
    schemes = [s.lower() for s in listed(definition.get("schemes")) if isinstance(s, str)]
    scheme = "http" if "http" in schemes else "https"
    host = text(definition.get("host")).lower()
    operations = list(_operations(definition))
    system = _system(outline, "" if chosen == "whole" else host, scheme, gateway=signs.gateway)
    effects = _effects(method for method, _ in operations)
    base = f"{scheme}://{host}/{text(definition.get('basePath')).strip('/')}".rstrip("/")
    step = outline.step(
        key, title, "", kind="http", component="custom", effects=effects, passes_input=True,
        calls=(base,) if host and chosen in {"none", "choice"} else (), endpoint_allow_list=chosen in {"none", "choice"},
    )  # fmt: skip
    names = sorted({name for _, operation in operations for name in _names(definition, operation)})[:_MOST_NAMES]
    outline.entry(
        key, f"Flows and apps use {title}"[:NAME_LENGTH], "", names=names, kind="subflow", authentication="platform",
        exposure="organisation",
    )  # fmt: skip
    connection = _connection(outline, title, signs)
    outline.opens(connection, system, _access(effects))
    outline.flow(step, system, names, connection=connection, two_way=True)
    outline.add_app(
        title, NAME, purpose=text(mapping(definition.get("info")).get("description")).strip()[:2000] or None,
        known_as=tuple(sorted({title.lower(), short_name(title)})),
    )  # fmt: skip
    settings: dict[str, dict[str, Any]] = {
        step: {
            "custom_connectors.operations": len(operations), "custom_connectors.host_from_user": chosen,
            "custom_connectors.custom_code": bool(listed(pair.properties.get("scriptOperations"))),
        },
        connection: {
            "custom_connectors.no_credential": signs.way == "none", "custom_connectors.key_in_query": signs.key_in_query,
            "custom_connectors.plain_secret": signs.plain_secret,
        },
    }  # fmt: skip
    elements = _finished(outline, settings, pair, connection, plain="http" in schemes)
    return Draft(NAME, app, elements, _notes(pair, operations))


def short_name(title: str) -> str:
    """Return what the ids of connections made with a connector begin with, without signs and the environment's number."""
    return f"shared_{re.sub(r'[^a-z0-9]', '', title.lower())}"


def _system(outline: Outline, host: str, scheme: str, *, gateway: bool) -> str:
    name = host.partition(":")[0]
    system = outline.at_address(scheme, name or None)
    if gateway:
        place = outline.boundary(boundaries.on_premises())
        held = outline.elements[system]
        outline.elements[system] = held.model_copy(update={"boundary": place.id, "third_party": False})
    return system


def _connection(outline: Outline, title: str, signs: SignIn) -> str:
    return outline.connection(
        title, f"Connection to {title}", connector=short_name(title), authentication=signs.way,
        identity="invoker" if signs.way == "oauth" else None, scopes=signs.scopes,
        delegated_available=True if signs.way == "oauth" else None,
    )  # fmt: skip


def _effects(methods: Any) -> tuple[str, ...]:
    found = {_EFFECTS[method] for method in methods}
    return ("call_http", *(effect for effect in ("read", "write", "delete") if effect in found))


def _access(effects: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(effect for effect in effects if effect != "call_http") or ("run",)


def _operations(definition: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (method, operation) of each operation that people may use."""
    for path in mapping(definition.get("paths")).values():
        for method, operation in mapping(path).items():
            if method.lower() in _EFFECTS and isinstance(operation, dict):
                yield method.lower(), operation


def _names(definition: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of what an operation sends: its parameters, and the fields of its body."""
    for parameter in rows(operation.get("parameters")):
        schema = mapping(parameter.get("schema"))
        reference = text(schema.get("$ref")).rpartition("/")[2]
        schema = mapping(mapping(definition.get("definitions")).get(reference)) if reference else schema
        if text(parameter.get("in")).lower() not in _SENT:
            continue
        if schema:
            yield from (name for name in mapping(schema.get("properties")) if name)
        elif text(parameter.get("name")):
            yield text(parameter.get("name"))


def _finished(
    outline: Outline, settings: Mapping[str, Mapping[str, Any]], pair: Pair, connection: str, *, plain: bool
) -> tuple[Element, ...]:
    made = []
    for element in outline.finished():
        more: dict[str, Any] = {}
        if element.id in settings:
            more["settings"] = dict(settings[element.id])
        if element.id == connection:
            more["secrets"] = pair.secrets
        if isinstance(element, Flow) and element.connection == connection:
            more["settings"] = {"custom_connectors.plain_http": plain}
        made.append(element.changed(**more) if more else element)
    return tuple(made)


def _notes(pair: Pair, operations: list[tuple[str, Mapping[str, Any]]]) -> tuple[Note, ...]:
    found = []
    if not pair.properties:
        found.append(
            Note("warning", pair.file, "no apiProperties.json beside it; how connections sign in is told by the API")
        )
    if not operations:
        found.append(Note("warning", pair.file, "it describes no operation"))
    return tuple(found)
