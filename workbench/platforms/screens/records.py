"""What records travel in an export file; told from their names and looks, never kept."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

from workbench.platforms.classify import suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_PHONE = re.compile(r"(?<![\w.:/-])(?:\+|00)\d[\d ()/.-]{7,18}\d(?![\w-])")
# So many values are looked at.
_MOST = 20_000
_DEEPEST = 40


def exported(values: Iterable[Any]) -> Literal["none", "sample", "personal"]:
    """Return what is in records: nothing, samples, or something about people."""
    leaves = list(islice((leaf for value in values for leaf in _leaves(value)), _MOST))
    if not leaves:
        return "none"
    return "personal" if any(_personal(name, value) for name, value in leaves) else "sample"


def _leaves(value: Any, name: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, key, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, name, depth + 1)
    elif isinstance(value, (str, int, float)) and not isinstance(value, bool) and value != "":
        yield name, value


def _personal(name: str, value: Any) -> bool:
    text = str(value)[:5000]
    return bool(_MAIL.search(text) or _PHONE.search(text)) or suggest(name).personal is True
