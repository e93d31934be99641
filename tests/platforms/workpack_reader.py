"""The reader `workpack`: takes folders with a `workpack.xml` together. Copied into the package by a fixture."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from workbench.model import App
from workbench.platforms.draft import Document, Draft
from workbench.platforms.parcels import Parcel, below, top

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.platforms.parcels import Folder

NAME = "workpack"
ENDINGS = (".part.yaml", ".part.xml")


def matches(content: Any) -> bool:
    """Tell whether a file is one by itself."""
    return isinstance(content, dict) and "part" in content


def read(document: Document) -> list[Draft]:
    """Return an app that shows what it was given."""
    return [_draft(document.name, document.content)]


def gather(names: Sequence[str]) -> list[Parcel]:
    """Take everything in a folder with the marker; pictures are aside."""
    if any("gather-fails" in name for name in names):
        raise KeyError("Sw0rdfish9")
    parcels = []
    for root in top(names, "workpack.xml"):
        inside = below(names, root)
        pictures = tuple(name for name in inside if name.endswith(".png"))
        parcels.append(Parcel(root, tuple(name for name in inside if name not in pictures), pictures))
    return parcels


def read_parcel(folder: Folder) -> list[Draft]:
    """Return an app for the folder, unless that file says that it is nothing of ours."""
    content = folder.documents["workpack.xml"].content
    if "other" in content:
        return []
    if "loop" in content:
        while True:
            pass
    if "memory" in content:
        return [bytes(10_000_000) for _ in range(1_000_000)]  # type: ignore[misc]
    if "fault" in content:
        raise KeyError(content["password"])
    shown = {name: document.content for name, document in sorted(folder.documents.items())}
    return [_draft(folder.name, shown)]


def _draft(name: str, content: Any) -> Draft:
    app = App(id=f"workpack-{name}", name=name, platform=NAME, purpose=json.dumps(content, ensure_ascii=False)[:1500])
    return Draft(NAME, app.id, (app,))
