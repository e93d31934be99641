"""Which files make a custom connector: a folder of its own, or files of one beginning in a solution's Connectors."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from workbench.platforms.parcels import Parcel, below, top
from workbench.platforms.values import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from workbench.model import Secret
    from workbench.platforms.parcels import Folder

DEFINITION = "apiDefinition.swagger.json"
PROPERTIES = "apiProperties.json"
_PARTS = ("_openapidefinition.json", "_connectionparameters.json", "_connectionparametersets.json",
          "_policytemplateinstances.json")  # fmt: skip
_ASIDE = ("readme.md", "icon.png", "intro.md", "script.csx", "settings.json")


@dataclass(frozen=True)
class Pair:
    """The description of an API, and how connections to it are made."""

    name: str
    """Of its folder, or as a solution calls it."""
    file: str
    definition: Mapping[str, Any]
    properties: Mapping[str, Any]
    secrets: tuple[Secret, ...]


def gather(names: Sequence[str]) -> list[Parcel]:
    """Return the parcels: one a folder with a definition, one for all connectors of a solution."""
    return [*(_own(names, root) for root in top(names, DEFINITION)), *_of_solutions(names)]


def _own(names: Sequence[str], root: str) -> Parcel:
    inside = [name for name in below(names, root) if str(PurePosixPath(name).parent) == (root or ".")]
    files = [name for name in inside if PurePosixPath(name).name in {DEFINITION, PROPERTIES}]
    return Parcel(root, tuple(files), tuple(n for n in inside if PurePosixPath(n).name.lower() in _ASIDE))


def _of_solutions(names: Sequence[str]) -> Iterator[Parcel]:
    folders: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if name.lower().endswith(_PARTS) and PurePosixPath(name).parent.name == "Connectors":
            folders[str(PurePosixPath(name).parent)].append(name)
    for folder, files in sorted(folders.items()):
        yield Parcel(folder, tuple(files), tuple(n for n in below(names, folder) if n not in files))


def pairs(folder: Folder) -> Iterator[Pair]:
    """Yield the connectors of a parcel."""
    documents = folder.documents
    if DEFINITION in documents:
        known = [documents[name] for name in (DEFINITION, PROPERTIES) if name in documents]
        properties = mapping(mapping(known[-1].content).get("properties")) if len(known) > 1 else {}
        secrets = tuple(secret for document in known for secret in document.secrets)
        yield Pair(folder.name, DEFINITION, mapping(known[0].content), properties, secrets)
        return
    for name in sorted(documents):
        stem = name.removesuffix(_PARTS[0])
        if stem != name:
            yield _of_parts(stem, {part: documents.get(f"{stem}{part}") for part in _PARTS})


def _of_parts(stem: str, parts: Mapping[str, Any]) -> Pair:
    contents = {part: document.content for part, document in parts.items() if document is not None}
    properties = {
        "connectionParameters": contents.get(_PARTS[1]),
        "connectionParameterSets": contents.get(_PARTS[2]),
        "policyTemplateInstances": contents.get(_PARTS[3]),
    }
    secrets = tuple(secret for document in parts.values() if document is not None for secret in document.secrets)
    return Pair(stem.rpartition("/")[2], f"{stem}{_PARTS[0]}", mapping(contents[_PARTS[0]]), properties, secrets)
