"""The tables that the text of a query names."""

from __future__ import annotations

import re

from workbench.platforms.node_red.sql import columns

__all__ = ["columns", "tables"]

_LONGEST = 20_000
_MOST = 12
_BRACES = re.compile(r"\{\{[^{}]{0,5000}\}\}")
_COMMENT = re.compile(r"--[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?")
_TABLE = re.compile(
    r"\b(?:from|join|into|update|table)\s{1,20}(?:only\s{1,20}|if\s{1,20}exists\s{1,20})?([\w.\"`\[\]]{1,150})",
    re.IGNORECASE,
)
_COMMON = re.compile(r"(?:\bwith\s{1,20}(?:recursive\s{1,20})?|,\s{0,20})(\w{1,80})\s{1,20}as\s{0,20}\(", re.IGNORECASE)
_NO_TABLE = frozenset({"select", "set", "unnest", "lateral", "generate_series", "values", "where", "now"})


def tables(query: str) -> tuple[str, ...]:
    """Return the names of the tables in a query, in lower case and sorted, as far as they are written out."""
    plain = _COMMENT.sub(" ", _BRACES.sub(" ? ", query[:_LONGEST]))
    own = {name.lower() for name in _COMMON.findall(plain)}
    found = {re.sub(r"[\"`\[\]]", "", name).lower().strip(".") for name in _TABLE.findall(plain)}
    return tuple(sorted(name for name in found - own - _NO_TABLE if re.match(r"[a-z_]", name)))[:_MOST]
