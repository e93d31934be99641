"""Which table, list, library or file a step works on: its name for people and what names it for every app."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.platforms.power_automate.expressions import parse
from workbench.platforms.power_automate.values import guid, text

if TYPE_CHECKING:
    from workbench.platforms.power_automate.lineage import Lineage
    from workbench.platforms.power_automate.operations import Operation

_SEGMENT = re.compile(r"@\{[^{}]{0,2000}\}|[^/]+")
_WHOLES = frozenset({"datasets", "tables", "codeless", "v2", "v3", "drives", "sites", "containers", "queues", "topics"})
# Names of the parameters that say where something lies, from the outside in, by connector.
_PARTS = {
    "sharepointonline": (("dataset",), ("table", "library", "folderpath", "path")),
    "commondataserviceforapps": ((), ("entityname", "subscriptionrequest/entityname")),
    "commondataservice": (("dataset",), ("table",)),
    "dynamicscrmonline": (("dataset",), ("table",)),
    "sql": (("server", "dataset"), ("database",), ("table", "procedure")),
    "sqldw": (("server", "dataset"), ("database",), ("table", "procedure")),
    "excelonlinebusiness": (("source",), ("drive",), ("file",), ("table",)),
    "googlesheet": (("dataset",), ("table",)),
    "planner": (("groupid",), ("planid", "id")),
    "azuretables": (("storageaccountname", "account", "storageaccount"), ("tablename", "table")),
    "azureblob": (("dataset", "storageaccountname"), ("containername", "container")),
    "documentdb": (("databaseid",), ("collectionid", "containerid")),
    "keyvault": (("vaultname",),),
    "azureaisearch": ((), ("indexname",)),
}
_SYSTEM = {
    "sharepointonline": "sharepoint", "commondataserviceforapps": "dataverse", "commondataservice": "dataverse",
    "dynamicscrmonline": "dynamics", "sql": "sql", "sqldw": "sql", "excelonlinebusiness": "excel",
    "googlesheet": "google-sheets", "planner": "planner", "azuretables": "azure-table", "azureblob": "azure-blob",
    "documentdb": "cosmos", "keyvault": "key-vault", "azureaisearch": "azure-search",
}  # fmt: skip
_ENVIRONMENT = re.compile(r"(.{1,200}) \([\w]{1,120}\)")
_DEFAULTS = frozenset({"default", "me", "none", "null"})


@dataclass(frozen=True)
class Place:
    """Where a step reads or writes."""

    name: str | None = None
    """What people call it."""
    identity: str | None = None
    keys: tuple[str, ...] = ()
    """What tells it from others of its system within the app."""


def place_of(operation: Operation, lineage: Lineage) -> Place:
    """Return where a connector's step reads or writes, as far as the export says."""
    parts = _PARTS.get(operation.stem)
    if parts is None:
        return Place()
    given = [_given(operation, names) for names in parts if names]
    known = [lineage.known(value) for value in given]
    if operation.stem == "sharepointonline" and known[1]:
        # A folder lies in a library, which the first part of its path names.
        known[1] = known[1].strip("/").partition("/")[0] or None
    keys = tuple(k or _open(v) for k, v in zip(known, given, strict=True) if v is not None)
    name = next((n for v, k in reversed(list(zip(given, known, strict=True))) if (n := _readable(v, k))), None)
    return Place(name, _identity(operation, known), keys)


def _given(operation: Operation, names: tuple[str, ...]) -> Any:
    direct = operation.parameter(*names)
    if direct is not None:
        return direct
    segments = _SEGMENT.findall(operation.path)
    for name in names:
        for place, segment in enumerate(segments[:-1]):
            if segment.lower() in {f"{name}s", name} and segments[place + 1].lower() not in _WHOLES:
                return segments[place + 1]
    return None


def _open(value: Any) -> str:
    """Return what a place that is only known later is made of."""
    return text(value)[:300]


def _readable(value: Any, known: str | None) -> str | None:
    """Return a name for people: what is written, else what the parameter that holds it is called."""
    called = next(
        (r.name for r in parse(text(value)).references if r.kind in {"parameter", "variable"} and r.name), None
    )
    match = _ENVIRONMENT.fullmatch(called or "")
    if match is not None:
        return match[1]
    if known is None or known.lower() in _DEFAULTS:
        return called
    if guid(known) is not None and len(known) < 60:  # noqa: PLR2004 - an identifier tells people nothing
        return called
    return known.rpartition("/")[2][:100] if "://" in known else known[:100]


def _identity(operation: Operation, known: list[str | None]) -> str | None:
    parts = [k for k in known if k is not None]
    if not parts or len(parts) != len(known):
        return None
    lowered = [part.strip("/").lower() for part in parts]
    if operation.stem == "sharepointonline":
        return f"sharepoint:{':'.join(lowered)}" if "://" in lowered[0] else None
    if any(part in _DEFAULTS for part in lowered):
        return None
    return f"{_SYSTEM[operation.stem]}:{'/'.join(lowered)}"
