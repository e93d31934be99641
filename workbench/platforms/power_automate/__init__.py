"""Read flows of Power Automate: package zips, solutions packed and unpacked, single files, answers of its interface.

What a flow says is told by its definition, in the language that Logic Apps share: see `definition.py`, `build.py`.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from workbench.platforms.draft import Document, Draft, RefusedError
from workbench.platforms.power_automate.build import draft_of
from workbench.platforms.power_automate.exported import POWER_AUTOMATE
from workbench.platforms.power_automate.flow import exported_of, flows_in
from workbench.platforms.power_automate.package import packages, read_package
from workbench.platforms.power_automate.settings import SETTINGS
from workbench.platforms.power_automate.solution import read_solution, solutions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.platforms.parcels import Folder, Parcel

__all__ = ["NAME", "SETTINGS", "gather", "matches", "read", "read_parcel"]

NAME = POWER_AUTOMATE


def matches(content: Any) -> bool:
    """Tell whether JSON content is one flow of Power Automate or several."""
    return any(True for _ in flows_in(content))


def read(document: Document) -> list[Draft]:
    """Return a Draft for each flow of a document.

    Raises
    ------
    RefusedError
        If the document holds no flow.
    """
    found = list(flows_in(document.content))
    if not found:
        text = "no flow in it; expected an object with `properties.definition`, as Power Automate keeps a flow"
        raise RefusedError("not-power-automate", f"{document.name}{document.pointer}", text)
    name = PurePosixPath(document.name).name.rstrip('"').removesuffix(".json")
    apps: set[str] = set()
    drafts = []
    for pointer, content in found:
        place = f"{document.pointer}{pointer}"
        one = exported_of(content, document.name, place, document.secrets, pointer, fallback=name, taken=apps)
        drafts.append(draft_of(one))
    return drafts


def gather(names: Sequence[str]) -> list[Parcel]:
    """Return the packages and solutions that files may make together."""
    return [*packages(names), *solutions(names)]


def read_parcel(folder: Folder) -> list[Draft]:
    """Return a draft for each flow of a package or solution; none if there is no flow in it."""
    return [draft_of(one) for one in (read_package(folder) or read_solution(folder))]
