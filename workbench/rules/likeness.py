"""Which apps are copies: the same steps, joined in the same way, whatever they are called and wherever they stand.

Each node begins as what it is (kind, effects, type on its platform; of a system its host or vendor), and learns three
times from the nodes before and after it. The sum over an app does not depend on ids, names or any order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from workbench.rules.columns import Flags, Numbers, Truth
from workbench.rules.graph import NODE_NOUNS, Graph
from workbench.rules.groups import app_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workbench.rules.columns import Data
    from workbench.rules.facts import Facts

    Hashes = NDArray[np.uint64]

LEAST_STEPS = 4
"""Of fewer steps, many apps are alike by chance."""
_ROUNDS = 3
_SEEDS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
_FIELDS = {
    "process": ("kind", "effects", "runs", "enabled", "on_error"),
    "entry_point": ("kind", "authentication"),
    "store": ("kind", "host"),
    "service": ("kind", "host", "vendor"),
    "actor": ("role",),
}


class Likeness:
    """A fingerprint of each app."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.graph: Graph = facts.part(Graph)

    @cached_property
    def prints(self) -> Hashes:
        """Return the fingerprint of each app."""
        source, target = self.graph.source, self.graph.target
        joined = (source >= 0) & (target >= 0)
        source, target = source[joined], target[joined]
        own = self._own()
        for _ in range(_ROUNDS):
            before, after = np.zeros((2, len(own)), dtype=np.uint64)
            np.add.at(before, target, _mixed(own[source], 1))
            np.add.at(after, source, _mixed(own[target], 2))
            own = _mixed(own + _mixed(before, 0) + _mixed(after, 2), 1)
        found = np.zeros(len(self.facts.ids("app")) + 1, dtype=np.uint64)
        np.add.at(found, np.concatenate([app_rows(self.facts, noun) for noun in NODE_NOUNS]), own)
        return found[:-1]

    def _own(self) -> Hashes:
        """Return what each node is, by itself."""
        known: dict[Any, int] = {}
        values = []
        for noun in NODE_NOUNS:
            columns = [self.facts.values(noun, name) for name in _FIELDS[noun]]
            for key in zip(*columns, map(_type, self.facts.values(noun, "settings")), strict=True):
                whole = (noun, *key)
                if whole not in known:
                    known[whole] = crc32(repr(whole).encode("utf-8", "surrogatepass"))
                values.append(known[whole])
        return _mixed(np.array(values, dtype=np.uint64), 0)

    @cached_property
    def steps(self) -> NDArray[np.int64]:
        """Return how many steps each app has that are switched on."""
        rows = app_rows(self.facts, "process")
        counted = rows[(rows >= 0) & ~self.graph.disabled[: self.graph.processes]]
        return np.bincount(counted, minlength=len(self.facts.ids("app"))).astype(np.int64)

    @cached_property
    def families(self) -> dict[int, list[int]]:
        """Return for each app with copies the rows of all that are alike, itself included."""
        groups: dict[tuple[int, Any], list[int]] = defaultdict(list)
        platforms = self.facts.values("app", "platform")
        for row, (steps, mark) in enumerate(zip(self.steps.tolist(), self.prints.tolist(), strict=True)):
            if steps >= LEAST_STEPS:
                groups[mark, platforms[row]].append(row)
        return {row: rows for rows in groups.values() if len(rows) > 1 for row in rows}


def _type(settings: Any) -> str:
    """Return the platform's own type of a step."""
    return next((f"{settings[key]}" for key in settings if key.endswith(".type")), "") if settings else ""


def _mixed(values: Hashes, seed: int) -> Hashes:
    """Return numbers that have nothing to do with each other for different numbers (the finish of splitmix64)."""
    mixed = values + _SEEDS[seed]
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))  # type: ignore[no-any-return]


# --- columns ---------------------------------------------------------------------------------------------------------


def copies(facts: Facts) -> Data:
    """Return how many other apps have the same steps joined in the same way."""
    families = facts.part(Likeness).families
    counts = np.array([len(families.get(row, (row,))) - 1 for row in range(len(facts.ids("app")))], dtype=np.int64)
    return Numbers(counts, np.ones(len(counts), dtype=np.bool_))


def way(facts: Facts, row: int) -> tuple[str, ...]:
    """Return an app and its copies; empty if it has none."""
    return tuple(facts.ids("app")[other] for other in facts.part(Likeness).families.get(row, ()))


def step_count(facts: Facts) -> Data:
    """Return how many steps of each app are switched on."""
    steps = facts.part(Likeness).steps
    return Numbers(steps, np.ones(len(steps), dtype=np.bool_))


def documented(facts: Facts) -> Data:
    """Return whether something is written down in each app: what it is for, or a note anywhere; unknown by hand."""
    told = Counter[int]()
    for noun in ("process", "entry_point", "store", "service"):
        rows = app_rows(facts, noun).tolist()
        told.update(row for row, notes in zip(rows, facts.values(noun, "notes"), strict=True) if notes)
    apps = zip(facts.values("app", "purpose"), facts.values("app", "notes"), strict=True)
    true = np.array([bool(purpose or notes or told[row]) for row, (purpose, notes) in enumerate(apps)], dtype=np.bool_)
    exported = np.array([source is not None for source in facts.values("app", "source")], dtype=np.bool_)
    return Flags(Truth(true, ~true & exported))
