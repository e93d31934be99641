"""Facts of a model: one frame a noun, columns as the vocabulary lists them.

A column is computed when it is first asked for and kept: a library that never asks for taint never pays for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from workbench.model import NOUNS, EntryPoint
from workbench.rules import derived, vocabulary
from workbench.rules.columns import Codes, Data, encode
from workbench.rules.lists import NO_LISTS
from workbench.rules.settle import Settling

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from workbench.model import Element, Model
    from workbench.rules.columns import Bools, Truth
    from workbench.rules.lists import Lists

T = TypeVar("T")
_NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


class Facts:
    """What rules know about a model on a day."""

    def __init__(
        self, model: Model, today: date, settings: Mapping[str, str] = _NO_SETTINGS, lists: Lists = NO_LISTS
    ) -> None:
        self.model, self.today, self.settings, self.lists = model, today, settings, lists
        self._columns: dict[tuple[str, str], Data] = {}
        self._elements: dict[str, Sequence[Element]] = {}
        self._fields: dict[str, dict[str, Sequence[Any]]] = {}
        self._ids: dict[str, list[str]] = {}
        self._tables: dict[str, Table] = {}
        self._parts: dict[Any, Any] = {}
        self._unknown: dict[Any, Data] = {}

    @property
    def frames(self) -> Mapping[str, pd.DataFrame]:
        """Return the DataFrame of each noun, indexed by element id; built when it is asked for."""
        return _Lazy(vocabulary.FRAMES, self.frame)

    def frame(self, noun: str) -> pd.DataFrame:
        """Return the facts of a noun: the vocabulary's columns, then the settings that some element has."""
        names = [*vocabulary.columns(noun), *self._settings_of(noun)]
        data = {name: self._shown(noun, name) for name in names}
        return pd.DataFrame(data, index=pd.Index(self.ids(noun), name="element", dtype=object), copy=False)

    def _shown(self, noun: str, name: str) -> Any:
        data, column = self.column(noun, name), vocabulary.columns(noun).get(name)
        if isinstance(data, Codes) and column is not None and column.kind == "list":
            return pd.Series(data.objects(), index=self.ids(noun), dtype=object)
        return data.array()

    def _settings_of(self, noun: str) -> list[str]:
        used = self.part(Facts._settings_by_key, noun).keys()
        return [f"settings.{key}" for key in sorted(used & self.settings.keys())]

    def elements(self, noun: str) -> Sequence[Element]:
        """Return the elements of a noun in the order of their ids."""
        if noun not in self._elements:
            self._elements[noun] = self.model.of(NOUNS[noun])
        return self._elements[noun]

    def ids(self, noun: str) -> list[str]:
        """Return the ids of a frame's rows."""
        if noun not in self._ids:
            self._ids[noun] = list(self.values(noun, "id"))
        return self._ids[noun]

    def table(self, noun: str) -> Table:
        """Return the frame as conditions read it."""
        if noun not in self._tables:
            self._tables[noun] = Table(self, noun)
        return self._tables[noun]

    def column(self, noun: str, name: str) -> Data:
        """Return one column.

        Raises
        ------
        KeyError
            If the frame has no such column.
        """
        key = (noun, name)
        if key not in self._columns:
            self._columns[key] = self._compute(noun, name)
        return self._columns[key]

    def _compute(self, noun: str, name: str) -> Data:
        if name.startswith("settings."):
            return self._setting(noun, name.removeprefix("settings."))
        column = vocabulary.columns(noun)[name]
        if column.derived:
            return derived.compute(self, noun, name)
        return self._encoded(column, self.values(noun, name))

    def _encoded(self, column: vocabulary.Column, values: Sequence[Any]) -> Data:
        rows = len(values)
        if values.count(None) < rows:
            return encode(column, values, rows)
        # Most fields are unknown everywhere; one such column does for all of its kind.
        key = (column.kind, column.order, rows)
        if key not in self._unknown:
            self._unknown[key] = encode(column, values, rows)
        return self._unknown[key]

    def values(self, noun: str, name: str) -> Sequence[Any]:
        """Return a field of each element of a noun; None where the noun does not have it."""
        if noun not in self._fields:
            self._fields[noun] = _transposed(NOUNS[noun], self.elements(noun))
        known = self._fields[noun]
        if name not in known:
            # What is seldom asked for is read when it is; what a noun does not have is unknown.
            has = name in NOUNS[noun].model_fields
            known[name] = [e.__dict__[name] if has else None for e in self.elements(noun)]
        return known[name]

    def _settings_by_key(self, noun: str) -> dict[str, list[Any]]:
        """Return the values of each setting that some element of a noun has."""
        found: dict[str, list[Any]] = {}
        rows = len(self.elements(noun))
        for row, settings in enumerate(self.values(noun, "settings")):
            for key, value in settings.items() if settings else ():
                if key not in found:
                    found[key] = [None] * rows
                found[key][row] = value
        return found

    def _setting(self, noun: str, key: str) -> Data:
        column = vocabulary.setting(key, self.settings[key])
        expected = {"boolean": bool, "integer": int, "string": str}[column.kind]
        values = self.part(Facts._settings_by_key, noun).get(key) or [None] * len(self.elements(noun))
        if not {*map(type, values)} <= {expected, type(None)}:
            # An export may hold anything under a key; what is not of the declared kind says nothing.
            values = [value if type(value) is expected else None for value in values]
        return self._encoded(column, values)

    def active(self, noun: str) -> Bools:
        """Return the rows that take part: disabled steps, their entry points and flows do not run."""
        return self.part(derived.active, noun)

    @cached_property
    def _started(self) -> tuple[dict[int, int], dict[int, list[int]]]:
        """Rows of entry points → row of the step they start, and back."""
        rows = {element_id: row for row, element_id in enumerate(self.ids("process"))}
        forward = {}
        back: dict[int, list[int]] = {}
        for row, entry in enumerate(self.elements("entry_point")):
            if isinstance(entry, EntryPoint) and entry.starts in rows:
                forward[row] = rows[entry.starts]
                back.setdefault(rows[entry.starts], []).append(row)
        return forward, back

    def part(self, make: Callable[..., T], *arguments: Any) -> T:
        """Return what `make(facts, *arguments)` computes, such as the graph; it is computed once."""
        key = (make, *arguments)
        if key not in self._parts:
            self._parts[key] = make(self, *arguments)
        return self._parts[key]  # type: ignore[no-any-return]

    def twins(self, noun: str, row: int) -> list[int]:
        """Return the row of the step that an entry point starts, or the rows of the entry points that start a step."""
        forward, back = self._started
        if noun == "process":
            return back.get(row, [])
        return [forward[row]] if row in forward else []

    def path(self, noun: str, name: str, row: int) -> tuple[str, ...]:
        """Return the ids on the way that makes a column true in a row; empty if it has none or is not true."""
        return derived.way(self, noun, name, row)

    @cached_property
    def paths(self) -> Mapping[tuple[str, str, str], tuple[str, ...]]:
        """Map (noun, column, id) to the ids on the way that makes the column true."""
        return _ById(self, self.path)

    @cached_property
    def unknown_because(self) -> Mapping[tuple[str, str, str], tuple[tuple[str, str], ...]]:
        """Map (noun, column, id) of an unknown derived fact to the (element id, field) that would settle it."""
        return _ById(self, self._settles)

    def _settles(self, noun: str, name: str, row: int) -> tuple[tuple[str, str], ...]:
        settling = Settling(self)
        settling.add(noun, name, [row], 1)
        return tuple(sorted(settling.found()))


class Table:
    """A frame as conditions read it."""

    def __init__(self, facts: Facts, noun: str) -> None:
        self.facts, self.noun = facts, noun
        self.ids = facts.ids(noun)
        self.memo: dict[Any, Truth] = {}

    def column(self, name: str) -> Data:
        """Return a column by name."""
        return self.facts.column(self.noun, name)


def _transposed(cls: type[Element], elements: Sequence[Element]) -> dict[str, Sequence[Any]]:
    """Return the fields of elements by name, read in one pass.

    From the dict behind each pydantic value: its attributes give the same, ten times slower.
    """
    names = [name for name in cls.model_fields if name not in _SELDOM]
    columns = zip(*map(itemgetter(*names), (element.__dict__ for element in elements)), strict=True)
    return dict(zip(names, columns, strict=False))


_SELDOM = {
    "name",
    "owner",
    "deputy",
    "owner_status",
    "notes",
    "source",
    "address",
    "host",
    "version",
    "by",
    "at",
    "why",
}


class _ById(Mapping[tuple[str, str, str], Any]):
    """What is true of (noun, column, element id), worked out when it is looked up."""

    def __init__(self, facts: Facts, find: Callable[[str, str, int], Any]) -> None:
        self._facts, self._find = facts, find

    def __getitem__(self, key: tuple[str, str, str]) -> Any:
        noun, name, element_id = key
        found = self._find(noun, name, self._facts.ids(noun).index(element_id)) if self._has(key) else None
        if not found:
            raise KeyError(key)
        return found

    def _has(self, key: tuple[str, str, str]) -> bool:
        noun, name, element_id = key
        return noun in vocabulary.FRAMES and name in vocabulary.columns(noun) and element_id in self._facts.ids(noun)

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        keys = ((n, c, i) for n in vocabulary.FRAMES for c in vocabulary.columns(n) for i in self._facts.ids(n))
        return (key for key in keys if self.get(key))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Lazy(Mapping[str, Any]):
    def __init__(self, names: Sequence[str], make: Callable[[str], Any]) -> None:
        self._names, self._make = names, make
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def facts(model: Model, *, today: date, settings: Mapping[str, str] | None = None, lists: Lists = NO_LISTS) -> Facts:
    """Return the facts of a model as rules read them.

    `settings` maps the keys that readers fill to their kind; `lists` are those that the organisation keeps.
    """
    return Facts(model, today, settings if settings is not None else _NO_SETTINGS, lists)
