"""Turn one n8n workflow into the elements of a model."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.model import (
    NAME_LENGTH,
    Actor,
    Boundary,
    Element,
    Flow,
    Process,
    Source,
    Use,
    element_id,
)
from workbench.platforms import boundaries
from workbench.platforms.n8n.app import app_id, app_of, pinned_names
from workbench.platforms.n8n.estate import calls_of, known_as
from workbench.platforms.n8n.fields import Fields
from workbench.platforms.n8n.guards import checked, guards_of
from workbench.platforms.n8n.kinds import ANSWERS_ALL, Kind, base_stem, kind_of
from workbench.platforms.n8n.lineage import Lineage
from workbench.platforms.n8n.settings import node_settings, secrets_in, workflow_settings
from workbench.platforms.n8n.sinks import Taken, taken_by
from workbench.platforms.n8n.systems import connection_of, system_of, used_credentials
from workbench.platforms.n8n.triggers import Trigger, trigger_of
from workbench.platforms.n8n.urls import Target, target_of, with_changes
from workbench.platforms.n8n.values import chosen, mapping, slug
from workbench.platforms.n8n.workflow import Credential, Node, Workflow, read_workflow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.model import Secret
    from workbench.platforms.n8n.systems import System

_CHAT_ADDRESS = re.compile(r"«secret:webhook_url:[^»]{1,80}»/chat\b")
# Sub-nodes that are a system themselves, not a step: models and memories.
_SYSTEM_ROLES = frozenset({"ai_languageModel", "ai_embedding", "ai_memory", "ai_reranker"})


class Build:
    """The elements of one workflow while they are put together."""

    def __init__(
        self,
        content: Mapping[str, Any],
        *,
        file: str,
        fallback: str,
        pointer: str,
        secrets: Mapping[str, tuple[Secret, ...]],
    ) -> None:
        self.content, self.file, self.pointer, self.fallback = content, file, pointer, fallback
        self.workflow: Workflow = read_workflow(content)
        self.app = app_id(content, fallback)
        self.remarks: list[tuple[str, str]] = list(self.workflow.problems)
        """(where, text) of what was not understood."""
        self.hints: list[tuple[str, str]] = []
        """(where, text) of what was understood and may surprise."""
        self.kinds: dict[str, Kind] = {n.key: kind_of(n, self._roles(n)) for n in self.workflow.nodes}
        self.lineage = Lineage(self.workflow, self.kinds)
        self.targets: dict[str, Target] = {n.key: target_of(n, self.lineage) for n in self.workflow.nodes}
        self.kinds |= {n.key: with_changes(n, self.kinds[n.key], self.targets[n.key]) for n in self.workflow.nodes}
        guards = guards_of(self.workflow, self.lineage)
        self.taken: dict[str, list[Taken]] = {
            n.key: checked(guards, n, taken_by(n, self.kinds[n.key], self.targets[n.key], self.lineage))
            for n in self.workflow.nodes
        }
        self.fields = Fields(self.workflow, self.kinds, self.taken, pinned_names(content))
        self.triggers = self._triggers()
        self.secrets = secrets
        """By the name of the node, "" for what stands elsewhere."""
        self.elements: dict[str, Element] = {}
        self.flows: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._opened: dict[str, tuple[str, set[str]]] = {}
        self._held: dict[str, set[str]] = {}
        self._models: dict[str, bool] = {}

    def _roles(self, node: Node) -> frozenset[str]:
        return self.workflow.roles.get(node.key, frozenset())

    def _triggers(self) -> dict[str, Trigger]:
        policy = mapping(self.content.get("settings"))
        found = {
            n.key: trigger_of(n, chosen(policy.get("callerPolicy"))) for n in self.workflow.nodes if not n.disabled
        }
        return {key: trigger for key, trigger in found.items() if trigger is not None}

    @cached_property
    def place(self) -> Boundary:
        """Return the boundary of the platform, in which all steps run."""
        return self.boundary(boundaries.platform("n8n"))

    def is_system(self, node: Node) -> bool:
        """Tell whether a sub-node is a model or memory, so a service or store and no step; what starts a flow is one."""
        roles = self._roles(node)
        return bool(roles) and roles <= _SYSTEM_ROLES and node.key not in self.triggers

    def process_id(self, node: Node) -> str:
        """Return the id of the Process that a node is."""
        return element_id(self.app, "process", node.key)

    def data(self, slugs: Iterable[str]) -> tuple[str, ...]:
        """Return the ids of data fields."""
        return tuple(element_id(self.app, "data", s) for s in sorted(set(slugs)))

    def boundary(self, boundary: Boundary) -> Boundary:
        """Add a shared boundary with those around it, and return it."""
        if boundary.boundary == boundaries.INTERNET:
            self.elements.setdefault(boundaries.INTERNET, boundaries.internet())
        self.elements.setdefault(boundary.id, boundary)
        return boundary

    def add_steps(self) -> None:
        """Add a Process for each node that is a step."""
        for node in self.workflow.nodes:
            if not self.is_system(node):
                self.elements[self.process_id(node)] = self._process(node)

    def _process(self, node: Node) -> Process:
        kind, secrets = self.kinds[node.key], self._secrets(node)
        places = [s.place.removeprefix(self.source(node).pointer) for s in secrets]
        settings = node_settings(node, self.targets[node.key], places) | self._agent_settings(node)
        described: dict[str, Any] = {
            "kind": kind.process, "effects": kind.effects, "runs": _language(node, kind),
            "passes_input": self._passes(node), "runs_in": "server", "enabled": not node.disabled,
            "component": "built_in" if node.built_in else "custom" if node.type.startswith("CUSTOM.") else "community",
            "on_error": node.on_error, "parameterised": self._parameterised(node),
            "calls": calls_of(node, self.targets[node.key]),
            # n8n runs a tool as soon as the model asks for it.
            "human_approval": False if kind.process == "tool" and "approve" not in kind.effects else None,
        }  # fmt: skip
        return Process(
            id=self.process_id(node), name=node.name, app=self.app, boundary=self.place.id, notes=node.notes,
            source=self.source(node), settings=settings, secrets=secrets, uses=self._uses(node), **described,
        )  # fmt: skip

    def _secrets(self, node: Node) -> tuple[Secret, ...]:
        """Return the secrets in a step, but for the address of a chat on a page: it is there for whoever sees the page."""
        found = self.secrets.get(node.name, ())
        if self.kinds[node.key].process == "response" and any(_CHAT_ADDRESS.search(text) for _, text in node.texts):
            return tuple(secret for secret in found if secret.kind != "webhook_url")
        return found

    def source(self, node: Node) -> Source:
        """Return where a node stands in the file: by name, since its place in the list changes with every edit."""
        return Source(file=self.file, pointer=f"{self.pointer}/nodes[name='{node.name}']")

    def _agent_settings(self, node: Node) -> dict[str, Any]:
        if self.kinds[node.key].process != "agent":
            return {}
        tools = [
            self.workflow.by_key[w.source] for w in self.workflow.wires if w.target == node.key and w.type == "ai_tool"
        ]
        return {"agent.workflow_tools": sum(base_stem(t) == "toolWorkflow" and not self.calls_itself(t) for t in tools)}

    def calls_itself(self, node: Node) -> bool:
        """Tell whether a sub-workflow step runs this same workflow."""
        given = node.parameters.get("workflowId")
        value = given.get("value") if isinstance(given, dict) else given
        return isinstance(value, str) and ("$workflow.id" in value or (bool(value) and value == self.content.get("id")))

    def _passes(self, node: Node) -> bool | None:
        kind = self.kinds[node.key]
        if node.stem == "set" and kind.passes is None:
            return self.lineage.sets_from_input(node)
        if kind.process == "response" and not node.disabled:
            # What the answer holds; to the next step an answer step hands on all that came in.
            with_what = chosen(node.parameters.get("respondWith"), "firstIncomingItem")
            return node.stem == "respondToWebhook" and with_what in ANSWERS_ALL
        return kind.passes

    def _parameterised(self, node: Node) -> bool | None:
        if self.kinds[node.key].runs != "sql":
            return None
        return all(t.safe is not False for t in self.taken[node.key] if t.sink == "sql")

    def _uses(self, node: Node) -> tuple[Use, ...]:
        made = {
            (element_id(self.app, "process", t.origin.node), ".".join(t.origin.path)[:200] or None, t.sink, t.safe)
            for t in self.taken[node.key]
            if not self.is_system(self.workflow.by_key[t.origin.node])
        }
        ordered = sorted(made, key=lambda u: (u[0], u[1] or "", u[2], str(u[3])))
        return tuple(Use(origin=o, field=f, into=s, safe=safe) for o, f, s, safe in ordered)

    def actor(self, name: str) -> Actor:
        """Return the outside group of people or programs with that name."""
        place = self.boundary(boundaries.internet())
        actor = Actor(
            id=element_id(self.app, "actor", slug(name)), name=name, app=self.app, boundary=place.id, inside=False,
            source=Source(file=self.file),
        )  # fmt: skip
        self.elements.setdefault(actor.id, actor)
        return actor

    def system(self, node: Node) -> System:
        """Add the service or store that a node talks to, with its boundary, and return it."""
        _, remark = used_credentials(node)
        if remark:
            self.hints.append((f"nodes[name='{node.name}']", remark))
        return self.add(system_of(self.app, node, self.kinds[node.key], self.targets[node.key], self.file))

    def add(self, found: System) -> System:
        """Add a service or store with its boundary, and return it."""
        if found.boundary is not None:
            self.boundary(found.boundary)
        self.elements.setdefault(found.element.id, found.element)
        return found

    def connection(self, node: Node, credential: Credential) -> str:
        """Add the Connection that a credential is, and return its id."""
        made = connection_of(self.app, node, credential, self.file)
        self.elements.setdefault(made.id, made)
        return made.id

    def _leads_on(self, key: str) -> bool:
        """Tell whether anything comes after a trigger."""
        return bool(self.workflow.outputs.get(key)) or any(w.target == key for w in self.workflow.wires)

    def opens(self, connection: str, element: str, access: Iterable[str] = ()) -> None:
        """Say that a connection opens a service or store, and what its steps do there; the first in order is named."""
        service, known = self._opened.get(connection, (element, set()))
        self._opened[connection] = (min(service, element), known | set(access))

    def holds(self, element: str, slugs: Iterable[str]) -> None:
        """Say that a store holds those fields; nothing if it is no store."""
        if self.elements[element].noun == "store":
            self._held.setdefault(element, set()).update(slugs)

    def shows(self, model: str, *, records: bool) -> None:
        """Say that a language model gets to see something: records of a store, or none."""
        self._models[model] = self._models.get(model, False) or records

    def flow(self, source: str, target: str, kind: str = "data", **fields: Any) -> None:
        """Add a flow, or what it carries to the one that is there."""
        known = self.flows.setdefault((source, target, kind), {"data": ()})
        known["data"] = tuple(sorted({*known["data"], *fields.pop("data", ())}))
        settings = known.get("settings", {}) | fields.pop("settings", {})
        known.update({k: v for k, v in fields.items() if v is not None and known.get(k) is None}, settings=settings)

    def remark(self, node: Node, text: str) -> None:
        """Note something about a node for the person who imports."""
        self.remarks.append((f"nodes[name='{node.name}']", text))

    def add_app(self) -> None:
        """Add the App with what its steps say of it."""
        enabled = [n for n in self.workflow.nodes if not n.disabled]
        secrets = self.secrets.get("", ())
        orphans = sum(not self._leads_on(key) for key in self.triggers)
        settings = workflow_settings(self.content, self.workflow, orphans) | secrets_in(s.place for s in secrets)
        own_handler = any(n.stem == "errorTrigger" for n in enabled)
        self.elements[self.app] = app_of(
            self.content, self.app, self.fallback, self.workflow, Source(file=self.file, pointer=self.pointer),
            boundary=self.place.id, settings=settings, secrets=secrets,
            # A workflow with an error trigger handles its own failures too.
            error_handler=bool(settings["n8n.error_workflow"]) or own_handler,
            has_approval=any(self.kinds[n.key].process == "approval" for n in enabled),
            known_as=known_as(self.content, [(self.workflow.by_key[k], t) for k, t in self.triggers.items()]),
        )  # fmt: skip

    def finished(self) -> tuple[Element, ...]:
        """Return all elements, flows and data fields in the order of their ids."""
        for connection, (service, access) in self._opened.items():
            allowed = tuple(sorted(access)) or None
            self.elements[connection] = self.elements[connection].model_copy(
                update={"service": service, "access": allowed}
            )
        for store, slugs in self._held.items():
            self.elements[store] = self.elements[store].model_copy(update={"data": self.data(slugs)})
        for model, records in self._models.items():
            self.elements[model] = self.elements[model].changed(settings={"ai.records": records})
        names = {i: e.name for i, e in self.elements.items()}
        for (source, target, kind), fields in self.flows.items():
            suffix = "" if kind == "data" else f":{kind}"
            ends = ">".join(i.removeprefix(f"{self.app}/") for i in (source, target))
            flow = Flow(
                id=element_id(self.app, "flow", f"{ends}{suffix}"), name=f"{names[source]} → {names[target]}"[:NAME_LENGTH],
                app=self.app, source_id=source, target_id=target, kind=kind, source=Source(file=self.file), **fields,
            )  # fmt: skip
            self.elements[flow.id] = flow
        used = {i.rpartition("/data:")[2] for e in self.elements.values() for i in getattr(e, "data", ())}
        for field in self.fields.elements(self.app, used, self.file):
            self.elements[field.id] = field
        return tuple(self.elements[i] for i in sorted(self.elements))


def _language(node: Node, kind: Kind) -> str | None:
    return "python" if str(node.parameters.get("language", "")).startswith("python") else kind.runs
