"""The stores and services that tasks call, and the flows to and from them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workbench.model import NAME_LENGTH, Service, element_id, slug
from workbench.platforms import boundaries
from workbench.platforms.outline import field_name
from workbench.platforms.step_functions.machine import START
from workbench.platforms.step_functions.resources import call_of, plain
from workbench.platforms.values import mapping, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.platforms.outline import Taken
    from workbench.platforms.step_functions.build import Build
    from workbench.platforms.step_functions.machine import State
    from workbench.platforms.step_functions.resources import Call

PLATFORM = "Amazon Web Services"
URL = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]{1,15})://([^/?#\s:]*)")
_CONNECTION = re.compile(r":connection/([\w.-]{1,200})")
PLACEHOLDER = re.compile(r"\$\{[^{}]{1,200}\}")


def parameters_of(state: State) -> Mapping[str, Any]:
    """Return what a task hands to what it calls."""
    return mapping(state.raw.get("Arguments" if state.jsonata else "Parameters"))


def endpoint_of(state: State) -> str:
    """Return the address that a task calls, as the definition writes it."""
    given = parameters_of(state)
    return text(given.get("ApiEndpoint")) or text(given.get("ApiEndpoint.$"))


def names_of(uses: Iterable[Taken]) -> set[str]:
    """Return the names of the fields that are taken."""
    return {name for use in uses if (name := field_name(use.path)) is not None}


def fixed_host(endpoint: str) -> bool:
    """Tell whether host and scheme of an address are written out, also as the beginning of a call of States.Format."""
    match = URL.match(re.sub(r"^\s*States\.Format\(\s*'", "", endpoint))
    return match is not None and bool(match.group(2)) and not re.search(r"[{}$%]", match.group(2))


def add_call(build: Build, state: State, call: Call) -> None:
    """Add what a task talks to, and the flows between them."""
    here = build.outline.step_id(build.keys[state.key])
    sent = sorted(names_of(build.taken[state.key]))
    got = sorted(build.given[state.key])
    if call.service == "http":
        _add_http(build, state, here, [*sent, *got])
    elif call.system is not None and call.system.noun == "store":
        build.outline.talk(
            here, _store(build, state, call), call.effects, [*sent, *_written(state, call)], got, encrypted=True
        )
    elif call.system is not None:
        answers = "send_message" not in call.effects and "send_mail" not in call.effects
        build.outline.flow(
            here, _service(build, state, call), [*sent, *(got if answers else [])], two_way=True if answers else None,
            encrypted=True, recipient_source=_recipient(build, state, call),
        )  # fmt: skip


def add_lists(build: Build, state: State) -> None:
    """Add the store that a Map reads its items from, and the one that it writes results to."""
    here = build.outline.step_id(build.keys[state.key])
    for part, effects in (("ItemReader", ("read",)), ("ResultWriter", ("write",))):
        raw = mapping(state.raw.get(part))
        given = raw.get("Arguments" if state.jsonata else "Parameters")
        call = call_of(text(raw.get("Resource")), mapping(given))
        if call.system is not None and call.system.noun == "store":
            listing = replace(state, raw={"Arguments" if state.jsonata else "Parameters": mapping(given)})
            names = sorted(build.given[state.key]) if part == "ItemReader" else []
            there = _store(build, listing, call)
            build.outline.talk(here, there, effects, [], names, encrypted=True)


def _part(state: State, call: Call) -> str | None:
    if call.part is not None:
        return call.part
    name = call.system.part if call.system is not None else ""
    given = next((text(v) for path, v in texts(parameters_of(state)) if path and path[-1] == name), "") if name else ""
    return None if not given or (given.startswith(("{%", "$")) and not given.startswith("${")) else given


def _store(build: Build, state: State, call: Call) -> str:
    assert call.system is not None  # noqa: S101 - the caller looked
    part = _part(state, call)
    name = f"{call.system.label} {plain(part)}" if part else call.system.label
    fixed = part is not None and PLACEHOLDER.search(part) is None
    identity = f"{call.service}:{plain(part or '')}".lower() if fixed else None
    return build.outline.own_store(name, call.system.kind, identity, native=slug(name))


def _service(build: Build, state: State, call: Call) -> str:
    assert call.system is not None  # noqa: S101 - the caller looked
    part = _part(state, call)
    name = (f"{call.system.label} {plain(part)}" if part else call.system.label)[:NAME_LENGTH]
    outside = call.system.kind == "mail" or "send_sms" in call.effects
    place = build.outline.boundary(boundaries.internet()) if outside else build.outline.place
    service = Service(
        id=element_id(build.outline.app, "service", slug(name)), name=name, app=build.outline.app, boundary=place.id,
        kind="sms" if "send_sms" in call.effects else call.system.kind, vendor=PLATFORM, source=build.outline.source(),
        third_party=None if outside else False,
    )  # fmt: skip
    build.outline.elements.setdefault(service.id, service)
    return service.id


def _add_http(build: Build, state: State, here: str, names: Iterable[str]) -> None:
    endpoint, given = endpoint_of(state), parameters_of(state)
    match = URL.match(endpoint)
    host = match.group(2).lower() if match and fixed_host(endpoint) else None
    scheme = match.group(1).lower() if match else None
    there = (
        build.outline.at_address(scheme, host)
        if host or not PLACEHOLDER.match(endpoint)
        else _deployed(build, endpoint)
    )
    named = text(mapping(given.get("Authentication")).get("ConnectionArn"))
    connection = None
    if named:
        match_ = _CONNECTION.search(named)
        label = match_.group(1) if match_ else plain(named)
        connection = build.outline.connection(label, label, connector="EventBridge connection", identity="service")
        build.outline.opens(connection, there, ())
    build.outline.flow(here, there, names, two_way=True, connection=connection)


def _deployed(build: Build, endpoint: str) -> str:
    """Add the system whose address is put in when the machine is deployed: nobody chooses it at a run."""
    name = plain(endpoint)
    service = Service(
        id=element_id(build.outline.app, "service", slug(name)), name=name, app=build.outline.app, host=endpoint[:500],
        kind="api", source=build.outline.source(),
    )  # fmt: skip
    build.outline.elements.setdefault(service.id, service)
    return service.id


def _written(state: State, call: Call) -> list[str]:
    """Return the names of the columns that a call writes."""
    item = mapping(parameters_of(state).get("Item")) if call.service == "dynamodb" else {}
    return [name for key in item if (name := field_name([key.removesuffix(".$")]))]


def _recipient(build: Build, state: State, call: Call) -> str | None:
    if not {"send_mail", "send_sms"} & set(call.effects):
        return None
    origins = {t.origin for t in build.taken[state.key] if t.sink == "recipient"}
    if not origins:
        return "fixed"
    return None if START in origins else "lookup_unchecked"
