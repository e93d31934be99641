"""Forms as data: which fields are asked about each kind of thing, and their words. From data/words/forms.yaml."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from workbench.errors import unknown
from workbench.model import ELEMENTS, NOUNS
from workbench.places import share
from workbench.rules import yaml_file
from workbench.rules.asks import ASKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.model import Element

Sort = Literal["text", "yes_no", "number", "choice", "choices", "texts", "data", "element"]
Answer = str | int | bool | list[str] | None

DONT_KNOW = "Don't know"


@dataclass(frozen=True)
class Choice:
    """One answer that can be chosen."""

    value: str | bool
    words: str


@dataclass(frozen=True)
class Field:
    """One thing that a form asks."""

    name: str
    """The field of the model."""
    label: str
    help: str
    sort: Sort
    """What an answer is: a text, yes or no, a whole number, one or several choices, several texts, names of data, or
    the name of another element. None is always "don't know"."""
    choices: tuple[Choice, ...] = ()
    refers: frozenset[str] = frozenset()
    """Nouns of the elements that can be named."""
    required: bool = False
    risk: bool = True
    """Changing what was known here changes how big a risk looks, so a reason is asked."""
    more: bool = False
    """Most people can leave it alone at first."""
    nothing: tuple[str, ...] | None = None
    """What the model has where nobody knows."""

    @property
    def several(self) -> bool:
        """Return whether an answer is a list."""
        return self.sort in ("choices", "texts", "data")


@dataclass(frozen=True)
class Form:
    """What is asked about a kind of thing."""

    id: str
    noun: str | None
    """Noun of the model; None for a form about elements of any noun."""
    title: str
    says: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        """Return a field by its name.

        Raises
        ------
        UsageError
            If the form has none.
        """
        found = next((f for f in self.fields if f.name == name), None)
        if found is None:
            raise unknown(f"field of the form {self.title!r}", name, (f.name for f in self.fields))
        return found


def forms() -> tuple[Form, ...]:
    """Return all forms in the order in which they are offered."""
    return tuple(_forms().values())


def form(name: str) -> Form:
    """Return a form by its id: flow, entry_point, boundary, data, connection, owner, actor, service, process or store.

    Raises
    ------
    UsageError
        If there is none.
    """
    if name not in _forms():
        raise unknown("form", name, _forms())
    return _forms()[name]


@cache
def _forms() -> Mapping[str, Form]:
    content = yaml_file.read(share("data", "words", "forms.yaml"))
    words = content["words"]
    return {key: _form(key, entry, words) for key, entry in content["forms"].items()}


def _form(key: str, entry: Mapping[str, Any], words: Mapping[str, Any]) -> Form:
    noun = entry.get("noun")
    # Any noun has what the form of owners asks.
    cls = NOUNS[noun] if noun else ELEMENTS[0]
    fields = (_field(cls, name, e, words) for name, e in entry["fields"].items())
    return Form(key, noun, entry["title"], entry["says"], tuple(fields))


def _field(cls: type[Element], name: str, entry: Mapping[str, Any], words: Mapping[str, Any]) -> Field:
    noun, held = cls.noun, cls.model_fields[name]
    refers = frozenset(entry.get("refers", ()))
    sort, values = ("element", ()) if refers else ("data", ()) if name == "data" else _sort(held.annotation)
    said = words.get(f"{noun}.{name}") or words.get(name, {})
    choices = tuple(Choice(value, said[value]) for value in values)
    return Field(
        name, entry["label"], entry.get("help") or ASKS.get(noun, {}).get(name, ""), sort,
        (Choice(True, "Yes"), Choice(False, "No")) if sort == "yes_no" else choices,  # noqa: FBT003
        refers, entry.get("required", False), entry.get("risk", True), entry.get("more", False),
        () if held.default == () else None,
    )  # fmt: skip


def _sort(annotation: Any) -> tuple[Sort, tuple[str, ...]]:
    """Return what kind of answer a field takes, and the values to choose from."""
    inner = annotation
    if get_origin(inner) in (typing.Union, types.UnionType):
        inner = next(a for a in get_args(inner) if a is not type(None))
    if get_origin(inner) is Literal:
        return "choice", get_args(inner)
    if get_origin(inner) is tuple:
        one = get_args(inner)[0]
        return ("choices", get_args(one)) if get_origin(one) is Literal else ("texts", ())
    return {bool: "yes_no", int: "number"}.get(inner, "text"), ()  # type: ignore[return-value]
