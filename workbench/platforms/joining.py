"""Drafts that tell more of an app whose own file is imported with them, joined with that file's draft."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workbench.model import Boundary, element_from_json, element_to_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.model import Element
    from workbench.platforms.draft import Draft


def joined(drafts: Iterable[Draft]) -> list[Draft]:
    """Return the drafts, each that only tells more of another one's file taken into that.

    The file's own word stands; what it leaves open is filled in, and elements that it does not have are added.
    """
    given = list(drafts)
    own = {place: draft for place, draft in enumerate(given) if not draft.of}
    for place, more in enumerate(given):
        if not more.of:
            continue
        files = [n for n, d in own.items() if d.platform == more.platform and d.file.rpartition("/")[2] == more.of]
        if not files:
            own[place] = more
            continue
        nearest = max(files, key=lambda n: _shared(own[n].file, more.file))
        own[nearest] = _both(own[nearest], more)
    return [own[place] for place in sorted(own)]


def _shared(one: str, other: str) -> int:
    """Return how many signs two names have in common from their beginning."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _both(draft: Draft, more: Draft) -> Draft:
    elements = {element.id: element for element in draft.elements}
    for element in (_renamed(e, more.app, draft.app) for e in more.elements):
        held = elements.get(element.id)
        elements[element.id] = element if held is None or type(held) is not type(element) else _filled(held, element)
    ordered = tuple(elements[identity] for identity in sorted(elements))
    return replace(draft, elements=ordered, notes=(*draft.notes, *more.notes))


def _filled(held: Element, more: Element) -> Element:
    """Return an element with what the other one says of it beside; of lists, what either has."""
    if isinstance(held, Boundary):
        return held
    fields: dict[str, Any] = {}
    for name in type(held).model_fields:
        mine, theirs = getattr(held, name), getattr(more, name)
        if name == "settings":
            fields[name] = {**theirs, **mine}
        elif isinstance(mine, tuple) and isinstance(theirs, tuple):
            fields[name] = tuple(dict.fromkeys((*mine, *theirs)))
        else:
            fields[name] = theirs if mine is None else mine
    return type(held).model_validate(fields)


def _renamed(element: Element, old: str, new: str) -> Element:
    return element_from_json(element.noun, _in_app(element_to_json(element), old, new))


def _in_app(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {key: inner if key == "settings" else _in_app(inner, old, new) for key, inner in value.items()}
    if isinstance(value, list):
        return [_in_app(inner, old, new) for inner in value]
    if isinstance(value, str) and (value == old or value.startswith(f"{old}/")):
        return new + value[len(old) :]
    return value
