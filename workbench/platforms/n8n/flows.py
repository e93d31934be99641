"""The flows of an n8n workflow: between steps, to what they talk to, and back to who called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.model import Service, Store, element_id
from workbench.platforms.n8n.kinds import ANSWERS_ALL, base_stem
from workbench.platforms.n8n.settings import unverified
from workbench.platforms.n8n.sinks import content_type, file_format
from workbench.platforms.n8n.systems import System, memory_of, used_credentials
from workbench.platforms.n8n.values import chosen, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.platforms.n8n.build import Build
    from workbench.platforms.n8n.kinds import Kind
    from workbench.platforms.n8n.workflow import Node

_READS = frozenset({"read"})
_ANSWERED = frozenset({"read", "call_http", "call_model", "run_command", "read_file"})
_CHANGES = frozenset({"write", "delete"})
# Ways in by which nobody writes anything; None for what is no way in.
_UNTYPED = frozenset({None, "schedule", "manual", "error", "subflow"})
# Endings of fields in which whoever wrote to the flow is answered.
_REPLIES = words("chat.id from From sender replyTo remoteJid chat_id user_id userId threadId wa_id")


def add_flows(build: Build) -> None:
    """Add all flows of a workflow, and the systems and connections at their ends."""
    _between_steps(build)
    for node in build.workflow.nodes:
        if node.disabled:
            continue
        if build.is_system(node):
            _to_sub_system(build, node)
        elif build.kinds[node.key].external and node.key not in build.triggers:
            _to_system(build, node)
        if base_stem(node) in {"executeWorkflow", "toolWorkflow"} and build.calls_itself(node):
            _to_itself(build, node)
        if node.stem == "form":
            _form_page(build, node)
    for key in build.triggers:
        _answers(build, build.workflow.by_key[key])


def _between_steps(build: Build) -> None:
    for wire in build.workflow.wires:
        source, target = build.workflow.by_key[wire.source], build.workflow.by_key[wire.target]
        if build.is_system(source) or build.is_system(target):
            continue
        here, there = build.process_id(source), build.process_id(target)
        if wire.type == "main":
            kind = "error" if _is_error_output(source, wire.output) else "data"
            build.flow(here, there, kind, data=build.data(build.fields.carried[source.key]))
            continue
        # The node that uses a sub-node calls it: the wire is drawn the other way round.
        names = build.fields.taken[source.key] | build.fields.given[source.key]
        build.flow(there, here, "tool" if wire.type == "ai_tool" else "data", data=build.data(names), two_way=True)


def _is_error_output(node: Node, output: int) -> bool:
    last = {"if": 2, "switch": None}.get(node.stem, 1)
    return node.on_error == "branch" and last is not None and output == last


def _transport(node: Node, system: System) -> dict[str, Any]:
    """Return the fields of a flow that say how it travels."""
    checked = False if unverified(node.parameters) else True if system.encrypted else None
    return {"protocol": system.protocol, "encrypted": system.encrypted, "certificate_checked": checked}


def _to_system(build: Build, node: Node) -> None:
    system, kind = build.system(node), build.kinds[node.key]
    used, _ = used_credentials(node)
    connections = [build.connection(node, c) for c in used]
    for connection in connections:
        build.opens(connection, system.element.id, _access(system, node))
    common = {"connection": connections[0] if connections else None, **_transport(node, system)}
    here, there = build.process_id(node), system.element.id
    sent, received = build.fields.taken[node.key] | _loaded(build, node), build.fields.given[node.key]
    only_reads = frozenset(kind.effects) <= _READS
    # What comes back from a change is at most what was sent.
    answers = bool(_ANSWERED & set(kind.effects)) and not (_is_store(system) and _only_changes(kind))
    if sent or not only_reads:
        # Where nothing of the answer is used, the one flow stands for both directions.
        answered, format_ = answers and not received, _file_format(build, node)
        build.flow(
            here, there, "export" if format_ and _by_the_clock(build, node) else "data", data=build.data(sent),
            two_way=answered or None, recipient_source=_recipient_source(build, node), format=format_, **common,
        )  # fmt: skip
    if only_reads or (received and answers):
        if not only_reads:
            # The answer comes over the line that the request opened; what is wrong with that is said once, there.
            common = {k: v for k, v in common.items() if v is not False}
        build.flow(there, here, data=build.data(received), **common)
    if getattr(system.element, "kind", None) == "ai":
        build.shows(there, records=_shows_records(build, node))
    build.holds(there, (sent if not only_reads else set()) | received)


def _is_store(system: System) -> bool:
    return isinstance(system.element, Store)


def _only_changes(kind: Kind) -> bool:
    """Tell whether a step changes something on the other side and reads nothing there."""
    return bool(_CHANGES & set(kind.effects)) and "read" not in kind.effects


def _file_format(build: Build, node: Node) -> str | None:
    formats = {f for maker in build.fields.files_of(node) if (f := file_format(maker)) is not None}
    return min(formats) if formats and build.fields.hands_file(node) else None


def _by_the_clock(build: Build, node: Node) -> bool:
    """Tell whether a step runs at set times, with nobody looking on."""
    clocks = [key for key, trigger in build.triggers.items() if trigger.kind == "schedule"]
    return any(step.key == node.key for key in clocks for step in build.workflow.downstream(key))


def _access(system: System, node: Node) -> tuple[str, ...]:
    if system.connector is None:
        return ()
    given = node.parameters
    operation, resource = (
        v if isinstance(v := given.get(k), str) and not v.startswith("=") else None for k in ("operation", "resource")
    )
    return system.connector.access(operation, resource)


def _recipient_source(build: Build, node: Node) -> str | None:
    """Return where a message's receiver comes from; None where the export does not say."""
    if not {"send_mail", "send_message", "send_sms"} & set(build.kinds[node.key].effects):
        return None
    origins = [t.origin for t in build.taken[node.key] if t.sink == "recipient"]
    if not origins:
        return "fixed"
    if any(".".join(o.path).endswith(tuple(_REPLIES)) or _kind_of_trigger(build, o.node) == "subflow" for o in origins):
        return None
    return "free_text" if any(_is_typed(build, o.node) for o in origins) else "lookup_unchecked"


def _is_typed(build: Build, key: str) -> bool:
    """Tell whether a step gives what a person or a language model writes: it starts the flow, asks, or works on it."""
    node, kind = build.workflow.by_key[key], build.kinds[key]
    if _kind_of_trigger(build, key) not in _UNTYPED or kind.process == "form" or "call_model" in kind.effects:
        return True
    return kind.process == "code" and any(
        _kind_of_trigger(build, o.node) not in _UNTYPED for o in build.lineage.inputs(node)
    )


def _kind_of_trigger(build: Build, key: str) -> str | None:
    return build.triggers[key].kind if key in build.triggers else None


def _to_sub_system(build: Build, node: Node) -> None:
    """Add the flows of a model, embedding or memory: from each node that uses it, carrying what that node works on."""
    users = [u for u in build.workflow.parents.get(node.key, ()) if not u.disabled]
    if not users:
        return
    system = _memory(build, node) if "ai_memory" in build.workflow.roles[node.key] else build.system(node)
    used, _ = used_credentials(node)
    connections = [build.connection(node, c) for c in used]
    for connection in connections:
        build.opens(connection, system.element.id, _access(system, node))
    model = _model_name(node)
    for user in users:
        if build.is_system(user):
            continue
        names = _seen_by_model(build, user)
        if getattr(system.element, "kind", None) == "ai":
            build.shows(system.element.id, records=_shows_records(build, user))
        settings = {"ai.model": model} if model and isinstance(system.element, Service) else {}
        build.flow(
            build.process_id(user), system.element.id, data=build.data(names), two_way=True, settings=settings,
            connection=connections[0] if connections else None, **_transport(node, system),
        )  # fmt: skip
        build.holds(system.element.id, names)


def _memory(build: Build, node: Node) -> System:
    """Return the store in which an agent keeps its conversations: n8n itself, unless the node names a database."""
    used, _ = used_credentials(node)
    return build.add(memory_of(build.app, node, used[0] if used else None, build.file))


def _seen_by_model(build: Build, user: Node) -> set[str]:
    """Return what a model gets to see: what its user takes, and what that one's tools bring."""
    tools = [w.source for w in build.workflow.wires if w.target == user.key and w.type == "ai_tool"]
    return build.fields.taken[user.key] | {s for t in tools for s in build.fields.given[t]}


def _shows_records(build: Build, user: Node) -> bool:
    """Tell whether a step gives a model records of a store: in its prompt, or by a tool that reads one."""
    tools = [w.source for w in build.workflow.wires if w.target == user.key and w.type == "ai_tool"]
    origins = [t.origin.node for t in build.taken[user.key] if t.sink == "prompt"]
    return any(_reads_store(build, key) for key in (*tools, *origins))


def _reads_store(build: Build, key: str) -> bool:
    kind = build.kinds[key]
    asks_a_model = "call_model" in kind.effects and kind.process != "tool"
    return "read" in kind.effects and (kind.external or kind.process == "tool") and not asks_a_model


def _model_name(node: Node) -> str | None:
    for parameter in ("model", "modelId", "modelName"):
        given = node.parameters.get(parameter)
        value = given.get("value") if isinstance(given, dict) else given
        if isinstance(value, str) and value and not value.startswith("="):
            return value[:200]
    return None


def _loaded(build: Build, node: Node) -> set[str]:
    """Return what document loaders bring in to a vector store."""
    loaders = [w.source for w in build.workflow.wires if w.target == node.key and w.type == "ai_document"]
    return {s for loader in loaders for s in build.fields.taken[loader]}


def _to_itself(build: Build, node: Node) -> None:
    for key, trigger in build.triggers.items():
        if trigger.kind == "subflow":
            entry = element_id(build.app, "entry", key)
            build.flow(build.process_id(node), entry, data=build.data(build.fields.taken[node.key]), two_way=True)


def _form_page(build: Build, node: Node) -> None:
    """Add what people read and enter on a later page of a form."""
    if not any(t.kind == "form" for t in build.triggers.values()):
        return
    person, page = build.actor("People who fill in forms").id, build.process_id(node)
    shown = build.fields.taken[node.key]
    if node.parameters.get("operation") == "completion":
        # A page that always says the same tells nothing.
        if build.taken[node.key]:
            build.flow(page, person, data=build.data(shown))
    else:
        build.flow(person, page, data=build.data(build.fields.given[node.key]), two_way=True)


def _answers(build: Build, node: Node) -> None:
    """Add what goes back to the caller of a trigger."""
    trigger = build.triggers[node.key]
    if trigger.caller is None:
        return
    caller = build.actor(trigger.caller).id
    if trigger.kind == "tool_server":
        tools = [w.source for w in build.workflow.wires if w.target == node.key and w.type == "ai_tool"]
        names = {s for t in tools for s in build.fields.given[t]}
        build.flow(build.process_id(node), caller, data=build.data(names))
    for step, names in _answering(build, node, trigger.answers):
        build.flow(build.process_id(step), caller, data=build.data(names), format=_format(step))


def _answering(build: Build, node: Node, answers: str) -> Iterator[tuple[Node, set[str]]]:
    """Yield (step, fields) of what answers the caller of a trigger."""
    for step in build.workflow.downstream(node.key):
        if step.disabled or answers == "none":
            continue
        if answers == "step" and step.stem == "respondToWebhook":
            with_what = chosen(step.parameters.get("respondWith"), "firstIncomingItem")
            before = build.workflow.inputs.get(step.key, ())
            incoming = {s for n in before for s in build.fields.carried[n.key]}
            if with_what in ANSWERS_ALL:
                yield step, incoming
            elif build.taken[step.key]:
                yield step, build.fields.named(step)
        elif answers == "last" and not build.workflow.outputs.get(step.key):
            yield step, build.fields.carried[step.key]


def _format(step: Node) -> str | None:
    if step.stem != "respondToWebhook":
        return None
    return content_type(step) or {"json": "application/json", "jwt": "application/jwt"}.get(
        str(step.parameters.get("respondWith"))
    )
