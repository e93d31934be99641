"""Identifiers of people that stores share: what lets records be joined."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.rules.columns import Numbers
from workbench.rules.steps import is_personal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.rules.columns import Data
    from workbench.rules.facts import Facts


def shared_identifiers(facts: Facts) -> Data:
    """Return how many other stores hold a personal identifier of the same name for another purpose."""
    traits = {f.id: _traits(f) for f in facts.elements("data")}
    # What surely is no identifier, or about nobody, is shared with nobody.
    traits = {i: t for i, t in traits.items() if t[1] is not False and t[2] is not False}
    held = [[traits[i] for i in data if i in traits] for data in facts.values("store", "data")]
    by_name: dict[str, dict[_Traits, set[int]]] = defaultdict(lambda: defaultdict(set))
    for row, fields in enumerate(held):
        for trait in fields:
            by_name[trait[0]][trait].add(row)
    found = [_others(row, fields, by_name) for row, fields in enumerate(held)]
    counts = np.array([sure for sure, _ in found], dtype=np.int64)
    return Numbers(counts, np.array([bool(sure) or not maybe for sure, maybe in found], dtype=np.bool_))


def _others(row: int, fields: Iterable[_Traits], by_name: Mapping[str, Mapping[_Traits, set[int]]]) -> tuple[int, int]:
    """Return how many other stores surely, and how many perhaps, share an identifier."""
    sure: set[int] = set()
    maybe: set[int] = set()
    for traits in fields:
        for twin, rows in by_name[traits[0]].items():
            shared = _shares(traits, twin)
            sure |= rows if shared else set()
            maybe |= rows if shared is None else set()
    return len(sure - {row}), len(maybe - {row})


# Name, singles out a person, is personal, purpose.
_Traits = tuple[str, bool | None, bool | None, str | None]


def _traits(field: Any) -> _Traits:
    return field.name.strip().casefold(), field.identifier, is_personal(field), field.purpose


def _shares(a: _Traits, b: _Traits) -> bool | None:
    traits = (*a[1:3], *b[1:3])
    if False in traits or (a[3] is not None and a[3] == b[3]):
        return False
    return None if None in traits or a[3] is None or b[3] is None else True
