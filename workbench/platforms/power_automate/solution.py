"""A solution of the Power Platform, packed or unpacked: flows, connection references, environment variables."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from workbench.platforms.parcels import Folder, Parcel
from workbench.platforms.power_automate.flow import exported_of, is_flow
from workbench.platforms.power_automate.references import connector_of
from workbench.platforms.power_automate.values import guid, listed, mapping, text, within

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from workbench.platforms.draft import Document
    from workbench.platforms.power_automate.exported import Exported

_FLOW = re.compile(r"(?i)(?:(.*)/)?Workflows/[^/]+\.json")
_PARTS = re.compile(
    r"(?i)(?:Other/)?(?:customizations|solution)\.xml|Workflows/[^/]+\.json(?:\.data\.xml)?|"
    r"environmentvariabledefinitions/[^/]+/environmentvariable(?:definition\.xml|values\.json)"
)
_ROOTS = re.compile(r"(?i)(?:Other/)?(?:customizations|solution)\.xml|Workflows/[^/]+\.json\.data\.xml")
_ASIDE = re.compile(r"(?i)\[Content_Types\]\.xml|Other/Relationships(?:\.xml|/.*)|Workflows/[^/]+\.(?:png|svg)")
_STATES = {"1": "active", "0": "draft"}
_CLOUD_FLOW = "5"
_KEPT_ELSEWHERE = "100000005"
_LONGEST = 2000


def solutions(names: Sequence[str]) -> Iterator[Parcel]:
    """Yield the solutions with flows among files."""
    for root in sorted({m[1] or "" for name in names if (m := _FLOW.fullmatch(name))}):
        prefix = f"{root}/" if root else ""
        inside = {n: n[len(prefix) :] for n in names if n.startswith(prefix)}
        if any(_ROOTS.fullmatch(short) for short in inside.values()):
            files = sorted(n for n, short in inside.items() if _PARTS.fullmatch(short))
            aside = sorted(n for n, short in inside.items() if _ASIDE.fullmatch(short))
            yield Parcel(root, tuple(files), tuple(aside))


@dataclass
class _Variables:
    """Environment variables by their schema names in lower case."""

    values: dict[str, Any] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)


def read_solution(folder: Folder) -> list[Exported]:
    """Return the flows of a solution; none if it has none."""
    described = {key: row for row in _workflows(folder) for key in _keys(row)}
    labels, variables = _labels(folder), _variables(folder)
    found, taken = [], set[str]()
    for name, document in sorted(folder.documents.items()):
        if _FLOW.fullmatch(name) is None or not is_flow(mapping(document.content)):
            continue
        stem = PurePosixPath(name).name.removesuffix(".json")
        row = described.get(stem.lower()) or described.get(guid(stem) or "") or {}
        if row and _first(row, "Category") not in {"", _CLOUD_FLOW}:
            continue
        parameters, more = _used(mapping(document.content), variables)
        found.append(
            exported_of(
                document.content, name, "", (*document.secrets, *more), "", fallback=stem, taken=taken, labels=labels,
                parameters=parameters, fields=_fields(row), settings={"workflow.format": "solution"},
                known_as=tuple(i for i in (guid(row.get("@WorkflowId")),) if i),
            )
        )  # fmt: skip
    return found


def _workflows(folder: Folder) -> Iterator[Mapping[str, Any]]:
    """Yield what the solution says of each workflow, in customizations.xml or in a file beside it."""
    for name, document in sorted(folder.documents.items()):
        if name.lower().endswith("customizations.xml"):
            for holder in listed(within(document.content, "ImportExportXml", "Workflows")):
                yield from (mapping(row) for row in listed(mapping(holder).get("Workflow")))
        elif name.lower().endswith(".data.xml"):
            yield mapping(within(document.content, "Workflow"))


def _keys(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield by what the file of a workflow is found: its name, and its identifier."""
    file = PurePosixPath(_first(row, "JsonFileName")).name.lower().removesuffix(".json")
    if file:
        yield file
    identity = guid(row.get("@WorkflowId"))
    if identity:
        yield identity


def _first(row: Mapping[str, Any], name: str) -> str:
    """Return the text of the first child of that name."""
    children = listed(row.get(name))
    return text(children[0]).strip() if children else ""


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    purpose = text(row.get("@Description")).strip()[:_LONGEST]
    said = {
        "name": text(row.get("@Name")).strip()[:_LONGEST],
        "purpose": purpose,
        "lifecycle": _STATES.get(_first(row, "StateCode")),
    }
    return {key: value for key, value in said.items() if value}


def _labels(folder: Folder) -> dict[str, str]:
    """Return the names of the connection references for people, by their logical names."""
    found = {}
    for name, document in folder.documents.items():
        if name.lower().endswith("customizations.xml"):
            for holder in listed(within(document.content, "ImportExportXml", "connectionreferences")):
                for row in map(mapping, listed(mapping(holder).get("connectionreference"))):
                    shown = _first(row, "connectionreferencedisplayname") or connector_of(_first(row, "connectorid"))
                    found[text(row.get("@connectionreferencelogicalname"))] = shown[:500]
    return {key: label for key, label in found.items() if key and label}


def _variables(folder: Folder) -> _Variables:
    found = _Variables()
    for name, document in sorted(folder.documents.items()):
        folder_of = PurePosixPath(name).parent.name.lower()
        if name.lower().endswith("environmentvariabledefinition.xml"):
            row = mapping(within(document.content, "environmentvariabledefinition"))
            schema = text(row.get("@schemaname")).lower() or folder_of
            if _first(row, "type") != _KEPT_ELSEWHERE:
                found.values.setdefault(schema, _first(row, "defaultvalue") or None)
            found.documents[schema] = document
        elif name.lower().endswith("environmentvariablevalues.json"):
            value = within(document.content, "environmentvariablevalues", "environmentvariablevalue", "value")
            if isinstance(value, str):
                found.values[folder_of] = value
    return found


def _used(content: Mapping[str, Any], variables: _Variables) -> tuple[dict[str, Any], list[Any]]:
    """Return the values of a flow's parameters that are environment variables, and the secrets that stand in those."""
    declared = mapping(within(content, "properties", "definition", "parameters"))
    values: dict[str, Any] = {}
    secrets = []
    for name, row in declared.items():
        schema = text(within(row, "metadata", "schemaName")).lower()
        if variables.values.get(schema):
            values[name] = variables.values[schema]
        document = variables.documents.get(schema)
        if document is not None:
            secrets += [s.changed(place=f"/{document.name}#{s.place}") for s in document.secrets]
    return values, secrets
