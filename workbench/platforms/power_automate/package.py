"""The package that Power Automate exports a flow as: a manifest and a folder a flow, zipped or not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.platforms.parcels import Folder, Parcel
from workbench.platforms.power_automate.flow import exported_of, is_flow
from workbench.platforms.power_automate.values import guid, mapping, text, within

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from workbench.platforms.power_automate.exported import Exported

_DEFINITION = re.compile(r"(?:(.*)/)?Microsoft\.Flow/flows/([^/]+)/definition\.json")
_PARTS = re.compile(
    r"(?:manifest|Microsoft\.Flow/flows/manifest|Microsoft\.Flow/flows/[^/]+/(?:definition|apisMap|connectionsMap))\.json"
)


def packages(names: Sequence[str]) -> Iterator[Parcel]:
    """Yield the packages among files."""
    for root in sorted({m[1] or "" for name in names if (m := _DEFINITION.fullmatch(name))}):
        prefix = f"{root}/" if root else ""
        files = [n for n in names if n.startswith(prefix) and _PARTS.fullmatch(n[len(prefix) :])]
        yield Parcel(root, tuple(sorted(files)))


def read_package(folder: Folder) -> list[Exported]:
    """Return the flows of a package; none if it is no package."""
    manifest = folder.documents.get("manifest.json")
    resources = mapping(within(manifest.content if manifest else None, "resources"))
    found, taken = [], set[str]()
    for name, document in sorted(folder.documents.items()):
        match = _DEFINITION.fullmatch(name)
        if match is None or not is_flow(mapping(document.content)):
            continue
        inside = f"Microsoft.Flow/flows/{match[2]}"
        mapped = folder.documents.get(f"{inside}/connectionsMap.json")
        title = text(within(resources.get(match[2]), "details", "displayName")) or match[2]
        found.append(
            exported_of(
                document.content, name, "", document.secrets, "", fallback=title, taken=taken,
                labels=_labels(resources, mapped.content if mapped else None), known_as=_ids(match[2]),
                settings={"workflow.format": "package"},
            )
        )  # fmt: skip
    return found


def _ids(name: str) -> tuple[str, ...]:
    identity = guid(name)
    return (identity,) if identity else ()


def _labels(resources: Mapping[str, Any], mapped: Any) -> dict[str, str]:
    """Return the names of the accounts behind the connections, by the name that the flow has for them."""
    found = {
        key: text(within(resources.get(text(value)), "details", "displayName"))
        for key, value in mapping(mapped).items()
    }
    return {key: name for key, name in found.items() if name}
