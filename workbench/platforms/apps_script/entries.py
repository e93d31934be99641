"""Where a script can be started from."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.platforms.apps_script.flows import asks_for_secret, tainted_names
from workbench.platforms.values import mapping, rows, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.platforms.apps_script.functions import Code, Function
    from workbench.platforms.apps_script.project import Project

EXPOSURE: Mapping[str, str] = {
    "ANYONE_ANONYMOUS": "internet",
    "ANYONE": "internet",
    "DOMAIN": "organisation",
    "MYSELF": "owner",
}
PROOF = {"ANYONE_ANONYMOUS": "none", "ANYONE": "sso", "DOMAIN": "sso", "MYSELF": "sso"}
_SIMPLE = {
    "onOpen": "app_event", "onEdit": "app_event", "onSelectionChange": "app_event", "onInstall": "app_event",
    "onChange": "app_event", "onFormSubmit": "form",
}  # fmt: skip
_TRIGGER = re.compile(
    r"\bnewTrigger\s{0,9}\(\s{0,9}(?:§(\d+)§|([A-Za-z_$][\w$]{0,100})\.name)\s{0,9}\)((?:\s{0,99}\.\s{0,9}\w{1,40}\s{0,9}\([^()]{0,200}(?:\([^()]{0,200}\)[^()]{0,200})?\)){0,12})"
)
_MENU = re.compile(r"\baddItem\s{0,9}\(\s{0,9}[^,()]{1,200},\s{0,9}§(\d+)§")
_RUNS = ("runFunction", "onTriggerFunction", "onItemsSelectedTriggerFunction")


@dataclass(frozen=True)
class Way:
    """What the model says of a way in."""

    function: str
    name: str
    kind: str
    authentication: str | None
    exposure: str | None
    caller: str | None = None
    """Who calls, as the name of an actor."""
    settings: Mapping[str, Any] = field(default_factory=dict)


def ways_in(project: Project, code: Code) -> list[Way]:
    """Return the ways in that manifest and code tell of, by function and name."""
    found = [*_web(project, code), *_simple(code), *_set_by_code(code), *_menus(code), *_add_ons(project, code)]
    once = {(way.function, way.kind): way for way in reversed(found)}
    return [once[key] for key in sorted(once)]


def web_settings(project: Project) -> dict[str, Any]:
    """Return how the script is served as a web app."""
    web = project.web or {}
    given = {"apps_script.access": text(web.get("access")), "apps_script.execute_as": text(web.get("executeAs"))}
    return {key: value[:40] for key, value in given.items() if value}


def _web(project: Project, code: Code) -> Iterator[Way]:
    access = text((project.web or {}).get("access"))
    for name in ("doGet", "doPost"):
        function = code.functions.get(name)
        if function is None:
            continue
        page = "HtmlService" in function.body
        proven = PROOF.get(access)
        if proven == "none" and asks_for_secret(function, tainted_names(function, function.parameters)):
            proven = "token"
        yield Way(
            name, f"Web app ({name})", "portal" if page else "webhook", proven, EXPOSURE.get(access),
            "Visitors of the web app", web_settings(project),
        )  # fmt: skip


def _simple(code: Code) -> Iterator[Way]:
    for name, kind in _SIMPLE.items():
        if name in code.functions:
            caller = "People who fill in forms" if kind == "form" else None
            yield Way(name, name, kind, None if kind == "form" else "platform", None, caller)


def _set_by_code(code: Code) -> Iterator[Way]:
    for function in code.functions.values():
        for match in _TRIGGER.finditer(function.body):
            name = function.string(match.group(1)).strip("'\"`") if match.group(1) else match.group(2)
            if name not in code.functions:
                continue
            chain = match.group(3)
            if "timeBased" in chain:
                yield Way(name, f"{name} by the clock", "schedule", "platform", "owner")
            elif "onFormSubmit" in chain:
                yield Way(name, f"{name} on a form's answer", "form", None, None, "People who fill in forms")
            else:
                yield Way(name, f"{name} on an event", "app_event", "platform", None)


def _menus(code: Code) -> Iterator[Way]:
    for function in code.functions.values():
        for match in _MENU.finditer(function.body):
            name = function.string(match.group(1)).strip("'\"`")
            if name in code.functions:
                yield Way(name, f"Menu: {name}", "button", "platform", None)


def _add_ons(project: Project, code: Code) -> Iterator[Way]:
    for name in sorted({*_named(project.manifest.get("addOns")), *_named(project.manifest.get("gmail"))}):
        if name in code.functions:
            yield Way(name, f"Add-on: {name}", "button", "platform", None)


def _named(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield the functions that a manifest names as what an add-on runs."""
    given = mapping(value)
    yield from (text(given[key]) for key in _RUNS if text(given.get(key)))
    if depth < 8:  # noqa: PLR2004 - deeper than any manifest
        for inner in given.values():
            for one in rows(inner) if isinstance(inner, list) else [inner]:
                yield from _named(one, depth + 1)


def reached(code: Code, names: set[str]) -> set[str]:
    """Return the functions that some call, by whatever way, themselves too."""
    found, waiting = set(names), list(names)
    while waiting:
        function: Function | None = code.functions.get(waiting.pop())
        new = {name for name in (function.called if function else ()) if name in code.functions} - found
        found |= new
        waiting += new
    return found


def reaching(code: Code, names: set[str]) -> set[str]:
    """Return the functions that call some, by whatever way, themselves too."""
    callers: dict[str, set[str]] = defaultdict(set)
    for function in code.functions.values():
        for called in function.called & code.functions.keys():
            callers[called].add(function.name)
    found, waiting = set(names), list(names)
    while waiting:
        new = callers[waiting.pop()] - found
        found |= new
        waiting += new
    return found
