"""The automations of a Budibase app: what starts them, and their steps in a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.model import slug
from workbench.platforms.braces import address
from workbench.platforms.budibase.screens import given_to
from workbench.platforms.screens import DataSource, Step, Text, Way
from workbench.platforms.screens.expressions import has_braces
from workbench.platforms.screens.kinds import sources_identity
from workbench.platforms.values import mapping, named, rows, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.platforms.budibase.dump import Doc, Dump
    from workbench.platforms.budibase.screens import Page

# stepId → (kind of step, effects)
_STEPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "CREATE_ROW": ("query", ("write",)), "UPDATE_ROW": ("query", ("write",)), "DELETE_ROW": ("query", ("delete",)),
    "QUERY_ROWS": ("query", ("read",)), "GET_ROW": ("query", ("read",)), "SEND_EMAIL_SMTP": ("mail", ("send_mail",)),
    "EXECUTE_QUERY": ("subflow", ()), "EXECUTE_SCRIPT": ("code", ("run_code",)),
    "EXECUTE_SCRIPT_V2": ("code", ("run_code",)), "EXECUTE_BASH": ("command", ("run_command",)),
    "OUTGOING_WEBHOOK": ("http", ("call_http",)), "API_REQUEST": ("http", ("call_http",)), "ZAPIER": ("http", ("call_http",)),
    "INTEGROMAT": ("http", ("call_http",)), "MAKE": ("http", ("call_http",)), "N8N": ("http", ("call_http",)),
    "DISCORD": ("message", ("send_message",)), "SLACK": ("message", ("send_message",)), "OPENAI": ("step", ("call_model",)),
    "PROMPT_LLM": ("step", ("call_model",)), "FILTER": ("decision", ()), "BRANCH": ("decision", ()), "DELAY": ("wait", ()),
    "LOOP": ("other", ()), "LOOP_V2": ("other", ()), "COLLECT": ("response", ()), "SERVER_LOG": ("other", ()),
    "TRIGGER_AUTOMATION_RUN": ("subflow", ()),
}  # fmt: skip
_PASSING = frozenset({"decision", "wait", "other", "response"})
_SINKS = {"mail": "mail", "message": "message", "command": "command"}
_RUNS = {"code": "javascript", "command": "shell"}
# Kind of the way in, what it asks for, from where it can be reached.
_TRIGGERS = {
    "WEBHOOK": ("webhook", "secret_url", "internet"), "CRON": ("schedule", "platform", "owner"),
    "APP": ("button", "platform", "organisation"), "EMAIL": ("mail", "platform", "internet"),
    "ROW_ACTION": ("button", "platform", "organisation"),
}  # fmt: skip
_ROW_EVENTS = frozenset({"ROW_SAVED", "ROW_UPDATED", "ROW_DELETED"})


def automations_of(dump: Dump, pages: list[Page]) -> tuple[list[Step], list[Way]]:
    """Return the steps of all automations, and the ways in by which they start."""
    steps: list[Step] = []
    ways: list[Way] = []
    for doc in dump.of("au_"):
        definition = mapping(doc.content.get("definition"))
        trigger = mapping(definition.get("trigger"))
        name = named(doc.content.get("name")) or doc.id
        first = f"{slug(doc.id)}-trigger"
        off = doc.content.get("disabled") is True
        kind = text(trigger.get("stepId"))
        steps.append(
            Step(
                key=first, name=f"{name}: start", where=doc.where, kind="trigger", screen=doc.id, known=("trigger",),
                passes=True, enabled=not off, file=doc.file, settings={"budibase.step": kind or "unknown"},
                texts=tuple(Text(t, "parameter") for t in dict.fromkeys(given_to(pages, "automations", doc.id))),
            )
        )  # fmt: skip
        before = first
        for number, row in enumerate(_flat(rows(definition.get("steps"))), 1):
            step = _step(dump, doc, row, (number, name, before), off=off)
            steps.append(step)
            before = step.key
        if not off:
            ways.append(_way(doc, trigger, first, name))
    return steps, ways


def _flat(steps: list[Mapping[str, Any]], depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield the steps, also those in branches and loops, in the order in which they are told."""
    for step in steps:
        yield step
        inputs = mapping(step.get("inputs"))
        inner = [s for children in mapping(inputs.get("children")).values() for s in rows(children)]
        if depth < 10:  # noqa: PLR2004 - no editor shows more
            yield from _flat([*inner, *rows(step.get("children"))], depth + 1)


def _way(doc: Doc, trigger: Mapping[str, Any], first: str, name: str) -> Way:
    kind = text(trigger.get("stepId"))
    inputs = mapping(trigger.get("inputs"))
    table = named(inputs.get("tableId"))
    if kind in _ROW_EVENTS:
        return Way(
            key=first, name=name, where=doc.where, kind="app_event", authentication="platform", exposure="private",
            from_table=table, settings={"budibase.step": kind},
        )  # fmt: skip
    told = _TRIGGERS.get(kind, ("manual", None, None))
    names = tuple(sorted(mapping(inputs.get("fields")))) if kind == "APP" else ()
    return Way(
        key=first, name=name, where=doc.where, kind=told[0], authentication=told[1], exposure=told[2], names=names,
        caller="Callers of the webhook" if kind == "WEBHOOK" else None, settings={"budibase.step": kind or "unknown"},
    )  # fmt: skip


def _step(dump: Dump, doc: Doc, row: Mapping[str, Any], place: tuple[int, str, str], *, off: bool) -> Step:
    """Return a step; `place` is its number, the automation's name, and the key of the step before."""
    number, name, before = place
    step_id, inputs = text(row.get("stepId")), mapping(row.get("inputs"))
    kind, effects = _STEPS.get(step_id.upper(), ("step", ("write",)))
    table = named(inputs.get("tableId")) or named(mapping(inputs.get("row")).get("tableId"))
    url = text(inputs.get("url"))
    written = [n for n in mapping(inputs.get("row")) if n != "tableId"] if kind == "query" else []
    query = named(mapping(inputs.get("query")).get("queryId"))
    native = named(row.get("id")) or str(number)
    called = named(mapping(inputs.get("automation")).get("automationId"))
    return Step(
        key=f"{slug(doc.id)}-{slug(native)}", name=f"{name}: {named(row.get('name')) or step_id or number}",
        where=f"{doc.where}/definition/steps[id='{native}']", kind=kind, screen=doc.id, file=doc.file,
        known=(f"steps.{number}", f"steps.{native}"), effects=effects, runs=_RUNS.get(kind),
        table=table if kind == "query" and table in dump.docs else None, texts=_texts(kind, url, inputs),
        address=url or None if kind == "http" else None, source=_SYSTEMS.get(step_id.upper()),
        calls=(called,) if called else (), writes=tuple(sorted(written)), after=(before,),
        passes=True if kind in _PASSING else None if kind == "code" else False, enabled=not off,
        starts=(f"query-{slug(query)}",) if query and query in dump.docs else (),
        settings={"budibase.step": step_id or "unknown"},
    )  # fmt: skip


_SYSTEMS = {
    "SEND_EMAIL_SMTP": "smtp", "DISCORD": "discord", "SLACK": "slack", "OPENAI": "openai", "PROMPT_LLM": "language-model",
}  # fmt: skip


def systems_of(steps: list[Step]) -> Iterator[DataSource]:
    """Yield the systems that steps talk to with what the whole installation has set up."""
    names = {"smtp": "Mail server of Budibase", "language-model": "Language model of Budibase"}
    for key in sorted({step.source for step in steps if step.source in _SYSTEMS.values()} - {None}, key=str):
        kind = str(key)
        yield DataSource(key=kind, name=names.get(kind, kind.title()), kind=kind, identity=sources_identity())


def _texts(kind: str, url: str, inputs: Mapping[str, Any]) -> tuple[Text, ...]:
    sink = _SINKS.get(kind, "parameter")
    found: list[Text] = []
    for path, value in texts(inputs):
        code = kind == "code" and path[-1:] == ("code",)
        if code or has_braces(value):
            into = "url" if value == url and address(url).open_host else "recipient" if path[:1] == ("to",) else sink
            found.append(Text(value, into, code=code))
    return tuple(found[:200])
