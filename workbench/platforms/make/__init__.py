"""Read Make scenarios: blueprints as Make exports them, answers of its API, and what its editor copies.

Seen in real files: `name`, `flow[]` with `id`, `module`, `version`, `parameters` (`hook`, `__IMTCONN__`, in older apps
`account`, `datastore`),
`mapper`, `filter.conditions`, `routes[].flow`, `onerror`, `metadata.restore` with labels, `metadata.interface`,
`metadata.designer.name`, `metadata.scenario`, `metadata.zone`; in tools for Make: `response.blueprint`, `subflows`,
`code:ExecuteCode`, `scenario-service:CallSubscenario`. From documentation only: `branches`, `tools`, `scheduling.type`.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import count
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from workbench.model import slug
from workbench.platforms.draft import Document, Draft, Note, RefusedError
from workbench.platforms.make.blueprint import Blueprint, read_blueprint
from workbench.platforms.make.build import Build
from workbench.platforms.make.settings import SETTINGS
from workbench.platforms.outline import Outline
from workbench.platforms.values import mapping, named, rows, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.model import Secret

__all__ = ["NAME", "SETTINGS", "matches", "read"]

NAME = "make"


def matches(content: Any) -> bool:
    """Tell whether JSON content is a Make blueprint, or several."""
    return any(True for _ in _blueprints(content))


def read(document: Document) -> list[Draft]:
    """Return a Draft for each scenario of a document.

    Raises
    ------
    RefusedError
        If the document holds no Make blueprint.
    """
    found = list(_blueprints(document.content))
    if not found:
        problem = (
            "no Make blueprint in it; expected an object with `flow`, a list of modules, as Make exports a scenario"
        )
        raise RefusedError("not-make", f"{document.name}{document.pointer}", problem)
    taken: set[str] = set()
    return [_draft(document, *parts, several=len(found) > 1, taken=taken) for parts in found]


def _blueprints(content: Any) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Yield (JSON pointer, blueprint, what is said around it) of each blueprint."""
    if isinstance(content, list):
        for number, item in enumerate(content):
            yield from ((f"/{number}{at}", found, around) for at, found, around in _blueprints(item))
    elif isinstance(content, dict):
        if _is_blueprint(content):
            yield "", content, content
            return
        response = mapping(content.get("response"))
        for at, inner, around in (
            ("/response/blueprint", response.get("blueprint"), response),
            ("/blueprint", content.get("blueprint"), content),
        ):
            if _is_blueprint(inner):
                yield at, mapping(inner), around
        for number, flow in enumerate(rows(content.get("subflows"))):
            if _is_blueprint(flow):
                yield f"/subflows/{number}", flow, {}


def _is_blueprint(content: Any) -> bool:
    flow = content.get("flow") if isinstance(content, dict) else None
    if not isinstance(flow, list):
        return False
    if not flow:
        return isinstance(mapping(content.get("metadata")).get("scenario"), dict)
    # Other tools have flows too: Make's modules are called after an app and an action.
    return any(":" in text(module.get("module")) for module in rows(flow))


def _draft(
    document: Document,
    at: str,
    content: Mapping[str, Any],
    around: Mapping[str, Any],
    *,
    several: bool,
    taken: set[str],
) -> Draft:
    blueprint, pointer = read_blueprint(content), f"{document.pointer}{at}"
    fallback = PurePath(document.name).name.removesuffix(".json").removesuffix(".blueprint") or "Make scenario"
    place = at.rpartition("/")[2] if several else ""
    name = named(content.get("name")) or named(around.get("name")) or f"{fallback} {place}".strip()
    app = _app_id(name, around, taken)
    build = Build(Outline(app, "Make", document.name, pointer), blueprint, around)
    secrets = _secrets_by_module(document.secrets, blueprint, at, pointer)
    build.add_steps(secrets)
    build.add_entries()
    build.add_flows()
    build.add_app(name, secrets.get("", ()))
    notes = tuple(
        Note("warning", f"{document.name}{pointer}{where}", told) for where, told in sorted(blueprint.remarks)
    )
    return Draft(NAME, app, build.outline.finished(), notes, document.sha256)


def _app_id(name: str, around: Mapping[str, Any], taken: set[str]) -> str:
    number = next((found for key in ("scenarioId", "id") if (found := named(around.get(key)))), None)
    first = f"make-{slug(number) if number else slug(name)}"
    free = next(key for n in count(1) if (key := first if n == 1 else f"{first}-{n}") not in taken)
    taken.add(free)
    return free


def _secrets_by_module(
    secrets: tuple[Secret, ...], blueprint: Blueprint, at: str, pointer: str
) -> dict[str, tuple[Secret, ...]]:
    """Return the secrets by the key of the module that they lie in, "" for those in none; places name the module."""
    found: dict[str, list[Secret]] = defaultdict(list)
    # A router's place is the beginning of those of the modules within it.
    modules = sorted(blueprint.modules, key=lambda m: -len(m.place))
    for secret in secrets:
        if not secret.place.startswith(f"{at}/"):
            continue
        inside = secret.place.removeprefix(at)
        module = next((m for m in modules if inside.startswith(f"{m.place}/")), None)
        if module is not None:
            inside = f"/flow[id='{module.key}']{inside.removeprefix(module.place)}"
        found[module.key if module else ""].append(secret.changed(place=f"{pointer}{inside}"))
    return {key: tuple(sorted(group, key=lambda s: (s.place, s.kind, s.fingerprint))) for key, group in found.items()}
