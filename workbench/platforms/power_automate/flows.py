"""The flows of a workflow: between steps, to what they talk to, and back to who called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.model import Connection, Source, Store, element_id
from workbench.platforms.power_automate.settings import proof_of
from workbench.platforms.power_automate.sinks import content_type
from workbench.platforms.power_automate.systems import System, connection_of, model_of, of_address, system_of
from workbench.platforms.power_automate.values import digest, slug, text, within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.platforms.power_automate.build import Build
    from workbench.platforms.power_automate.definition import Node
    from workbench.platforms.power_automate.triggers import Trigger

_READS = frozenset({"read"})
_ANSWERED = frozenset({"read", "call_http", "call_model", "run_command", "read_file", "approve"})
_CHANGES = frozenset({"write", "delete", "grant_permission"})
_ACCESS = {
    "read": "read", "write": "write", "delete": "delete", "send_mail": "send", "send_message": "send", "send_sms": "send",
    "publish": "send", "run_code": "run", "grant_permission": "admin", "call_model": "run", "pay": "write",
}  # fmt: skip
# Ways in by which nobody writes anything.
_UNTYPED = frozenset({"schedule", "manual", "subflow", "app_event", "file_drop"})
_REPLIES = re.compile(r"(?i)^x-ms-user|(?:^|\.|/)(?:from|sender|replyto|author|createdby|responder|email)(?:$|\.|/)")
_ADMIN_HOSTS = re.compile(
    r"(?i)(?:^|\.)(?:graph\.microsoft\.com|management\.azure\.com|vault\.azure\.net|api\.bap\.microsoft\.com)$"
)
_SIGNED = {
    "activedirectoryoauth": "oauth",
    "managedserviceidentity": "managed",
    "basic": "basic",
    "clientcertificate": "certificate",
}


def add_flows(build: Build) -> None:
    """Add all flows of a workflow, and the systems and connections at their ends."""
    _between_steps(build)
    for node in build.definition.actions:
        kind = node.type.lower()
        if kind == "agent":
            _to_model(build, node)
        elif build.kinds[node.key].external:
            _to_system(build, node)
    _answers(build)


# --- between steps ---


def _between_steps(build: Build) -> None:
    for before, after in _order(build):
        states = after.run_after.get(before.name, frozenset())
        failed = bool({"failed", "timedout"} & states) and "succeeded" not in states
        used = [t for t in build.taken[after.key] if t.origin.node == before.key]
        kind = "error" if failed else "data" if used else "control"
        names = build.fields.moved(build.taken[after.key], before.key) if used else ()
        build.flow(build.process_id(before.key), build.process_id(after.key), kind, data=build.data(names))
    for node in build.definition.actions:
        agent = next((n for n in build.definition.around(node) if n.type.lower() == "agent"), None)
        if agent is not None and node.tool is not None and node.parent == agent.name:
            names = build.fields.taken[node.key] | build.fields.given[node.key]
            build.flow(
                build.process_id(agent.key), build.process_id(node.key), "tool", data=build.data(names), two_way=True
            )


def _order(build: Build) -> Iterator[tuple[Node, Node]]:
    """Yield (step, step that runs after it): by runAfter, from a trigger to the first steps, from a scope into it."""
    for node in build.definition.actions:
        before = [
            n for name in node.run_after if (n := build.definition.action(name)) is not None and n.key != node.key
        ]
        if before:
            yield from ((n, node) for n in before)
        elif node.parent is None:
            yield from ((trigger, node) for trigger in build.definition.triggers)
        elif (outer := build.definition.action(node.parent)) is not None and node.branch != "tool":
            yield outer, node


# --- systems ---


def _to_system(build: Build, node: Node) -> None:
    system, connection = _system(build, node)
    kind = build.kinds[node.key]
    common: dict[str, Any] = {"connection": connection, "protocol": system.protocol, "encrypted": system.encrypted}
    here, there = build.process_id(node.key), system.element.id
    sent, received = build.fields.taken[node.key], build.fields.given[node.key]
    only_reads = frozenset(kind.effects) <= _READS
    answers = bool(_ANSWERED & set(kind.effects)) and not (
        isinstance(system.element, Store) and _only_changes(kind.effects)
    )
    process = build.elements[here]
    private = process.settings.get("workflow.private_address")
    exports = build.by_the_clock and any(t.origin.node in build.tables for t in build.taken[node.key])
    if sent or not only_reads:
        build.flow(
            here, there, "export" if exports else "data", data=build.data(sent),
            two_way=(answers and not received) or None, recipient_source=_recipient_source(build, node),
            settings={"workflow.private_address": True} if private else {}, **common,
        )  # fmt: skip
    if only_reads or (received and answers):
        if not only_reads:
            # The answer comes over the line that the request opened; what is wrong with that is said once, there.
            common = {k: v for k, v in common.items() if v is not False}
        build.flow(there, here, data=build.data(received), **common)
    build.holds(there, (sent if not only_reads else set()) | received)


def _only_changes(effects: tuple[str, ...]) -> bool:
    return bool(_CHANGES & set(effects)) and "read" not in effects


def _system(build: Build, node: Node) -> tuple[System, str | None]:
    """Return what a step talks to, and the id of the connection it does that with."""
    operation, target = build.operations[node.key], build.targets[node.key]
    access = [_ACCESS[e] for e in build.kinds[node.key].effects if e in _ACCESS]
    if operation is None or (target.place and target.host is not None):
        system = build.add(of_address(build.app, target, build.exported.file))
    else:
        system = build.add(system_of(build.app, operation, build.kinds[node.key], build.lineage, build.exported.file))
    made = _connection(build, node)
    if made is None:
        return system, None
    build.elements.setdefault(made.id, made)
    build.opens(made.id, system.element.id, access)
    return system, made.id


def _connection(build: Build, node: Node) -> Connection | None:
    operation = build.operations[node.key]
    if operation is not None:
        return connection_of(
            build.app, operation.reference, build.exported.file, shared_trigger=build.shared_trigger,
            power=build.exported.power,
        )  # fmt: skip
    return _sign_in(build, node)


def _sign_in(build: Build, node: Node) -> Connection | None:
    """Return the sign-in of an HTTP step: one for each account at a host."""
    way, host = proof_of(node).lower(), build.targets[node.key].host
    if way not in _SIGNED and way not in {"header", "raw"}:
        return None
    authentication = _SIGNED.get(way, "static_key")
    account = [
        text(within(node.given, "authentication", part)) for part in ("tenant", "clientId", "username", "identity")
    ]
    at = host or "an address that is set elsewhere"
    return Connection(
        id=element_id(build.app, "connection", f"{slug(f'{way} {host or node.key}')}-{digest(*account)}"),
        name=f"Sign-in at {at}"[:500], app=build.app, source=Source(file=build.exported.file), connector="Http",
        authentication=authentication,
        identity="service" if authentication in {"oauth", "managed", "certificate"} else None,
        delegated_available=True if authentication in {"oauth", "managed"} else None,
        settings={"workflow.admin_connector": True} if host and _ADMIN_HOSTS.search(host) else {},
    )  # fmt: skip


def _recipient_source(build: Build, node: Node) -> str | None:
    """Return where a message's receiver comes from; None where the export does not say."""
    if not {"send_mail", "send_message", "send_sms"} & set(build.kinds[node.key].effects):
        return None
    origins = [t.origin for t in build.taken[node.key] if t.sink == "recipient"]
    if not origins:
        return "fixed"
    if any(_REPLIES.search(".".join(o.path)) for o in origins):
        return None
    typed = any(_is_typed(build.triggers.get(o.node)) for o in origins)
    return "free_text" if typed else "lookup_unchecked"


def _is_typed(trigger: Trigger | None) -> bool:
    return trigger is not None and trigger.kind not in _UNTYPED


def _to_model(build: Build, node: Node) -> None:
    """Add the flow from an agent to its model, carrying what it works on and what its tools bring."""
    model = text(within(node.given, "parameters", "deploymentId")) or text(within(node.given, "parameters", "modelId"))
    system = build.add(model_of(build.app, build.exported.file, "" if "@" in model else model[:200]))
    tools = [n for n in build.definition.children.get(node.key, ()) if n.tool is not None]
    names = build.fields.taken[node.key] | {s for tool in tools for s in build.fields.given[tool.key]}
    here = build.process_id(node.key)
    build.flow(here, system.element.id, data=build.data(names), two_way=True, protocol="https", encrypted=True)


# --- answers ---


def _answers(build: Build) -> None:
    """Add what goes back to the caller of a trigger."""
    callers = [(t.caller, t.outside) for t in build.triggers.values() if t.caller is not None and t.kind != "form"]
    for node in build.definition.actions:
        if build.kinds[node.key].process != "response":
            continue
        for name, outside in callers:
            caller = build.actor(str(name), outside=outside)
            build.flow(
                build.process_id(node.key), caller.id, data=build.data(build.fields.taken[node.key]),
                protocol="https", encrypted=True, format=content_type(node)[:100] or None,
            )  # fmt: skip
