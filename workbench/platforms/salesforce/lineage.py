"""Where what a flow names comes from: through variables, formulas, templates and loops back to the step that gave it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from workbench.platforms.salesforce.element import START, references
from workbench.platforms.salesforce.values import nodes, text, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.platforms.salesforce.element import Step, Write
    from workbench.platforms.salesforce.flow import FlowFile

# Steps that only hand on what they name.
_TRANSPARENT = words("assignments loops collectionProcessors decisions")
_RECORD = words("$record $record__prior")
# What a formula or a chain of variables may refer to through others.
_DEEPEST = 60
_MOST = 400


@dataclass(frozen=True, order=True)
class Origin:
    """Something that a step gave."""

    step: str
    path: tuple[str, ...]
    """Within its output: the field of a record, the name of an input or output."""


class Lineage:
    """Resolves the names in one flow."""

    def __init__(self, flow: FlowFile) -> None:
        self.flow = flow
        self._known: dict[str, frozenset[Origin]] = {}

    def origins(self, reference: str) -> frozenset[Origin]:
        """Return what a name such as `Get_Contact.Email` or `{!greeting}` stands for; empty for constants."""
        key = reference.lower()
        if key not in self._known:
            self._known[key] = frozenset(self._resolved(reference, set()))
        return self._known[key]

    def object_of(self, reference: str, depth: int = 0) -> str | None:
        """Return the object whose records a name stands for; None if that cannot be told."""
        head = _head(reference)
        variable = self.flow.variables.get(head)
        if variable is not None:
            return variable.object
        if head in _RECORD:
            return text(self.flow.start.raw, "object")
        step = self._steps.get(head)
        if step is None or depth > _DEEPEST:
            return None
        inner = text(step.raw, "collectionReference")
        return text(step.raw, "object") or (self.object_of(inner, depth + 1) if inner else None)

    def object_at(self, origin: Origin) -> str | None:
        """Return the object of a record that a step gave."""
        step = self.flow.steps[origin.step]
        return text(step.raw, "object") or (self.object_of(origin.path[0]) if origin.path else None)

    def object_in(self, step: Step) -> str | None:
        """Return the object whose records a step reads or changes."""
        written = text(step.raw, "inputReference")
        return text(step.raw, "object") or (self.object_of(written) if written else None)

    def filled(self, reference: str) -> list[str]:
        """Return the fields that assignments fill of a record, or of the records that are added to a collection."""
        found, seen, waiting = [], {_head(reference)}, [_head(reference)]
        while waiting:
            for path, names in self._assigned.get(waiting.pop(), ()):
                if path:
                    found.append(".".join(path))
                else:
                    new = {_head(name) for name in names if "." not in name} - seen
                    seen |= new
                    waiting += sorted(new)
        return found

    @cached_property
    def _steps(self) -> Mapping[str, Step]:
        return {key.lower(): step for key, step in self.flow.steps.items()}

    @cached_property
    def _writers(self) -> Mapping[str, list[tuple[Step, Write]]]:
        """Map variables in lower case to what fills them, but for assignments."""
        found = defaultdict(list)
        for step in self.flow.steps.values():
            for write in step.writes if step.kind != "assignments" else ():
                found[_head(write.target)].append((step, write))
        return found

    @cached_property
    def _assigned(self) -> Mapping[str, list[tuple[tuple[str, ...], list[str]]]]:
        """Map variables in lower case to (path within them, names in the value) of what is assigned to them."""
        found = defaultdict(list)
        for step in self.flow.steps.values():
            for item in nodes(step.raw, "assignmentItems") if step.kind == "assignments" else ():
                target = text(item, "assignToReference")
                if target:
                    found[_head(target)].append((_tail(target), list(_named(item))))
        return found

    def _resolved(self, reference: str, seen: set[str]) -> Iterator[Origin]:
        key = reference.lower()
        if key in seen or len(seen) > _MOST or reference.count(".") > _DEEPEST:
            return
        seen.add(key)
        head, tail = _head(reference), _tail(reference)
        if head in _RECORD:
            yield Origin(START, ("$Record", *tail))
        elif head in self.flow.screen_fields:
            screen, raw = self.flow.screen_fields[head]
            yield Origin(screen, (text(raw, "name") or head, *tail))
        elif head in self._steps:
            yield from self._of_step(self._steps[head], tail, seen)
            yield from self._of_assigned(head, tail, seen)
        elif head in self.flow.texts:
            for inner in references(self.flow.texts[head]):
                yield from self._resolved(inner, seen)
        else:
            yield from self._of_variable(head, tail, seen)

    def _of_step(self, step: Step, tail: tuple[str, ...], seen: set[str]) -> Iterator[Origin]:
        if step.kind not in _TRANSPARENT:
            yield Origin(step.key, tail)
            return
        for read in step.reads if step.kind != "decisions" else ():
            yield from self._resolved(".".join((read.reference, *tail)), seen)

    def _of_variable(self, head: str, tail: tuple[str, ...], seen: set[str]) -> Iterator[Origin]:
        variable = self.flow.variables.get(head)
        if variable is not None and variable.input:
            yield Origin(START, (variable.name, *tail))
        for step, write in self._writers.get(head, ()):
            yield from self._of_write(step, write, tail, seen)
        yield from self._of_assigned(head, tail, seen)

    def _of_assigned(self, head: str, tail: tuple[str, ...], seen: set[str]) -> Iterator[Origin]:
        for path, names in self._assigned.get(head, ()):
            common = min(len(path), len(tail))
            if [p.lower() for p in path[:common]] == [p.lower() for p in tail[:common]]:
                for name in names:
                    yield from self._resolved(".".join((name, *tail[len(path) :])), seen)

    def _of_write(self, step: Step, write: Write, tail: tuple[str, ...], seen: set[str]) -> Iterator[Origin]:
        if step.kind in _TRANSPARENT:
            for read in step.reads:
                yield from self._resolved(".".join((read.reference, *tail)), seen)
        elif step.kind == "screens":
            yield Origin(step.key, (write.field or write.target, *tail))
        else:
            yield Origin(step.key, (write.field, *tail) if write.field else tail)


def _head(reference: str) -> str:
    return reference.partition(".")[0].lower()


def _tail(reference: str) -> tuple[str, ...]:
    return tuple(part for part in reference.split(".")[1:] if part)


def _named(item: object) -> Iterator[str]:
    for value in nodes(item, "value"):
        reference = text(value, "elementReference")
        if reference:
            yield reference
        yield from references(text(value, "stringValue") or "")
