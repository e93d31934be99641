"""A project of Logic Apps Standard: a folder a workflow, and the connections and parameters that they share."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from workbench.platforms.logic_apps.naming import app_of
from workbench.platforms.logic_apps.templates import values_of, workflows_in
from workbench.platforms.parcels import Folder, Parcel
from workbench.platforms.power_automate.exported import LOGIC_APPS, Exported
from workbench.platforms.power_automate.references import of_logic
from workbench.platforms.power_automate.values import escaped, mapping
from workbench.platforms.secrets import under

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from workbench.model import Secret
    from workbench.platforms.draft import Document
    from workbench.platforms.power_automate.references import Reference

_FLOW = "workflow.json"
_SHARED = ("connections.json", "parameters.json", "host.json", "local.settings.json")
_TABLES = ("managedApiConnections", "serviceProviderConnections", "functionConnections", "agentConnections")


def projects(names: Sequence[str]) -> Iterator[Parcel]:
    """Yield the projects among files: the folders above those that hold a workflow."""
    flows = [PurePosixPath(name) for name in names if PurePosixPath(name).name == _FLOW and "/" in name]
    known = set(names)
    for root in sorted({str(flow.parent.parent) for flow in flows}):
        inside = "" if root == "." else root
        own = [str(flow) for flow in flows if str(flow.parent.parent) == root]
        shared = [path for name in _SHARED if (path := f"{inside}/{name}" if inside else name) in known]
        yield Parcel(inside, tuple(sorted([*own, *shared])))


def read_project(folder: Folder) -> list[Exported]:
    """Return the workflows of a project; none if there is none in it."""
    connections = folder.documents.get("connections.json")
    parameters = values_of(mapping(_content(folder, "parameters.json")))
    references = _references(connections)
    found: list[Exported] = []
    taken: set[str] = set()
    beside = _beside(folder)
    for name, document in sorted(folder.documents.items()):
        if PurePosixPath(name).name != _FLOW:
            continue
        for one in workflows_in(document.content):
            title = PurePosixPath(name).parent.name or folder.name
            secrets = (*document.secrets, *(beside if not found else ()))
            found.append(
                Exported(
                    LOGIC_APPS, app_of(f"{folder.name} {title}", taken), title, one.definition, name, one.pointer, secrets,
                    references={**references, **of_logic(one.connections)}, parameters={**parameters, **one.parameters},
                    fields={"known_as": (title,), **one.fields}, settings={**one.settings, "workflow.format": "project"},
                )
            )  # fmt: skip
    return found


def _content(folder: Folder, name: str) -> Any:
    document = folder.documents.get(name)
    return document.content if document is not None else None


def _references(document: Document | None) -> Mapping[str, Reference]:
    """Return the connections that the workflows share, each with the secrets that stand in it."""
    if document is None:
        return {}
    found = {}
    for name, reference in of_logic(document.content).items():
        places = [f"/{table}/{escaped(name)}" for table in _TABLES]
        secrets = [s for place in places for s in under(document.secrets, place)]
        found[name] = replace(reference, secrets=tuple(s.changed(place=f"/{document.name}#{s.place}") for s in secrets))
    return found


def _beside(folder: Folder) -> tuple[Secret, ...]:
    """Return the secrets in files that all workflows share; the first of them is said to have them."""
    names = ("parameters.json", "local.settings.json", "host.json")
    documents = [folder.documents[name] for name in names if name in folder.documents]
    return tuple(s.changed(place=f"/{d.name}#{s.place}") for d in documents for s in d.secrets)
