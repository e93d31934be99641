"""Read data policies of the Power Platform, as its administration and as Terraform write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.model import NAME_LENGTH, Policy, Source, slug
from workbench.platforms.draft import Document, Draft, Note, RefusedError, Setting
from workbench.platforms.power_platform_policy.shapes import Raw, found_in

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["NAME", "SETTINGS", "matches", "read"]

NAME = "power-platform-policy"
SETTINGS: Mapping[str, Setting] = {
    "power_platform_policy.action_rules": Setting(
        "integer", "Operations of connectors for which the policy has rules of their own"
    ),
    "power_platform_policy.endpoint_rules": Setting(
        "integer", "Addresses of connectors for which the policy has rules of their own"
    ),
}


def matches(content: Any) -> bool:
    """Tell whether content is a data policy or several."""
    return any(True for _ in found_in(content))


def read(document: Document) -> list[Draft]:
    """Return a draft for each policy of a document.

    Raises
    ------
    RefusedError
        If the document holds no policy.
    """
    found = list(found_in(document.content))
    if not found:
        text = "no data policy in it; expected `connectorGroups` as the administration lists them, or `business_connectors`"
        raise RefusedError("not-a-policy", f"{document.name}{document.pointer}", text)
    drafts: dict[str, Draft] = {}
    for pointer, raw in found:
        draft = _draft(document, pointer, raw)
        # The same policy twice in one file: the last one stands, as for the platform.
        drafts[draft.app] = draft
    return list(drafts.values())


def _draft(document: Document, pointer: str, raw: Raw) -> Draft:
    name = raw.title or raw.name or document.name.removesuffix(".json")
    identity = f"policy:power-platform/{slug(raw.name or name)}"
    where = f"{document.pointer}{pointer}"
    policy = Policy(
        id=identity, name=name[:NAME_LENGTH], platform="power-platform", scope=raw.scope, environments=raw.environments,
        business=raw.groups["business"], non_business=raw.groups["non_business"], blocked=raw.groups["blocked"],
        default_group=raw.default, custom_patterns=raw.patterns, source=Source(file=document.name, pointer=where),
        settings={
            "power_platform_policy.action_rules": raw.action_rules,
            "power_platform_policy.endpoint_rules": raw.endpoint_rules,
        },
    )  # fmt: skip
    notes = [Note("warning", f"{document.name}{where}", problem) for problem in raw.problems]
    return Draft(NAME, identity, (policy,), tuple(notes))
