"""A state machine as its definition says it: states at any depth, and what follows what."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.platforms.documents import escape
from workbench.platforms.values import listed, mapping, rows, text, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

START = "$start"
TYPES = words("Task Pass Choice Wait Succeed Fail Parallel Map")
_DEEPEST = 40


@dataclass(frozen=True)
class State:
    """A state, or the start of the machine."""

    key: str
    """Its name; with that of the state around it before it, where two bear one name."""
    name: str
    type: str
    raw: Mapping[str, Any]
    parent: str
    """Key of the Map or Parallel that it lies in; the start for those that lie in none."""
    pointer: str
    jsonata: bool

    @property
    def resource(self) -> str:
        """Return what a task calls."""
        return text(self.raw.get("Resource"))


@dataclass(frozen=True)
class Wire:
    """A way from one state to the next; within a Map or Parallel also from it to its first states."""

    source: str
    target: str
    caught: bool = False


@dataclass
class Machine:
    """A state machine while it is read."""

    raw: Mapping[str, Any]
    states: dict[str, State]
    follows: dict[str, list[Wire]]
    """By target: what comes before it among the states around it, errors that are caught too."""
    firsts: dict[str, list[str]]
    """By the key of a Map, a Parallel or the start: its first states."""
    problems: list[str]

    @cached_property
    def ends(self) -> Mapping[str, list[str]]:
        """Return by the key of a Map or Parallel the states within it that nothing follows."""
        leading = {wire.source for wires in self.follows.values() for wire in wires if not wire.caught}
        found: dict[str, list[str]] = defaultdict(list)
        for state in self.states.values():
            if state.key not in leading and state.key != START and state.type != "Fail":
                found[state.parent].append(state.key)
        return found

    @cached_property
    def wires(self) -> list[Wire]:
        """Return the wires as people draw them: what lies within a Map or Parallel leads on to what follows it."""
        found = {Wire(around, first) for around, firsts in self.firsts.items() for first in firsts}
        for wires in self.follows.values():
            for wire in wires:
                sources = [wire.source] if wire.caught else self._last(wire.source, 0)
                found |= {Wire(source, wire.target, wire.caught) for source in sources}
        return sorted(found, key=lambda w: (w.source, w.target, w.caught))

    def _last(self, key: str, depth: int) -> list[str]:
        inner = self.ends.get(key, ()) if self.firsts.get(key) and key != START else ()
        if not inner or depth > _DEEPEST:
            return [key]
        return [last for end in inner for last in self._last(end, depth + 1)]


def is_machine(content: Any) -> bool:
    """Tell whether JSON or YAML data is a definition in the Amazon States Language."""
    if not isinstance(content, dict) or not isinstance(content.get("StartAt"), str):
        return False
    states = content.get("States")
    return isinstance(states, dict) and any(
        isinstance(s, dict) and text(s.get("Type")) in TYPES for s in states.values()
    )


def read_machine(raw: Mapping[str, Any]) -> Machine:
    """Return the machine of a definition; what is broken is left out and listed in `problems`."""
    machine = Machine(raw, {}, defaultdict(list), defaultdict(list), [])
    machine.states[START] = State(START, "Start", "Start", {}, "", "", jsonata=False)
    _add_states(machine, raw, START, "", jsonata=_is_jsonata(raw, default=False), depth=0)
    return machine


def _is_jsonata(raw: Mapping[str, Any], *, default: bool) -> bool:
    return {"JSONata": True, "JSONPath": False}.get(text(raw.get("QueryLanguage")), default)


def _add_states(
    machine: Machine, raw: Mapping[str, Any], parent: str, pointer: str, *, jsonata: bool, depth: int
) -> None:
    if depth > _DEEPEST:
        machine.problems.append(f"states nested more than {_DEEPEST} deep were left out")
        return
    keys: dict[str, str] = {}
    for name, inner in sorted(mapping(raw.get("States")).items()):
        if not isinstance(inner, dict) or text(inner.get("Type")) not in TYPES:
            machine.problems.append(f"{name} is no state of a known type; it was left out")
            continue
        key = name if name not in machine.states else f"{parent}/{name}"
        if key in machine.states:
            machine.problems.append(f"a second state is called {name}; it was left out")
            continue
        keys[name] = key
        own = _is_jsonata(inner, default=jsonata)
        machine.states[key] = State(
            key, name, str(inner["Type"]), inner, parent, f"{pointer}/States/{escape(name)}", own
        )
    _add_wires(machine, raw, parent, keys)
    for key in list(keys.values()):
        state = machine.states[key]
        for at, branch in _inner(state):
            _add_states(machine, branch, key, f"{state.pointer}{at}", jsonata=state.jsonata, depth=depth + 1)


def _inner(state: State) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (pointer, definition) of what runs within a Map or Parallel."""
    if state.type == "Parallel":
        for number, branch in enumerate(listed(state.raw.get("Branches"))):
            if isinstance(branch, dict):
                yield f"/Branches/{number}", branch
    elif state.type == "Map":
        for name in ("ItemProcessor", "Iterator"):
            if isinstance(state.raw.get(name), dict):
                yield f"/{name}", state.raw[name]
                return


def _add_wires(machine: Machine, raw: Mapping[str, Any], parent: str, keys: Mapping[str, str]) -> None:
    first = text(raw.get("StartAt"))
    if first in keys:
        machine.firsts[parent].append(keys[first])
    else:
        machine.problems.append(f"StartAt names {first or 'nothing'}, which is no state beside it")
    for key in keys.values():
        state = machine.states[key]
        for target, caught in _targets(state):
            if target in keys:
                machine.follows[keys[target]].append(Wire(key, keys[target], caught))
            else:
                machine.problems.append(f"{state.name} leads to {target}, which is no state beside it")


def _targets(state: State) -> Iterator[tuple[str, bool]]:
    """Yield (name, whether it is where a caught error goes) of what may follow a state."""
    raw = state.raw
    named = [raw.get("Next"), raw.get("Default"), *(c.get("Next") for c in rows(raw.get("Choices")))]
    yield from ((name, False) for name in dict.fromkeys(n for n in named if isinstance(n, str)))
    caught = [c.get("Next") for c in rows(raw.get("Catch"))]
    yield from ((name, True) for name in dict.fromkeys(n for n in caught if isinstance(n, str)))
