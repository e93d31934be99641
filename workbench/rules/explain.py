"""Why a finding is one: the values that its condition read, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.rules.columns import Codes, Data, Flags, Numbers, Scale

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from workbench.rules.columns import Bools
    from workbench.rules.conditions import Columns, Condition
    from workbench.rules.vocabulary import Column

    Ints = np.typing.NDArray[np.intp]
    Reasons = list[tuple[Column, Bools]]


def reasons(condition: Condition, columns: Columns, rows: Ints, size: int) -> Reasons:
    """Return the columns that made the condition true, each with those of `rows` in which it did."""
    mask = np.zeros(size, dtype=np.bool_)
    mask[rows] = True
    return [(column, used[rows]) for column, used in _contributing(condition, columns, mask)]


def because(reasons: Reasons, columns: Columns, rows: Ints) -> list[tuple[str, ...]]:
    """Return for each of `rows` the values that made the condition true."""
    parts = [_Part(column, columns.column(column.name), used, rows) for column, used in reasons]
    texts: dict[Any, tuple[str, ...]] = {}
    result = []
    # Few combinations of values occur, however many rows there are: each is put into words once.
    for key in zip(*(part.keys for part in parts), strict=True):
        text = texts.get(key)
        if text is None:
            words = [part.words(k) for part, k in zip(parts, key, strict=True) if k is not None]
            text = texts[key] = tuple(dict.fromkeys(words))
        result.append(text)
    return result


def doubts(reasons: Reasons, columns: Columns, rows: Ints) -> np.typing.NDArray[np.int8]:
    """Return for each of `rows` what the least certain value that it rests on rests on."""
    worst = np.zeros(len(rows), dtype=np.int8)
    for column, used in reasons:
        doubt = getattr(columns.column(column.name), "doubt", None)
        if doubt is not None:
            worst = np.maximum(worst, np.where(used, doubt[rows], 0))
    return worst


def _contributing(condition: Condition, columns: Columns, mask: Bools) -> Iterator[tuple[Column, Bools]]:
    for test, rows in condition.reasons(columns, mask):
        yield test.column, rows
        if test.other is not None:
            yield test.other, rows


class _Part:
    """One column of an explanation: a key for each row, and the words for a key."""

    def __init__(self, column: Column, data: Data, used: Bools, rows: Ints) -> None:
        keys, self._words = _keys(column, data, rows)
        self.keys = keys if used.all() else [k if u else None for k, u in zip(keys, used.tolist(), strict=True)]
        self._column = column

    def words(self, key: Any) -> str:
        return self._words(key)


def _keys(column: Column, data: Data, rows: Ints) -> tuple[list[Any], Callable[[Any], str]]:
    label = column.name.removeprefix("settings.").replace("_", " ")
    nothing = f"{label} is not known"
    if isinstance(data, Codes):
        return data.codes[rows].tolist(), lambda key: nothing if key < 0 else _is(label, data.values[key])
    if isinstance(data, Flags):
        keys = np.where(data.known[rows], data.truth.true[rows], -1).tolist()
        return keys, lambda key: nothing if key < 0 else f"{_sentence(column, label)}: {'yes' if key else 'no'}"
    if isinstance(data, Numbers):
        known = data.known[rows].tolist()
        numbers = data.numbers[rows].tolist()
        keys = list(zip(known, numbers, strict=True))
        return keys, lambda key: f"{label} is {data.shown(key[1])}" if key[0] else nothing
    return _scale_keys(data, rows), lambda key: nothing if key < 0 else _step(label, key, data)


def _scale_keys(data: Scale, rows: Ints) -> list[int]:
    keys = np.where(data.known, data.low * np.int8(16) + data.high, -1)
    return keys[rows].tolist()  # type: ignore[no-any-return]


def _step(label: str, key: int, data: Scale) -> str:
    low, high = divmod(key, 16)
    return f"{label} is {'' if low == high else 'at least '}{data.order[low]}"


def _is(label: str, value: Any) -> str:
    if isinstance(value, tuple):
        return f"{label}: {listed(value) if value else 'none'}"
    return f"{label} is {value}"


def _sentence(column: Column, label: str) -> str:
    """Tell a derived fact by its doc: no name would say enough."""
    return column.doc[0].lower() + column.doc[1:] if column.derived else label


def listed(values: Iterable[Any]) -> str:
    """Return values as a person lists them; of many the first."""
    items = [f"{value}" for value in values]
    return ", ".join(items[:6]) + (f" and {len(items) - 6} more" if len(items) > 6 else "")  # noqa: PLR2004 - a line
