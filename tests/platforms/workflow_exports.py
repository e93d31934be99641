"""Flows of Power Automate and workflows of Logic Apps, small enough to see through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from small_exports import KEY, model

from workbench.model import Element, EntryPoint, Flow, Model, Process
from workbench.platforms import logic_apps, power_automate
from workbench.platforms.contents import decode_any
from workbench.platforms.draft import Document
from workbench.platforms.parcels import Folder
from workbench.platforms.secrets import mask

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.platforms.draft import Draft

E = TypeVar("E", bound=Element)
SCHEMA = "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#"
HTTP = {"type": "Request", "kind": "Http", "inputs": {"schema": {}}}
IDENTITY = "11111111-2222-4333-8444-555555555555"


def definition(actions: dict[str, Any], trigger: Any = None, **more: Any) -> dict[str, Any]:
    """Return a definition with one trigger; keyword arguments are its other parts."""
    return {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "triggers": {"start": trigger or HTTP},
        "actions": actions,
        **more,
    }


def flow(actions: dict[str, Any], trigger: Any = None, references: Any = None, **more: Any) -> dict[str, Any]:
    """Return a flow as Power Automate keeps it; keyword arguments are other parts of its definition."""
    properties = {
        "displayName": "Flow", "definition": definition(actions, trigger, **more), "connectionReferences": references or {},
    }  # fmt: skip
    return {"name": IDENTITY, "type": "Microsoft.Flow/flows", "properties": properties}


def call(
    operation: str, parameters: dict[str, Any] | None = None, connector: str = "shared_office365", **more: Any
) -> Any:
    """Return a step of a connector."""
    host = {
        "connectionName": connector,
        "operationId": operation,
        "apiId": f"/providers/Microsoft.PowerApps/apis/{connector}",
    }
    return {"type": "OpenApiConnection", "inputs": {"host": host, "parameters": parameters or {}}, **more}


def request(uri: str, **more: Any) -> Any:
    """Return an HTTP step; keyword arguments are its other inputs."""
    return {"type": "Http", "inputs": {"method": "GET", "uri": uri, **more}}


def read(actions: dict[str, Any], trigger: Any = None, references: Any = None, **more: Any) -> Model:
    """Return the model of a flow."""
    return model(power_automate, flow(actions, trigger, references, **more))


def read_logic(actions: dict[str, Any], trigger: Any = None, **more: Any) -> Model:
    """Return the model of a workflow of Logic Apps as the code view has it."""
    return model(logic_apps, {"definition": definition(actions, trigger), **more}, "desk.json")


def template(properties: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """Return a resource template with one workflow; keyword arguments are the other parts of the template."""
    resource = {"type": "Microsoft.Logic/workflows", "name": "intake", "properties": properties}
    return {"$schema": "https://schema.management.azure.com/deploymentTemplate.json#", "resources": [resource], **parts}


def step(found: Model, name: str) -> Process:
    """Return the step of that name."""
    return next(p for p in found.of(Process) if p.name == name)


def way_in(found: Model) -> EntryPoint:
    """Return the only entry point."""
    (entry,) = found.of(EntryPoint)
    return entry


def uses(found: Model, name: str) -> list[tuple[str, str | None, str, bool | None]]:
    """Return (step, field, sink, safe) of what a step takes."""
    return [(u.origin.rpartition(":")[2], u.field, u.into, u.safe) for u in step(found, name).uses]


def only(found: Model, kind: type[E]) -> E:
    """Return the only element of a kind."""
    (element,) = found.of(kind)
    return element


def between(found: Model) -> dict[tuple[str, str], str | None]:
    """Return the kind of each flow between steps, by the names of its ends."""
    names = {p.id: p.name for p in found.of(Process)}
    return {
        (names[f.source_id], names[f.target_id]): f.kind
        for f in found.of(Flow)
        if f.source_id in names and f.target_id in names
    }


def folder(contents: dict[str, Any], name: str = "desk") -> Folder:
    """Return a parcel of files by their names; text is decoded as the file that it is called."""
    documents = {}
    for file, content in contents.items():
        data = decode_any(content.encode(), file, file) if isinstance(content, str) else content
        shown, secrets = mask(data, KEY)
        documents[file] = Document(file, shown, "0" * 64, secrets=secrets)
    return Folder(name, documents)


def folder_at(path: Path) -> Folder:
    """Return a folder of the file system as a parcel."""
    files = {str(p.relative_to(path)): p for p in sorted(path.rglob("*")) if p.is_file()}
    return folder({n: decode_any(p.read_bytes(), n, n) for n, p in files.items()}, path.name)


def models(drafts: list[Draft]) -> list[Model]:
    """Return the model of each draft."""
    return [Model(draft.elements) for draft in drafts]
