"""Small ways to take values out of an export that may hold anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DEEPEST = 60


def words(listed: str) -> frozenset[str]:
    """Return the words of a text: a readable way to write a set of names."""
    return frozenset(listed.split())


def mapping(value: Any) -> Mapping[str, Any]:
    """Return `value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """Return `value` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def rows(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects in `value` if it is a list."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def text(value: Any) -> str:
    """Return `value` if it is text, else nothing."""
    return value if isinstance(value, str) else ""


def named(value: Any) -> str | None:
    """Return text or a whole number as text; None for what names nothing."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value)
    return (value.strip()[:2000] or None) if isinstance(value, str) else None


def truth(value: Any) -> bool | None:
    """Return `value` if it is true or false, else None."""
    return value if isinstance(value, bool) else None


def texts(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield (path, text) of all texts in a value; places in lists are numbers in the path."""
    if len(path) > _DEEPEST:
        return
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from texts(inner, (*path, str(number)))
