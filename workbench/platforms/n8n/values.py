"""Small ways to take values out of an export that may hold anything."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from workbench import model

if TYPE_CHECKING:
    from collections.abc import Mapping

# The same names come again and again.
slug = lru_cache(maxsize=8192)(model.slug)


def words(text: str) -> frozenset[str]:
    """Return the words of `text`: a readable way to write a set of names."""
    return frozenset(text.split())


def mapping(value: Any) -> Mapping[str, Any]:
    """Return `value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def rows(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects in `value` if it is a list."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def fixed(value: Any) -> str | None:
    """Return `value` if it is text that is not empty and not made when the workflow runs."""
    return value if isinstance(value, str) and value and not value.startswith("=") else None


def chosen(value: Any, default: str = "") -> str:
    """Return the option that a parameter names; `default` if it is absent, "" if it is no text."""
    if value is None:
        return default
    return value if isinstance(value, str) else ""
