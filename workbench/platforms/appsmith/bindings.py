"""What Appsmith fills in when the app runs, and when it does so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.platforms.screens.expressions import has_braces
from workbench.platforms.values import mapping, rows, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def opens_with_page(action: Mapping[str, Any]) -> bool:
    """Tell whether an action runs as soon as its page opens."""
    return action.get("executeOnLoad") is True or text(action.get("runBehaviour")) in {"ON_PAGE_LOAD", "AUTOMATIC"}


def bound(holder: Mapping[str, Any], content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts with braces that Appsmith fills in: those whose paths it lists; all, where it lists none."""
    listed = [
        text(row.get("key"))
        for group in ("dynamicBindingPathList", "dynamicTriggerPathList")
        for row in rows(holder.get(group))
    ]
    if not listed:
        yield from (value for path, value in texts(content) if has_braces(value) and "componentData" not in path)
        return
    for path in sorted(set(listed)):
        value: Any = content
        for name, place in _STEP.findall(path):
            value = _within(value, name, place)
        if isinstance(value, str) and has_braces(value):
            yield value


def _within(value: Any, name: str, place: str) -> Any:
    if name:
        return mapping(value).get(name)
    return value[int(place)] if isinstance(value, list) and len(place) < 7 and int(place) < len(value) else None  # noqa: PLR2004
