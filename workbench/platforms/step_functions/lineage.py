"""Where what a state refers to comes from: back through the states before it to the one that gave it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.platforms.step_functions.machine import START
from workbench.platforms.step_functions.paths import Reference, in_path, located, references
from workbench.platforms.values import mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.platforms.step_functions.machine import Machine, State

Path = tuple[str, ...]
# How many places are looked at for one reference: machines go round in circles.
_MOST = 2_000
_RESULT = ("Task", "Map", "Parallel")


@dataclass(frozen=True, order=True)
class Origin:
    """Something that a state gave."""

    state: str
    path: Path


class Lineage:
    """Resolves the references in one machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._known: dict[tuple[str, Reference], frozenset[Origin]] = {}
        self._assigned: dict[str, list[str]] = {}
        for state in machine.states.values():
            for name in mapping(state.raw.get("Assign")):
                self._assigned.setdefault(name.removesuffix(".$"), []).append(state.key)

    def origins(self, state: State, reference: Reference) -> frozenset[Origin]:
        """Return what a reference in a state stands for; empty for what the service itself knows, such as the time."""
        key = (state.key, reference)
        if key not in self._known:
            self._known[key] = frozenset(self._resolved(state, reference, set()))
        return self._known[key]

    def _resolved(self, state: State, reference: Reference, seen: set[Any]) -> Iterator[Origin]:
        if reference.base == "execution":
            yield Origin(START, reference.path)
        elif reference.base == "item":
            yield from self._item(self._around(state), reference.path, seen)
        elif reference.base == "variable":
            yield from self._variable(reference.path, seen)
        else:
            yield from self._input(state, (*self._base(state), *reference.path), seen)

    def _base(self, state: State) -> Path:
        """Return the part of the input that `InputPath` chooses."""
        found = next(in_path(text(state.raw.get("InputPath"))), None) if not state.jsonata else None
        return found.path if found is not None and found.base == "input" else ()

    def _around(self, state: State) -> State:
        """Return the innermost Map around a state, or the state itself where it is one."""
        while state.type != "Map" and state.parent in self.machine.states and state.parent != START:
            state = self.machine.states[state.parent]
        return state

    def _input(self, state: State, path: Path, seen: set[Any]) -> Iterator[Origin]:
        if ("in", state.key, path) in seen or len(seen) > _MOST:
            return
        seen.add(("in", state.key, path))
        for wire in self.machine.follows.get(state.key, ()):
            before = self.machine.states[wire.source]
            if wire.caught:
                yield from self._input(before, path, seen)
            else:
                yield from self._output(before, path, seen)
        if state.key in self.machine.firsts.get(state.parent, ()):
            yield from self._entered(self.machine.states[state.parent], path, seen)

    def _entered(self, around: State, path: Path, seen: set[Any]) -> Iterator[Origin]:
        """Yield what the first state within a Map or Parallel, or the first of all, is given."""
        if around.key == START:
            yield Origin(START, path)
            return
        selector = next((around.raw[k] for k in ("ItemSelector", "Parameters", "Arguments") if k in around.raw), None)
        if selector is not None:
            yield from self._selected(around, selector, path, seen)
        elif around.type == "Map":
            yield from self._item(around, path, seen)
        else:
            yield from self._input(around, (*self._base(around), *path), seen)

    def _item(self, around: State, path: Path, seen: set[Any]) -> Iterator[Origin]:
        items = around.raw.get("Items") if around.jsonata else around.raw.get("ItemsPath")
        if "ItemReader" in around.raw:
            yield Origin(around.key, path)
            return
        found = list(references(items, jsonata=True) if around.jsonata else in_path(text(items) or "$"))
        for reference in found:
            whole = Reference(reference.base, (*reference.path, *path), joined=False)
            if reference.base != "item":
                yield from self._resolved(around, whole, seen)

    def _output(self, state: State, path: Path, seen: set[Any]) -> Iterator[Origin]:
        if ("out", state.key, path) in seen or len(seen) > _MOST:
            return
        seen.add(("out", state.key, path))
        if state.jsonata:
            yield from self._jsonata_output(state, path, seen)
            return
        chosen = next(in_path(text(state.raw.get("OutputPath"))), None)
        path = (*chosen.path, *path) if chosen is not None and chosen.base == "input" else path
        if "ResultPath" in state.raw and state.raw["ResultPath"] is None:
            yield from self._input(state, path, seen)
            return
        place = next(in_path(text(state.raw.get("ResultPath")) or "$"), Reference("input", (), joined=False)).path
        inside = path[: len(place)] == place
        if state.type in _RESULT or state.type == "Pass":
            if inside or place[: len(path)] == path:
                yield from self._result(state, path[len(place) :], seen)
            if not inside:
                yield from self._input(state, path, seen)
        else:
            yield from self._input(state, (*self._base(state), *path), seen)

    def _jsonata_output(self, state: State, path: Path, seen: set[Any]) -> Iterator[Origin]:
        if "Output" in state.raw:
            found = list(self._selected(state, state.raw["Output"], path, seen))
            yield from found
            if state.type in _RESULT and not found:
                yield Origin(state.key, path)
        elif state.type in _RESULT:
            yield Origin(state.key, path)
        else:
            yield from self._input(state, path, seen)

    def _result(self, state: State, path: Path, seen: set[Any]) -> Iterator[Origin]:
        if state.type != "Pass":
            yield Origin(state.key, path)
        elif "Parameters" in state.raw:
            yield from self._selected(state, state.raw["Parameters"], path, seen)
        elif "Result" not in state.raw:
            yield from self._input(state, (*self._base(state), *path), seen)

    def _selected(self, state: State, template: Any, path: Path, seen: set[Any]) -> Iterator[Origin]:
        """Yield what stands at a path of a template; what is beneath it, where the path ends sooner."""
        for where, reference in located(template, jsonata=state.jsonata):
            common = min(len(where), len(path))
            if where[:common] == path[:common]:
                whole = Reference(reference.base, (*reference.path, *path[len(where) :]), reference.joined)
                yield from self._resolved(state, whole, seen)

    def _variable(self, path: Path, seen: set[Any]) -> Iterator[Origin]:
        """Yield what was assigned to a variable: by a task it may be its result, so that one is named too."""
        if ("variable", path) in seen or len(seen) > _MOST:
            return
        seen.add(("variable", path))
        for key in self._assigned.get(path[0], ()):
            giver = self.machine.states[key]
            given = mapping(giver.raw.get("Assign"))
            template = {name.removesuffix(".$"): value for name, value in given.items()}
            if giver.type in _RESULT:
                yield Origin(key, path[1:])
            yield from self._selected(giver, {path[0]: template.get(path[0])}, path, seen)
