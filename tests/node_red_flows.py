"""Short ways to say a Node-RED export in a test, and to ask what its model says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from workbench.model import EntryPoint, Flow, Model, Process
from workbench.places import share
from workbench.platforms import node_red
from workbench.platforms.draft import Document, Draft
from workbench.platforms.secrets import mask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.model import Secret

APP = "node-red-flows"
SAMPLES = ("plant-floor", "cold-store")


def node(type_: str, id_: str, *wires: str, z: str = "t1", **fields: Any) -> dict[str, Any]:
    """Return a node whose one output is wired to `wires`."""
    return {"id": id_, "type": type_, "z": z, "x": 10, "y": 10, "wires": [list(wires)], **fields}


def config(type_: str, id_: str, **fields: Any) -> dict[str, Any]:
    """Return a configuration node."""
    return {"id": id_, "type": type_, **fields}


def read(
    *content: dict[str, Any], companions: Mapping[str, Any] | None = None, secrets: tuple[Secret, ...] = ()
) -> Draft:
    """Return the draft of an array of nodes on the tab t1."""
    array = [{"id": "t1", "type": "tab", "label": "Line 1"}, *content]
    return node_red.read(Document("flows.json", array, "0" * 64, secrets=secrets, companions=companions or {}))[0]


def model(*content: dict[str, Any], **more: Any) -> Model:
    """Return the model of an array of nodes on the tab t1."""
    return Model(read(*content, **more).elements)


def process(found: Model, key: str) -> Process:
    """Return the Process of a node."""
    return found[f"{APP}/process:{key}"]  # type: ignore[return-value]


def entry(found: Model, key: str) -> EntryPoint:
    """Return the EntryPoint of a node."""
    return found[f"{APP}/entry:{key}"]  # type: ignore[return-value]


def wires(found: Model, kind: str = "data") -> set[tuple[str, str]]:
    """Return the keys of the steps that flows of a kind join."""
    ends = [(f.source_id, f.target_id) for f in found.of(Flow) if f.kind == kind]
    marks = f"{APP}/process:"
    return {
        (a.removeprefix(marks), b.removeprefix(marks)) for a, b in ends if a.startswith(marks) and b.startswith(marks)
    }


def uses(found: Model, key: str) -> set[tuple[str, str | None, str, bool | None]]:
    """Return origin, field, sink and safety of each use in a step."""
    marks = f"{APP}/process:"
    return {(u.origin.removeprefix(marks), u.field, u.into, u.safe) for u in process(found, key).uses}


def function(id_: str, code: str, *wired: str, **fields: Any) -> dict[str, Any]:
    """Return a function node."""
    return node("function", id_, *wired, func=code, outputs=1, **fields)


def subflow(
    id_: str, inner: dict[str, Any], *, ins: str | None, outs: str | None, **fields: Any
) -> list[dict[str, Any]]:
    """Return a subflow of one inner node."""
    ports = {
        side: [{"wires": [{"id": name, "port": 0}]}] if name else [] for side, name in (("in", ins), ("out", outs))
    }
    return [{"id": id_, "type": "subflow", "name": "Check", **ports, **fields}, inner | {"z": id_}]


def fields(found: Model, element_id: str) -> set[str]:
    """Return the names of the data fields of an entry point, store or flow."""
    return {found[i].name for i in found[element_id].data}  # type: ignore[attr-defined]


def sample(name: str) -> Document:
    """Return one of the project's own sample exports as the guard would hand it to the reader."""
    path = share("data", "samples", "node-red", f"{name}.json")
    content, secrets = mask(json.loads(path.read_text()), b"a key for tests")
    return Document(path.name, content, "", secrets=secrets)


def broker(**fields: Any) -> dict[str, Any]:
    """Return an MQTT broker."""
    return config("mqtt-broker", "br", **({"name": "Broker", "broker": "broker.example.com", "port": "1883"} | fields))


HOOK = node("http in", "h", "a", url="/x", method="post")
