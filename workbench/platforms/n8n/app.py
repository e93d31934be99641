"""The App of an n8n workflow: who it is, whether it is in use, what data its export file gives away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.model import NAME_LENGTH, App, Source
from workbench.platforms.classify import suggest
from workbench.platforms.n8n.values import fixed, mapping, slug, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.platforms.n8n.workflow import Workflow

_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_PHONE = re.compile(r"(?<![\w.:/-])(?:\+|00)\d[\d ()/.-]{7,18}\d(?![\w-])")
_LONGEST_NOTE = 2000
_MOST_NOTES = 50
# Names that may hold something about a person, and mostly do not.
_LOOSE = words("message messages comment comments user-agent location conversation chatinput input title")
# Pinned data of any size is looked at only this far.
_MOST_VALUES = 20_000


def app_id(content: Mapping[str, Any], fallback: str) -> str:
    """Return the id of the app: from the workflow's own id, else from its name, else from the file's."""
    given = content.get("id")
    if isinstance(given, int) or (isinstance(given, str) and given.isdecimal()):
        # Until 2022 n8n counted workflows, so number 7 is another one on each server.
        return f"n8n-{given}-{slug(app_name(content, fallback))}"
    if isinstance(given, str) and _PLAIN_ID.fullmatch(given):
        return f"n8n-{given}"
    return f"n8n-{slug(str(given) if isinstance(given, str) and given else app_name(content, fallback))}"


def app_name(content: Mapping[str, Any], fallback: str) -> str:
    """Return the workflow's name, else the file's."""
    name = content.get("name")
    return name.strip()[:NAME_LENGTH] if isinstance(name, str) and name.strip() else fallback


def app_of(
    content: Mapping[str, Any], identity: str, fallback: str, workflow: Workflow, place: Source, **fields: Any
) -> App:
    """Return the App; `fields` are what its steps say of it."""
    given = mapping(content.get("settings"))
    meta = mapping(content.get("meta"))
    description = fixed(content.get("description"))
    owner, shared = _sharing(content.get("shared"))
    notes = [n if len(n) <= _LONGEST_NOTE else f"{n[:_LONGEST_NOTE]} …" for n in workflow.stickies]
    described: dict[str, Any] = {
        "purpose": description.strip()[:_LONGEST_NOTE] or None if description else None,
        "owner": owner,
        "shared_with": shared,
        "lifecycle": _lifecycle(content),
        "origin": "template" if meta.get("templateId") else None,
        "keeps_run_data": {"all": True, "none": False}.get(str(given.get("saveDataSuccessExecution"))),
        "export_data": exported_data(content),
    }
    return App(
        id=identity, name=app_name(content, fallback), app=None, platform="n8n", notes=tuple(notes[:_MOST_NOTES]),
        source=place, **described, **fields,
    )  # fmt: skip


def _lifecycle(content: Mapping[str, Any]) -> str | None:
    if content.get("isArchived") is True:
        return "retired"
    active = content.get("active")
    return None if not isinstance(active, bool) else "active" if active else "draft"


def _sharing(shared: Any) -> tuple[str | None, str | None]:
    """Return (owner, audience) from what n8n's API adds: the projects that a workflow is shared with."""
    rows = [r for r in shared if isinstance(r, dict)] if isinstance(shared, list) else []
    if not rows:
        return None, None
    owners = [r.get("project") for r in rows if r.get("role") == "workflow:owner"]
    project = owners[0] if owners and isinstance(owners[0], dict) else {}
    name = project.get("name")
    audience = "people" if len(rows) > 1 else "group" if project.get("type") == "team" else "owner"
    return (name if isinstance(name, str) and name else None), audience


def exported_data(content: Mapping[str, Any]) -> str:
    """Return what records travel in the export file: none, sample, or personal data."""
    kept = [content.get("pinData"), content.get("staticData")]
    leaves = [leaf for value in kept for _, leaf in zip(range(_MOST_VALUES), _leaves(value), strict=False)]
    if not leaves:
        return "none"
    return "personal" if any(_is_personal(name, value) for name, value in leaves) else "sample"


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{name.rpartition('.')[2]}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, name)
    elif value not in (None, "", False, True):
        yield name, value


def _is_personal(name: str, value: Any) -> bool:
    text = str(value)[:5000]
    if _MAIL.search(text) or _PHONE.search(text):
        return True
    return suggest(name).personal is True and name.lower().rpartition(".")[2] not in _LOOSE


def pinned_names(content: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the names of the fields in pinned data, by node name; never their values."""
    pinned = content.get("pinData")
    if not isinstance(pinned, dict):
        return {}
    return {node: sorted({n for item in _items(items) for n in _keys(item)}) for node, items in pinned.items()}


def _items(value: Any) -> list[Any]:
    return value[:20] if isinstance(value, list) else [value]


def _keys(item: Any) -> Iterator[str]:
    record = item.get("json", item) if isinstance(item, dict) else {}
    if isinstance(record, dict):
        yield from record
        for inner in ("body", "query"):
            if isinstance(record.get(inner), dict):
                yield from record[inner]
