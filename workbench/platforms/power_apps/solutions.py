"""What solutions and packages say of the canvas apps in them, beside the apps' own files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.platforms.power_apps.app import of_meta, of_package
from workbench.platforms.power_apps.files import PACKAGE
from workbench.platforms.values import listed, mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.platforms.draft import Draft
    from workbench.platforms.parcels import Folder


def of_solution(folder: Folder) -> list[Draft]:
    """Return a draft for each canvas app that a solution's metadata tell of, or that a package describes."""
    found: list[Draft | None] = []
    for name, document in sorted(folder.documents.items()):
        for meta in _metas(document.content):
            logical = next(iter(listed(meta.get("Name"))), "")
            of = f"{logical}_DocumentUri.msapp" if isinstance(logical, str) else ""
            found.append(of_meta(meta, name.rpartition("/")[2], document.secrets, of=of))
        if name.startswith(PACKAGE) or f"/{PACKAGE}" in name:
            manifest = next((d.content for n, d in folder.documents.items() if n.endswith("manifest.json")), None)
            found.append(of_package(document.content, mapping(manifest), name, document.secrets))
    return [draft for draft in found if draft is not None]


def _metas(content: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the metadata in a file of one app, or in customizations.xml, where empty lists of apps are just text."""
    whole = mapping(content)
    if "CanvasApp" in whole:
        yield mapping(whole["CanvasApp"])
    for group in listed(mapping(whole.get("ImportExportXml")).get("CanvasApps")):
        yield from (mapping(meta) for meta in listed(mapping(group).get("CanvasApp")))
