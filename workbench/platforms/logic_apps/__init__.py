"""Read Logic Apps: projects of the Standard kind, resource templates, gallery templates, single and bare definitions.

What a workflow says is told by its definition, in the language that Power Automate shares: see `power_automate`.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from workbench.platforms.draft import Document, Draft, RefusedError
from workbench.platforms.logic_apps.project import projects, read_project
from workbench.platforms.logic_apps.templates import workflows_in
from workbench.platforms.power_automate.build import draft_of
from workbench.platforms.power_automate.exported import LOGIC_APPS
from workbench.platforms.power_automate.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.platforms.parcels import Folder, Parcel

__all__ = ["COMPANIONS", "NAME", "SETTINGS", "gather", "matches", "read", "read_parcel"]

NAME = LOGIC_APPS
COMPANIONS = ("connections.json", "parameters.json")


def matches(content: Any) -> bool:
    """Tell whether JSON content is a workflow of Logic Apps, or a template with one."""
    return any(True for _ in workflows_in(content))


def read(document: Document) -> list[Draft]:
    """Return a Draft for each workflow of a document.

    Raises
    ------
    RefusedError
        If the document holds no workflow.
    """
    found = list(workflows_in(document.content))
    if not found:
        text = "no workflow of Logic Apps in it; expected a `definition`, or a template with Microsoft.Logic/workflows"
        raise RefusedError("not-logic-apps", f"{document.name}{document.pointer}", text)
    name = PurePosixPath(document.name).name.rstrip('"').removesuffix(".json")
    apps: set[str] = set()
    return [draft_of(one.exported(document, name, apps)) for one in found]


def gather(names: Sequence[str]) -> list[Parcel]:
    """Return the projects that files may make together."""
    return list(projects(names))


def read_parcel(folder: Folder) -> list[Draft]:
    """Return a draft for each workflow of a project; none if there is no workflow in it."""
    return [draft_of(one) for one in read_project(folder)]
