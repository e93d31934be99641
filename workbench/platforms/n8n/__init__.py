"""Read n8n workflows: files, arrays, answers of n8n's API, templates, and what the editor copies to the clipboard."""

from __future__ import annotations

from collections import defaultdict
from itertools import count
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal

from workbench.platforms.draft import Document, Draft, Note, RefusedError
from workbench.platforms.n8n.app import app_name
from workbench.platforms.n8n.build import Build
from workbench.platforms.n8n.entries import add_entries
from workbench.platforms.n8n.flows import add_flows
from workbench.platforms.n8n.nodes import STICKY_NOTE, is_node, node_name
from workbench.platforms.n8n.settings import SETTINGS
from workbench.platforms.n8n.values import slug

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.model import Secret

__all__ = ["COMPANIONS", "NAME", "SETTINGS", "matches", "read"]

NAME = "n8n"
COMPANIONS: tuple[str, ...] = ()


def matches(content: Any) -> bool:
    """Tell whether JSON content is one n8n workflow or several."""
    return any(True for _ in _workflows(content))


def read(document: Document) -> list[Draft]:
    """Return a Draft for each workflow of a document.

    Raises
    ------
    RefusedError
        If the document holds no n8n workflow.
    """
    found = list(_workflows(document.content))
    if not found:
        text = "no n8n workflow in it; expected an object with `nodes` and `connections`, as n8n downloads a workflow"
        raise RefusedError("not-n8n", f"{document.name}{document.pointer}", text)
    taken: set[str] = set()
    return [
        _draft(document, inner, content, _fallback(document, inner, several=len(found) > 1), taken)
        for inner, content in found
    ]


def _workflows(content: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (JSON pointer, workflow) of each workflow in the content."""
    if isinstance(content, list):
        for i, item in enumerate(content):
            if _is_workflow(item):
                yield f"/{i}", item
    elif isinstance(content, dict):
        if _is_workflow(content):
            yield "", content
        else:
            # The API wraps its answers in `data`, the template site wraps the workflow in `workflow`.
            for key in ("data", "workflow"):
                for inner, item in _workflows(content[key]) if key in content else ():
                    yield f"/{key}{inner}", item


def _is_workflow(content: Any) -> bool:
    if not isinstance(content, dict) or not isinstance(content.get("nodes"), list) or "connections" not in content:
        return False
    nodes = [n for n in content["nodes"] if isinstance(n, dict)]
    # Other tools also call their parts nodes and connections: n8n's have a type with a package before the dot.
    return not nodes or any("parameters" in n or "typeVersion" in n or "." in str(n.get("type", "")) for n in nodes)


def _draft(document: Document, inner: str, content: Mapping[str, Any], fallback: str, taken: set[str]) -> Draft:
    pointer = f"{document.pointer}{inner}"
    secrets = _secrets_by_node(document.secrets, content, inner, pointer)
    build = Build(content, file=document.name, fallback=fallback, pointer=pointer, secrets=secrets)
    if build.app in taken:
        # Its name tells it from the others, wherever in the list it stands.
        own = f"{build.app}-{slug(app_name(content, fallback))}"
        free = own if own not in taken else next(f"{own}-{n}" for n in count(2) if f"{own}-{n}" not in taken)
        text = f"another workflow in this file has the id {build.app} too; this one was read as {free}"
        build.remarks.append(("", text))
        build.app = free
    taken.add(build.app)
    build.add_steps()
    add_entries(build)
    add_flows(build)
    build.add_app()
    return Draft(NAME, build.app, build.finished(), _notes(f"{document.name}{pointer}", build), document.sha256)


def _fallback(document: Document, inner: str, *, several: bool) -> str:
    """Return the name of a workflow that has none: its file's, with its place in it if there are several."""
    name = PurePath(document.name).name.rstrip('"').removesuffix(".json") or "n8n workflow"
    place = inner.rpartition("/")[2] if several else document.pointer.rpartition("/")[2]
    return f"{name} {place}".strip()


def _notes(where: str, build: Build) -> tuple[Note, ...]:
    warnings = [*build.remarks, *(("/connections", text) for text in build.workflow.dangling)]
    found: set[tuple[Literal["info", "warning"], str, str]] = {("warning", *w) for w in warnings}
    found |= {("info", *h) for h in build.hints}
    return tuple(
        Note(level, f"{where}/{place}".replace("//", "/").rstrip("/"), text) for level, place, text in sorted(found)
    )


def _secrets_by_node(
    secrets: tuple[Secret, ...], content: Mapping[str, Any], inner: str, pointer: str
) -> dict[str, tuple[Secret, ...]]:
    """Return the secrets of one workflow by the name of their node, "" for what is no step's.

    Their places name the node in place of counting it, so that moving a node changes nothing.
    """
    found: dict[str, list[Secret]] = defaultdict(list)
    for secret in secrets:
        if not secret.place.startswith(f"{inner}/"):
            continue
        place = secret.place.removeprefix(inner)
        _, first, *rest = place.split("/")
        name = ""
        if first == "nodes" and rest and rest[0].isdigit() and is_node(raw := content["nodes"][int(rest[0])]):
            place = f"/nodes[name='{node_name(raw)}']/{'/'.join(rest[1:])}"
            name = "" if raw["type"] == STICKY_NOTE else node_name(raw)
        found[name].append(secret.changed(place=f"{pointer}{place}"))
    return {name: tuple(sorted(group, key=lambda s: (s.place, s.kind, s.fingerprint))) for name, group in found.items()}
