"""Ids and short names of the catalogues that rules refer to; the texts of those catalogues are not here."""

from __future__ import annotations

import json
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from workbench.places import share

if TYPE_CHECKING:
    from collections.abc import Mapping

# The field of a rule and the file that holds the names of its ids.
FILES = {
    "owasp": "owasp-cd",
    "owasp_old": "owasp-lcnc",
    "stride": "stride",
    "linddun": "linddun",
    "cwe": "cwe",
    "capec": "capec",
    "attack": "attack",
}


@cache
def names(field: str) -> Mapping[str, str]:
    """Return the names that ids in a field of a rule have, by id as text.

    Raises
    ------
    KeyError
        If it is no such field.
    """
    if field not in FILES:
        raise KeyError(f"{field!r} refers to no catalogue; expected one of {', '.join(FILES)}")
    document = json.loads(share("data", "frameworks", f"{FILES[field]}.json").read_text("utf-8"))
    return MappingProxyType(document["names"])
