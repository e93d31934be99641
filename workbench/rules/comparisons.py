"""Comparisons of two columns, three-valued."""

from __future__ import annotations

from operator import gt, lt
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.rules.columns import Truth

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.rules.columns import Codes, Flags, Numbers, Scale


def _pairs(test: Callable[[Any, Any], bool]) -> Callable[[Codes, Codes], Truth]:
    def compare(a: Codes, b: Codes) -> Truth:
        known = a.known & b.known
        true = np.zeros(len(known), dtype=np.bool_)
        rows = np.flatnonzero(known)
        true[rows] = [test(a.values[a.codes[i]], b.values[b.codes[i]]) for i in rows]
        return Truth(true, known & ~true)

    return compare


def _numeric(test: Callable[[Any, Any], Any]) -> Callable[[Numbers, Numbers], Truth]:
    def compare(a: Numbers, b: Numbers) -> Truth:
        known, true = a.known & b.known, test(a.numbers, b.numbers)
        return Truth(known & true, known & ~true)

    return compare


def _same_flag(a: Flags, b: Flags) -> Truth:
    return (a.truth & b.truth) | (~a.truth & ~b.truth)


def _present(truth: Truth, *scales: Scale) -> Truth:
    for scale in scales:
        if scale.absent is not None:
            truth = Truth(truth.true & ~scale.absent, truth.false | scale.absent)
    return truth


def _same_step(a: Scale, b: Scale) -> Truth:
    exact = (a.low == a.high) & (b.low == b.high)
    return _present(Truth(exact & (a.low == b.low), (a.high < b.low) | (b.high < a.low)), a, b)


def _other_step(a: Scale, b: Scale) -> Truth:
    return _present(~_same_step(a, b), a, b)


def _below(a: Scale, b: Scale) -> Truth:
    return _present(Truth(a.high < b.low, a.low >= b.high), a, b)


def _above(a: Scale, b: Scale) -> Truth:
    return _below(b, a)


COMPARISONS: dict[tuple[str, str], Callable[[Any, Any], Truth]] = {
    ("boolean", "equals_column"): _same_flag,
    ("boolean", "not_equals_column"): lambda a, b: ~_same_flag(a, b),
    ("string", "equals_column"): _pairs(lambda a, b: a == b),
    ("string", "not_equals_column"): _pairs(lambda a, b: a != b),
    ("list", "subset_of"): _pairs(lambda a, b: set(a) <= set(b)),
    ("ordered", "equals_column"): _same_step,
    ("ordered", "not_equals_column"): _other_step,
    ("ordered", "less_than_column"): _below,
    ("ordered", "more_than_column"): _above,
}
for _kind_name in ("integer", "date"):
    COMPARISONS |= {
        (_kind_name, "equals_column"): _numeric(np.equal),
        (_kind_name, "not_equals_column"): _numeric(np.not_equal),
        (_kind_name, "less_than_column"): _numeric(lt),
        (_kind_name, "more_than_column"): _numeric(gt),
    }
