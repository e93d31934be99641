"""Samples and models of builders of internal tools, as the guard would hand them to the readers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from workbench.model import Model, Process
from workbench.places import share
from workbench.platforms import appsmith, budibase, retool, tooljet
from workbench.platforms.contents import decode_any
from workbench.platforms.draft import Document
from workbench.platforms.parcels import Folder
from workbench.platforms.secrets import mask

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

    from workbench.platforms.draft import Draft

KEY = b"a key for tests"
SINGLE: dict[str, tuple[ModuleType, str]] = {
    "supplier-portal": (tooljet, "tooljet"),
    "complaint-desk": (appsmith, "appsmith"),
    "refund-desk": (retool, "retool"),
}
FOLDERS: dict[str, tuple[ModuleType, str]] = {
    "shift-rota": (appsmith, "appsmith"),
    "volunteer-desk": (budibase, "budibase"),
}


def content_of(name: str) -> Any:
    """Return the content of a sample that is one file."""
    return json.loads(share("data", "samples", SINGLE[name][1], f"{name}.json").read_text())


def files_of(name: str) -> dict[str, Any]:
    """Return the content of the files of a sample that is a folder, by their names."""
    root = share("data", "samples", FOLDERS[name][1], name)
    paths = sorted(path for path in root.rglob("*") if path.is_file())
    names = {path.relative_to(root).as_posix(): path for path in paths}
    return {inside: decode_any(path.read_bytes(), inside, inside) for inside, path in names.items()}


def drafts(reader: ModuleType, content: Any, name: str = "app.json") -> list[Draft]:
    """Return what a reader makes of the content of a file."""
    opened = reader.opened(content, name) if hasattr(reader, "opened") else content
    masked, secrets = mask(opened, KEY)
    return list(reader.read(Document(name, masked, "", secrets=secrets)))


def model(reader: ModuleType, content: Any, name: str = "app.json") -> Model:
    """Return the model of the only app of a file."""
    (draft,) = drafts(reader, content, name)
    return Model(draft.elements)


def folder_drafts(reader: ModuleType, files: Mapping[str, Any], name: str = "app") -> list[Draft]:
    """Return what a reader makes of the files of a folder."""
    documents = {}
    for inside, content in files.items():
        masked, secrets = mask(content, KEY)
        documents[inside] = Document(inside, masked, inside, secrets=secrets)
    return list(reader.read_parcel(Folder(name, documents)))


def folder_model(reader: ModuleType, files: Mapping[str, Any], name: str = "app") -> Model:
    """Return the model of the only app of a folder."""
    (draft,) = folder_drafts(reader, files, name)
    return Model(draft.elements)


def sample_model(name: str) -> Model:
    """Return the model of a sample."""
    if name in SINGLE:
        return model(SINGLE[name][0], content_of(name), f"{name}.json")
    return folder_model(FOLDERS[name][0], files_of(name), name)


def expected(name: str) -> Any:
    """Return the model that a sample must give, as JSON."""
    platform = (SINGLE.get(name) or FOLDERS[name])[1]
    return json.loads(share("data", "expected", platform, f"{name}.json").read_text())


def named(found: Model, name: str, wanted: Callable[[Process], bool] = lambda _: True) -> Process:
    """Return the step of a name."""
    (step,) = [p for p in found.of(Process) if p.name == name and wanted(p)]
    return step


def taken(found: Model, name: str) -> set[tuple[str, str | None, str, bool | None]]:
    """Return what a step takes: (name of the origin, field, sink, whether safe)."""
    uses = named(found, name).uses
    return {(found[use.origin].name, use.field, use.into, use.safe) for use in uses}
