"""Taint: whose words reach what, on examples and against a search of all paths."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import builders as b
import pytest
from hypothesis import given, settings
from models import LONGER, models

from workbench.model import EntryPoint, Flow, Process
from workbench.rules import facts
from workbench.rules.spread import ASSUMED, MAYBE, NEVER, SURE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.model import Model

TODAY = date(2026, 1, 31)
NOBODY = {"schedule", "manual", "error"}
OUTSIDERS = {"webhook", "form", "chat", "mail", "socket", "message_queue", "tool_server", "portal"}
COMPUTES = {"transform", "code", "decision", "trigger", "form", "screen", "other"}
STARTERS = {"trigger", "form", "screen", "dashboard"}


def column(model: Model, noun: str, name: str) -> dict[str, Any]:
    """Return the values of a column by element id; None where unknown."""
    found = facts(model, today=TODAY)
    return {i: found.column(noun, name).value(n) for n, i in enumerate(found.ids(noun))}


def _chain(into: str = "sql", *, kind: str = "webhook", passes: bool | None = True, **use: Any) -> Model:
    entry = b.entry("hook", kind=kind, exposure=use.pop("exposure", "internet"), starts="orders/process:start")
    start = b.process("start", kind="trigger", passes_input=True)
    middle = b.process("middle", kind="step", passes_input=passes)
    end = b.process("end", kind="query", uses=(b.use(middle, into, **use),), passes_input=False)
    return b.model(entry, start, middle, end, b.flow(entry, start), b.flow(start, middle), b.flow(middle, end))


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (_chain(safe=False), True),
        (_chain(safe=None), True),
        (_chain(safe=True), False),
        (_chain(kind="schedule", safe=False), False),
        (_chain(kind="form", exposure=None, safe=False), True),
        (_chain(kind="chat", exposure="owner", safe=False), False),
        (_chain(kind="app_event", exposure=None, safe=False), None),
        (_chain(kind="app_event", exposure="internet", safe=False), True),
        (_chain(kind="app_event", exposure="private", safe=False), False),
        (_chain(passes=False, safe=False), False),
        (_chain(passes=None, safe=False), True),
        (_chain(into="code", safe=False), False),
    ],
)
def test_outsiders_data_reaches_a_query(model: Model, expected: bool | None) -> None:
    """Kind and exposure of the entry point, steps that replace their input and safe uses decide."""
    assert column(model, "process", "taint_sql")["orders/process:end"] is expected


@pytest.mark.parametrize(
    ("model", "doubt"), [(_chain(safe=False), 0), (_chain(safe=None), 1), (_chain(passes=None, safe=False), 1)]
)
def test_what_was_assumed_is_doubted(model: Model, doubt: int) -> None:
    """A use that may be safe and a step that may pass its input on lower the confidence."""
    data: Any = facts(model, today=TODAY).column("process", "taint_sql")
    assert data.doubt.max() == doubt


def test_the_path_leads_from_the_entry_point_to_the_sink() -> None:
    """Ids in the order in which the data passes."""
    path = facts(_chain(safe=False), today=TODAY).paths["process", "taint_sql", "orders/process:end"]
    assert path == ("orders/entry:hook", "orders/process:start", "orders/process:middle", "orders/process:end")


def test_taint_stops_at_stores_and_services() -> None:
    """What was written to a table is not followed to who reads it."""
    entry = b.entry("hook", kind="webhook", exposure="internet", starts="orders/process:in")
    first = b.process("in", kind="step", passes_input=True)
    table = b.store("t", kind="table")
    second = b.process("out", kind="query", uses=(), passes_input=True, effects=("read",))
    third = b.process("sink", kind="query", uses=(b.use(second, "sql", safe=False),))
    model = b.model(
        entry, first, table, second, third, b.flow(first, table), b.flow(table, second), b.flow(second, third)
    )
    assert column(model, "process", "taint_sql")["orders/process:sink"] is False


@pytest.mark.parametrize(
    ("kind", "app", "expected"),
    [("subflow", "orders", True), (None, "orders", None), ("webhook", "orders", False), ("webhook", "stock", True)],
)
def test_what_a_step_calls_gets_what_it_sends(kind: str | None, app: str, expected: bool | None) -> None:
    """A flow to a subflow, or to another app's entry point, hands data over; one to an own webhook is an answer."""
    entry = b.entry("hook", kind="webhook", exposure="internet", starts="orders/process:start")
    start = b.process("start", kind="trigger", passes_input=True)
    call = b.process("call", kind="subflow", passes_input=False, uses=(b.use(start, "parameter"),))
    called = b.entry("called", app=app, kind=kind, exposure="owner", starts=f"{app}/process:inner")
    inner = b.process("inner", app=app, kind="trigger")
    end = b.process("end", app=app, kind="query", uses=(b.use(inner, "sql", safe=False),))
    apps = [b.app(), b.app("stock")]
    flows = [b.flow(start, call), b.flow(call, called), b.flow(inner, end)]
    model = b.model(*apps, entry, start, call, called, inner, end, *flows)
    assert column(model, "process", "taint_sql")[end.id] is expected


def test_a_disabled_step_neither_works_nor_passes_on() -> None:
    """Unless its platform hands on what came in."""
    for passes, expected in ((False, False), (True, True)):
        model = _chain(safe=False)
        middle: Any = model["orders/process:middle"]
        changed = [e if e is not middle else middle.changed(enabled=False, passes_input=passes) for e in model]
        assert column(type(model)(changed), "process", "taint_sql")["orders/process:end"] is expected


def test_a_models_answer_is_followed_like_an_outsiders_word() -> None:
    """ai_sql is true behind an agent, although the agent replaces what came in."""
    agent = b.process("agent", kind="agent", passes_input=False)
    query = b.process("query", kind="query", uses=(b.use(agent, "sql", safe=False),))
    model = b.model(agent, query, b.flow(agent, query))
    assert column(model, "process", "ai_sql")["orders/process:query"] is True
    assert column(model, "process", "taint_sql")["orders/process:query"] is False


def test_an_unknown_exposure_is_what_to_ask_for() -> None:
    """A fact that is unknown names the fields that would settle it."""
    found = facts(_chain(kind="app_event", exposure=None, safe=False), today=TODAY)
    assert found.unknown_because["process", "taint_sql", "orders/process:end"] == (("orders/entry:hook", "exposure"),)


@settings(max_examples=100 * LONGER, deadline=None)
@given(models())
def test_taint_is_what_a_search_of_all_paths_finds(model: Model) -> None:
    """Steps and sinks that outsiders' data reaches, by following every path without a circle."""
    grades = _grades(model)
    steps = {e.id: e for e in model if e.noun == "process"}
    truth = {SURE: True, ASSUMED: True, MAYBE: None, NEVER: False}
    expected = {i: truth[grades.get((i, "in"), NEVER)] for i in steps}
    assert column(model, "process", "tainted") == expected
    for sink in ("sql", "code", "url"):
        sinks = {i: truth[_sink(model, step, sink, grades)] for i, step in steps.items()}
        assert column(model, "process", f"taint_{sink}") == sinks


def _sink(model: Model, step: Any, sink: str, grades: dict[Any, int]) -> int:
    found = [NEVER]
    for use in step.uses if step.enabled is not False else ():
        if use.into == sink and use.safe is not True and use.origin in model:
            side = "out" if model[use.origin].noun == "process" else "in"
            found.append(max(grades.get((use.origin, side), NEVER), SURE if use.safe is False else ASSUMED))
    return min(found)


def _grades(model: Model) -> dict[Any, int]:
    """Return the surest grade of each (id, side), by walking all paths without a circle."""
    edges = _edges(model)
    best: dict[Any, int] = {}

    def walk(place: Any, grade: int, seen: frozenset[Any]) -> None:
        best[place] = min(best.get(place, NEVER), grade)
        for after, edge in edges.get(place, ()):
            if after not in seen:
                walk(after, max(grade, edge), seen | {after})

    for entry in (e for e in model if e.noun == "entry_point"):
        grade = _chosen(entry)
        started = model.get(entry.starts)
        if grade < NEVER and not (started is not None and started.enabled is False):
            walk((entry.id, "in"), grade, frozenset({(entry.id, "in")}))
    return best


def _chosen(entry: Any) -> int:
    if entry.kind in NOBODY:
        return NEVER
    if entry.kind is None:
        return MAYBE
    if entry.exposure is not None:
        return SURE if entry.exposure in {"internet", "partners"} else NEVER
    return ASSUMED if entry.kind in OUTSIDERS else MAYBE


def _edges(model: Model) -> dict[Any, list[tuple[Any, int]]]:
    edges: dict[Any, list[tuple[Any, int]]] = {}
    for origin, place, grade in (*_by_flows(model), *_by_starts(model), *_by_uses(model)):
        if grade < NEVER:
            edges.setdefault(origin, []).append((place, grade))
    return edges


def _into(origin: Any, step: Any) -> list[tuple[Any, Any, int]]:
    passing = {True: SURE, None: ASSUMED, False: NEVER}[step.passes_input]
    if step.kind == "response" or (step.kind in STARTERS and step.passes_input is None):
        passing = SURE
    return [(origin, (step.id, "in"), SURE), (origin, (step.id, "out"), passing)]


def _by_flows(model: Model) -> Iterator[tuple[Any, Any, int]]:
    for flow in model.of(Flow):
        source, target = model[flow.source_id], model[flow.target_id]
        if flow.kind in {"control", "error"} or _off(source) or _off(target):
            continue
        if source.noun == "process" and target.noun == "entry_point":
            yield (source.id, "send"), (target.id, "in"), _calls(source, target)
        if target.noun != "process":
            continue
        if source.noun in {"process", "entry_point"}:
            yield from _into((source.id, "out" if source.noun == "process" else "in"), target)
        if source.noun == "process" and flow.two_way:
            yield from _into((target.id, "out"), source)
    for step in model.of(Process):
        picky = (
            step.uses and step.passes_input is not True and (step.passes_input is False or step.kind not in STARTERS)
        )
        fixed = step.kind == "response" and step.passes_input is False
        yield (step.id, "in"), (step.id, "send"), NEVER if fixed else ASSUMED if picky else SURE


def _calls(source: Any, target: Any) -> int:
    """Tell how surely a flow to an entry point calls it: one to an own entry point that others call is an answer."""
    if source.app != target.app or target.kind in {"subflow", "error"}:
        return SURE
    return MAYBE if target.kind is None else NEVER


def _by_starts(model: Model) -> Iterator[tuple[Any, Any, int]]:
    for entry in model.of(EntryPoint):
        step: Any = model.get(entry.starts)
        if step is not None and step.enabled is not False:
            yield from _into((entry.id, "in"), step)


def _by_uses(model: Model) -> Iterator[tuple[Any, Any, int]]:
    for step in model.of(Process):
        for use in step.uses if step.enabled is not False else ():
            if use.safe is not True and use.origin in model:
                origin = (use.origin, "out" if model[use.origin].noun == "process" else "in")
                grade = SURE if use.safe is False else ASSUMED
                yield origin, (step.id, "in"), grade
                yield origin, (step.id, "send"), grade
                unknown = MAYBE if step.kind is None else NEVER
                yield origin, (step.id, "out"), grade if step.kind in COMPUTES else unknown


def _off(element: Any) -> bool:
    """Tell whether a flow at an element carries nothing: it is a disabled step that does not hand on."""
    return element.noun == "process" and element.enabled is False and element.passes_input is not True


def test_what_a_service_of_unknown_kind_answers_may_be_a_models_words() -> None:
    """Nobody knows whether it is a language model; what it is would settle it."""
    helper, ask = b.service("Helper"), b.process("Ask", kind="http", effects=("call_http",))
    query = b.process("Query", kind="query", uses=(b.use(ask, "sql", safe=False),), effects=("read",))
    shown = b.model(b.app(), helper, ask, query, b.flow(ask, helper, two_way=True), b.flow(ask, query))
    assert column(shown, "process", "ai_sql")[query.id] is None
    assert ((helper.id, "kind"),) in facts(shown, today=TODAY).unknown_because.values()
