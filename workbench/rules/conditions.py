"""Conditions: YAML → small tree → truth over the rows of a frame.

A condition is a mapping; all its entries must hold. An entry is `all`, `any` or `not` with conditions, `sure` with a
condition that counts only where it is certain, or a column with a value, a list (one of them) or a mapping of
operators. Nothing in it is ever executed: the operators are the functions of `operators.py`, the columns are those of
the vocabulary, and both are looked up when the rule loads.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.rules import operators, vocabulary
from workbench.rules.columns import Truth
from workbench.rules.errors import RuleError, shown, unknown
from workbench.rules.yaml_file import List, Mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Protocol

    from workbench.rules.columns import Bools, Data
    from workbench.rules.vocabulary import Column

    class Columns(Protocol):
        """What a condition is evaluated on."""

        memo: dict[str, Truth]
        """Truths of tests that were evaluated before: rules ask the same things."""

        def column(self, name: str) -> Data:
            """Return a column by name."""


MAX_DEPTH = 8
MAX_TESTS = 60
_JOINERS = ("all", "any", "not", "sure")


@dataclass(frozen=True)
class Test:
    """One operator on one column."""

    column: Column
    operator: str
    operand: Any
    apply: Callable[[Columns], Truth]
    place: str
    sure: bool = False
    """It stands under `sure`, so nobody is ever asked for it."""

    @property
    def other(self) -> Column | None:
        """Return the column that it is compared with, if it is not a value."""
        return self.operand if isinstance(self.operand, vocabulary.Column) else None

    def truth(self, columns: Columns) -> Truth:
        """Return the truth of the test for each row."""
        known = columns.memo.get(self._key)
        if known is None:
            known = columns.memo[self._key] = self.apply(columns)
        return known

    @cached_property
    def _key(self) -> str:
        """What equal tests of several rules have in common; a string, because that keeps its hash."""
        return f"{self.column.name} {self.operator} {self.operand!r}"

    def tests(self) -> Iterator[Test]:
        """Yield this test."""
        yield self

    def reasons(self, columns: Columns, rows: Bools, *, wanted: bool = True) -> Iterator[tuple[Test, Bools]]:
        """Yield this test with the `rows` in which it has the wanted truth."""
        truth = self.truth(columns)
        yield self, rows & (truth.true if wanted else truth.false)

    def waits(self, columns: Columns, rows: Bools) -> Iterator[tuple[Test, Bools]]:
        """Yield this test with the `rows` in which it is unknown."""
        yield self, rows & self.truth(columns).unknown


@dataclass(frozen=True)
class All:
    """All parts hold."""

    parts: tuple[Condition, ...]

    def truth(self, columns: Columns) -> Truth:
        """Return the truth for each row; the cheap parts come first, and nothing after all rows are false."""
        truth = self._by_cost[0].truth(columns)
        for part in self._by_cost[1:]:
            if np.count_nonzero(truth.false) == len(truth.false):
                break
            truth = truth & part.truth(columns)
        return truth

    @cached_property
    def _by_cost(self) -> list[Condition]:
        """The parts, those that read derived columns last: often they need not be computed at all."""
        return sorted(self.parts, key=lambda part: any(test.column.derived for test in part.tests()))

    def tests(self) -> Iterator[Test]:
        """Yield the tests in the order in which they are written."""
        for part in self.parts:
            yield from part.tests()

    def reasons(self, columns: Columns, rows: Bools, *, wanted: bool = True) -> Iterator[tuple[Test, Bools]]:
        """Yield the tests that make it true (or false, if that is wanted), each with the rows in which it does."""
        truth = self.truth(columns)
        decided = rows & (truth.true if wanted else truth.false)
        for part in self.parts:
            yield from part.reasons(columns, decided, wanted=wanted)

    def waits(self, columns: Columns, rows: Bools) -> Iterator[tuple[Test, Bools]]:
        """Yield the tests whose answer the truth waits for, each with the rows in which it does."""
        open_rows = rows & self.truth(columns).unknown
        for part in self.parts:
            yield from part.waits(columns, open_rows)


class Any_(All):  # noqa: N801 - Any is typing's
    """At least one part holds."""

    def truth(self, columns: Columns) -> Truth:
        """Return the truth for each row."""
        truth = self.parts[0].truth(columns)
        for part in self.parts[1:]:
            truth = truth | part.truth(columns)
        return truth


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: Condition

    def truth(self, columns: Columns) -> Truth:
        """Return the truth for each row."""
        return ~self.part.truth(columns)

    def tests(self) -> Iterator[Test]:
        """Yield the tests in the order in which they are written."""
        yield from self.part.tests()

    def reasons(self, columns: Columns, rows: Bools, *, wanted: bool = True) -> Iterator[tuple[Test, Bools]]:
        """Yield the tests that make the part false."""
        yield from self.part.reasons(columns, rows, wanted=not wanted)

    def waits(self, columns: Columns, rows: Bools) -> Iterator[tuple[Test, Bools]]:
        """Yield the tests whose answer the truth waits for."""
        yield from self.part.waits(columns, rows)


@dataclass(frozen=True)
class Sure:
    """The part certainly holds: where it is unknown this is false, so nobody is asked."""

    part: Condition

    def truth(self, columns: Columns) -> Truth:
        """Return the truth for each row."""
        true = self.part.truth(columns).true
        return Truth(true, ~true)

    def tests(self) -> Iterator[Test]:
        """Yield the tests in the order in which they are written."""
        yield from self.part.tests()

    def reasons(self, columns: Columns, rows: Bools, *, wanted: bool = True) -> Iterator[tuple[Test, Bools]]:
        """Yield the tests that decide the part; none where it is unknown."""
        yield from self.part.reasons(columns, rows, wanted=wanted)

    def waits(self, columns: Columns, rows: Bools) -> Iterator[tuple[Test, Bools]]:
        """Yield nothing, as its truth is never unknown."""
        yield from self.part.waits(columns, rows & self.truth(columns).unknown)


Condition = Test | All | Any_ | Not | Sure


@dataclass
class Context:
    """What a condition may name: the columns of its frame, the settings of the platforms, the rule's parameters."""

    noun: str
    settings: dict[str, str]
    parameters: dict[str, Any]
    used: set[str]
    """Parameters that were named; filled while compiling."""
    count: int = 0
    sure: bool = False

    def column(self, name: str, place: str) -> Column:
        """Return the column of that name.

        Raises
        ------
        RuleError
            If the frame has none.
        """
        if name.startswith("settings."):
            key = name.removeprefix("settings.")
            if key not in self.settings:
                raise RuleError(place, unknown("setting", key, self.settings, "; readers declare settings in SETTINGS"))
            return vocabulary.setting(key, self.settings[key])
        known = vocabulary.columns(self.noun)
        if name not in known:
            raise RuleError(place, unknown(f"column of {self.noun}", name, known))
        return known[name]

    def parameter(self, value: Any, place: str) -> Any:
        """Return what `$name` stands for, any other value as it is."""
        if not (isinstance(value, str) and value.startswith("$")):
            return value
        name = value[1:]
        if name not in self.parameters:
            raise RuleError(
                place, unknown("parameter", name, self.parameters, " (a rule lists its own in `parameters`)")
            )
        self.used.add(name)
        return self.parameters[name]


def compile_condition(value: Any, context: Context, place: str) -> Condition:
    """Return the tree of a condition.

    Raises
    ------
    RuleError
        If it names a column, operator, value or parameter that does not exist, or one of the wrong type.
    """
    return _mapping(value, context, place, 0)


def _mapping(value: Any, context: Context, place: str, depth: int) -> Condition:
    if depth > MAX_DEPTH:
        raise RuleError(place, f"the condition is nested deeper than {MAX_DEPTH} levels; make it flatter or two rules")
    if not isinstance(value, Mapping) or not value:
        raise RuleError(place, f"expected a condition (column: value, all, any, not); got {shown(value)}")
    return _all([_entry(key, item, context, value.place(key), depth) for key, item in value.items()])


def _entry(key: str, value: Any, context: Context, place: str, depth: int) -> Condition:
    if key == "not":
        return Not(_mapping(value, context, place, depth + 1))
    if key == "sure":
        inner = replace(context, sure=True)
        part = _mapping(value, inner, place, depth + 1)
        context.count = inner.count
        return Sure(part)
    if key in _JOINERS:
        parts = [_mapping(v, context, _place(v, place), depth + 1) for v in _conditions(key, value, place)]
        return _all(parts) if key == "all" else Any_(tuple(parts))
    return _column(key, value, context, place)


def _conditions(key: str, value: Any, place: str) -> list[Any]:
    if isinstance(value, List) and value:
        return value
    if isinstance(value, Mapping) and value:
        # A mapping says its entries one by one: `any: {a: 1, b: 2}` is a or b.
        return [_single(value, name) for name in value]
    raise RuleError(place, f"`{key}` expects a list of conditions; got {shown(value)}")


def _single(value: Mapping, key: str) -> Mapping:
    part = Mapping(value.file, value.lines[key])
    part[key], part.lines[key] = value[key], value.lines[key]
    return part


def _place(value: Any, fallback: str) -> str:
    return value.place() if isinstance(value, Mapping) else fallback


def _column(name: str, value: Any, context: Context, place: str) -> Condition:
    column = context.column(name, place)
    if isinstance(value, Mapping):
        if not value:
            raise RuleError(place, f"`{name}` has no operator; expected one of {', '.join(operators.names(column))}")
        return _all([_test(column, op, v, context, value.place(op)) for op, v in value.items()])
    return _test(column, "one_of" if isinstance(value, List) else "equals", value, context, place)


def _test(column: Column, operator: str, operand: Any, context: Context, place: str) -> Test:
    context.count += 1
    if context.count > MAX_TESTS:
        raise RuleError(place, f"the condition has more than {MAX_TESTS} tests; split the rule")
    apply, operand = operators.bind(column, operator, operand, context, place)
    return Test(column, operator, operand, apply, place, context.sure)


def _all(parts: list[Condition]) -> Condition:
    return parts[0] if len(parts) == 1 else All(tuple(parts))
