"""The entry points of an n8n workflow, with who or what comes in by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.model import Actor, EntryPoint, element_id
from workbench.platforms import boundaries
from workbench.platforms.n8n.systems import used_credentials

if TYPE_CHECKING:
    from workbench.platforms.n8n.build import Build
    from workbench.platforms.n8n.nodes import Node
    from workbench.platforms.n8n.systems import System
    from workbench.platforms.n8n.triggers import Trigger

_OUTSIDE_CALLERS = frozenset({"internet", "partners"})
# Triggers of n8n itself, behind which there is no other system.
_OWN = frozenset({"n8nTrigger", "workflowTrigger"})
_FROM_SYSTEMS = frozenset({"app_event", "mail", "message_queue"})


def add_entries(build: Build) -> None:
    """Add an EntryPoint for each enabled trigger, with who or what calls it."""
    for key, trigger in build.triggers.items():
        node = build.workflow.by_key[key]
        if trigger.problem:
            build.remark(node, trigger.problem)
        caller = _caller(build, node, trigger)
        entry = _entry(build, node, trigger, caller)
        build.elements[entry.id] = entry
        build.flow(entry.id, build.process_id(node), data=entry.data)
        if caller is not None:
            _arrives(build, node, trigger, caller, entry)


def _caller(build: Build, node: Node, trigger: Trigger) -> Actor | System | None:
    if trigger.caller is not None:
        return build.actor(trigger.caller)
    return build.system(node) if trigger.kind in _FROM_SYSTEMS and node.stem not in _OWN else None


def _entry(build: Build, node: Node, trigger: Trigger, caller: Actor | System | None) -> EntryPoint:
    settings = {"n8n.type": node.type, "n8n.type_version": f"{node.version:g}", **trigger.settings}
    described: dict[str, Any] = {
        "kind": trigger.kind, "authentication": trigger.authentication, "exposure": trigger.exposure,
        "accepts_files": trigger.accepts_files, "allowed_callers": trigger.allowed_callers, "address": trigger.address,
    }  # fmt: skip
    return EntryPoint(
        id=element_id(build.app, "entry", node.key),
        name=node.name,
        app=build.app,
        boundary=_boundary(build, trigger, caller),
        source=build.source(node),
        settings={k: v for k, v in settings.items() if v is not None},
        starts=build.process_id(node),
        data=build.data(build.fields.given[node.key]),
        **described,
    )


def _boundary(build: Build, trigger: Trigger, caller: Actor | System | None) -> str | None:
    """Return where those are who call."""
    if trigger.exposure in _OUTSIDE_CALLERS and trigger.caller is not None:
        return build.boundary(boundaries.internet()).id
    if caller is None:
        return build.place.id
    return caller.boundary if isinstance(caller, Actor) else caller.element.boundary


def _arrives(build: Build, node: Node, trigger: Trigger, caller: Actor | System, entry: EntryPoint) -> None:
    """Add the flow from the caller, with the credential that it shows or that n8n fetches with."""
    used, _ = used_credentials(node)
    connections = [build.connection(node, c) for c in used]
    fields: dict[str, Any] = {
        "data": entry.data, "authentication": trigger.authentication,
        "connection": connections[0] if connections else None,
    }  # fmt: skip
    if isinstance(caller, Actor):
        build.flow(caller.id, entry.id, **fields)
        return
    if trigger.authentication == "platform":
        # Only what n8n fetches itself is surely encrypted; how its own address is served, the export does not say.
        fields |= {"protocol": caller.protocol, "encrypted": caller.encrypted}
    build.flow(caller.element.id, entry.id, **fields)
    for connection in connections:
        build.opens(connection, caller.element.id)
