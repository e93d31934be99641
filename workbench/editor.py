"""Edits of an app by people: what a script, a form or a quick-entry line calls."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from workbench.analysis.recording import record_id
from workbench.errors import UsageError, unknown
from workbench.lookup import Lookup
from workbench.model import (
    ELEMENTS,
    NODES,
    Actor,
    Boundary,
    Change,
    Connection,
    DataField,
    Element,
    EntryPoint,
    Flow,
    Model,
    Placement,
    Process,
    Service,
    Store,
    diff,
    element_id,
    slug,
)
from workbench.platforms.classify import suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

E = TypeVar("E", bound=Element)

_KIND_IN_ID = {"entry_point": "entry"}
_BOUNDARY = frozenset({"boundary"})
_DRAWN = frozenset(cls.noun for cls in ELEMENTS)
_FARTHEST = 1_000_000


class Editor:
    """A draft of changes to one app; nothing is saved until the `with` block of `AppView.edit` ends well."""

    def __init__(self, model: Model, app: str) -> None:
        self._before = model
        self._found: Lookup | None = None
        self._touched: set[str] = set()
        self._app = app

    @property
    def _lookup(self) -> Lookup:
        # An editor that is not used costs nothing.
        if self._found is None:
            self._found = Lookup(self._before)
        return self._found

    @property
    def _elements(self) -> dict[str, Element]:
        return self._lookup.by_id

    def changes(self) -> list[Change]:
        """Return what was changed so far."""
        before = (e for i in self._touched if (e := self._before.get(i)) is not None)
        after = (self._elements[i] for i in self._touched & self._elements.keys())
        return diff(Model(before), Model(after))

    def actor(self, name: str, **fields: Any) -> Actor:
        """Add or change a person or group; `fields` are those of model.Actor."""
        return self._put(Actor, name, fields)

    def service(self, name: str, **fields: Any) -> Service:
        """Add or change an outside or in-house system; `fields` are those of model.Service."""
        return self._put(Service, name, fields)

    def process(self, name: str, **fields: Any) -> Process:
        """Add or change a step; `fields` are those of model.Process."""
        return self._put(Process, name, fields)

    def store(self, name: str, **fields: Any) -> Store:
        """Add or change a data store; `fields` are those of model.Store, `data` may hold names."""
        return self._put(Store, name, self._with_data(fields))

    def entry_point(self, name: str, *, starts: str | None = None, **fields: Any) -> EntryPoint:
        """Add or change an entry point; `starts` is the name of the step it starts."""
        target = {"starts": self.find(starts).id} if starts is not None else {}
        return self._put(EntryPoint, name, self._with_data(fields) | target)

    def connection(self, name: str, **fields: Any) -> Connection:
        """Add or change a connection; `fields` are those of model.Connection."""
        return self._put(Connection, name, fields)

    def boundary(self, name: str, *, inside: str | None = None, **fields: Any) -> Boundary:
        """Add or change a trust boundary, shared by all apps; `inside` names the one around it."""
        outer = {"boundary": self.find(inside, nouns=_BOUNDARY).id} if inside is not None else {}
        existing = [e for e in self._named(name, _BOUNDARY) if isinstance(e, Boundary)]
        known = existing[0] if existing else Boundary(id=self._free(f"boundary:{slug(name)}"), name=name)
        return self._keep(known.changed(**fields, **outer))

    def data(self, name: str, **fields: Any) -> DataField:
        """Add or change a data field, by name or id; a new one gets the class that its name suggests, as a suggestion."""
        held = self._elements.get(name)
        if isinstance(held, DataField):
            return self._keep(_changed(held, fields))
        if not self._named(name, frozenset({"data"})):
            classification, personal, identifier = suggest(name)
            fields = {"suggested": classification, "personal_suggested": personal, "identifier": identifier} | fields
        return self._put(DataField, name, fields)

    def flow(self, source: str, target: str, *, data: Iterable[str] = (), **fields: Any) -> Flow:
        """Add a flow between two elements given by name or id, or change the one that is there.

        Raises
        ------
        UsageError
            If an end does not exist or is not something that data flows between.
        """
        ends = [self.find(name, nouns=NODES) for name in (source, target)]
        native = ">".join(end.id.partition("/")[2] or end.id for end in ends)
        flow_id = element_id(self._app, "flow", native)
        name = f"{ends[0].name} → {ends[1].name}"
        known = self._elements.get(flow_id) or self.between(*ends)
        known = known or Flow(id=flow_id, name=name, app=self._app, source_id=ends[0].id, target_id=ends[1].id)
        carried = tuple(dict.fromkeys((*getattr(known, "data", ()), *(self.data(n).id for n in data))))
        return self._keep(known.changed(**fields, data=carried))  # type: ignore[return-value]

    def set(self, name: str, /, **fields: Any) -> Element:
        """Change fields of any element given by name or id.

        Of an entry point and the step it starts that have one name, the one that has the fields is meant.

        Raises
        ------
        UsageError
            If a field is unknown or a value does not fit; the message names the field.
        """
        return self._keep(_changed(self.find(name, fields=fields), fields))

    def rename(self, name: str, to: str) -> Element:
        """Give an element another name; its id, and so its history and decisions, stay."""
        return self._keep(self.find(name).changed(name=to))

    def move(self, name: str, boundary: str | None) -> Element:
        """Put an element into a trust boundary; None takes it out of all.

        Raises
        ------
        UsageError
            If it is a boundary that would lie in itself.
        """
        element = self.find(name)
        if boundary is None:
            return self._keep(element.changed(boundary=None))
        outer = self.find(boundary, nouns=_BOUNDARY)
        if element.id in _around(outer, self._elements):
            raise UsageError(f"boundary {element.name!r} cannot lie in {outer.name!r}, which lies in it")
        return self._keep(element.changed(boundary=outer.id))

    def remove(self, name: str) -> None:
        """Remove an element and the flows that start or end at it; what lay in a boundary lies in the one around it.

        Raises
        ------
        UsageError
            If it is a boundary in which something of another app lies.
        """
        gone = self.find(name)
        others = [e for e in self._elements.values() if e.boundary == gone.id and e.app not in (self._app, None)]
        if others:
            raise UsageError(
                f"boundary {gone.name!r} also holds {others[0].name!r} of the app {others[0].app!r}; move that first"
            )
        for element in list(self._elements.values()):
            ends = (element.source_id, element.target_id) if isinstance(element, Flow) else ()
            if element.id == gone.id or gone.id in ends:
                self._lookup.drop(element.id)
                self._touched.add(element.id)
            elif element.boundary == gone.id:
                self._keep(element.changed(boundary=gone.boundary))

    def place(self, name: str, point: tuple[float, float] | None) -> Placement:
        """Put an element on a spot of this app's canvas; None leaves it to the layout again.

        `point` is the centre, in points to the right and downwards.
        """
        return self._placement(self.find(name), {"x": None, "y": None} if point is None else _spot(name, point))

    def collapse(self, boundary: str, collapsed: bool | None = True) -> Placement:  # noqa: FBT001, FBT002 - read as collapse("Our network", False)
        """Show a trust boundary as one shape in this app, or open; None leaves it to the size of the picture."""
        return self._placement(self.find(boundary, nouns=_BOUNDARY), {"collapsed": collapsed})

    def add(self, element: Element) -> Element:
        """Add or replace any element or record as it is."""
        return self._keep(element)

    def has(self, name: str) -> bool:
        """Return whether there is an element with that id."""
        return name in self._elements

    def find(self, name: str, *, nouns: frozenset[str] | None = None, fields: Iterable[str] = ()) -> Element:
        """Return the one element with that id or name in this app, or shared by all apps.

        An entry point and the step it starts often have one name; then the step is meant, unless only the entry point
        has the `fields`.

        Raises
        ------
        UsageError
            If there is none (with the nearest names) or more than one (with their ids).
        """
        found = self.known(name, nouns=nouns, fields=fields)
        if found is None:
            raise unknown(
                "element",
                name,
                {e.name for e in self._own(self._elements.values(), nouns)},
                "Add it first, or give its id.",
            )
        return found

    def known(self, name: str, *, nouns: frozenset[str] | None = None, fields: Iterable[str] = ()) -> Element | None:
        """Return what `find` returns, or None if there is none.

        Raises
        ------
        UsageError
            If there is more than one; with their ids.
        """
        if name in self._elements:
            return self._elements[name]
        # What was said about an element may have its name; the element is meant.
        found = self._named(name, nouns or _DRAWN) or self._named(name, nouns)
        if len(found) > 1:
            found = _without_doors([e for e in found if set(fields) <= set(type(e).model_fields)] or found)
        if len(found) > 1:
            ids = ", ".join(e.id for e in found)
            raise UsageError(f"{len(found)} elements are called {name!r}; give the id of one of them: {ids}")
        return found[0] if found else None

    def between(self, source: Element, target: Element) -> Flow | None:
        """Return the flow from one element to another, if there is one."""
        return self._lookup.between(source.id, target.id)

    def _own(self, elements: Iterable[Element], nouns: frozenset[str] | None) -> list[Element]:
        own = (e for e in elements if e.app in (self._app, None) or e.id == self._app)
        return [e for e in own if nouns is None or e.noun in nouns]

    def _named(self, name: str, nouns: frozenset[str] | None) -> list[Element]:
        return self._own(self._lookup.named(name), nouns)

    def _placement(self, element: Element, fields: dict[str, Any]) -> Placement:
        placed = record_id("placement", f"{self._app}/{element.id}")
        held = self._elements.get(placed)
        new = Placement(id=placed, name=f"place of {element.name:.1900}", app=self._app, element=element.id)
        return self._keep((held if isinstance(held, Placement) else new).changed(**fields))

    def _free(self, wanted: str) -> str:
        """Return an id that no element has: a renamed one keeps the id that its first name gave it."""
        numbered = (f"{wanted}-{n}" for n in count(2))
        return wanted if wanted not in self._elements else next(i for i in numbered if i not in self._elements)

    def _with_data(self, fields: dict[str, Any]) -> dict[str, Any]:
        return fields | {"data": tuple(self.data(n).id for n in fields["data"])} if "data" in fields else fields

    def _put(self, cls: type[E], name: str, fields: dict[str, Any]) -> E:
        existing = [e for e in self._named(name, frozenset({cls.noun})) if isinstance(e, cls)]
        kind = _KIND_IN_ID.get(cls.noun, cls.noun)
        known = existing[0] if existing else self._made(cls, element_id(self._app, kind, slug(name)), name)
        return self._keep(_changed(known, fields))

    def _made(self, cls: type[E], wanted: str, name: str) -> E:
        try:
            return cls(id=self._free(wanted), name=name, app=self._app)
        except ValidationError as error:
            raise UsageError(f"there cannot be a {cls.noun} {name!r:.80}: {_in_words(error)}") from error

    def _keep(self, element: E) -> E:
        self._lookup.put(element)
        self._touched.add(element.id)
        return element


def _around(boundary: Element, elements: Mapping[str, Element]) -> set[str]:
    """Return the ids of a boundary and those around it."""
    found: set[str] = set()
    current: Element | None = boundary
    while current is not None and current.id not in found:
        found.add(current.id)
        current = elements.get(current.boundary or "")
    return found


def _spot(name: str, point: tuple[float, float]) -> dict[str, int]:
    x, y = point
    if not (abs(x) <= _FARTHEST and abs(y) <= _FARTHEST):  # false for what is no number
        raise UsageError(f"{name!r} cannot stand at {x}, {y}; expected two numbers of at most {_FARTHEST:,}")
    return {"x": round(x), "y": round(y)}


def _without_doors(elements: list[Element]) -> list[Element]:
    """Leave out entry points whose step is there too."""
    ids = {e.id for e in elements}
    return [e for e in elements if not (isinstance(e, EntryPoint) and e.starts in ids)]


def _changed(element: E, fields: dict[str, Any]) -> E:
    for field in fields:
        if field not in type(element).model_fields:
            raise unknown(f"field of {element.noun}", field, type(element).model_fields)
    try:
        return element.changed(**fields)
    except ValueError as error:
        raise UsageError(f"{element.noun} {element.name!r} cannot be changed: {_in_words(error)}") from error


def _in_words(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(f"{'.'.join(map(str, d['loc']))} was {d['input']!r}: {d['msg']}" for d in error.errors())
