"""The columns that the text of a query names, as far as it is plain."""

from __future__ import annotations

import re

_QUOTES = str.maketrans("", "", '`"[]')
_INSERT = re.compile(r"\b(?:insert|replace)\s+into\s+[\w.]{1,100}\s*\(([^()]{1,2000})\)", re.IGNORECASE)
_SELECT = re.compile(r"\bselect\s+(?:distinct\s+)?([^;]{1,2000}?)\sfrom\b", re.IGNORECASE)
_UPDATE = re.compile(r"\bupdate\s+[\w.]{1,100}\s+set\s+([^;]{1,2000})", re.IGNORECASE)
_ASSIGNED = re.compile(r"([A-Za-z_]\w{0,59})\s*=")
_COLUMN = re.compile(r"(?:[A-Za-z_]\w*\.)*([A-Za-z_]\w{0,59})(?:\s+(?:as\s+)?([A-Za-z_]\w{0,59}))?", re.IGNORECASE)
_ESCAPED_SPACE = re.compile(r"\\[rnt]")
# What is looked at of one query.
_LONGEST = 4_000


def columns(query: str) -> tuple[list[str], list[str]]:
    """Return the columns that a query reads, and those that it sets."""
    plain = _ESCAPED_SPACE.sub(" ", query[:_LONGEST]).translate(_QUOTES)
    read = [name for found in _SELECT.findall(plain) for part in found.split(",") if (name := _named(part))]
    parts = [part for found in _INSERT.findall(plain) for part in found.split(",")]
    written = [name for part in parts if (name := _named(part))]
    before_where = [
        re.split(r"\bwhere\b", found, maxsplit=1, flags=re.IGNORECASE)[0] for found in _UPDATE.findall(plain)
    ]
    written += [name for found in before_where for name in _ASSIGNED.findall(found)]
    return read, written


def _named(part: str) -> str:
    """Return the name under which a part of a list of columns is known, empty for anything but a plain column."""
    found = _COLUMN.fullmatch(part.strip())
    return (found.group(2) or found.group(1)) if found else ""
