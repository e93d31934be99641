"""The operators of conditions: what each accepts, and its truth over a column.

`bind` checks an operand against the vocabulary once, when the rule loads, and returns the function that is applied to
every frame. Everything is three-valued but `exists`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any

import numpy as np
import re2

from workbench.rules.columns import Codes, Numbers, Scale, Truth
from workbench.rules.comparisons import COMPARISONS
from workbench.rules.errors import RuleError, shown, unknown
from workbench.rules.yaml_file import Mapping

if TYPE_CHECKING:
    from workbench.rules.conditions import Columns, Context
    from workbench.rules.vocabulary import Column

MAX_PATTERN = 500
MAX_OPERANDS = 200
_EQUAL = ("equals", "one_of", "not_equals")
_COMPARE = ("at_least", "at_most", "more_than", "less_than")
_ORDER = {"at_least": ge, "at_most": le, "more_than": gt, "less_than": lt}
_COLUMNS = ("equals_column", "not_equals_column", "less_than_column", "more_than_column")
_OF_KIND: dict[str, tuple[str, ...]] = {
    "boolean": (*_EQUAL, "exists", "equals_column", "not_equals_column"),
    "integer": (*_EQUAL, *_COMPARE, "exists", *_COLUMNS),
    "date": (*_EQUAL, *_COMPARE, "exists", *_COLUMNS),
    "ordered": (*_EQUAL, *_COMPARE, "exists", *_COLUMNS),
    "string": (*_EQUAL, "exists", "contains", "matches", "equals_column", "not_equals_column"),
    "list": ("exists", "contains", "contains_any", "subset_of"),
}
ALL = tuple(dict.fromkeys(name for names in _OF_KIND.values() for name in names))
_LISTS = {"one_of", "contains_any", "subset_of"}

Apply = Callable[["Columns"], Truth]


def names(column: Column) -> tuple[str, ...]:
    """Return the operators that a column has."""
    return _OF_KIND[column.kind]


def bind(column: Column, operator: str, operand: Any, context: Context, place: str) -> tuple[Apply, Any]:
    """Return the function for an operator on a column and the operand with its parameter put in.

    Raises
    ------
    RuleError
        If the column has no such operator or the operand does not fit.
    """
    if operator not in ALL:
        raise RuleError(place, unknown("operator", operator, ALL))
    if operator not in names(column):
        hint = "; for a list say contains, contains_any or subset_of" if column.kind == "list" else ""
        raise RuleError(
            place, f"`{column.name}` is {_kind(column)}; it has the operators {', '.join(names(column))}{hint}"
        )
    operand = context.parameter(operand, place)
    if operator in _COLUMNS or (operator == "subset_of" and isinstance(operand, Mapping)):
        return _bind_column(column, operator, operand, context, place)
    value = _operand(column, operator, operand, context, place)
    return _bind_value(column, operator, value, place), value


def _kind(column: Column) -> str:
    return f"{'an' if column.kind[0] in 'aeio' else 'a'} {column.kind}"


# --- operands --------------------------------------------------------------------------------------------------------


def _operand(column: Column, operator: str, operand: Any, context: Context, place: str) -> Any:
    if operator == "exists":
        if not isinstance(operand, bool):
            raise RuleError(place, f"`exists` expects true or false; got {shown(operand)}")
        return operand
    if column.kind == "string" and operator in {"contains", "matches"}:
        column = replace(column, values=())  # a part or pattern of a value is none of the values
    if operator not in _LISTS:
        return scalar(column, context.parameter(operand, place), place)
    if not isinstance(operand, list) or not operand:
        raise RuleError(place, f"`{operator}` expects a list of values; got {shown(operand)}")
    if len(operand) > MAX_OPERANDS:
        raise RuleError(place, f"`{operator}` has more than {MAX_OPERANDS} values; use `matches` or split the rule")
    return tuple(scalar(column, context.parameter(item, place), place) for item in operand)


def scalar(column: Column, value: Any, place: str) -> Any:
    """Return one value of a column (for a list: one of its items), checked.

    Raises
    ------
    RuleError
        If it is of the wrong type or not among the values that the column can have.
    """
    expected = {"boolean": bool, "integer": int}.get(column.kind, str)
    if type(value) is not expected:
        raise RuleError(place, f"`{column.name}` is {_kind(column)}; got {shown(value)}{_hint(column, value)}")
    if column.values and value not in column.values:
        raise RuleError(place, unknown(f"value of {column.name}", value, column.values))
    if column.kind == "date":
        return _date(value, place)  # type: ignore[arg-type]
    return value


def _date(value: str, place: str) -> int:
    try:
        return date.fromisoformat(value).toordinal()
    except ValueError:
        raise RuleError(place, f"expected a date such as 2026-01-31; got {shown(value)}") from None


def _hint(column: Column, value: Any) -> str:
    if value is None:
        return "; to say that it is unknown write {exists: false}"
    if column.kind == "boolean":
        return "; write true or false"
    if isinstance(value, list):
        return "; a list means one of its values, here one value is expected"
    if column.kind not in {"integer", "boolean"} and isinstance(value, (int, float)):
        return "; put it in quotes"
    return ""


# --- a column against a value ----------------------------------------------------------------------------------------


def _bind_value(column: Column, operator: str, value: Any, place: str) -> Apply:
    name = column.name
    if operator == "exists":
        return lambda columns: _exists(columns.column(name), wanted=value)
    if column.kind == "boolean":
        return _boolean(name, operator, value)
    if column.kind in {"integer", "date"}:
        return _number(name, operator, value)
    if column.kind == "ordered":
        return _ordered(name, operator, value, column.order)
    test = _text(operator, value, place) if column.kind == "string" else _list(operator, value)
    return lambda columns: columns.column(name).where(test)  # type: ignore[union-attr]


def _exists(data: Any, *, wanted: bool) -> Truth:
    known = data.known if not isinstance(data, Codes) else _filled(data)
    return Truth(known, ~known) if wanted else Truth(~known, known)


def _filled(data: Codes) -> Any:
    """Take an empty list for none: nothing was said."""
    if not data.values or not isinstance(data.values[0], tuple):
        return data.known
    return data.where(bool).true


def _boolean(name: str, operator: str, value: Any) -> Apply:
    wanted = value if isinstance(value, tuple) else (value,)
    negate = operator == "not_equals"

    def apply(columns: Columns) -> Truth:
        truth: Truth = columns.column(name).truth  # type: ignore[union-attr]
        parts = [truth if w else ~truth for w in wanted]
        result = parts[0] if len(parts) == 1 else parts[0] | parts[1]
        return ~result if negate else result

    return apply


def _number(name: str, operator: str, value: Any) -> Apply:
    def compare(numbers: Any) -> Any:
        if operator in _ORDER:
            return _ORDER[operator](numbers, value)
        found = np.isin(numbers, value)
        return ~found if operator == "not_equals" else found

    def apply(columns: Columns) -> Truth:
        data: Numbers = columns.column(name)  # type: ignore[assignment]
        true = compare(data.numbers)
        return Truth(true & data.known, ~true & data.known)

    return apply


def _ordered(name: str, operator: str, value: Any, order: tuple[str, ...]) -> Apply:
    places = sorted(order.index(v) for v in (value if isinstance(value, tuple) else (value,)))
    steps = np.arange(len(order))
    if operator in _ORDER:
        allowed = _ORDER[operator](steps, places[0])
    else:
        allowed = np.isin(steps, places, invert=operator == "not_equals")
    # For each (low, high): whether all steps between are allowed, and whether none is.
    total = np.concatenate(([0], np.cumsum(allowed)))

    def apply(columns: Columns) -> Truth:
        data: Scale = columns.column(name)  # type: ignore[assignment]
        hits = total[data.high + 1] - total[data.low]
        true, false = hits == data.high - data.low + 1, hits == 0
        return Truth(true, false) if data.absent is None else Truth(true & ~data.absent, false | data.absent)

    return apply


def _text(operator: str, value: Any, place: str) -> Callable[[Any], bool]:
    if operator == "matches":
        return _pattern(value, place)
    if operator == "contains":
        return lambda text: value in text
    if operator == "not_equals":
        return lambda text: bool(text != value)
    wanted = frozenset(value) if isinstance(value, tuple) else frozenset((value,))
    return wanted.__contains__


def _list(operator: str, value: Any) -> Callable[[Any], bool]:
    if operator == "contains":
        return lambda items: value in items
    if operator == "contains_any":
        return lambda items: any(v in items for v in value)
    allowed = frozenset(value)
    return allowed.issuperset


def _pattern(value: str, place: str) -> Callable[[Any], bool]:
    if len(value) > MAX_PATTERN:
        raise RuleError(place, f"the pattern is longer than {MAX_PATTERN} characters; shorten it")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        compiled = re2.compile(value, options)
    except re2.error as error:
        text = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else f"{error}"
        raise RuleError(place, f"the pattern {shown(value)} is refused: {text}; re2 has no look-around") from None
    return lambda text: compiled.search(text) is not None


# --- a column against another column ---------------------------------------------------------------------------------


def _bind_column(column: Column, operator: str, operand: Any, context: Context, place: str) -> tuple[Apply, Any]:
    other = context.column(_other_name(operator, operand, place), place)
    if other.kind != column.kind or other.order != column.order:
        raise RuleError(place, f"`{column.name}` is {_kind(column)} and `{other.name}` {_kind(other)}; not comparable")
    compare = COMPARISONS[column.kind, operator]
    return lambda columns: compare(columns.column(column.name), columns.column(other.name)), other


def _other_name(operator: str, operand: Any, place: str) -> str:
    name = operand
    if operator == "subset_of":
        name = operand.get("column") if set(operand) == {"column"} else None
    if not isinstance(name, str):
        form = "{column: name}" if operator == "subset_of" else "the name of a column"
        raise RuleError(place, f"`{operator}` expects {form}; got {shown(operand)}")
    return name
