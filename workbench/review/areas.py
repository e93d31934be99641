"""The parts of an app that a quarterly review can look at: each element is in exactly one of them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.model import (
    Actor,
    App,
    Connection,
    DataField,
    EntryPoint,
    Flow,
    Process,
    Service,
    Store,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.model import Element, Model

_NAMES: Mapping[str, str] = {
    "app": "Owner, users and rights of the app itself",
    "ways-in": "Ways in: forms, hooks, schedules, and who comes through them",
    "code": "Steps that run code, queries, commands or calls of their own",
    "ai": "Steps in which an AI model decides or writes",
    "steps": "What the other steps do, and in which order",
    "data": "What is kept, and which data the app handles",
}
_ASKS: Mapping[str, tuple[str, ...]] = {
    "app": ("Is the owner still there, and do they know it?", "Does everyone who can open it still need it?"),
    "ways-in": (
        "Could somebody start this who should not?",
        "What happens if the same thing comes in a thousand times?",
    ),
    "code": (
        "Could what a stranger wrote end up in this code, query or command?",
        "Who has looked at it since it changed?",
    ),
    "ai": ("What could a text that the model reads make it do?", "Does a person look before something happens?"),
    "steps": ("Could someone do more here than they should?", "What if it stops half-way?"),
    "data": (
        "Is all of it still needed, and does it go when its time is over?",
        "Could someone see this who should not?",
    ),
    "system": ("Does only what is needed go there?", "With whose rights, and could they be smaller?"),
}
_KEYS: Mapping[tuple[type[Element], ...], str] = {
    (App,): "app", (EntryPoint, Actor): "ways-in", (Store, DataField): "data",
}  # fmt: skip
_CODE = frozenset({"code", "query", "http", "command"})
_AI = frozenset({"agent", "tool"})


@dataclass(frozen=True)
class Area:
    """A part of an app."""

    key: str
    """The same in each quarter."""
    name: str
    elements: tuple[str, ...]
    """Ids, in their order."""


def asks(key: str) -> tuple[str, ...]:
    """Return what to ask in an area, by its key."""
    return _ASKS.get(key, _ASKS["system"])


def areas(model: Model, app: str, most_systems: int) -> list[Area]:
    """Return the areas of an app: its parts, and one for each system that it is connected with.

    If there are more than `most_systems`, several share an area: always the same ones, as long as there are too many.
    """
    own = [e for e in model.own(app) if app in (e.app, e.id)]
    services = [e for e in own if isinstance(e, Service)]
    bundle = _bundles(services, most_systems)
    found: dict[str, list[Element]] = defaultdict(list)
    for element in own:
        key = _key(model, element, bundle)
        if key is not None:
            found[key].append(element)
    return [
        Area(key, _name(key, members), tuple(e.id for e in members))
        for key, members in sorted(found.items(), key=lambda pair: (pair[0] not in _NAMES, pair[0]))
    ]


def _bundles(services: list[Service], most: int) -> dict[str, str]:
    """Return the key of the area that each system is in."""
    if len(services) <= most:
        return {s.id: f"system:{s.id.partition('/')[2] or s.id}" for s in services}
    return {s.id: f"systems:{_number(s.id) % most + 1}" for s in services}


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8])


def _key(model: Model, element: Element, bundle: Mapping[str, str]) -> str | None:
    """Return the area of an element; None for a record, which no area holds."""
    match element:
        case Service():
            return bundle[element.id]
        case Connection():
            return bundle.get(element.service or "", "app")
        case Process():
            return _of_step(element)
        case Flow():
            return _of_flow(model, element, bundle)
    return next((key for classes, key in _KEYS.items() if isinstance(element, classes)), None)


def _of_step(step: Process) -> str:
    if step.kind in _AI or "call_model" in step.effects:
        return "ai"
    return "code" if step.kind in _CODE or step.runs else "steps"


def _of_flow(model: Model, flow: Flow, bundle: Mapping[str, str]) -> str:
    ends = (flow.target_id, flow.source_id)
    system = next((bundle[end] for end in ends if end in bundle), None)
    if system is not None:
        return system
    found = [model.get(end) for end in ends]
    if any(isinstance(end, Store) for end in found):
        return "data"
    return "ways-in" if any(isinstance(end, EntryPoint | Actor) for end in found) else "steps"


def _name(key: str, members: list[Element]) -> str:
    if key in _NAMES:
        return _NAMES[key]
    names = [e.name or e.id for e in members if isinstance(e, Service)]
    return f"Connected: {', '.join(names)}"[:300]
