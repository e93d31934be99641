"""Hypothesis strategies for elements, models and Changes: any value of any field, on few ids so that they meet."""

from __future__ import annotations

import types
import typing
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from typing import Any, Literal, get_args, get_origin

import annotated_types
from hypothesis import strategies as st

from workbench.model import NOUNS, Change, Element, Model, Value, added, removed, replaced
from workbench.model.records import Range

ids = st.sampled_from([f"app/{kind}:{n}" for kind in ("process", "store", "flow") for n in range(1, 6)])
"""Few ids, so that two models or two edits meet at the same element."""
texts = st.text(max_size=20)
zones = st.sampled_from([None, UTC, timezone(timedelta(hours=2)), timezone(-timedelta(hours=3, minutes=30))])
numbers = st.integers(-(2**63), 2**63 - 1)
scalars = st.none() | st.booleans() | numbers | st.floats(allow_nan=False, allow_infinity=False) | texts
settings = st.dictionaries(st.text(min_size=1, max_size=10), scalars, max_size=4)

_SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    bool: st.booleans(),
    int: numbers,
    date: st.dates(),
    datetime: st.datetimes(timezones=zones),
    type(None): st.none(),
}
_amounts = st.floats(0, allow_nan=False, allow_infinity=False, exclude_min=True)
_ranges = st.tuples(_amounts, _amounts).map(sorted).map(Range.model_validate)


def of_type(annotation: Any, metadata: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    """Return a strategy for the values of a field's type."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*(of_type(a, metadata) for a in arguments))
    if origin is tuple:
        return st.lists(of_type(arguments[0]), max_size=3).map(tuple)
    if origin is dict:
        return settings
    if isinstance(annotation, type) and issubclass(annotation, Value):
        return _ranges if annotation is Range else values(annotation)
    return _simple(annotation, metadata)


def _simple(annotation: Any, metadata: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if annotation is str and any(isinstance(m, annotated_types.MinLen) for m in metadata):
        return st.text(min_size=1, max_size=20)
    bounds = [m for m in metadata if isinstance(m, (annotated_types.Ge, annotated_types.Le))]
    if annotation is float and bounds:
        return _amounts
    return st.integers(1, 5) if annotation is int and bounds else _SIMPLE[annotation]


def values(cls: type[Any], **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for values of a class: what is required, `given`, and up to a handful of other fields."""
    fields = _fields(cls) | given
    wanted = [name for name, field in cls.model_fields.items() if field.is_required() or name in given]
    others = st.lists(st.sampled_from(sorted(fields)), unique=True, max_size=5)
    return _chosen(cls, fields, wanted, others)


@st.composite
def _chosen(
    draw: st.DrawFn,
    cls: type[Any],
    fields: dict[str, st.SearchStrategy[Any]],
    wanted: list[str],
    others: st.SearchStrategy[list[str]],
) -> Any:
    names = dict.fromkeys(wanted + draw(others))
    return cls(**{name: draw(fields[name]) for name in names})


@cache
def _fields(cls: type[Any]) -> dict[str, st.SearchStrategy[Any]]:
    return {name: of_type(field.annotation, tuple(field.metadata)) for name, field in cls.model_fields.items()}


@cache
def elements() -> st.SearchStrategy[Element]:
    """Return a strategy for elements and records of every noun."""
    return st.sampled_from(list(NOUNS.values())).flatmap(_of_class)


@cache
def _of_class(cls: type[Element]) -> st.SearchStrategy[Any]:
    return values(cls, id=ids)


def models(max_size: int = 8) -> st.SearchStrategy[Model]:
    """Return a strategy for models."""
    return st.lists(elements(), unique_by=lambda e: e.id, max_size=max_size).map(Model)


@st.composite
def changes(draw: st.DrawFn, model: Model, max_size: int = 5) -> list[Change]:
    """Return a strategy for Changes that fit a model, one after the other."""
    made: list[Change] = []
    for _ in range(draw(st.integers(1, max_size))):
        change = draw(_change(model))
        model = model.apply([change])
        made.append(change)
    return made


def _change(model: Model) -> st.SearchStrategy[Change]:
    free = elements().filter(lambda e: e.id not in model).map(added)
    if not len(model):
        return free
    chosen = st.sampled_from(list(model))
    edits = chosen.flatmap(lambda e: _of_class(type(e)).map(lambda new: replaced(e, new.changed(id=e.id))))
    return free | edits | chosen.map(removed)
