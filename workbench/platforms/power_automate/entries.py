"""The entry points of a workflow, with who or what comes in by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.model import EntryPoint, element_id
from workbench.platforms import boundaries
from workbench.platforms.power_automate.systems import connection_of, system_of

if TYPE_CHECKING:
    from workbench.platforms.power_automate.build import Build
    from workbench.platforms.power_automate.definition import Node
    from workbench.platforms.power_automate.systems import System
    from workbench.platforms.power_automate.triggers import Trigger


def add_entries(build: Build) -> None:
    """Add an EntryPoint for each trigger, with who or what starts it."""
    for node in build.definition.triggers:
        trigger = build.triggers[node.key]
        if trigger.problem:
            build.remarks.append((node.place, trigger.problem))
        entry = _entry(build, node, trigger)
        build.elements[entry.id] = entry
        build.flow(entry.id, build.process_id(node.key), data=entry.data)
        if trigger.caller is not None:
            caller = build.actor(trigger.caller, outside=trigger.outside)
            build.flow(caller.id, entry.id, data=entry.data, authentication=trigger.authentication, **_secure(trigger))
        _from_system(build, node, entry)


def _secure(trigger: Trigger) -> dict[str, Any]:
    """Return how requests travel: the platforms answer over TLS only."""
    return {"protocol": "https", "encrypted": True} if trigger.kind in {"webhook", "button", "form"} else {}


def _entry(build: Build, node: Node, trigger: Trigger) -> EntryPoint:
    settings = {"workflow.type": node.type[:100], "workflow.kind": node.kind[:60] or "none", **trigger.settings}
    described: dict[str, Any] = {
        "kind": trigger.kind, "authentication": trigger.authentication, "exposure": trigger.exposure,
        "accepts_files": trigger.accepts_files, "allowed_callers": trigger.allowed_callers, "address": trigger.address,
    }  # fmt: skip
    return EntryPoint(
        id=element_id(build.app, "entry", node.key), name=node.title, app=build.app,
        boundary=_boundary(build, trigger), source=build.source(node), starts=build.process_id(node.key),
        data=build.data(build.fields.given[node.key]),
        settings={k: v for k, v in settings.items() if v is not None}, **described,
    )  # fmt: skip


def _boundary(build: Build, trigger: Trigger) -> str:
    """Return where those are who call; events of other systems are fetched or taken in by the platform itself."""
    if trigger.caller is not None and trigger.outside:
        return build.boundary(boundaries.internet()).id
    if trigger.caller is not None:
        return build.boundary(boundaries.microsoft_tenant()).id
    return build.place.id


def _from_system(build: Build, node: Node, entry: EntryPoint) -> None:
    """Add the flow from the system whose events start the workflow, with the connection that listens there."""
    operation = build.operations[node.key]
    if operation is None:
        return
    found: System = build.add(
        system_of(build.app, operation, build.kinds[node.key], build.lineage, build.exported.file)
    )
    made = connection_of(
        build.app,
        operation.reference,
        build.exported.file,
        shared_trigger=build.shared_trigger,
        power=build.exported.power,
    )
    build.elements.setdefault(made.id, made)
    build.opens(made.id, found.element.id, ("read",))
    build.flow(
        found.element.id,
        entry.id,
        data=entry.data,
        connection=made.id,
        protocol=found.protocol,
        encrypted=found.encrypted,
    )
    build.holds(found.element.id, build.fields.given[node.key])
