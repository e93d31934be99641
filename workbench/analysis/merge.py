"""Bring a new draft of an app into the model without losing what people said.

A three-way merge, field by field: what the last import said (base), what the model holds, what the new import says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.model import Boundary, Change, Element, FrozenDict, added, removed, replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.model import Model


@dataclass(frozen=True)
class Disagreement:
    """A field on which a person and the new export differ; the export's word is taken, because it is what runs."""

    element: str
    field: str
    said: Any
    export: Any

    def __str__(self) -> str:
        return f"{self.field} of {self.element} was {self.said!r}, the export says {self.export!r}"


@dataclass(frozen=True)
class Merge:
    """The Changes that bring a draft in, and where it overruled a person."""

    changes: tuple[Change, ...]
    disagreements: tuple[Disagreement, ...]


def merge(model: Model, app: str, draft: Iterable[Element], base: Iterable[Element] = ()) -> Merge:
    """Return the Changes that turn the model's picture of `app` into the draft's.

    Elements that only people made stay; elements that the last import brought and the new one lacks go; shared
    elements (boundaries) are added where missing and otherwise left alone.
    """
    before = {e.id: e for e in base}
    changes: list[Change] = []
    disagreements: list[Disagreement] = []
    new = {e.id: e for e in draft}
    for element in new.values():
        held = model.get(element.id)
        if held is None:
            changes.append(added(element))
        elif type(held) is not type(element):
            changes += [removed(held), added(element)]
        elif not isinstance(element, Boundary):
            merged, differing = _merge_element(held, element, before.get(element.id))
            disagreements += differing
            changes += [replaced(held, merged)] if merged != held else []
    gone = [model[i] for i in before if i not in new and i in model and model[i].app == app]
    changes += [removed(element) for element in gone]
    return Merge(tuple(sorted(changes, key=_order)), tuple(disagreements))


def renamed(changes: Iterable[Change], model: Model, app: str, name: str) -> tuple[Change, ...]:
    """Return the Changes with the name that a person gives the app: the next import leaves it, as other words of people."""
    rest = {change.id: change for change in changes}
    imported = rest.pop(app, None)
    held = model.get(app)
    named = (imported.after if imported and imported.after else model[app]).changed(name=name)
    if held is None:
        rest[app] = added(named)
    elif held != named:
        rest[app] = replaced(held, named)
    return tuple(sorted(rest.values(), key=_order))


def _order(change: Change) -> tuple[str, bool]:
    return change.id, change.after is not None


def _merge_element(held: Element, new: Element, base: Element | None) -> tuple[Element, list[Disagreement]]:
    fields: dict[str, Any] = {}
    differing: list[Disagreement] = []
    for name in type(held).model_fields:
        mine, theirs = getattr(held, name), getattr(new, name)
        old = getattr(base, name) if type(base) is type(held) else type(held).model_fields[name].get_default()
        if name == "settings":
            fields[name] = _merge_settings(mine, theirs, old or {})
        elif theirs in (old, mine):
            fields[name] = mine
        else:
            fields[name] = theirs
            if mine != old and name != "source":
                differing.append(Disagreement(held.id, name, mine, theirs))
    # The same content from a file of another name, as each quarter's export has, says nothing new.
    same = all(fields[name] == getattr(held, name) or (name == "source" and _same_place(held, new)) for name in fields)
    return (held if same else type(held).model_construct(**fields)), differing


def _same_place(held: Element, new: Element) -> bool:
    """Tell whether both come from the same place of a file, whatever the file is called."""
    return held.source is not None and new.source is not None and held.source.pointer == new.source.pointer


def _merge_settings(mine: Mapping[str, Any], theirs: Mapping[str, Any], old: Mapping[str, Any]) -> FrozenDict:
    """Take the export's word for every key that it has or had; keep the keys that people added."""
    kept = {key: value for key, value in mine.items() if key not in old and key not in theirs}
    return FrozenDict(sorted({**kept, **theirs}.items()))
