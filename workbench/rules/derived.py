"""Derived columns: which function computes which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from workbench.rules.columns import Data, encode

if TYPE_CHECKING:
    from workbench.rules.columns import Bools
    from workbench.rules.facts import Facts
    from workbench.rules.vocabulary import Column


def compute(facts: Facts, noun: str, column: Column) -> Data:
    """Return a derived column."""
    rows = len(facts.ids(noun))
    return encode(column, [None] * rows, rows)


def active(facts: Facts, noun: str) -> Bools:
    """Return the rows that take part."""
    return np.ones(len(facts.ids(noun)), dtype=np.bool_)


class Paths(Mapping[tuple[str, str, str], tuple[str, ...]]):
    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def __getitem__(self, key: tuple[str, str, str]) -> tuple[str, ...]:
        raise KeyError(key)

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        return iter(())

    def __len__(self) -> int:
        return 0


class Unknowns(Paths):
    pass


def settled_by(facts, noun, name, rows):
    return iter(())
