"""The elements of a flow as steps: what each does, takes, gives and writes."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.model import NAME_LENGTH, Process, Source, Use
from workbench.platforms.salesforce.actions import Action, action_of
from workbench.platforms.salesforce.element import RECORDS, START
from workbench.platforms.salesforce.flow import RUN_MODES
from workbench.platforms.salesforce.ids import key_of
from workbench.platforms.salesforce.lineage import Lineage
from workbench.platforms.salesforce.values import nodes, text, texts, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.model import Secret
    from workbench.platforms.salesforce.build import Build
    from workbench.platforms.salesforce.element import Read, Step
    from workbench.platforms.salesforce.flow import FlowFile
    from workbench.platforms.salesforce.lineage import Origin

_CHANGES = RECORDS - {"recordLookups"}
_CAN_FAIL = RECORDS | words("actionCalls apexPluginCalls")
# Steps that hand on what they name as it is: whoever uses it is told where it came from.
_SILENT = words("assignments loops collectionProcessors decisions waits")
# Two digits that tell the object, the server, and a count: the 15 signs of a record's id, or 18 with their check.
_RECORD_ID = re.compile(
    r"(?<![\w.-])(?=\w*\d\w*\d\w*\d)[0-9a][0-9A-Za-z]{4}0[0-9A-Za-z]{9}(?:[0-9A-Za-z]{3})?(?![\w-])"
)
_OWN_ADDRESS = re.compile(
    r"https?://(?:[\w.-]{1,200}\.(?:my\.salesforce|force|salesforce-sites|visualforce|cloudforce|salesforce-setup|my\.site)"
    r"|(?:na|eu|ap|cs|um|usa)\d{1,3}\.salesforce)\.com\b",
    re.IGNORECASE,
)
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_PLACED_ID = 15
_DEEPEST = 40
# Triggers on which Salesforce runs a flow itself, with all rights.
SYSTEM_TRIGGERS = words(
    "RecordAfterSave RecordBeforeSave RecordBeforeDelete Scheduled PlatformEvent DataCloudDataChange Capability "
    "RecordAfterDelete EventDrivenJourney ExternalSystemChange"
)


class Steps:
    """One flow whose steps are put into the model."""

    def __init__(self, build: Build, flow: FlowFile, entry: str) -> None:
        self.build, self.flow, self.entry = build, flow, entry
        self.lineage = Lineage(flow)
        self.actions: Mapping[str, Action] = {key: self._action(step) for key, step in flow.steps.items()}
        self.objects = {
            key: self.lineage.object_in(step) if step.kind in RECORDS else None for key, step in flow.steps.items()
        }
        self.taken: dict[str, set[tuple[str, str]]] = {key: self._taken(step) for key, step in flow.steps.items()}
        """(step that gave it, field) of what each step takes."""
        self.given: dict[str, set[str]] = {key: set() for key in flow.steps}
        for tokens in self.taken.values():
            for origin, short in tokens:
                self.given[origin].add(short)
        self._own_fields()

    def id(self, key: str) -> str:
        """Return the id of the Process that a step is."""
        return self.build.id("process", f"{self.flow.key}.{key_of(key)}")

    def _action(self, step: Step) -> Action:
        written = text(step.raw, "object") or self.lineage.object_in(step)
        found = action_of(step.kind, text(step.raw, "actionType"), text(step.raw, "actionName"), written)
        if not found.known:
            what = f"the action {text(step.raw, 'actionType')} of {step.key} is not known, so neither is what it does"
            self.build.hints.append((self.flow.item.file, what))
        return found

    def _taken(self, step: Step) -> set[tuple[str, str]]:
        origins = {o for read in step.reads for o in self.lineage.origins(read.reference)}
        fields = self.build.fields
        return {(o.step, short) for o in origins for short in fields.of_origin(o, self.lineage) if o.step != step.key}

    def _own_fields(self) -> None:
        """Note what lookups ask for, what people enter and what the caller gives, used or not."""
        fields = self.build.fields
        for key, step in self.flow.steps.items():
            if step.kind == "recordLookups":
                filled = [write.field for write in step.writes if write.field]
                self.given[key] |= fields.of_object(self.objects[key], [*texts(step.raw, "queriedFields"), *filled])
        for screen, raw in self.flow.screen_fields.values():
            self.given[screen] |= fields.of_object(None, [text(raw, "name") or ""])
        self.given[START] |= fields.of_object(None, self.flow.inputs)

    def written(self, step: Step) -> set[str]:
        """Return the fields of records that a step writes."""
        if step.kind not in _CHANGES:
            return set()
        obj, fields = self.objects[step.key], self.build.fields
        named = [text(raw, "field") or "" for raw in nodes(step.raw, "inputAssignments")]
        whole = text(step.raw, "inputReference")
        if whole:
            named += self.lineage.filled(whole)
        return fields.of_object(obj, named)

    def filters(self, step: Step) -> set[str]:
        """Return the fields by which a step chooses records."""
        named = [text(raw, "field") or "" for raw in nodes(step.raw, "filters")]
        return self.build.fields.of_object(self.objects[step.key], named)

    @cached_property
    def writes_input(self) -> bool:
        """Tell whether the flow creates, changes or deletes records by what its caller gives or people enter."""
        steps = [s for s in self.flow.steps.values() if s.kind in _CHANGES]
        origins = {o for s in steps for read in self._all_reads(s) for o in self.lineage.origins(read)}
        return any(self._from_outside(origin) for origin in origins)

    def _all_reads(self, step: Step) -> list[str]:
        return [read.reference for read in step.reads]

    def _from_outside(self, origin: Origin) -> bool:
        if origin.step == START:
            return bool(origin.path)
        return self.flow.steps[origin.step].kind == "screens"

    @property
    def unguarded(self) -> list[str]:
        """Return the keys of steps that can fail and have no path for that; what is on such a path needs none."""
        guarded = {wire.source for wire in self.flow.wires if wire.fault}
        planned = self.flow.reached(faults=False)
        return [key for key in planned if self.flow.steps[key].kind in _CAN_FAIL and key not in guarded]

    @property
    def runs_as(self) -> str | None:
        """Return with whose rights it runs; None where that is up to whoever starts it."""
        mode = self.flow.run_mode
        if mode != "DefaultMode":
            return "service" if mode in RUN_MODES else None
        if self.flow.trigger in SYSTEM_TRIGGERS:
            return "service"
        return "invoker" if self.flow.on_screen else None

    def add(self, secrets: Mapping[str, tuple[Secret, ...]]) -> None:
        """Add a Process for each step."""
        unguarded = set(self.unguarded)
        for key, step in self.flow.steps.items():
            self.build.add(self._process(step, unguarded, secrets.get(key, ())))

    def _process(self, step: Step, unguarded: set[str], secrets: tuple[Secret, ...]) -> Process:
        action = self.actions[step.key]
        start, screen = step.key == START, step.kind == "screens"
        on_error = None if step.kind not in _CAN_FAIL else "stop" if step.key in unguarded else "branch"
        described: dict[str, Any] = {
            "kind": action.kind, "effects": action.effects, "runs": action.runs, "component": action.component,
            "passes_input": start, "runs_in": "browser" if screen else "server", "runs_as": self.runs_as,
            "on_error": on_error, "calls": tuple(texts(step.raw, "flowName")[:1]), "settings": self._settings(step),
        }  # fmt: skip
        return Process(
            id=self.id(step.key), name=f"Start of {self.flow.label}"[:NAME_LENGTH] if start else step.label, app=self.build.app,
            boundary=self.build.place, source=self.source(step), uses=self._uses(step), secrets=secrets, **described,
        )  # fmt: skip

    def source(self, step: Step) -> Source:
        """Return where a step stands: by name, since its place in the list changes with every edit."""
        pointer = "/Flow/start" if step.key == START else f"/Flow/{step.kind}[name='{step.key}']"
        return self.flow.item.source(pointer)

    def _settings(self, step: Step) -> dict[str, Any]:
        written = [*_values(step.raw, 0), *(self._kept_values() if step.key == START else ())]
        found = {
            "salesforce.element": step.kind, "salesforce.flow": self.flow.item.name,
            "salesforce.object": self.objects[step.key] or text(step.raw, "object"),
            "salesforce.action": text(step.raw, "actionType"), "salesforce.action_name": text(step.raw, "actionName"),
            "salesforce.record_ids": any(is_record_id(t) for value in written for t in _RECORD_ID.findall(value)),
            "salesforce.own_addresses": any(_OWN_ADDRESS.search(value) for value in written),
            "salesforce.session_id": any(r.reference.lower() == "$api.session_id" for r in step.reads),
        }  # fmt: skip
        return {k: v[:500] if isinstance(v, str) else v for k, v in found.items() if v is not None}

    def _kept_values(self) -> Iterable[str]:
        """Yield what people wrote into formulas, templates, constants and variables of the flow."""
        for group in ("formulas", "textTemplates", "constants", "variables", "choices"):
            for raw in nodes(self.flow.item.raw, group):
                yield from (*texts(raw, "text"), *_values(raw, 0))

    def _uses(self, step: Step) -> tuple[Use, ...]:
        made = {use for read in step.reads for use in self._of_read(step, read)}
        if step.kind == "screens":
            # What people enter on a screen comes in where the flow is open to them.
            own = [text(raw, "name") for key, raw in self.flow.screen_fields.values() if key == step.key]
            made |= {(self.entry, name, "parameter", False) for name in own}
        ordered = sorted(made, key=lambda u: (u[0], u[1] or "", u[2], str(u[3])))
        return tuple(Use(origin=o, field=f, into=s, safe=safe) for o, f, s, safe in ordered)

    def _of_read(self, step: Step, read: Read) -> Iterable[tuple[str, str | None, str, bool | None]]:
        if step.kind in _SILENT:
            return
        sinks = self.actions[step.key].sinks
        sink = sinks.get(read.place, "prompt" if "call_model" in self.actions[step.key].effects else "parameter")
        # Flows bind what they compare with; what else is written is up to the other side.
        safe = True if read.place == "filter" else None if sink == "parameter" else False
        for origin in self.lineage.origins(read.reference):
            if origin.step != step.key:
                yield self.id(origin.step), ".".join(origin.path)[:200] or None, sink, safe


def is_record_id(text_: str) -> bool:
    """Tell whether a text is the id of a record: of 18 signs, the last three must check the others."""
    if len(text_) == _PLACED_ID:
        return len(set(text_[5:])) > 1
    parts = (text_[i : i + 5] for i in (0, 5, 10))
    check = "".join(_CHECK[sum(1 << i for i, sign in enumerate(part) if "A" <= sign <= "Z")] for part in parts)
    return text_[_PLACED_ID:].upper() == check


def _values(raw: Any, depth: int) -> Iterable[str]:
    """Yield the texts that people wrote into a step as values."""
    if not isinstance(raw, dict) or depth > _DEEPEST:
        return
    for name in raw:
        if name in {"stringValue", "fieldText", "expression", "errorMessage", "helpText"}:
            yield from texts(raw, name)
        elif name not in {"description", "label", "connector"}:
            for inner in nodes(raw, name):
                yield from _values(inner, depth + 1)
