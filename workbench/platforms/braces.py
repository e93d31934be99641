"""Texts with `{{ }}` in them, as several platforms write them: their pieces, and addresses that are made of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Linear: the inner part has no braces of its own; a quoted brace ends a piece early, which loses no reference before it.
_PIECE = re.compile(r"\{\{([^{}]{0,5000})\}\}")
_AUTHORITY = re.compile(r"\s*(?:([a-zA-Z][a-zA-Z0-9+.-]{1,15})://([^/?#\\\s]*)|(\x00)[^/?#\s]*)")
_FIXED_END = re.compile(r"\x00\.((?:[\w-]{1,63}\.){1,8}[a-zA-Z]{2,20})$")
_PLAIN_HOST = re.compile(r"[\w.-]{1,250}")
_OPEN = "\x00"
_LONGEST = 20_000


@dataclass(frozen=True)
class Piece:
    """What stands between two pairs of braces."""

    text: str
    start: int


@dataclass(frozen=True)
class Address:
    """Where a request goes, as far as its text is fixed."""

    scheme: str | None = None
    host: str | None = None
    """Lower case; the fixed end of it where only a subdomain is open; None if it is open or there is none."""
    open_host: bool = False
    """The host, or a part of it, is only known when the app runs."""
    choosers: tuple[Piece, ...] = ()
    """The pieces that stand in the host's place."""
    plain: str | None = None
    """The address without its query, if all of it is fixed."""


def pieces(text: str) -> tuple[Piece, ...]:
    """Return what stands in braces in a text, in its order."""
    if "{{" not in text:
        return ()
    return tuple(Piece(match.group(1), match.start()) for match in _PIECE.finditer(text[:_LONGEST]))


def address(text: str) -> Address:
    """Return what an address that may have braces in it says."""
    flat = _PIECE.sub(_OPEN, text[:_LONGEST].replace(_OPEN, " "))
    match = _AUTHORITY.match(flat)
    if match is None:
        return Address()
    scheme, authority, open_host = match.group(1), match.group(2), _OPEN in match.group()
    count = match.group().count(_OPEN)
    plain = re.split(r"[?#]", flat)[0].strip() if _OPEN not in flat and scheme else None
    chosen = pieces(text)[:count] if open_host else ()
    return Address(scheme.lower() if scheme else None, _host(authority), open_host, chosen, plain)


def _host(authority: str | None) -> str | None:
    name = (authority or "").rpartition("@")[2].lower()
    if name.startswith("["):
        return name.partition("]")[0].strip("[") or None
    name = name.partition(":")[0]
    if _OPEN in name:
        fixed = _FIXED_END.search(name)
        return fixed.group(1) if fixed else None
    return name if _PLAIN_HOST.fullmatch(name) else None
