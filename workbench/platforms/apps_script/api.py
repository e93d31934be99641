"""The services of Apps Script: what shows in code that one is used, and what is done there."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import re2

from workbench.places import share

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Api:
    """A service that code may use."""

    connector: str
    """Its name as the table of connectors has it."""
    uses: re2._Regexp
    effects: Mapping[str, re2._Regexp]


@cache
def apis() -> tuple[Api, ...]:
    """Return the services, each with what shows that it is used."""
    table = json.loads(share("data", "connectors", "words", "apps-script.json").read_bytes())
    return tuple(
        Api(name, _names(row["uses"]), {effect: _calls(names) for effect, names in row.items() if effect != "uses"})
        for name, row in table["services"].items()
    )


def _names(names: Iterable[str]) -> re2._Regexp:
    return re2.compile("|".join(rf"{_dotted(name)}\b" for name in names))


def _calls(names: Iterable[str]) -> re2._Regexp:
    """Return the pattern of calls; a name without an object is a call of anything."""
    return re2.compile("|".join(rf"{_dotted(name if '.' in name else f'.{name}')}\s*\(" for name in names))


def _dotted(name: str) -> str:
    start = "" if name.startswith(".") else r"\b"
    return start + re.escape(name).replace(r"\*", r"\w*").replace(r"\.", r"\s*\.\s*")
