"""Read Google Apps Script: a project as clasp pulls it, its manifest alone, or the answer of its API.

Seen in public manifests and code: `webapp.access` and `executeAs`, `executionApi.access`, `oauthScopes`,
`urlFetchWhitelist`, `exceptionLogging`, `dependencies.libraries`, `addOns`, `gmail.contextualTriggers`; `doGet`, `doPost`,
simple triggers, `ScriptApp.newTrigger`, `google.script.run`, `HtmlService.create…FromFile`. From documentation only: the
answer of `projects.getContent` (`files[]` with `name`, `type`, `source`). What people set in the editor (triggers by hand,
deployments, script properties) is in none of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.model import slug
from workbench.platforms.apps_script.build import Build
from workbench.platforms.apps_script.project import (
    CLASP,
    CODE,
    MANIFEST,
    PAGES,
    Project,
    is_answer,
    is_manifest,
    of_document,
    of_folder,
)
from workbench.platforms.apps_script.settings import SETTINGS
from workbench.platforms.draft import Document, Draft, Note, RefusedError
from workbench.platforms.outline import Outline
from workbench.platforms.parcels import Parcel, top

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.platforms.parcels import Folder

__all__ = ["NAME", "SETTINGS", "gather", "matches", "read", "read_parcel"]

NAME = "apps-script"
# What lies beside code and says nothing of it.
_ASIDE = (
    "readme.md",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "jsconfig.json",
    ".claspignore",
    "license",
    ".gitignore",
)


def matches(content: Any) -> bool:
    """Tell whether JSON content is the manifest of a script, or a whole script."""
    return is_manifest(content) or is_answer(content)


def gather(names: Sequence[str]) -> list[Parcel]:
    """Return a parcel for each folder with a manifest: its code, its pages, and what clasp keeps beside it."""
    roots = set(top(names, MANIFEST))
    own: dict[str, list[str]] = {root: [] for root in roots}
    for name in names if roots else ():
        nearest = next((folder for folder in _folders(name) if folder in roots), None)
        if nearest is not None:
            own[nearest].append(name)
    given = set(names)
    return [_parcel(root, own[root], given, roots) for root in sorted(roots)]


def _folders(name: str) -> list[str]:
    """Return the folders that a file lies in, the nearest first, "" for the top."""
    parts = name.split("/")[:-1]
    return ["/".join(parts[:size]) for size in range(len(parts), -1, -1)]


def _parcel(root: str, own: list[str], given: set[str], roots: set[str]) -> Parcel:
    """Return a project's parcel: the folder above is its root if clasp keeps its file there."""
    outer = root.rpartition("/")[0]
    clasp = f"{outer}/{CLASP}".lstrip("/")
    above = bool(root) and clasp in given and outer not in roots
    files = {name for name in own if name.lower().endswith((*CODE, *PAGES)) and not name.lower().endswith(".d.ts")}
    files |= {name for name in own if name.rpartition("/")[2] in {MANIFEST, CLASP}} | ({clasp} if above else set())
    beside = (
        own if not above else [*own, *(f"{outer}/{name}".lstrip("/") for name in (*_ASIDE, "README.md", "LICENSE"))]
    )
    aside = {name for name in beside if name in given and name.rpartition("/")[2].lower() in _ASIDE}
    return Parcel(outer if above else root, tuple(sorted(files)), tuple(sorted(aside)))


def read_parcel(folder: Folder) -> list[Draft]:
    """Return the Draft of a project, none if its manifest is that of something else."""
    project = of_folder(folder)
    return [_draft(project, folder.name, "", folder.sha256)] if project else []


def read(document: Document) -> list[Draft]:
    """Return the Draft of a script.

    Raises
    ------
    RefusedError
        If the document holds neither a manifest nor a script.
    """
    if not matches(document.content):
        problem = (
            "no script in it; expected a manifest (appsscript.json), or all files as the Apps Script API gives them"
        )
        raise RefusedError("not-apps-script", f"{document.name}{document.pointer}", problem)
    return [_draft(of_document(document), document.name, document.pointer, document.sha256)]


def _draft(project: Project, file: str, pointer: str, sha256: str) -> Draft:
    app = f"apps-script-{slug(project.script_id or project.name)}"
    build = Build(Outline(app, "Google Apps Script", file, pointer), project)
    build.add_steps()
    build.add_entries()
    build.add_flows()
    build.add_app()
    told = [
        f"there are several functions called {name}; the last file's is the one that runs"
        for name in build.code.doubled
    ]
    if not project.code:
        told.append(
            "only the manifest is there; with the code beside it (clasp pull), steps and what they use are seen too"
        )
    notes = tuple(Note("warning", f"{file}{pointer}", problem) for problem in sorted(set(told)))
    return Draft(NAME, app, build.outline.finished(), notes, sha256)
