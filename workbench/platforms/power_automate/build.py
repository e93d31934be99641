"""Turn one workflow definition into the elements of a model."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.model import NAME_LENGTH, Actor, App, Boundary, Element, Flow, Process, Source, Use, element_id
from workbench.platforms import boundaries
from workbench.platforms.draft import Draft, Note
from workbench.platforms.power_automate.calls import calls_of
from workbench.platforms.power_automate.definition import read_definition
from workbench.platforms.power_automate.entries import add_entries
from workbench.platforms.power_automate.fields import Fields
from workbench.platforms.power_automate.flows import add_flows
from workbench.platforms.power_automate.kinds import Kind, kind_of, with_request
from workbench.platforms.power_automate.lineage import Lineage
from workbench.platforms.power_automate.operations import Operation, operation_of
from workbench.platforms.power_automate.settings import definition_settings, step_settings
from workbench.platforms.power_automate.sinks import Step, Taken, taken_by
from workbench.platforms.power_automate.targets import Target, target_of
from workbench.platforms.power_automate.triggers import Trigger, trigger_of
from workbench.platforms.power_automate.values import slug, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.model import Secret
    from workbench.platforms.power_automate.definition import Node
    from workbench.platforms.power_automate.exported import Exported
    from workbench.platforms.power_automate.systems import System

_PLATFORMS = {"power-automate": "Power Automate", "logic-apps": "Azure Logic Apps"}
_BY_PEOPLE = frozenset({"button", "webhook", "chat"})
_RESHAPES = frozenset({"transform", "decision", "code"})
_LONGEST_NOTE = 2000


def draft_of(exported: Exported) -> Draft:
    """Return the draft of a workflow."""
    build = Build(exported)
    build.add_steps()
    add_entries(build)
    add_flows(build)
    build.add_app()
    where = f"{exported.file}{exported.pointer}"
    remarks = [*build.remarks, *build.definition.problems, *exported.notes]
    notes = tuple(Note("warning", f"{where}{place}", said) for place, said in sorted(set(remarks)))
    return Draft(exported.platform, exported.app, build.finished(), notes)


class Build:
    """The elements of one workflow while they are put together."""

    def __init__(self, exported: Exported) -> None:
        self.exported, self.app = exported, exported.app
        self.definition = read_definition(exported.definition)
        nodes = self.definition.nodes
        self.lineage = Lineage(self.definition, exported.parameters)
        self.operations: dict[str, Operation | None] = {n.key: operation_of(n, exported.references) for n in nodes}
        self.targets: dict[str, Target] = {n.key: target_of(n, self.operations[n.key], self.lineage) for n in nodes}
        self.kinds: dict[str, Kind] = {n.key: self._kind(n) for n in nodes}
        self.taken: dict[str, list[Taken]] = {
            n.key: taken_by(Step(n, self.kinds[n.key], self.operations[n.key], self.targets[n.key]), self.lineage)
            for n in nodes
        }
        self.fields = Fields(
            self.definition, self.operations, self.taken, lambda key: self.kinds[key].process in _RESHAPES
        )
        self.triggers: dict[str, Trigger] = {
            n.key: trigger_of(n, self.operations[n.key], exported) for n in self.definition.triggers
        }
        self.secrets = self._secrets_by_node()
        """By the key of the step, "" for what stands elsewhere."""
        self.remarks: list[tuple[str, str]] = []
        """(place, text) of what was not understood."""
        self.elements: dict[str, Element] = {}
        self.flows: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._opened: dict[str, tuple[str, set[str]]] = {}
        self._held: dict[str, set[str]] = {}

    def _kind(self, node: Node) -> Kind:
        kind, target = kind_of(node, self.operations[node.key]), self.targets[node.key]
        if not target.stated:
            return kind
        address = target.address or text(node.given.get("uri"))
        return with_request(kind, text(node.given.get("method")).upper(), target.host, address)

    def _secrets_by_node(self) -> dict[str, tuple[Secret, ...]]:
        """Return the secrets by the innermost step that they stand in."""
        places = {f"{self.exported.pointer}{n.place}": n.key for n in self.definition.nodes}
        found: dict[str, list[Secret]] = defaultdict(list)
        for secret in self.exported.secrets:
            place, key = secret.place, ""
            while "/" in place and place != self.exported.pointer:
                if place in places:
                    key = places[place]
                    break
                place = place.rpartition("/")[0]
            found[key].append(secret)
        return {
            key: tuple(sorted(group, key=lambda s: (s.place, s.kind, s.fingerprint))) for key, group in found.items()
        }

    # --- small parts ---

    @cached_property
    def place(self) -> Boundary:
        """Return the boundary of the platform, in which all steps run."""
        found = boundaries.platform(_PLATFORMS[self.exported.platform])
        # Power Automate runs at Microsoft's only; Logic Apps may also run on an organisation's own machines.
        return self.boundary(found.changed(hosting="vendor") if self.exported.power else found)

    @cached_property
    def shared_trigger(self) -> bool:
        """Tell whether others than the maker can start the flow."""
        return any(t.kind in _BY_PEOPLE and t.exposure != "owner" for t in self.triggers.values())

    def process_id(self, key: str) -> str:
        """Return the id of the Process that a step is."""
        return element_id(self.app, "process", key)

    def data(self, slugs: Iterable[str]) -> tuple[str, ...]:
        """Return the ids of data fields."""
        return tuple(element_id(self.app, "data", s) for s in sorted(set(slugs)))

    def boundary(self, boundary: Boundary) -> Boundary:
        """Add a shared boundary with those around it, and return it."""
        if boundary.boundary == boundaries.INTERNET:
            self.elements.setdefault(boundaries.INTERNET, boundaries.internet())
        self.elements.setdefault(boundary.id, boundary)
        return boundary

    def source(self, node: Node) -> Source:
        """Return where a step stands in the file."""
        return Source(file=self.exported.file, pointer=f"{self.exported.pointer}{node.place}")

    def actor(self, name: str, *, outside: bool) -> Actor:
        """Return the group of people or programs with that name."""
        place = self.boundary(boundaries.internet() if outside else boundaries.microsoft_tenant())
        actor = Actor(
            id=element_id(self.app, "actor", slug(name)), name=name, app=self.app, boundary=place.id,
            inside=None if outside else True, source=Source(file=self.exported.file),
        )  # fmt: skip
        self.elements.setdefault(actor.id, actor)
        return actor

    def add(self, found: System) -> System:
        """Add a service or store with its boundary, and return it."""
        if found.boundary is not None:
            self.boundary(found.boundary)
        self.elements.setdefault(found.element.id, found.element)
        return found

    def opens(self, connection: str, element: str, access: Iterable[str] = ()) -> None:
        """Say that a connection opens a service or store, and what its steps do there; the first in order is named."""
        service, known = self._opened.get(connection, (element, set()))
        self._opened[connection] = (min(service, element), known | set(access))

    def holds(self, element: str, slugs: Iterable[str]) -> None:
        """Say that a store holds those fields; nothing if it is no store."""
        if self.elements[element].noun == "store":
            self._held.setdefault(element, set()).update(slugs)

    def flow(self, source: str, target: str, kind: str = "data", **fields: Any) -> None:
        """Add a flow, or what it carries to the one that is there."""
        known = self.flows.setdefault((source, target, kind), {"data": ()})
        known["data"] = tuple(sorted({*known["data"], *fields.pop("data", ())}))
        settings = known.get("settings", {}) | fields.pop("settings", {})
        known.update({k: v for k, v in fields.items() if v is not None and known.get(k) is None}, settings=settings)

    # --- steps ---

    def add_steps(self) -> None:
        """Add a Process for each trigger and action."""
        for node in self.definition.nodes:
            self.elements[self.process_id(node.key)] = self._process(node)

    def _process(self, node: Node) -> Process:
        kind, operation, taken = self.kinds[node.key], self.operations[node.key], self.taken[node.key]
        settings = step_settings(node, kind, operation, self.targets[node.key])
        settings["workflow.pastes_into_query"] = any(t.sink in {"sql", "nosql"} and t.safe is False for t in taken)
        if kind.process == "code":
            settings["workflow.code_takes_outside"] = self._takes_outside(node.key)
        note = text(node.raw.get("description")).strip()[:_LONGEST_NOTE]
        described: dict[str, Any] = {
            "kind": kind.process, "effects": kind.effects, "runs": kind.runs, "runs_in": "server", "enabled": True,
            "passes_input": node.trigger or kind.relays, "component": _component(operation), "on_error": self._on_error(node),
            "parameterised": self._parameterised(node), "runs_as": self._runs_as(operation),
            "calls": calls_of(node, self.targets[node.key], self.lineage),
            "endpoint_allow_list": True if self.targets[node.key].set_at_deployment else None,
            # An agent uses its tools without asking anybody.
            "human_approval": False if node.tool is not None else None,
        }  # fmt: skip
        return Process(
            id=self.process_id(node.key), name=node.title, app=self.app, boundary=self.place.id,
            notes=(note,) if note else (), source=self.source(node), settings=settings,
            secrets=self.secrets.get(node.key, ()), uses=self._uses(taken), **described,
        )  # fmt: skip

    def _takes_outside(self, key: str) -> bool:
        """Tell whether what came in by a trigger gets into a step, at once or by steps that only reshape it."""
        triggers = {n.key for n in self.definition.triggers if self.triggers[n.key].kind != "schedule"}
        waiting, seen = [key], {key}
        while waiting:
            for origin in {t.origin.node for t in self.taken[waiting.pop()]} - seen:
                seen.add(origin)
                if origin in triggers:
                    return True
                if self.kinds[origin].process in _RESHAPES:
                    waiting.append(origin)
        return False

    def _runs_as(self, operation: Operation | None) -> str | None:
        runtime = operation.reference.runtime if operation is not None else None
        return {"embedded": "maker", "invoker": "invoker"}.get(runtime or "")

    def _on_error(self, node: Node) -> str:
        """Return what happens when a step fails, by the steps that wait for it."""
        caught = [s for s in self._awaited.get(node.name, ()) if {"failed", "timedout"} & s]
        if not caught:
            return "stop"
        return "ignore" if all("succeeded" in s for s in caught) else "branch"

    @cached_property
    def _awaited(self) -> dict[str, list[frozenset[str]]]:
        """Return the outcomes after which other steps run, by the name of the step they wait for."""
        found: dict[str, list[frozenset[str]]] = defaultdict(list)
        for node in self.definition.actions:
            for name, states in node.run_after.items():
                found[name].append(states)
        return found

    @cached_property
    def by_the_clock(self) -> bool:
        """Tell whether the workflow runs at set times."""
        return any(t.kind == "schedule" for t in self.triggers.values())

    @cached_property
    def tables(self) -> frozenset[str]:
        """Return the steps that make a file of records."""
        return frozenset(n.key for n in self.definition.actions if n.type.lower() == "table")

    def _parameterised(self, node: Node) -> bool | None:
        if self.kinds[node.key].runs != "sql":
            return None
        return all(t.safe is not False for t in self.taken[node.key] if t.sink == "sql")

    def _uses(self, taken: list[Taken]) -> tuple[Use, ...]:
        made = {(self.process_id(t.origin.node), ".".join(t.origin.path)[:200] or None, t.sink, t.safe) for t in taken}
        ordered = sorted(made, key=lambda u: (u[0], u[1] or "", u[2], str(u[3])))
        return tuple(Use(origin=o, field=f, into=s, safe=safe) for o, f, s, safe in ordered)

    # --- the whole ---

    def add_app(self) -> None:
        """Add the App with what its steps say of it."""
        exported, secrets = self.exported, self.secrets.get("", ())
        settings = {**definition_settings(self.definition), **exported.settings}
        settings["workflow.secret_files"] = bool(secrets)
        runtimes = {o.reference.runtime for o in self.operations.values() if o is not None}
        alert = settings.get("workflow.failure_alert") is True
        described: dict[str, Any] = {
            "error_handler": bool(settings["workflow.catches"]) or alert,
            "has_approval": any(k.process == "approval" for k in self.kinds.values()),
            "runs_as": "maker" if "embedded" in runtimes else "invoker" if "invoker" in runtimes else None,
            "keeps_run_data": True if exported.power else None,
        }  # fmt: skip
        self.elements[self.app] = App(
            id=self.app, name=exported.name, app=None, platform=exported.platform, boundary=self.place.id,
            source=Source(file=exported.file, pointer=exported.pointer), settings=settings, secrets=secrets,
            **{**described, **exported.fields},
        )  # fmt: skip

    def finished(self) -> tuple[Element, ...]:
        """Return all elements, flows and data fields in the order of their ids."""
        for connection, (service, access) in self._opened.items():
            update = {"service": service, "access": tuple(sorted(access)) or None}
            self.elements[connection] = self.elements[connection].model_copy(update=update)
        for store, slugs in self._held.items():
            self.elements[store] = self.elements[store].model_copy(update={"data": self.data(slugs)})
        names = {i: e.name for i, e in self.elements.items()}
        for (source, target, kind), fields in self.flows.items():
            suffix = "" if kind == "data" else f":{kind}"
            ends = ">".join(i.removeprefix(f"{self.app}/") for i in (source, target))
            flow = Flow(
                id=element_id(self.app, "flow", f"{ends}{suffix}"), name=f"{names[source]} → {names[target]}"[:NAME_LENGTH],
                app=self.app, source_id=source, target_id=target, kind=kind, source=Source(file=self.exported.file), **fields,
            )  # fmt: skip
            self.elements[flow.id] = flow
        used = {i.rpartition("/data:")[2] for e in self.elements.values() for i in getattr(e, "data", ())}
        for field in self.fields.elements(self.app, used, self.exported.file):
            self.elements[field.id] = field
        return tuple(self.elements[i] for i in sorted(self.elements))


def _component(operation: Operation | None) -> str:
    """Return where a step's type comes from; independent publishers' connectors end in `ip`, a maker's own in a hash."""
    if operation is None or operation.connector.startswith("serviceProviders/"):
        return "built_in"
    if "-5f" in operation.stem or "-20" in operation.stem:
        return "custom"
    return "community" if operation.stem.endswith("ip") and operation.connector.startswith("shared_") else "official"
