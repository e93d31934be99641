"""How connections of a custom connector prove who calls, and how their keys are handled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.platforms.values import listed, mapping, rows, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.platforms.custom_connectors.files import Pair

_SECRET = re.compile(
    r"pass(?:word|wd|phrase|code)?$|pwd|secret|(?:api|access|auth|private|subscription)[\s_-]?key|token$|^key$|pat$",
    re.IGNORECASE,
)
_TEMPLATE = "x-ms-apimTemplateParameter.urlTemplate"
_CHOSEN = re.compile(r"@connectionParameters\('([^']{1,200})'", re.IGNORECASE)


@dataclass(frozen=True)
class SignIn:
    """What the files say of it."""

    way: str | None
    """As `Connection.authentication`; none where nothing is asked for."""
    scopes: tuple[str, ...] | None
    key_in_query: bool
    plain_secret: bool
    gateway: bool


def parameters(pair: Pair) -> dict[str, Mapping[str, Any]]:
    """Return what people are asked for when they make a connection, also in one of several ways to sign in."""
    found = {name: mapping(value) for name, value in mapping(pair.properties.get("connectionParameters")).items()}
    for way in rows(mapping(pair.properties.get("connectionParameterSets")).get("values")):
        found |= {name: mapping(value) for name, value in mapping(way.get("parameters")).items()}
    return found


def sign_in(pair: Pair) -> SignIn:
    """Return how connections of a connector sign in."""
    asked = {name: text(value.get("type")).lower() for name, value in parameters(pair).items()}
    schemes = [mapping(value) for value in mapping(pair.definition.get("securityDefinitions")).values()]
    queries = any(text(s.get("type")).lower() == "apikey" and text(s.get("in")).lower() == "query" for s in schemes)
    plain = any(kind == "string" and _SECRET.search(name.partition(":")[2] or name) for name, kind in asked.items())
    return SignIn(
        way=_way(asked, schemes), scopes=_scopes(pair), key_in_query=queries or _query_policy(pair), plain_secret=plain,
        gateway="gatewaysetting" in asked.values() or "gateway" in listed(pair.properties.get("capabilities")),
    )  # fmt: skip


def _way(asked: Mapping[str, str], schemes: list[Mapping[str, Any]]) -> str | None:
    kinds = {text(scheme.get("type")).lower() for scheme in schemes}
    if "oauthsetting" in asked.values() or "oauth2" in kinds:
        return "oauth"
    if "basic" in kinds or {"username", "password"} <= {name.lower() for name in asked}:
        return "basic"
    if "apikey" in kinds or "securestring" in asked.values():
        return "static_key"
    if any("certificate" in kind for kind in asked.values()):
        return "certificate"
    return None if "gatewaysetting" in asked.values() or any(_SECRET.search(name) for name in asked) else "none"


def _scopes(pair: Pair) -> tuple[str, ...] | None:
    found: set[str] = set()
    for value in parameters(pair).values():
        found.update(s for s in listed(mapping(value.get("oAuthSettings")).get("scopes")) if isinstance(s, str))
    return tuple(sorted({word for scope in found for word in scope.split()})) or None


def policies(pair: Pair) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (template, parameters) of what happens to each request."""
    for policy in rows(pair.properties.get("policyTemplateInstances")):
        yield text(policy.get("templateId")).lower(), mapping(policy.get("parameters"))


def _query_policy(pair: Pair) -> bool:
    """Tell whether a policy puts what people enter as a secret into the address."""
    secret = {name for name, value in parameters(pair).items() if text(value.get("type")).lower() == "securestring"}
    values = (
        text(given.get("x-ms-apimTemplateParameter.value"))
        for template, given in policies(pair)
        if template == "setqueryparameter"
    )
    return any(name in secret for value in values for name in _CHOSEN.findall(value))


def host_from_user(pair: Pair) -> str:
    """Return how much of the address whoever makes a connection may choose: none, choice, part or whole."""
    templates = [text(given.get(_TEMPLATE)) for template, given in policies(pair) if template == "dynamichosturl"]
    if not templates:
        return "none"
    asked = {name.lower(): value for name, value in parameters(pair).items()}
    degrees = [_degree(template, asked) for template in templates]
    return max(degrees, key=("none", "choice", "part", "whole").index)


def _degree(template: str, asked: Mapping[str, Mapping[str, Any]]) -> str:
    host = template.partition("://")[2] if "://" in template else template
    host = re.sub(r"\(.*?\)", lambda m: m.group().replace("/", "\0"), host).partition("/")[0]
    names = [name.lower() for name in _CHOSEN.findall(host)]
    if not names:
        return "none"
    if all(_limited(asked.get(name, {})) for name in names):
        return "choice"
    rest = _CHOSEN.sub("", host).replace("'", "").replace(")", "").strip(".:")
    return "part" if rest else "whole"


def _limited(parameter: Mapping[str, Any]) -> bool:
    """Tell whether people only choose one of some values that the connector lists."""
    shown = mapping(parameter.get("uiDefinition"))
    return bool(
        listed(mapping(shown.get("constraints")).get("allowedValues")) or listed(parameter.get("allowedValues"))
    )
