"""The immutable Model: elements by id, with neighbours, and the diff of two models."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from workbench.model.change import Change, added, removed, replaced
from workbench.model.elements import App, Boundary, Flow
from workbench.model.nouns import NOUNS, element_from_json, element_to_json
from workbench.model.sessions import Placement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from workbench.model.base import Element

E = TypeVar("E", bound="Element")
FORMAT = "threat-workbench-model"
VERSION = 1


class ModelError(ValueError):
    """A Change does not fit the model it is applied to; the model is untouched."""


class Model:
    """All elements and records of a workspace at one moment.

    Iterate it for the elements in the order of their ids; `model[id]` gives one.
    """

    def __init__(self, elements: Iterable[Element] = ()) -> None:
        self._by_id: dict[str, Element] = {}
        for element in elements:
            if element.id in self._by_id:
                raise ModelError(f"two elements have the id {element.id!r}; ids must be unique in a model")
            self._by_id[element.id] = element

    @classmethod
    def keyed(cls, elements: Mapping[str, Element]) -> Model:
        """Return the model of elements by their ids; that the ids are theirs is not checked."""
        model = cls()
        model._by_id = dict(elements)
        return model

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Element]:
        return iter(self._by_id[i] for i in sorted(self._by_id))

    def __contains__(self, element_id: object) -> bool:
        return element_id in self._by_id

    def __getitem__(self, element_id: str) -> Element:
        try:
            return self._by_id[element_id]
        except KeyError:
            raise KeyError(f"no element has the id {element_id!r} in this model") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and self._by_id == other._by_id

    def __hash__(self) -> int:
        return hash(frozenset(self._by_id))

    def __repr__(self) -> str:
        return f"<Model: {len(self)} elements in {len(self.apps)} apps>"

    def get(self, element_id: str | None) -> Element | None:
        """Return the element with that id, or None."""
        return self._by_id.get(element_id) if element_id is not None else None

    def of(self, cls: type[E]) -> list[E]:
        """Return the elements of one class in the order of their ids."""
        return list(self._by_noun.get(cls.noun, ()))  # type: ignore[arg-type]

    @cached_property
    def _by_noun(self) -> dict[str, list[Element]]:
        groups: dict[type[Element], list[Element]] = defaultdict(list)
        for element_id in sorted(self._by_id):
            element = self._by_id[element_id]
            # By class: to read the noun of ten thousands of values takes longer than all the rest.
            groups[type(element)].append(element)
        return {cls.noun: elements for cls, elements in groups.items()}

    @property
    def apps(self) -> list[App]:
        """Return the Apps in the order of their ids."""
        return self.of(App)

    def of_app(self, app_id: str) -> Model:
        """Return the part that belongs to one app, with the boundaries and neighbours it refers to."""
        own = {e.id: e for e in self._by_app.get(app_id, ())}
        wanted = set(own) | {f"{i}" for e in own.values() for i in _references(e)}
        # What somebody put on the app's canvas is part of it, also a boundary with nothing in it yet.
        wanted |= {e.element for e in own.values() if isinstance(e, Placement)}
        part = {i: self._by_id[i] for i in wanted if i in self._by_id}
        for element in list(part.values()):
            part.update((b.id, b) for b in self.boundaries_around(element))
        return Model.keyed(part)

    def own(self, app_id: str) -> tuple[Element, ...]:
        """Return what all apps share, an app and what belongs to it, each in the order of their ids."""
        ids = (sorted(e.id for e in self._by_app.get(group, ())) for group in (None, app_id))
        return tuple(self._by_id[element_id] for group in ids for element_id in group)

    @cached_property
    def _by_app(self) -> dict[str | None, list[Element]]:
        # In no order: each import makes a new model and asks for one app of it.
        groups: dict[str | None, list[Element]] = defaultdict(list)
        for element in self._by_id.values():
            groups[element.id if isinstance(element, App) else element.app].append(element)
        return groups

    @cached_property
    def flows_from(self) -> Mapping[str, tuple[Flow, ...]]:
        """Map the id of a node to the flows that leave it."""
        return _grouped(self.of(Flow), "source_id")

    @cached_property
    def flows_to(self) -> Mapping[str, tuple[Flow, ...]]:
        """Map the id of a node to the flows that reach it."""
        return _grouped(self.of(Flow), "target_id")

    def boundaries_around(self, element: Element) -> list[Boundary]:
        """Return the boundaries around an element, innermost first; a circle of boundaries ends where it closes."""
        found: list[Boundary] = []
        current = self.get(element.boundary)
        while isinstance(current, Boundary) and current not in found:
            found.append(current)
            current = self.get(current.boundary)
        return found

    def placements(self, app_id: str) -> dict[str, Placement]:
        """Return where people put what is in the model on the canvas of an app, by the element's id."""
        return {p.element: p for p in self.of(Placement) if p.app == app_id and p.element in self}

    def dangling(self) -> list[tuple[Element, str]]:
        """Return (element, id) for each reference of an element to an id that is not in the model."""
        return [(e, i) for e in self for i in _references(e) if i not in self._by_id]

    def apply(self, changes: Iterable[Change]) -> Model:
        """Return the model after `changes`.

        Raises
        ------
        ModelError
            If a Change's `before` is not what the model holds.
        """
        by_id = dict(self._by_id)
        for change in changes:
            if by_id.get(change.id) != change.before:
                raise ModelError(_misfit(change, by_id.get(change.id)))
            if change.after is None:
                del by_id[change.id]
            else:
                by_id[change.id] = change.after
        return Model.keyed(by_id)

    def to_json(self) -> dict[str, Any]:
        """Return the model as JSON data: format, version and the elements by noun, in the order of their ids."""
        groups = {noun: [element_to_json(e) for e in self._by_noun.get(noun, [])] for noun in NOUNS}
        return {"format": FORMAT, "version": VERSION, "elements": {n: g for n, g in groups.items() if g}}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Model:
        """Return the model that `to_json` wrote.

        Raises
        ------
        ModelError
            If the format or version is another, or the document holds something else.
        ValueError
            If an element does not fit; the message has its path.
        """
        if data.get("format") != FORMAT or data.get("version") != VERSION:
            given = f"format {data.get('format')!r}, version {data.get('version')!r}"
            raise ModelError(f"expected format {FORMAT!r}, version {VERSION}; got {given}. Export the model again.")
        unknown = set(data) - {"format", "version", "elements"}
        if unknown:
            raise ModelError(
                f"a model has no {', '.join(sorted(map(repr, unknown)))}; expected format, version, elements"
            )
        groups = data.get("elements", {})
        return cls(element_from_json(noun, item) for noun, items in groups.items() for item in items)


def diff(a: Model, b: Model) -> list[Change]:
    """Return the Changes that turn `a` into `b`, in the order of their ids; empty for equal models."""
    changes = []
    for element_id in sorted({e.id for e in a} | {e.id for e in b}):
        before, after = a.get(element_id), b.get(element_id)
        if before == after:
            continue
        if before is not None and after is not None and before.noun == after.noun:
            changes.append(replaced(before, after))
        else:
            # An id that became another kind of thing goes and comes: two Changes.
            changes += [removed(before)] if before is not None else []
            changes += [added(after)] if after is not None else []
    return changes


def _grouped(flows: Iterable[Flow], end: str) -> Mapping[str, tuple[Flow, ...]]:
    groups: dict[str, list[Flow]] = defaultdict(list)
    for flow in flows:
        groups[getattr(flow, end)].append(flow)
    return MappingProxyType({key: tuple(group) for key, group in groups.items()})


_SINGLE = ("boundary", "source_id", "target_id", "connection", "service", "starts")


def _references(element: Element) -> Iterator[str]:
    """Yield the ids that an element refers to; records refer by `links`, which may outlive their target."""
    # From the dict behind the value: to ask for an attribute that its class does not have takes ten times longer.
    fields = vars(element)
    for name in _SINGLE:
        value = fields.get(name)
        if isinstance(value, str):
            yield value
    yield from fields.get("data", ())
    yield from (use.origin for use in fields.get("uses", ()))


def _misfit(change: Change, held: Element | None) -> str:
    if held is None:
        what = f"{change.noun} {change.id!r}"
        return f"{what} is not in the model, so it cannot be {change.action}; look at the newest state"
    if change.before is None:
        return f"{held.noun} {change.id!r} is already in the model, so it cannot be added"
    fields = [f for f in type(held).model_fields if getattr(held, f) != getattr(change.before, f, None)]
    return f"{held.noun} {change.id!r} has changed meanwhile (in {', '.join(fields)}); look at the newest state"
