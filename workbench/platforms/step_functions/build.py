"""Turn one state machine into the elements of a model."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.model import slug
from workbench.platforms.calls import address
from workbench.platforms.moving import moving
from workbench.platforms.outline import Outline, Taken
from workbench.platforms.step_functions.lineage import Lineage
from workbench.platforms.step_functions.machine import START, Machine, read_machine
from workbench.platforms.step_functions.paths import located
from workbench.platforms.step_functions.resources import Call, call_of, plain
from workbench.platforms.step_functions.systems import (
    PLACEHOLDER,
    PLATFORM,
    URL,
    add_call,
    add_lists,
    endpoint_of,
    fixed_host,
    names_of,
    parameters_of,
)
from workbench.platforms.values import listed, mapping, rows, text, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.model import Element, Secret
    from workbench.platforms.step_functions.machine import State

_KINDS = {
    "Start": "trigger",
    "Choice": "decision",
    "Wait": "wait",
    "Map": "transform",
    "Parallel": "transform",
    "Pass": "transform",
}
_TEMPLATES = ("Parameters", "Arguments", "ItemSelector")
# Keys below which the values of a request go where their names say; others go where the nearest such key says.
_HTTP = {"ApiEndpoint": "url", "QueryParameters": "parameter", "Headers": "parameter", "RequestBody": "parameter"}
_ANY_ERROR = {"States.ALL", "States.TaskFailed"}
_EVENT = {"detail", "detail-type"}
# What Step Functions binds for its caller, so that a value cannot change what the call does.
_BINDING = {"dynamodb", "athena", "rdsdata", "redshiftdata"}
_BOUND = {"Key", "Item", "ExpressionAttributeValues", "ExecutionParameters", "SqlParameters"}


class Build:
    """The elements of one machine while they are put together."""

    def __init__(
        self, raw: Mapping[str, Any], app: str, file: str, pointer: str, secrets: Mapping[str, tuple[Secret, ...]]
    ) -> None:
        self.outline = Outline(app, PLATFORM, file, pointer)
        self.machine: Machine = read_machine(raw)
        self.lineage = Lineage(self.machine)
        self.secrets = secrets
        self.calls: dict[str, Call] = {s.key: self._call(s) for s in self.machine.states.values() if s.type == "Task"}
        self.taken: dict[str, list[Taken]] = {s.key: self._taken(s) for s in self.machine.states.values()}
        self.given: dict[str, set[str]] = {key: set() for key in self.machine.states}
        for taken in self.taken.values():
            for use in taken:
                self.given[use.origin] |= names_of([use])

    @cached_property
    def keys(self) -> dict[str, str]:
        """Return the key of each state within ids; names that give one slug are told apart by a number."""
        found: dict[str, str] = {}
        for key in sorted(self.machine.states):
            own = "_start" if key == START else slug(key)
            number = 1
            while own in found.values():
                number += 1
                own = f"{slug(key)}-{number}"
            found[key] = own
        return found

    def run(self, name: str, **fields: Any) -> tuple[Element, ...]:
        """Return all elements; `fields` are what is said of the app around the definition."""
        for state in self.machine.states.values():
            self._add_state(state)
        self._add_entry(name)
        self._add_wires()
        for key, call in self.calls.items():
            add_call(self, self.machine.states[key], call)
        for state in self.machine.states.values():
            if state.type == "Map":
                add_lists(self, state)
        self.outline.add_app(name, "step-functions", self.secrets.get("", ()), **self._app_fields(fields))
        return self.outline.finished()

    def _call(self, state: State) -> Call:
        return call_of(state.resource, parameters_of(state))

    # --- what states take ---

    def _taken(self, state: State) -> list[Taken]:
        if state.type in {"Choice", "Wait", "Pass", "Succeed", "Fail", "Start"}:
            return []
        found: set[tuple[str, tuple[str, ...], str, bool | None]] = set()
        for part in _TEMPLATES:
            for where, reference in located(state.raw.get(part), jsonata=state.jsonata):
                sink, safe = self._sink(state, where, joined=reference.joined)
                found |= {(o.state, o.path, sink, safe) for o in self.lineage.origins(state, reference)}
        if state.type in {"Map", "Parallel"}:
            found |= {(end, (), "parameter", None) for end in self.machine.ends.get(state.key, ())}
        ordered = sorted(found, key=lambda f: (f[0], f[1], f[2], str(f[3])))
        return [Taken(*parts) for parts in ordered if parts[0] != state.key]

    def _sink(self, state: State, where: tuple[str, ...], *, joined: bool) -> tuple[str, bool | None]:
        """Return (sink, whether it is bound) of a value by the keys above it."""
        call = self.calls.get(state.key)
        if call is None:
            return "parameter", None
        if call.service in _BINDING and _BOUND & set(where):
            return "parameter", True
        sinks = _HTTP if call.service == "http" else call.system.sinks if call.system is not None else {}
        sink = next((sinks[name] for name in reversed(where) if name in sinks), None)
        if sink is None:
            sink = "prompt" if call.runs == "prompt" else "parameter"
        if sink == "url" and joined and fixed_host(endpoint_of(state)):
            sink = "parameter"
        return sink, None if sink in {"parameter", "path"} else False

    # --- states ---

    def _add_state(self, state: State) -> None:
        call = self.calls.get(state.key)
        kind = call.process if call is not None else _KINDS.get(state.type, "other")
        calls = self._called(state, call)
        fields: dict[str, Any] = {
            "kind": kind, "effects": call.effects if call is not None else (), "runs": call.runs if call else None,
            "passes_input": self._passes(state), "on_error": self._on_error(state), "calls": calls, "runs_as": "service",
            "parameterised": self._parameterised(state, call), "settings": self._settings(state, call),
            "secrets": self.secrets.get(state.key, ()), "notes": tuple(c for c in [text(state.raw.get("Comment"))[:2000]] if c),
        }  # fmt: skip
        own = [Taken(self.keys[t.origin], t.path, t.sink, t.safe) for t in self.taken[state.key]]
        shown = [t for t in own if t.sink != "parameter" or kind != "decision"]
        self.outline.step(self.keys[state.key], state.name, state.pointer, taken=shown, **fields)

    def _passes(self, state: State) -> bool | None:
        if state.type in {"Start", "Choice", "Wait", "Succeed"}:
            return "Output" not in state.raw
        if state.type == "Pass":
            return not ({"Parameters", "Result", "Output"} & set(state.raw))
        if state.jsonata or state.type == "Fail":
            return False
        return "ResultPath" in state.raw and state.raw["ResultPath"] != "$"

    def _on_error(self, state: State) -> str | None:
        """Return what becomes of an error; it is ignored where the machine goes on with any as without.

        One error that is expected, such as a record that is there already, may well lead on like success.
        """
        if state.type not in {"Task", "Map", "Parallel"}:
            return None
        caught = rows(state.raw.get("Catch"))
        targets = {
            text(row.get("Next"))
            for row in caught
            if _ANY_ERROR & {e for e in listed(row.get("ErrorEquals")) if isinstance(e, str)}
        }
        beside = {s.name: s.type for s in self.machine.states.values() if s.parent == state.parent}
        as_if = [name for name in targets if name == state.raw.get("Next") or beside.get(name) == "Succeed"]
        return "ignore" if targets and len(as_if) == len(targets) else "branch" if caught else "stop"

    def _parameterised(self, state: State, call: Call | None) -> bool | None:
        if call is None or call.runs != "sql":
            return None
        return not any(t.sink == "sql" for t in self.taken[state.key])

    def _called(self, state: State, call: Call | None) -> tuple[str, ...]:
        if call is None:
            return ()
        given = parameters_of(state)
        if call.service == "states" and call.api.startswith("start"):
            named = text(given.get("StateMachineArn"))
            return (plain(named),) if named.startswith("arn:") and "$" not in named else ()
        if call.service == "http":
            found = address(text(given.get("ApiEndpoint")))
            return (found,) if found else ()
        return ()

    def _settings(self, state: State, call: Call | None) -> dict[str, Any]:
        found: dict[str, Any] = {"step_functions.type": state.type}
        if call is not None:
            match = URL.match(endpoint_of(state)) if call.service == "http" else None
            found |= {
                "step_functions.service": call.service or None, "step_functions.api": call.api or None,
                "step_functions.pattern": call.pattern or None, "step_functions.retries": len(rows(state.raw.get("Retry"))),
                "step_functions.scheme": match.group(1).lower() if match else None,
                "step_functions.time_limit": bool({"TimeoutSeconds", "TimeoutSecondsPath"} & set(state.raw)),
            }  # fmt: skip
        return {k: v for k, v in found.items() if v is not None}

    # --- ways in and on ---

    def _add_entry(self, name: str) -> None:
        names = self.given[START]
        event = any(
            use.path[:1] and use.path[0] in _EVENT
            for taken in self.taken.values()
            for use in taken
            if use.origin == START
        )
        event = event or any(
            f"$.{part}" in value for part in _EVENT for _, value in texts(mapping(self.machine.raw.get("States")))
        )
        self.outline.entry(
            self.keys[START], name, "", names=names, kind="app_event" if event else "subflow", authentication="platform",
        )  # fmt: skip

    def _add_wires(self) -> None:
        taken = {
            key: {(use.origin, name) for use in uses for name in names_of([use])} for key, uses in self.taken.items()
        }
        plain_wires = [(w.source, w.target) for w in self.machine.wires if not w.caught]
        moved = moving(list(self.machine.states), plain_wires, taken)
        for wire in self.machine.wires:
            here, there = (self.outline.step_id(self.keys[key]) for key in (wire.source, wire.target))
            if wire.caught:
                self.outline.flow(here, there, kind="error")
            else:
                names = moved[wire.source, wire.target]
                self.outline.flow(here, there, sorted(names), kind="data" if names else "control")

    # --- app ---

    def _app_fields(self, around: Mapping[str, Any]) -> dict[str, Any]:
        raw, machine = self.machine.raw, self.machine
        led = {wire.target for wire in machine.wires}
        whole = "\n".join(value for _, value in texts(raw))
        settings = {
            "step_functions.states": len(machine.states) - 1,
            "step_functions.loose_states": sum(key not in led for key in machine.states) - 1,
            "step_functions.placeholders": len(set(PLACEHOLDER.findall(whole))),
        }  # fmt: skip
        fields = dict(around)
        settings |= fields.pop("settings", {})
        return {
            "purpose": text(raw.get("Comment"))[:2000] or None,
            "runs_as": "service",
            "settings": settings,
            **fields,
        }
