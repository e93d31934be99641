"""The shapes in which data policies are written down.

The administration's lists (`value[].connectorGroups`), its older answers (`properties.definition.apiGroups`), and
Terraform's flat form (`business_connectors`), also within a state or plan.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from workbench.platforms.values import listed, mapping, named, rows, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.model.policies import Group

_GROUPS: Mapping[str, Group] = {
    "confidential": "business", "business": "business", "hbi": "business", "general": "non_business",
    "nonbusiness": "non_business", "non-business": "non_business", "lbi": "non_business", "blocked": "blocked",
}  # fmt: skip
_SCOPES: Mapping[str, Literal["all", "only", "except"]] = {
    "allenvironments": "all", "onlyenvironments": "only", "singleenvironment": "only", "exceptenvironments": "except",
}  # fmt: skip
_FLAT = {"business_connectors": "business", "non_business_connectors": "non_business", "blocked_connectors": "blocked"}
_RESOURCE = "powerplatform_data_loss_prevention_policy"
_WRAPPERS = (
    "value",
    "policies",
    "policyDefinition",
    "values",
    "root_module",
    "child_modules",
    "resources",
    "planned_values",
)
_DEEPEST = 12


@dataclass
class Raw:
    """A policy as its file has it."""

    name: str
    """Its own id, empty if there is none."""
    title: str
    scope: Literal["all", "only", "except"] | None
    environments: tuple[str, ...]
    default: Group | None
    groups: dict[Group, tuple[str, ...]]
    patterns: tuple[str, ...] = ()
    action_rules: int = 0
    endpoint_rules: int = 0
    problems: list[str] = field(default_factory=list)


def found_in(content: Any, pointer: str = "", depth: int = 0) -> Iterator[tuple[str, Raw]]:
    """Yield (JSON pointer, policy) of the policies in some content."""
    if depth > _DEEPEST:
        return
    if isinstance(content, list):
        for number, item in enumerate(content):
            if isinstance(item, dict):
                yield from found_in(item, f"{pointer}/{number}", depth + 1)
        return
    whole = mapping(content)
    raw = _policy(whole)
    if raw is not None:
        yield pointer, raw
        return
    if whole.get("type") not in (None, _RESOURCE) and "values" in whole:
        return
    for key in _WRAPPERS:
        if isinstance(whole.get(key), dict | list):
            yield from found_in(whole[key], f"{pointer}/{key}", depth + 1)


def _policy(whole: Mapping[str, Any]) -> Raw | None:
    if isinstance(whole.get("connectorGroups"), list):
        return _of_administration(whole)
    definition = mapping(mapping(whole.get("properties")).get("definition"))
    if {"hbi", "lbi"} & mapping(definition.get("apiGroups")).keys():
        return _of_older(whole, definition)
    flat = whole.keys() & _FLAT.keys()
    if flat and ({"default_connectors_classification", "environment_type"} & whole.keys() or len(flat) > 1):
        return _of_terraform(whole)
    return None


def _of_administration(whole: Mapping[str, Any]) -> Raw:
    groups: dict[Group, list[Mapping[str, Any]]] = {"business": [], "non_business": [], "blocked": []}
    problems = []
    for group in rows(whole.get("connectorGroups")):
        side = _GROUPS.get(text(group.get("classification")).lower())
        if side is None:
            problems.append("a group of connectors whose classification is unknown was passed over")
        else:
            groups[side] += rows(group.get("connectors"))
    return Raw(
        named(whole.get("name")) or "", named(whole.get("displayName")) or "", _scope(whole.get("environmentType")),
        _environments(whole.get("environments")), _default(whole.get("defaultConnectorsClassification")),
        {side: _ids(connectors) for side, connectors in groups.items()}, problems=problems,
    )  # fmt: skip


def _of_older(whole: Mapping[str, Any], definition: Mapping[str, Any]) -> Raw:
    properties, groups = mapping(whole.get("properties")), mapping(definition.get("apiGroups"))
    sides: dict[Group, tuple[str, ...]] = {
        "business": _ids(rows(mapping(groups.get("hbi")).get("apis"))),
        "non_business": _ids(rows(mapping(groups.get("lbi")).get("apis"))),
        "blocked": _ids(rows(mapping(groups.get("blocked")).get("apis"))),
    }
    filters = mapping(mapping(mapping(definition.get("constraints")).get("environmentFilter1")).get("parameters"))
    kind = {"include": "only", "exclude": "except"}.get(text(filters.get("filterType")).lower())
    scope: Literal["all", "only", "except"] | None = (
        "only" if kind == "only" else "except" if kind == "except" else None
    )
    return Raw(
        named(whole.get("name")) or "", named(properties.get("displayName")) or "", scope or ("all" if not filters else None),
        _environments(filters.get("environments")), _default(definition.get("defaultApiGroup")), sides,
    )  # fmt: skip


def _of_terraform(whole: Mapping[str, Any]) -> Raw:
    connectors = {side: rows(whole.get(key)) for key, side in _FLAT.items()}
    every = [row for group in connectors.values() for row in group]
    sides: dict[Group, tuple[str, ...]] = {
        "business": _ids(connectors["business"]), "non_business": _ids(connectors["non_business"]),
        "blocked": _ids(connectors["blocked"]),
    }  # fmt: skip
    return Raw(
        named(whole.get("id")) or "", named(whole.get("display_name")) or "", _scope(whole.get("environment_type")),
        _environments(whole.get("environments")), _default(whole.get("default_connectors_classification")), sides,
        patterns=_patterns(whole.get("custom_connectors_patterns")),
        action_rules=sum(len(listed(row.get("action_rules"))) for row in every),
        endpoint_rules=sum(len(listed(row.get("endpoint_rules"))) for row in every),
    )  # fmt: skip


def _ids(connectors: list[Mapping[str, Any]]) -> tuple[str, ...]:
    found = {text(row.get("id")).rstrip("/").rpartition("/")[2].lower()[:200] for row in connectors}
    return tuple(sorted(found - {""}))


def _environments(given: Any) -> tuple[str, ...]:
    """Return ids and names of environments, which are texts or objects with them."""
    found: set[str] = set()
    for item in listed(given):
        if isinstance(item, str):
            found.add(item)
        else:
            found.update(text(mapping(item).get(key)) for key in ("name", "displayName", "id"))
            found.add(text(mapping(mapping(item).get("properties")).get("displayName")))
    return tuple(sorted({name.rpartition("/")[2][:200] for name in found} - {""}))


def _scope(given: Any) -> Literal["all", "only", "except"] | None:
    return _SCOPES.get(text(given).lower())


def _default(given: Any) -> Group | None:
    return _GROUPS.get(text(given).lower())


def _patterns(given: Any) -> tuple[str, ...]:
    def place(row: Mapping[str, Any]) -> int:
        order = row.get("order")
        return order if isinstance(order, int) else 0

    ordered = sorted(rows(given), key=place)
    groups = [
        (_GROUPS.get(text(row.get("data_group")).lower(), "ignored"), text(row.get("host_url_pattern")))
        for row in ordered
    ]
    return tuple(f"{group} {pattern}"[:500] for group, pattern in groups if pattern)
