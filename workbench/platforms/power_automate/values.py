"""Small ways to take values out of a workflow definition that may hold anything."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from workbench import model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# The same names come again and again.
slug = lru_cache(maxsize=8192)(model.slug)
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_DEEPEST = 60


def words(text: str) -> frozenset[str]:
    """Return the words of `text`: a readable way to write a set of names."""
    return frozenset(text.split())


def mapping(value: Any) -> Mapping[str, Any]:
    """Return `value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """Return `value` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """Return `value` if it is text, else nothing."""
    return value if isinstance(value, str) else ""


def plain(value: Any) -> str | None:
    """Return text that is neither empty nor computed when the workflow runs, without spaces around it."""
    found = text(value).strip()
    return None if not found or found.startswith("@") or "@{" in found else found[:2000]


def guid(value: Any) -> str | None:
    """Return the identifier in a text, in lower case and without braces."""
    match = _GUID.search(text(value).lower())
    return match.group() if match else None


def within(value: Any, *keys: str) -> Any:
    """Return what lies in objects in one another, None where there is nothing."""
    for key in keys:
        value = mapping(value).get(key)
    return value


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield (path, value) of what is neither object nor list; places in lists are numbers in the path."""
    if len(path) > _DEEPEST:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, str(key)))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*path, str(number)))
    else:
        yield path, value


def digest(*parts: str) -> str:
    """Return a short name for texts that are too long or too strange for an id."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:6]


def escaped(part: str) -> str:
    """Return a key as a JSON pointer has it."""
    return part.replace("~", "~0").replace("/", "~1")
