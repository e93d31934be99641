"""What is secret in a value that stands under a telling name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.platforms.masking.span import NAMED, WHOLE, Span
from workbench.platforms.masking.words import Label, is_placeholder, literal_spans, looks_random

if TYPE_CHECKING:
    from collections.abc import Callable

_SHORTEST = 3
_ADDRESS = re.compile(r"[a-zA-Z][\w+.-]{1,20}://")
_STRUCTURE = re.compile(r"\s*[{\[][^\"]{0,200}\"")


def of_value(value: str, label: Label) -> list[Span]:
    """Return the secret parts of a value, without its expressions and what is only a placeholder."""
    if not label.strong:
        found = _trimmed(value, 0, len(value), label.kind)
        return [span for span in found if looks_random(value[span.start : span.end])]
    if _ADDRESS.match(value) or _STRUCTURE.match(value):
        return []  # whatever is secret in an address or in JSON is found by its own name or form
    return _SPECIAL.get(label.kind, _written)(value, label.kind)


def _written(value: str, kind: str) -> list[Span]:
    """Return the written-out parts of a value."""
    if is_placeholder(value):
        return []
    parts = literal_spans(value)
    if parts == [(0, len(value))]:
        return _trimmed(value, 0, len(value), kind)
    telling = [(start, end) for start, end in parts if _tells(value[start:end])]
    return [span for start, end in telling for span in _trimmed(value, start, end, kind)]


def _tells(part: str) -> bool:
    """Tell whether a part beside an expression is more than a separator or a word."""
    return re.search(r"\d", part) is not None and not is_placeholder(part)


def _trimmed(value: str, start: int, end: int, kind: str) -> list[Span]:
    text = value[start:end]
    left = len(text) - len(text.lstrip(" \t\r\n="))
    right = len(text.rstrip())
    return [Span(start + left, start + right, kind, NAMED)] if right - left >= _SHORTEST else []


_SCHEME = re.compile(r"(?s)\s*=?\s*([A-Za-z][A-Za-z0-9_-]{0,30})(?:\s+|\+|%20)(.*)")
SCHEME_KINDS = {"bearer": "bearer_token", "basic": "basic_auth", "token": "token", "apikey": "api_key"}


def _authorization(value: str, kind: str) -> list[Span]:
    """Return the secret behind the scheme of an Authorization header."""
    match = _SCHEME.fullmatch(value)
    if match is None:
        return _written(value, kind)
    found = _written(match[2], SCHEME_KINDS.get(match[1].lower(), kind))
    return [Span(s.start + match.start(2), s.end + match.start(2), s.kind, s.rank) for s in found]


_COOKIE = re.compile(r"([^\s=;]{1,200})=([^;]{8,4096})")
_COOKIE_OPTIONS = frozenset({"path", "domain", "expires", "max-age", "samesite", "comment", "version"})


def _cookie(value: str, kind: str) -> list[Span]:
    """Return the values of a Cookie header; names and options stay."""
    pairs = [match for match in _COOKIE.finditer(value) if match[1].lower() not in _COOKIE_OPTIONS]
    return [
        Span(s.start + match.start(2), s.end + match.start(2), kind, s.rank)
        for match in pairs
        for s in _written(match[2], kind)
    ]


def _connection_string(value: str, kind: str) -> list[Span]:
    return [span._replace(rank=WHOLE) for span in _written(value, kind)]


_SPECIAL: dict[str, Callable[[str, str], list[Span]]] = {
    "authorization": _authorization,
    "cookie": _cookie,
    "connection_string": _connection_string,
}
