"""Which app sends what to which system, and gets what from it: systems that several apps use are one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbench.model import ORDERS, Actor, App, Flow, Process, Service, Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.analysis.borders import Borders
    from workbench.model import Model

    System = Store | Service | Actor


@dataclass
class Place:
    """A system or group of people, whichever apps have it."""

    key: str
    name: str
    noun: str
    kind: str | None
    vendor: str | None
    outside: bool | None
    elements: dict[str, System] = field(default_factory=dict)

    @property
    def apps(self) -> tuple[str, ...]:
        """Return the ids of the apps that have it."""
        return tuple(dict.fromkeys(e.app for e in self.elements.values() if e.app))


def places(model: Model, borders: Borders) -> Mapping[str, Place]:
    """Return the place of each store, service and actor by the id of the element; what is one has one."""
    by_key: dict[str, Place] = {}
    found: dict[str, Place] = {}
    systems: list[System] = [*model.of(Store), *model.of(Service), *model.of(Actor)]
    for element in systems:
        outside = borders.get(element.noun, "outside", element.id)
        key = _key(element, outside=outside)
        place = by_key.setdefault(key, _place(key, element, outside=outside))
        place.elements[element.id] = element
        found[element.id] = place
    return found


def _key(element: System, *, outside: bool | None) -> str:
    if isinstance(element, Actor):
        # "Webhook callers" of two apps are not the same people.
        return element.id
    if isinstance(element, Store) and element.identity:
        return f"store {element.identity.lower()}"
    if outside is not True:
        return element.id
    vendor = element.vendor if isinstance(element, Service) else None
    # Two tables with one vendor are two; two ways to send messages through one vendor are one.
    return f"{element.noun} {element.name.casefold() if isinstance(element, Store) else vendor or element.host or element.name}"


def _place(key: str, element: System, *, outside: bool | None) -> Place:
    vendor = element.vendor if isinstance(element, Service) else None
    kind = None if isinstance(element, Actor) else element.kind
    name = vendor if vendor and outside else element.name
    return Place(key, name or element.id, element.noun, kind, vendor, outside)


@dataclass
class Move:
    """What goes between an app and a place, one way."""

    app: str
    place: Place
    out: bool
    """From the app to the place; else from the place to the app."""
    classification: str | None = None
    personal: bool = False
    data: dict[str, None] = field(default_factory=dict)
    flows: int = 0


def moves(model: Model, borders: Borders, at: Mapping[str, Place]) -> list[Move]:
    """Return what moves between apps and places, in the order of apps and places."""
    found: dict[tuple[str, str, bool], Move] = {}
    off = {e.id for e in model.of(Process) if e.enabled is False}
    for flow in model.of(Flow):
        if flow.kind in {"control", "error"} or flow.app is None or not isinstance(model.get(flow.app), App):
            continue
        if flow.source_id in off or flow.target_id in off:
            continue
        for place, out in _ends(flow, at):
            move = found.setdefault((flow.app, place.key, out), Move(flow.app, place, out))
            _add(move, flow, borders)
    return [found[key] for key in sorted(found)]


def _ends(flow: Flow, at: Mapping[str, Place]) -> Iterator[tuple[Place, bool]]:
    source, target = at.get(flow.source_id), at.get(flow.target_id)
    for place, out in ((source, False), (target, True)):
        if place is not None:
            yield place, out
            if flow.two_way:
                yield place, not out


def _add(move: Move, flow: Flow, borders: Borders) -> None:
    level = borders.get("flow", "data_class", flow.id)
    move.classification = higher(move.classification, level)
    move.personal |= borders.get("flow", "personal_data", flow.id) is True
    move.data.update(dict.fromkeys(flow.data))
    move.flows += 1


def higher(*levels: str | None) -> str | None:
    """Return the highest of some classifications that is known."""
    return max((level for level in levels if level is not None), key=ORDERS["classification"].index, default=None)
