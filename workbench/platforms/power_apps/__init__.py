"""Read canvas apps of Power Apps: .msapp files, unpacked sources, and what solutions and packages say of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.platforms.power_apps.app import NAME, of_folder
from workbench.platforms.power_apps.files import gather
from workbench.platforms.power_apps.settings import SETTINGS
from workbench.platforms.power_apps.solutions import of_solution

if TYPE_CHECKING:
    from workbench.platforms.draft import Draft
    from workbench.platforms.parcels import Folder

__all__ = ["ENDINGS", "NAME", "SETTINGS", "gather", "read_parcel"]

ENDINGS = (".msapp",)


def read_parcel(folder: Folder) -> list[Draft]:
    """Return the draft of an app, or of each app that a solution or package tells of; none for anything else."""
    app = of_folder(folder)
    return [app] if app is not None else of_solution(folder)
