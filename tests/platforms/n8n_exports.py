"""Short ways to write an n8n export in a test."""

from __future__ import annotations

import itertools
from typing import Any

from workbench.model import Element, EntryPoint, Flow, Model, Process, Secret
from workbench.platforms import n8n
from workbench.platforms.draft import Document, Draft
from workbench.platforms.secrets import mask

LANGCHAIN = "@n8n/n8n-nodes-langchain."
Wires = dict[str, list[str]]


def node(type_: str, name: str, /, *, version: float = 2, **fields: Any) -> dict[str, Any]:
    """Return a node whose other keyword arguments are its parameters, but for credentials, disabled and such."""
    own = {
        k: fields.pop(k) for k in ("id", "credentials", "disabled", "onError", "continueOnFail", "notes") if k in fields
    }
    full = type_ if "." in type_ else f"n8n-nodes-base.{type_}"
    return {"name": name, "type": full, "typeVersion": version, "parameters": fields, **own}


def hook(name: str = "In", **parameters: Any) -> dict[str, Any]:
    """Return a webhook."""
    return node("webhook", name, path="orders", **parameters)


def ai(type_: str, name: str, /, **fields: Any) -> dict[str, Any]:
    """Return a node of the package for language models."""
    return node(f"{LANGCHAIN}{type_}", name, **fields)


def workflow(
    *nodes: dict[str, Any], wires: Wires | None = None, subs: Wires | None = None, **top: Any
) -> dict[str, Any]:
    """Return an export; without `wires` each node leads to the next; `subs` maps `ai_tool node` to its users."""
    names = [n["name"] for n in nodes]
    used = {key.partition(" ")[2] for key in subs or {}}
    line = [n for n in names if n not in used]
    chain = {a: [b] for a, b in itertools.pairwise(line)} if wires is None else wires
    connections: dict[str, Any] = {
        source: {"main": [[{"node": t, "type": "main", "index": 0} for t in targets]]}
        for source, targets in chain.items()
    }
    for key, users in (subs or {}).items():
        kind, _, source = key.partition(" ")
        connections.setdefault(source, {})[kind] = [[{"node": u, "type": kind, "index": 0} for u in users]]
    return {"id": "wf1", "name": "Flow", "nodes": list(nodes), "connections": connections, **top}


def read(content: Any, *, name: str = "flow.json", masked: bool = False) -> list[Draft]:
    """Return the drafts of a document with that content."""
    secrets: tuple[Secret, ...] = ()
    if masked:
        content, secrets = mask(content, b"a key for tests")
    return n8n.read(Document(name, content, "0" * 64, secrets=secrets))


def model(*nodes: dict[str, Any], **more: Any) -> Model:
    """Return the model of a workflow of these nodes."""
    return Model(read(workflow(*nodes, **more))[0].elements)


def named(found: Model, cls: type[Any], name: str) -> Any:
    """Return the one element of that class and name."""
    [element] = [e for e in found.of(cls) if e.name == name]
    return element


def step(found: Model, name: str) -> Process:
    """Return the step with that name."""
    return named(found, Process, name)  # type: ignore[no-any-return]


def entry(found: Model, name: str = "In") -> EntryPoint:
    """Return the entry point with that name."""
    return named(found, EntryPoint, name)  # type: ignore[no-any-return]


def uses(found: Model, name: str) -> set[tuple[str, str | None, str, bool | None]]:
    """Return (name of the origin, field, sink, safe) of what a step takes."""
    return {(found[u.origin].name, u.field, u.into, u.safe) for u in step(found, name).uses}


def flows(found: Model) -> dict[tuple[str, str], Flow]:
    """Return the flows by the names of their ends, entry points marked by a colon."""

    def label(element: Element) -> str:
        return f":{element.name}" if isinstance(element, EntryPoint) else element.name

    return {(label(found[f.source_id]), label(found[f.target_id])): f for f in found.of(Flow)}


def fields(found: Model, ids: tuple[str, ...]) -> set[str]:
    """Return the names of data fields."""
    return {found[i].name for i in ids}
