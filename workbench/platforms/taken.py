"""What a step takes from an earlier one, and what people call it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.platforms.values import words

if TYPE_CHECKING:
    from collections.abc import Iterable

# Steps on the way to a field that name no data of their own.
_GENERIC = words(
    "json body query params headers data output outputs item items result results response value values payload content "
    "text object fields properties records record list array input inputs querystring rawbody raw all"
)
# Names that say something only together with what they belong to: product name, customer name.
_LEANING = words("name id title address number type status key code date description url link label phone")
_PLAIN_NAME = re.compile(r"[^\W\d_][\w .@()/&?'+:,-]{0,119}")


@dataclass(frozen=True)
class Taken:
    """A place in a step where data of another step enters."""

    origin: str
    """Key of the other step."""
    path: tuple[str, ...]
    sink: str
    safe: bool | None = None


def field_name(path: Iterable[str]) -> str | None:
    """Return what people would call the field at `path`, None if its name says nothing."""
    telling = [part for part in path if part and not part.isdigit() and part.lower() not in _GENERIC]
    if not telling:
        return None
    name = telling[-1]
    if name.lower() in _LEANING and len(telling) > 1:
        name = f"{telling[-2]} {name}"
    name = name.replace("_", " ").strip()[:120]
    return name if _PLAIN_NAME.fullmatch(name) else None
