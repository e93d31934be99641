"""Conditions by the book, one row at a time in plain Python: what the arrays must agree with."""

from __future__ import annotations

import re
from typing import Any

Row = dict[str, Any]


def truth(condition: dict[str, Any], row: Row, orders: dict[str, tuple[str, ...]]) -> bool | None:
    """Return Kleene's truth of a condition over a row in which None is unknown."""
    return _all(_entry(key, value, row, orders) for key, value in condition.items())


def _entry(key: str, value: Any, row: Row, orders: dict[str, tuple[str, ...]]) -> bool | None:
    if key == "all":
        return _all(truth(part, row, orders) for part in value)
    if key == "any":
        return _any(truth(part, row, orders) for part in value)
    if key == "not":
        return _not(truth(value, row, orders))
    if key == "sure":
        return truth(value, row, orders) is True
    tests = value if isinstance(value, dict) else {"one_of" if isinstance(value, list) else "equals": value}
    return _all(_test(row[key], name, operand, orders.get(key), row) for name, operand in tests.items())


def _test(actual: Any, name: str, operand: Any, order: tuple[str, ...] | None, row: Row) -> bool | None:
    if name == "exists":
        return (actual not in (None, ())) is operand
    if name.endswith("_column") or isinstance(operand, dict):
        others = _possible(row[operand["column"] if isinstance(operand, dict) else operand], order)
    elif order is not None:
        others = [[order.index(o) for o in operand] if isinstance(operand, list) else order.index(operand)]
    else:
        others = [operand]
    # What is unknown on a scale is somewhere on it: if all its steps say the same, the answer is known.
    pairs = [(a, b) for a in _possible(actual, order) for b in others]
    found = {None if a is None or b is None else _compare(name, a, b) for a, b in pairs}
    return found.pop() if len(found) == 1 else None


def _possible(value: Any, order: tuple[str, ...] | None) -> list[Any]:
    if order is None:
        return [value]
    return list(range(len(order))) if value is None else [order.index(value)]


def _compare(name: str, a: Any, b: Any) -> bool:
    return {
        "equals": lambda: a == b,
        "equals_column": lambda: a == b,
        "not_equals": lambda: a != b,
        "not_equals_column": lambda: a != b,
        "one_of": lambda: a in b,
        "at_least": lambda: a >= b,
        "at_most": lambda: a <= b,
        "more_than": lambda: a > b,
        "less_than": lambda: a < b,
        "more_than_column": lambda: a > b,
        "less_than_column": lambda: a < b,
        "contains": lambda: b in a,
        "contains_any": lambda: any(item in a for item in b),
        "subset_of": lambda: set(a) <= set(b),
        "matches": lambda: re.search(b, a) is not None,
    }[name]()


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _all(values: Any) -> bool | None:
    seen = list(values)
    return False if False in seen else None if None in seen else True


def _any(values: Any) -> bool | None:
    seen = list(values)
    return True if True in seen else None if None in seen else False
