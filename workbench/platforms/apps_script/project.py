"""A project of Apps Script: its manifest, its code, its pages."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from workbench.platforms.values import mapping, named, rows, text, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.model import Secret
    from workbench.platforms.draft import Document
    from workbench.platforms.parcels import Folder

MANIFEST, CLASP = "appsscript.json", ".clasp.json"
CODE, PAGES = (".gs", ".js", ".ts"), (".html", ".htm")
_KEYS = words(
    "webapp oauthScopes executionApi exceptionLogging runtimeVersion urlFetchWhitelist addOns dependencies sheets gmail"
)
_TYPES = frozenset({"server_js", "html", "json"})
_RUN = re.compile(r"\bgoogle\s{0,9}\.\s{0,9}script\s{0,9}\.\s{0,9}run\b")
_METHOD = re.compile(r"\s{0,99}\.\s{0,9}([A-Za-z_$][\w$]{0,100})\s{0,9}\(")
_RAW = re.compile(r"<\?!=\s{0,9}([\w$.]{1,80})")
_MOST_RUNS = 500


@dataclass(frozen=True)
class Project:
    """What was exported of one script."""

    name: str
    manifest: Mapping[str, Any]
    code: Mapping[str, str] = field(default_factory=dict)
    """Files of code by name."""
    pages: Mapping[str, str] = field(default_factory=dict)
    """Files of HTML by name."""
    script_id: str | None = None
    secrets: tuple[Secret, ...] = ()
    """Their places begin with the file."""

    @property
    def web(self) -> Mapping[str, Any] | None:
        """Return how it is served as a web app, None if it is none or the manifest does not say."""
        given = self.manifest.get("webapp")
        return given if isinstance(given, dict) else None

    @property
    def scopes(self) -> tuple[str, ...] | None:
        """Return the rights that it asks for; None where Google finds them in the code."""
        given = self.manifest.get("oauthScopes")
        return tuple(sorted({one[:300] for one in given if isinstance(one, str)})) if isinstance(given, list) else None

    @property
    def allow_list(self) -> bool:
        """Whether it may call only listed addresses."""
        given = self.manifest.get("urlFetchWhitelist")
        return isinstance(given, list) and any(isinstance(one, str) and one for one in given)

    @property
    def libraries(self) -> list[Mapping[str, Any]]:
        """Return the libraries of others that it loads."""
        return rows(mapping(self.manifest.get("dependencies")).get("libraries"))


def is_manifest(content: Any) -> bool:
    """Tell whether JSON content is the manifest of a script."""
    return isinstance(content, dict) and isinstance(content.get("timeZone"), str) and bool(_KEYS & content.keys())


def is_answer(content: Any) -> bool:
    """Tell whether JSON content is the whole project as the API of Apps Script or Drive gives it."""
    files = rows(content.get("files")) if isinstance(content, dict) else []
    kinds = {text(file.get("type")).lower() for file in files if isinstance(file.get("source"), str)}
    return bool(kinds) and kinds <= _TYPES and "server_js" in kinds | {"html"} and "json" in kinds


def of_folder(folder: Folder) -> Project | None:
    """Return the project in a folder, None if its manifest is none."""
    place = next((name for name in sorted(folder.documents, key=len) if PurePosixPath(name).name == MANIFEST), None)
    if place is None or not is_manifest(folder.documents[place].content):
        return None
    documents = folder.documents
    clasp = mapping(documents[CLASP].content) if CLASP in documents else {}
    texts = {name: doc.content for name, doc in documents.items() if isinstance(doc.content, str)}
    return Project(
        folder.name, documents[place].content,
        {name: content for name, content in texts.items() if name.lower().endswith(CODE)},
        {name: content for name, content in texts.items() if name.lower().endswith(PAGES)},
        named(clasp.get("scriptId")),
        tuple(s.changed(place=f"/{name}{s.place}") for name, doc in sorted(documents.items()) for s in doc.secrets),
    )  # fmt: skip


def of_document(document: Document) -> Project:
    """Return the project in one file: its manifest alone, or all its files as the API gives them."""
    content = document.content
    stem = PurePosixPath(document.name).stem
    if is_manifest(content):
        name = "Apps Script project" if document.name == MANIFEST else stem
        return Project(name, content, secrets=document.secrets)
    files = [
        (named(f.get("name")) or "file", text(f.get("type")).lower(), text(f.get("source")))
        for f in rows(content["files"])
    ]
    manifests = [source for name, kind, source in files if kind == "json" and name == "appsscript"]
    return Project(
        named(content.get("title")) or named(content.get("name")) or stem, _manifest(manifests[0] if manifests else ""),
        {f"{name}.gs": source for name, kind, source in files if kind == "server_js"},
        {f"{name}.html": source for name, kind, source in files if kind == "html"},
        named(content.get("scriptId")), document.secrets,
    )  # fmt: skip


def _manifest(source: str) -> Mapping[str, Any]:
    try:
        return mapping(json.loads(source))
    except (ValueError, RecursionError):
        return {}


def run_by(page: str) -> Iterator[str]:
    """Yield the functions of the script that a page calls."""
    for number, match in enumerate(_RUN.finditer(page)):
        if number >= _MOST_RUNS:
            return
        place = match.end()
        for _ in range(6):
            method = _METHOD.match(page, place)
            if method is None:
                break
            if not method.group(1).startswith("with"):
                yield method.group(1)
                break
            place = _closed(page, method.end() - 1)


def _closed(page: str, opening: int) -> int:
    depth = 0
    for place in range(opening, min(len(page), opening + 4_000)):
        depth += (page[place] == "(") - (page[place] == ")")
        if depth == 0:
            return place + 1
    return len(page)


def raw_output(page: str) -> list[str]:
    """Return what a page puts out without escaping it, but for other files of the project that it takes in."""
    return sorted({found for found in _RAW.findall(page) if not found.lower().startswith("include")})
