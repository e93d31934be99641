"""Columns of facts as numpy arrays, and Truth: Kleene's three values over the rows of a frame.

Pandas' nullable `boolean` is the same logic and is what frames and masks show; these thin pairs of arrays are what a
hundred rules over a twenty-element model can afford.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from workbench.rules.vocabulary import Column

    Bools = NDArray[np.bool_]

# The same as "string", which pandas would look up each time.
STRING = pd.StringDtype()
# What a value that should be known rests on: nothing uncertain, a step of the way that was assumed, a suggestion.
CERTAIN, ASSUMED, SUGGESTED = 0, 1, 2


class Truth:
    """For each row whether it is true and whether it is false; neither is unknown."""

    __slots__ = ("false", "true")

    def __init__(self, true: Bools, false: Bools) -> None:
        self.true, self.false = true, false

    @property
    def unknown(self) -> Bools:
        """Return the rows that are neither."""
        return ~(self.true | self.false)

    def __and__(self, other: Truth) -> Truth:
        return Truth(self.true & other.true, self.false | other.false)

    def __or__(self, other: Truth) -> Truth:
        return Truth(self.true | other.true, self.false & other.false)

    def __invert__(self) -> Truth:
        return Truth(self.false, self.true)

    def array(self) -> Any:
        """Return pandas' nullable boolean array of the same values."""
        return pd.arrays.BooleanArray(self.true.copy(), self.unknown)


@dataclass(frozen=True, slots=True)
class Codes:
    """Strings or tuples of strings: for each row the place of its value in `values`, -1 if unknown."""

    codes: NDArray[np.int32]
    values: Sequence[Any]

    @property
    def known(self) -> Bools:
        """Return the rows whose value is known."""
        return self.codes >= 0

    @property
    def unknown(self) -> Bools:
        """Return the rows whose value is unknown."""
        return self.codes < 0

    def where(self, test: Callable[[Any], bool]) -> Truth:
        """Return the truth of a test, which is made once for each distinct value."""
        # The last place answers for code -1.
        true = np.array([*map(test, self.values), False], dtype=np.bool_)[self.codes]
        return Truth(true, self.known & ~true)

    def value(self, row: int) -> Any:
        """Return the value of a row, None if unknown."""
        code = self.codes[row]
        return self.values[code] if code >= 0 else None

    def objects(self) -> NDArray[Any]:
        """Return the values of all rows, None where unknown."""
        lookup = np.empty(len(self.values) + 1, dtype=object)
        lookup[:-1] = np.fromiter(self.values, dtype=object, count=len(self.values))
        return lookup[self.codes]

    def array(self) -> Any:
        """Return the values as pandas' strings."""
        return pd.array(self.objects(), dtype=STRING)


@dataclass(frozen=True, slots=True)
class Flags:
    """Booleans; `doubt` tells what a known value rests on."""

    truth: Truth
    doubt: NDArray[np.int8] | None = None

    @property
    def known(self) -> Bools:
        """Return the rows whose value is known."""
        return self.truth.true | self.truth.false

    def value(self, row: int) -> bool | None:
        """Return the value of a row, None if unknown."""
        return True if self.truth.true[row] else False if self.truth.false[row] else None

    def array(self) -> Any:
        """Return pandas' nullable boolean array."""
        return self.truth.array()


@dataclass(frozen=True, slots=True)
class Numbers:
    """Integers, or dates as day numbers."""

    numbers: NDArray[np.int64]
    known: Bools
    dates: bool = False

    def value(self, row: int) -> int | date | None:
        """Return the value of a row, None if unknown."""
        return self.shown(int(self.numbers[row])) if self.known[row] else None

    def shown(self, number: int) -> int | date:
        """Return a number as what it stands for."""
        return date.fromordinal(number) if self.dates else number

    def array(self) -> Any:
        """Return pandas' nullable integers, or timestamps."""
        if self.dates:
            days: Any = [self.value(i) for i in range(len(self.numbers))]
            return pd.array(days, dtype="datetime64[s]")
        return pd.arrays.IntegerArray(self.numbers.copy(), ~self.known)


@dataclass(frozen=True, slots=True)
class Scale:
    """Places on an ordered scale, each known to lie between `low` and `high`; known for sure where these are equal.

    An element that holds a confidential field and a field nobody has classified is at least confidential: rules that
    ask for that have their answer.
    """

    low: NDArray[np.int8]
    high: NDArray[np.int8]
    order: tuple[str, ...]
    doubt: NDArray[np.int8] | None = None
    absent: Bools | None = None
    """Rows that lie on no step of the scale, such as the data class of what holds no data: all comparisons false."""

    @property
    def known(self) -> Bools:
        """Return the rows of which at least something is known: they lie above the lowest step or are exact."""
        some: Bools = (self.low == self.high) | (self.low > 0)
        return some if self.absent is None else some & ~self.absent

    def value(self, row: int) -> str | None:
        """Return the lowest place that a row can have, None if nothing is known."""
        return self.order[self.low[row]] if self.known[row] else None

    def array(self) -> Any:
        """Return pandas' ordered categories."""
        codes: Any = np.where(self.known, self.low, -1)
        return pd.Categorical.from_codes(codes, categories=pd.Index(self.order), ordered=True)


Data = Codes | Flags | Numbers | Scale


def exact(data: Data) -> Bools:
    """Return the rows whose value is known for sure."""
    if isinstance(data, Scale):
        one: Bools = data.low == data.high
        return one if data.absent is None else one | data.absent
    return data.known


def encode(column: Column, values: Iterable[Any], rows: int) -> Data:
    """Return the column of `values`, None where unknown."""
    if column.kind == "boolean":
        return Flags(truth_of(values, rows))
    if column.kind in {"integer", "date"}:
        return _numbers(values, dates=column.kind == "date")
    if column.kind == "ordered":
        return _scale(column, values, rows)
    return codes_of(values, rows)


def codes_of(values: Iterable[Any], rows: int) -> Codes:
    """Return the codes of strings or tuples, in the order in which they appear."""
    table: dict[Any, int] = defaultdict(count().__next__, {None: -1})
    codes = np.fromiter(map(table.__getitem__, values), dtype=np.int32, count=rows)
    return Codes(codes, list(table)[1:])


_BOOLEAN = {True: 1, False: 0, None: -1}


def truth_of(values: Iterable[bool | None], rows: int) -> Truth:
    """Return the truth of booleans, None where unknown."""
    codes = np.fromiter(map(_BOOLEAN.__getitem__, values), dtype=np.int8, count=rows)
    return Truth(codes == 1, codes == 0)


def _numbers(values: Iterable[Any], *, dates: bool) -> Numbers:
    items = [_ordinal(v) for v in values] if dates else list(values)
    known = np.array([v is not None for v in items], dtype=np.bool_)
    return Numbers(np.array([v or 0 for v in items], dtype=np.int64), known, dates)


def _ordinal(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, str):
        value = date.fromisoformat(value)
    return value.date().toordinal() if isinstance(value, datetime) else value.toordinal()


def _scale(column: Column, values: Iterable[Any], rows: int) -> Scale:
    place: dict[Any, int] = {step: i for i, step in enumerate(column.order)}
    place[None] = -1
    codes = np.fromiter(map(place.__getitem__, values), dtype=np.int8, count=rows)
    unknown = codes < 0
    top = len(column.order) - 1
    return Scale(
        np.where(unknown, 0, codes).astype(np.int8), np.where(unknown, top, codes).astype(np.int8), column.order
    )
