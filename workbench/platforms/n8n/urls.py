"""Where an HTTP step sends to: scheme and host, as far as they are fixed, and the references that choose the host."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workbench.platforms import verbs
from workbench.platforms.n8n.expressions import Reference, parse
from workbench.platforms.n8n.kinds import base_stem
from workbench.platforms.n8n.values import fixed, words

if TYPE_CHECKING:
    from workbench.platforms.n8n.kinds import Kind
    from workbench.platforms.n8n.lineage import Lineage
    from workbench.platforms.n8n.workflow import Node

# Types that fetch the address themselves; others hand it to a service that does.
FETCHING = words("httpRequest toolHttpRequest graphql rssFeedRead mcpClient sseTrigger rssFeedReadTrigger")
URL_PARAMETERS = ("url", "endpoint", "sseEndpoint", "endpointUrl", "feedUrl")
# A part of the address that is only known when the workflow runs.
_OPEN = "\x00"
_CHUNK = re.compile(r"\{\{.*?\}\}+|\{\{.*", re.DOTALL)
_PLACEHOLDER = re.compile(r"(?<!\{)\{(\w{1,60})\}(?!\})")
_AUTHORITY = re.compile(r"\s*(?:([a-zA-Z][a-zA-Z0-9+.-]{1,15})://([^/?#\\\s]*)|(\x00)[^/?#\s]*)")
_FIXED_END = re.compile(r"\x00\.((?:[\w-]+\.)+[a-zA-Z]{2,})$")
_PLAIN_HOST = re.compile(r"[\w.-]+")


@dataclass(frozen=True)
class Target:
    """What the address of a step says."""

    scheme: str | None = None
    host: str | None = None
    """Lower case; the fixed end of it where only a subdomain is open; None if it is open."""
    choosers: tuple[Reference, ...] = ()
    """References that stand in the host's place."""
    open_host: bool = False
    """The host, or a part of it, is only known when the workflow runs."""
    place: str = ""
    """Name of the parameter."""


def target_of(node: Node, lineage: Lineage) -> Target:
    """Return where a step sends to, from its address parameter; an empty Target if it has none."""
    name = next((p for p in URL_PARAMETERS if isinstance(node.parameters.get(p), str)), None)
    if name is None or base_stem(node) not in FETCHING:
        return Target()
    return _read(node, name, str(node.parameters[name]), lineage)


def with_changes(node: Node, kind: Kind, target: Target) -> Kind:
    """Return the kind of a step with what its request changes on the other side, as far as method and address say."""
    given = node.parameters
    if base_stem(node) == "graphql":
        changes = verbs.of_graphql(str(given.get("query", "")))
    elif base_stem(node) in {"httpRequest", "toolHttpRequest"}:
        method = fixed(given.get("method")) or fixed(given.get("requestMethod"))
        changes = verbs.of_request(method, target.host, str(given.get(target.place, "")))
    else:
        return kind
    return kind if node.disabled else replace(kind, effects=(*kind.effects, *changes))


def placeholders(node: Node, text: str) -> tuple[Reference, ...]:
    """Return the `{placeholders}` of an HTTP tool, which the language model fills."""
    if base_stem(node) != "toolHttpRequest":
        return ()
    return tuple(Reference("ai", None, (m.group(1),), frozenset(), m.start()) for m in _PLACEHOLDER.finditer(text))


def is_loopback(host: str | None) -> bool:
    """Tell whether a host is the machine itself."""
    if host is None:
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _read(node: Node, name: str, text: str, lineage: Lineage) -> Target:
    template = parse(text)
    references = (*template.references, *placeholders(node, text))
    pattern = _CHUNK if template.dynamic else _PLACEHOLDER if base_stem(node) == "toolHttpRequest" else None
    flat, starts = _flattened(node, text, pattern, references, lineage)
    match = _AUTHORITY.match(flat)
    if match is None:
        return Target(place=name)
    scheme, authority = match.group(1), match.group(2)
    ends_at = match.end()
    choosers = tuple(r for r in references if _chunk_place(r, starts) < ends_at)
    open_host = _OPEN in match.group()
    return Target(scheme.lower() if scheme else None, _host(authority), choosers if open_host else (), open_host, name)


def _flattened(
    node: Node, text: str, pattern: re.Pattern[str] | None, references: tuple[Reference, ...], lineage: Lineage
) -> tuple[str, list[tuple[int, int, int]]]:
    """Return the text with what is fixed filled in and the rest open; and (start, end, new place) of expressions."""
    parts: list[str] = []
    starts: list[tuple[int, int, int]] = []
    position, length = (1 if text.startswith("=") else 0), 0
    for match in pattern.finditer(text) if pattern is not None else ():
        before = text[position : match.start()]
        value = _value(node, match, references, lineage)
        starts.append((match.start(), match.end(), length + len(before)))
        parts += [before, value]
        length += len(before) + len(value)
        position = match.end()
    parts.append(text[position:])
    return "".join(parts), starts


def _value(node: Node, match: re.Match[str], references: tuple[Reference, ...], lineage: Lineage) -> str:
    inside = [r for r in references if match.start() <= r.start < match.end()]
    # Only an expression that is nothing but the reference has the reference's value.
    if len(inside) != 1 or re.search(
        r"[+?(]", match.group()[2:].replace("$(", "").replace(".first()", "").replace(".last()", "")
    ):
        return _OPEN
    return lineage.constant(node, inside[0]) or _OPEN


def _chunk_place(reference: Reference, starts: list[tuple[int, int, int]]) -> int:
    return next((place for start, end, place in starts if start <= reference.start < end), len(starts) and 10**9)


def _host(authority: str | None) -> str | None:
    if not authority:
        return None
    name = authority.rpartition("@")[2].lower()
    if name.startswith("["):
        return name.partition("]")[0].strip("[") or None
    name = name.partition(":")[0]
    if _OPEN in name:
        fixed = _FIXED_END.search(name)
        return fixed.group(1) if fixed else None
    return name if _PLAIN_HOST.fullmatch(name) else None
