"""Small ways to take values out of metadata that may hold anything, as `platforms.markup` gives it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from workbench import model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Node = Mapping[str, Any]

# The same names come again and again.
slug = lru_cache(maxsize=8192)(model.slug)
_LONGEST = 2000
_SUFFIX = re.compile(r"__(?:c|pc|e|mdt|x|b|kav|dlm|r|pr)$", re.IGNORECASE)
_NAMESPACE = re.compile(r"^[A-Za-z]\w{0,14}?__(?=\w+__\w+$)")


def words(text: str) -> frozenset[str]:
    """Return the words of `text`: a readable way to write a set of names."""
    return frozenset(text.split())


def nodes(parent: Any, name: str) -> list[Node]:
    """Return the children of that name that have children themselves."""
    found = parent.get(name) if isinstance(parent, dict) else None
    return [child for child in found if isinstance(child, dict)] if isinstance(found, list) else []


def numbered(parent: Any, name: str) -> Iterator[tuple[int, Node]]:
    """Yield what `nodes` returns, each with its place among the children of that name."""
    found = parent.get(name) if isinstance(parent, dict) else None
    for number, child in enumerate(found if isinstance(found, list) else ()):
        if isinstance(child, dict):
            yield number, child


def texts(parent: Any, name: str) -> list[str]:
    """Return the texts of the children of that name, without those that are empty."""
    found = parent.get(name) if isinstance(parent, dict) else None
    plain = (c.get("#text") if isinstance(c, dict) else c for c in (found if isinstance(found, list) else ()))
    return [text for text in plain if isinstance(text, str) and text]


def text(parent: Any, name: str) -> str | None:
    """Return the text of the first child of that name; None if there is none."""
    return next(iter(texts(parent, name)), None)


def flag(parent: Any, name: str) -> bool | None:
    """Return whether a child says true or false; None if it says neither."""
    return {"true": True, "1": True, "false": False, "0": False}.get((text(parent, name) or "").lower())


def shown(value: str | None, default: str) -> str:
    """Return a label as people read it: on one line, not too long."""
    return " ".join((value or "").split())[:_LONGEST] or default


def plain(name: str) -> str:
    """Return an API name as people would say it: `Guest_Review__c` is `Guest Review`."""
    bare = _NAMESPACE.sub("", name) if name.count("__") > 1 else name
    return " ".join(_SUFFIX.sub("", bare).replace("_", " ").split())[:_LONGEST] or name[:_LONGEST]
