"""Folding: a finding is hidden where a more specific rule says the same of the same place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.rules.columns import Bools
    from workbench.rules.facts import Facts
    from workbench.rules.library import Library

_TWINS = {"entry_point": "process", "process": "entry_point"}


class Fold:
    """Which rows of a rule's findings are hidden, and by which findings."""

    def __init__(self, size: int) -> None:
        self.rows = np.zeros(size, dtype=np.bool_)
        self._by: dict[int, list[str]] = {}

    def hide(self, row: int, finding: str) -> None:
        """Hide a row behind a finding."""
        self.rows[row] = True
        self._by.setdefault(row, []).append(finding)

    def by(self, row: int) -> tuple[str, ...]:
        """Return the ids of the findings that stand for a hidden row."""
        return tuple(sorted(self._by[row]))


def folded_by(facts: Facts, library: Library, fired: Mapping[tuple[str, str], Bools]) -> dict[tuple[str, str], Fold]:
    """Return what is hidden, by (rule, noun).

    The same place is the same element, or an entry point and the step that it starts.
    """
    folds: dict[tuple[str, str], Fold] = {}
    for rule in library:
        for noun in rule.on if rule.refines else ():
            mask = fired.get((rule.id, noun))
            if mask is not None and mask.any():
                for general in rule.refines:
                    _hide(facts, rule.id, noun, mask, general, fired, folds)
    return folds


def _hide(  # noqa: PLR0917 - one call, all of it needed
    facts: Facts,
    rule_id: str,
    noun: str,
    mask: Bools,
    general: str,
    fired: Mapping[tuple[str, str], Bools],
    folds: dict[tuple[str, str], Fold],
) -> None:
    for other in (noun, _TWINS.get(noun, noun)):
        hits = fired.get((general, other))
        if hits is None:
            continue
        fold = folds.setdefault((general, other), Fold(len(hits)))
        for row in np.flatnonzero(mask).tolist():
            same = [row] if other == noun else facts.twins(noun, row)
            for twin in same:
                if hits[twin] and f"{rule_id}@{facts.ids(noun)[row]}" not in fold._by.get(twin, ()):  # noqa: SLF001
                    fold.hide(twin, f"{rule_id}@{facts.ids(noun)[row]}")
