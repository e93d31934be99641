"""Names and places in an export that stay the same when its parts are put in another order."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from workbench.model import slug
from workbench.platforms.secrets import under

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.model import Secret


@dataclass(frozen=True)
class Spot:
    """A place in a document: where its secrets are told to be, and how people are told of it, counting nothing."""

    at: str
    told: str

    def under(self, at: str, told: str) -> Spot:
        """Return a place below this one."""
        return Spot(f"{self.at}/{at}", f"{self.told}/{told}")

    def secrets(self, found: tuple[Secret, ...]) -> tuple[Secret, ...]:
        """Return the secrets below it."""
        return moved(found, self.at, self.told)


def moved(secrets: tuple[Secret, ...], pointer: str, where: str) -> tuple[Secret, ...]:
    """Return the secrets below a JSON pointer, with their places told from `where` on, which counts nothing."""
    found = (s.changed(place=f"{where}{s.place.removeprefix(pointer)}") for s in under(secrets, pointer))
    return tuple(sorted(found, key=lambda s: (s.place, s.kind, s.fingerprint)))


def rest(secrets: tuple[Secret, ...], taken: Iterable[str]) -> tuple[Secret, ...]:
    """Return the secrets below none of some JSON pointers."""
    gone = {secret for pointer in taken for secret in under(secrets, pointer)}
    return tuple(sorted((s for s in secrets if s not in gone), key=lambda s: (s.place, s.kind, s.fingerprint)))


def keys(names: Mapping[str, str]) -> dict[str, str]:
    """Return a key for each of several things, made of its name; those of one name are told apart by number."""
    result: dict[str, str] = {}
    taken: set[str] = set()
    for thing, name in sorted(names.items(), key=lambda item: (item[1], item[0])):
        first = slug(name or "unnamed")
        free = first if first not in taken else next(f"{first}-{n}" for n in count(2) if f"{first}-{n}" not in taken)
        taken.add(free)
        result[thing] = free
    return result
