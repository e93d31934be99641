"""Words for what features are worth, what they do, and how they could hurt people: data/words/value.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from workbench.places import share
from workbench.rules import yaml_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    Slots = Mapping[str, str]

_WHO = "{who}"
_SOMEBODY = "people"


@dataclass(frozen=True)
class HarmKind:
    """A way in which people can be hurt, and how stories of it begin."""

    says: str
    starters: tuple[Slots, ...]


@dataclass(frozen=True)
class Words:
    """All of the file."""

    worth: Mapping[int, str]
    """Name of each level."""
    worth_says: Mapping[int, str]
    does: Mapping[str, str]
    sizes: Mapping[int, str]
    harms: Mapping[str, HarmKind]


@cache
def words() -> Words:
    """Return the words that are shipped."""
    content = yaml_file.read(share("data", "words", "value.yaml"))
    return Words(
        {int(level): entry["name"] for level, entry in content["worth"].items()},
        {int(level): entry["says"] for level, entry in content["worth"].items()},
        dict(content["does"]),
        {int(size): says for size, says in content["sizes"].items()},
        {kind: HarmKind(entry["says"], tuple(entry["starters"])) for kind, entry in content["harms"].items()},
    )


def starters(kind: str | None, who: str | None) -> list[dict[str, str]]:
    """Return beginnings of scenarios for a kind of harm (for all kinds if it is not known), about some people."""
    kinds = words().harms
    chosen = [kinds[kind]] if kind is not None and kind in kinds else kinds.values()
    return [
        {slot: text.replace(_WHO, who or _SOMEBODY) for slot, text in slots.items()}
        for each in chosen
        for slots in each.starters
    ]
