"""One flow as its metadata says it: its steps, the wires between them, its variables and texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.platforms.salesforce.element import START, Step, Wire, reads_of
from workbench.platforms.salesforce.values import flag, nodes, numbered, plain, shown, text, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.platforms.salesforce.metadata import Item
    from workbench.platforms.salesforce.values import Node

# What is a step, by the name of its element; `start` is one more.
_STEPS = words(
    "screens decisions recordLookups recordCreates recordUpdates recordDeletes actionCalls subflows loops assignments "
    "transforms collectionProcessors waits apexPluginCalls customErrors recordRollbacks orchestratedStages steps"
)
RUN_MODES = words("DefaultMode SystemModeWithSharing SystemModeWithoutSharing")
# Kinds of flows that people go through on screens.
_ON_SCREEN = words(
    "Flow LoginFlow Survey SurveyEnrich ContactRequestFlow FieldServiceMobile Appointments CheckoutFlow FormulaCartFlow"
)
_DEEPEST = 40


@dataclass(frozen=True)
class Variable:
    """A variable of a flow."""

    name: str
    object: str | None
    input: bool
    output: bool


@dataclass(frozen=True)
class FlowFile:
    """A flow whose parts can be found by name."""

    item: Item
    key: str
    """What its elements' ids begin with."""
    steps: Mapping[str, Step]
    wires: tuple[Wire, ...]
    problems: tuple[str, ...] = field(default=())
    """What was passed over, in words."""

    @property
    def label(self) -> str:
        """Return its name for people."""
        return shown(text(self.item.raw, "label"), plain(self.item.name))

    @property
    def run_mode(self) -> str:
        """Return what it says of the context that it runs in; `DefaultMode` where it says nothing."""
        return text(self.item.raw, "runInMode") or "DefaultMode"

    @property
    def status(self) -> str | None:
        """Return `Active`, `Draft`, `Obsolete` or `InvalidDraft`."""
        return text(self.item.raw, "status")

    @property
    def process_type(self) -> str:
        """Return its type, such as `AutoLaunchedFlow`."""
        return text(self.item.raw, "processType") or ""

    @property
    def start(self) -> Step:
        """Return its start."""
        return self.steps[START]

    @property
    def trigger(self) -> str | None:
        """Return what starts it by itself, such as `RecordAfterSave` or `Scheduled`."""
        return text(self.start.raw, "triggerType")

    @property
    def on_screen(self) -> bool:
        """Tell whether people go through it on screens."""
        return self.process_type in _ON_SCREEN or any(step.kind == "screens" for step in self.steps.values())

    @cached_property
    def variables(self) -> Mapping[str, Variable]:
        """Return its variables by name in lower case; names of flows do not care about case."""
        found = {}
        for raw in nodes(self.item.raw, "variables"):
            name = text(raw, "name")
            if name:
                given, back = flag(raw, "isInput") is True, flag(raw, "isOutput") is True
                found[name.lower()] = Variable(name, text(raw, "objectType"), given, back)
        return found

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """Return its formulas and text templates by name in lower case: text in which references stand."""
        pairs = (("formulas", "expression"), ("textTemplates", "text"))
        found = {
            name.lower(): body
            for group, part in pairs
            for raw in nodes(self.item.raw, group)
            if (name := text(raw, "name")) and (body := text(raw, part))
        }
        for raw in nodes(self.item.raw, "choices"):
            name, refs = text(raw, "name"), [r.reference for r in reads_of(raw, "", 0)]
            if name and refs:
                found[name.lower()] = " ".join(f"{{!{ref}}}" for ref in refs)
        return found

    @cached_property
    def inputs(self) -> list[str]:
        """Return the names of the variables that its caller fills."""
        return sorted(v.name for v in self.variables.values() if v.input)

    @cached_property
    def outputs(self) -> list[str]:
        """Return the names of the variables that its caller gets back."""
        return sorted(v.name for v in self.variables.values() if v.output)

    @cached_property
    def screen_fields(self) -> Mapping[str, tuple[str, Node]]:
        """Return (key of the screen, field) of what people enter, by the field's name in lower case."""
        found: dict[str, tuple[str, Node]] = {}
        for step in self.steps.values():
            if step.kind == "screens":
                for raw in _fields(step.raw, 0):
                    name = text(raw, "name")
                    if name and text(raw, "fieldType") not in {"DisplayText", "RegionContainer", "Region"}:
                        found.setdefault(name.lower(), (step.key, raw))
        return found

    def reached(self, *, faults: bool = True) -> list[str]:
        """Return the keys of steps that something leads to from the start, through connectors for faults too or not."""
        after: dict[str, list[str]] = {}
        for wire in self.wires:
            if faults or not wire.fault:
                after.setdefault(wire.source, []).append(wire.target)
        seen, waiting = {START}, [START]
        while waiting:
            new = set(after.get(waiting.pop(), ())) - seen
            seen |= new
            waiting += new
        return sorted(seen)


def read_flow(item: Item, key: str) -> FlowFile:
    """Return the flow in a file; what is broken is left out and listed in `problems`."""
    problems: list[str] = []
    steps = _steps(item.raw, problems)
    by_name = {name.lower(): name for name in steps}
    wires = set()
    for step in steps.values():
        for target, fault in step.connectors:
            if target.lower() in by_name:
                wires.add(Wire(step.key, by_name[target.lower()], fault))
            else:
                problems.append(f"a connector of {step.key} names {target}, which is no element of the flow")
    ordered = sorted(wires, key=lambda w: (w.source, w.target, w.fault))
    return FlowFile(item, key, steps, tuple(ordered), tuple(sorted(set(problems))))


def _steps(raw: Node, problems: list[str]) -> dict[str, Step]:
    steps = {START: Step(START, "start", _start(raw), "/Flow/start/0")}
    taken = {START}
    for kind in sorted(_STEPS & set(raw)):
        for number, inner in numbered(raw, kind):
            name = text(inner, "name")
            if not name or name.lower() in taken:
                what = f"a second element is called {name}" if name else f"an element of {kind} has no name"
                problems.append(f"{what}; it was left out")
                continue
            taken.add(name.lower())
            steps[name] = Step(name, kind, inner, f"/Flow/{kind}/{number}")
    return steps


def _start(raw: Node) -> Node:
    """Return the start element; older flows name only the first step."""
    first = text(raw, "startElementReference")
    found: list[Node] = nodes(raw, "start")
    if found:
        return found[0]
    return {"connector": [{"targetReference": [first]}]} if first else {}


def _fields(raw: Any, depth: int) -> Iterator[Node]:
    if depth > _DEEPEST:
        return
    for inner in nodes(raw, "fields"):
        yield inner
        yield from _fields(inner, depth + 1)
