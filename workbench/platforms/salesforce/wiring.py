"""The flows of a flow: how it is started, between its steps, to objects and other systems, and back to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.model import NAME_LENGTH, EntryPoint
from workbench.platforms import boundaries
from workbench.platforms.moving import moving
from workbench.platforms.salesforce.element import RECORDS, START
from workbench.platforms.salesforce.flow import RUN_MODES
from workbench.platforms.salesforce.steps import SYSTEM_TRIGGERS
from workbench.platforms.salesforce.values import flag, slug, text, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.platforms.salesforce.build import Build
    from workbench.platforms.salesforce.element import Step
    from workbench.platforms.salesforce.flow import FlowFile
    from workbench.platforms.salesforce.steps import Steps

PEOPLE = "People who use Salesforce"
GUESTS = "Visitors who are not signed in"
_MESSAGES = words("send_mail send_message send_sms")
_UPLOADS = words("flowruntime:fileUpload forceContent:fileUpload runtime_aiagents:fileUpload")


def entry_id(build: Build, flow: FlowFile) -> str:
    """Return the id of the entry point that starts a flow."""
    return build.id("entry", flow.key)


def add_entry(build: Build, flow: FlowFile, steps: Steps, *, guests: bool) -> None:
    """Add how a flow is started; `guests` are let in by a profile for people who are not signed in."""
    kind = _entry_kind(flow, guests=guests)
    called = kind in {"form", "portal"}
    entered = steps.given[START] | {s for key in _screens(flow) for s in steps.given[key] if called}
    identity = build.add(
        EntryPoint(
            id=entry_id(build, flow),
            name=flow.label,
            app=build.app,
            boundary=build.place,
            kind=kind,
            starts=steps.id(START),
            authentication="none" if guests else None if kind == "schedule" else "platform",
            exposure="internet" if guests else "organisation" if kind == "subflow" else None,
            data=build.data(entered),
            accepts_files=_accepts_files(flow) if called else None,
            settings=_settings(flow, steps, guests=guests),
            source=flow.item.source(),
        )
    )
    if called:
        caller = build.actor(GUESTS, inside=False) if guests else build.actor(PEOPLE, inside=True, role="user")
        build.flow(caller, identity, data=entered)
    written = text(flow.start.raw, "object")
    if written and kind == "app_event":
        build.flow(build.stores.id(written), identity, data=steps.given[START])
        build.stores.holds(written, steps.given[START])


def _entry_kind(flow: FlowFile, *, guests: bool) -> Any:
    if flow.on_screen:
        return "form"
    if flow.trigger == "Scheduled" or "schedule" in flow.start.raw:
        return "schedule"
    if flow.trigger or flow.process_type == "RoutingFlow":
        return "app_event"
    return "portal" if guests else "subflow"


def _screens(flow: FlowFile) -> list[str]:
    return [key for key, step in flow.steps.items() if step.kind == "screens"]


def _accepts_files(flow: FlowFile) -> bool:
    return any(text(raw, "extensionName") in _UPLOADS for _, raw in flow.screen_fields.values())


def _settings(flow: FlowFile, steps: Steps, *, guests: bool) -> dict[str, Any]:
    mode = flow.run_mode
    system = mode in RUN_MODES - {"DefaultMode"} or flow.trigger in SYSTEM_TRIGGERS
    found = {
        "salesforce.flow": flow.item.name, "salesforce.process_type": flow.process_type or None,
        "salesforce.trigger": flow.trigger, "salesforce.record_trigger": text(flow.start.raw, "recordTriggerType"),
        "salesforce.run_mode": mode, "salesforce.run_mode_known": mode in RUN_MODES, "salesforce.system_mode": system,
        "salesforce.writes_input": steps.writes_input, "salesforce.status": flow.status,
        "salesforce.active": flow.status == "Active" if flow.status else None,
        "salesforce.api_version": text(flow.item.raw, "apiVersion"), "salesforce.guests": guests,
        "salesforce.steps_without_fault": sum(flow.steps[key].kind != "recordLookups" for key in steps.unguarded),
        "salesforce.loose_steps": len(flow.steps) - len(flow.reached()),
        "salesforce.needs_permission": flag(flow.item.raw, "isAdditionalPermissionRequiredToRun"),
    }  # fmt: skip
    return {k: v[:500] if isinstance(v, str) else v for k, v in found.items() if v is not None}


def add_wires(build: Build, steps: Steps) -> None:
    """Add the flows between the steps of a flow: those for faults, and the others with what later steps take."""
    wires = [(w.source, w.target) for w in steps.flow.wires if not w.fault]
    moved = moving(list(steps.flow.steps), wires, steps.taken)
    for wire in steps.flow.wires:
        here, there = steps.id(wire.source), steps.id(wire.target)
        if wire.fault:
            build.flow(here, there, "error")
            continue
        data = moved[wire.source, wire.target]
        build.flow(here, there, "data" if data else "control", data=data)


def add_systems(build: Build, steps: Steps, callouts: Mapping[str, tuple[str, str | None]]) -> None:
    """Add the flows from steps to objects, people, mail, models and outside services.

    `callouts` maps the name of an external service to (id of the service, id of the connection).
    """
    for step in steps.flow.steps.values():
        if step.kind in RECORDS:
            _to_object(build, steps, step)
        elif step.kind == "screens":
            _to_people(build, steps, step)
        elif step.kind == "actionCalls":
            _to_system(build, steps, step, callouts)


def _to_object(build: Build, steps: Steps, step: Step) -> None:
    obj, here = steps.objects[step.key], steps.id(step.key)
    if obj is None:
        build.hints.append((steps.flow.item.file, f"the object that {step.key} works on cannot be told"))
        return
    there = build.stores.id(obj)
    given, written, chosen = steps.given[step.key], steps.written(step), steps.filters(step)
    build.stores.holds(obj, given | written | chosen)
    if step.kind == "recordLookups":
        build.flow(there, here, data=given)
    else:
        build.flow(here, there, data=written or chosen)


def _to_people(build: Build, steps: Steps, step: Step) -> None:
    """Add what a screen shows, and what people enter on it."""
    guests = steps.build.elements[steps.entry].settings.get("salesforce.guests")
    person = build.actor(GUESTS, inside=False) if guests else build.actor(PEOPLE, inside=True, role="user")
    here = steps.id(step.key)
    entered = steps.given[step.key]
    if entered:
        build.flow(person, here, data=entered)
    shown = {short for _, short in steps.taken[step.key]}
    build.flow(here, person, data=shown)


def _to_system(build: Build, steps: Steps, step: Step, callouts: Mapping[str, tuple[str, str | None]]) -> None:
    action, here = steps.actions[step.key], steps.id(step.key)
    sent = {short for _, short in steps.taken[step.key]}
    if "send_mail" in action.effects:
        there = build.service("outgoing-mail", "Outgoing mail", build.internet(), kind="mail", vendor="Salesforce")
        build.flow(here, there, data=sent, recipient_source=_recipient(steps, step))
    elif _MESSAGES & set(action.effects):
        name = "Slack" if (text(step.raw, "actionType") or "").lower().startswith("slack") else "Messages in Salesforce"
        _message(build, here, name, sent)
    elif "call_model" in action.effects:
        name = text(step.raw, "actionName") or "prompt"
        key = f"prompt-{slug(name)}"
        there = build.service(key, f"Prompt template {name}"[:NAME_LENGTH], build.place, kind="ai", vendor="Salesforce")
        build.flow(here, there, data=sent | steps.given[step.key], two_way=True)
    elif "call_http" in action.effects:
        name = (text(step.raw, "actionName") or "").partition(".")[0].lower()
        service, connection = callouts.get(name, (None, None))
        if service is not None:
            told = build.elements[connection].settings if connection is not None else {}
            encrypted = {"http": False, "https": True}.get(str(told.get("salesforce.scheme")))
            data = sent | steps.given[step.key]
            build.flow(here, service, data=data, two_way=True, connection=connection, encrypted=encrypted)
    elif "write" in action.effects and text(step.raw, "actionType") == "quickAction":
        obj, _, named = (text(step.raw, "actionName") or "").rpartition(".")
        if obj and named:
            build.flow(here, build.stores.id(obj), data=sent)


def _message(build: Build, here: str, name: str, sent: set[str]) -> None:
    if name == "Slack":
        place = build.boundary(boundaries.third_party("Slack"))
        fields: dict[str, Any] = {"kind": "chat", "vendor": "Slack", "host": place.host, "third_party": True}
        there = build.service("slack", name, place.id, **fields)
    else:
        there = build.service("messages", name, build.place, kind="chat", vendor="Salesforce", third_party=False)
    build.flow(here, there, data=sent)


def _recipient(steps: Steps, step: Step) -> str | None:
    """Return where a mail's receiver comes from; None where the flow is given it by its caller."""
    action = steps.actions[step.key]
    reads = [read for read in step.reads if action.sinks.get(read.place) == "recipient"]
    origins = {origin for read in reads for origin in steps.lineage.origins(read.reference)}
    if not reads:
        return "fixed" if text(step.raw, "actionType") == "emailSimple" else None
    if any(steps.flow.steps[o.step].kind == "screens" for o in origins):
        return "free_text"
    return None if not origins or any(o.step == START for o in origins) else "lookup_unchecked"


def add_calls(build: Build, all_steps: list[Steps]) -> None:
    """Add the flows from subflow steps to the flows of the same package that they call."""
    known = {steps.flow.item.name.lower(): steps for steps in reversed(all_steps)}
    for steps in all_steps:
        for step in steps.flow.steps.values():
            called = known.get((text(step.raw, "flowName") or "").lower()) if step.kind == "subflows" else None
            if called is not None:
                data = {s for _, s in steps.taken[step.key]} | steps.given[step.key]
                build.flow(steps.id(step.key), called.entry, data=data, two_way=True if called.flow.outputs else None)
