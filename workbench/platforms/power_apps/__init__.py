"""Read canvas apps of Power Apps: .msapp files, unpacked sources, and what solutions and packages say of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.platforms.draft import Document, Draft, RefusedError
from workbench.platforms.power_apps.app import NAME, of_folder
from workbench.platforms.power_apps.files import gather
from workbench.platforms.power_apps.settings import SETTINGS
from workbench.platforms.power_apps.solutions import of_solution

if TYPE_CHECKING:
    from workbench.platforms.parcels import Folder

__all__ = ["ENDINGS", "NAME", "SETTINGS", "gather", "matches", "read", "read_parcel"]

ENDINGS = (".msapp",)


def matches(content: Any) -> bool:  # noqa: ARG001 - the shape of every reader
    """Tell whether content is an app by itself: none is, each has several files."""
    return False


def read(document: Document) -> list[Draft]:
    """Refuse a single file, for an app has several.

    Raises
    ------
    RefusedError
        Always.
    """
    text = "one file of a canvas app; expected an .msapp, or the folder of an unpacked app; import that as a whole"
    raise RefusedError("not-power-apps", f"{document.name}{document.pointer}", text)


def read_parcel(folder: Folder) -> list[Draft]:
    """Return the draft of an app, or of each app that a solution or package tells of; none for anything else."""
    app = of_folder(folder)
    return [app] if app is not None else of_solution(folder)
