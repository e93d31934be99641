"""Where a Make scenario can be started from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.platforms.app_steps import event, names_secret
from workbench.platforms.make.expressions import references
from workbench.platforms.taken import field_name
from workbench.platforms.values import mapping, named, rows, text

if TYPE_CHECKING:
    from workbench.platforms.app_steps import Nature
    from workbench.platforms.make.blueprint import Blueprint, Module

_SIGNED = re.compile(r"(?i)\b(?:sha1|sha256|sha512|md5)\s*\(")


@dataclass(frozen=True)
class Way:
    """What the model says of a way in."""

    kind: str
    authentication: str | None
    exposure: str | None
    caller: str | None = None
    """Who calls, as the name of an outside actor."""
    system: bool = False
    """Its app sends or is asked, so the data comes from there."""


def way_in(module: Module, nature: Nature, blueprint: Blueprint) -> Way:
    """Return how the first module of a scenario is started."""
    if module.app == "gateway":
        by_mail = "mail" in module.action.lower()
        proven = "none" if by_mail else proof(module, blueprint)
        caller = "People who send mails" if by_mail else "Webhook callers"
        return Way("mail" if by_mail else "webhook", proven, "internet", caller)
    if module.type.startswith("scenario-service:Start"):
        return Way("subflow", "platform", "private")
    if nature.process != "trigger":
        return Way("schedule", "platform", "owner")
    told = event(nature.connector)
    return Way(told.kind, told.authentication, told.exposure, told.caller, system=True)


def proof(module: Module, blueprint: Blueprint) -> str:
    """Return what callers of a webhook must show: what the filters right behind it compare, else its address alone."""
    after = [m for m in blueprint.modules if m.key in _behind(module.key, blueprint)]
    found = [_compared(following, module.key) for following in after]
    if not found or None in found:
        return "secret_url"
    return "header" if "header" in found else "token"


def _behind(key: str, blueprint: Blueprint) -> set[str]:
    """Return the first modules behind one that can have a filter of their own; a router stands for its routes."""
    found: set[str] = set()
    for following in blueprint.after(key):
        module = next(m for m in blueprint.modules if m.key == following)
        routes = blueprint.after(following) if module.type == "builtin:BasicRouter" and not module.conditions() else []
        found |= set(routes) or {following}
    return found


def _compared(module: Module, trigger: str) -> str | None:
    """Return what a filter compares with a fixed value: a header, or a token elsewhere in the call."""
    for condition in module.conditions():
        if not text(condition.get("o")).startswith("text:equal") or not named(condition.get("b")):
            continue
        for reference in references(text(condition.get("a"))):
            if reference.module == trigger and names_secret(reference.path):
                return "header" if "header" in reference.path[0].lower() else "token"
    return None


def checks_signature(module: Module) -> bool:
    """Tell whether a module or its filter computes a signature."""
    sides = [text(condition.get(side)) for condition in module.conditions() for side in ("a", "b")]
    return any(_SIGNED.search(side) for side in sides if "{{" in side)


def expected(module: Module) -> list[str | None]:
    """Return the names of the fields that a module is known to give."""
    interface = module.metadata.get("interface")
    return [name for row in rows(interface) for name in _names(row, ())]


def _names(row: Any, above: tuple[str, ...]) -> list[str | None]:
    path = (*above, text(mapping(row).get("name")))
    spec = rows(mapping(row).get("spec"))
    if not spec or len(path) > 10:  # noqa: PLR2004 - deeper than any form
        return [field_name(path)]
    return [name for inner in spec for name in _names(inner, path)]
