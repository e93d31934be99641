"""The elements of one package while they are put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.model import NAME_LENGTH, Actor, Element, Flow, Process, Service, Source, element_id
from workbench.platforms import boundaries
from workbench.platforms.salesforce.fields import Fields
from workbench.platforms.salesforce.flow import read_flow
from workbench.platforms.salesforce.ids import key_of
from workbench.platforms.salesforce.stores import Stores
from workbench.platforms.salesforce.values import slug

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.model import Boundary, Secret
    from workbench.platforms.salesforce.flow import FlowFile
    from workbench.platforms.salesforce.metadata import Item, Package

PLATFORM = "Salesforce"


class Build:
    """Collects elements and flows; `file` is the source of what no single file says."""

    def __init__(self, package: Package, app: str, file: str) -> None:
        self.package, self.app, self.file = package, app, file
        self.elements: dict[str, Element] = {}
        self.remarks: list[tuple[str, str]] = []
        """(file, text) of what was not understood."""
        self.hints: list[tuple[str, str]] = []
        """(file, text) of what was understood and may surprise."""
        self.place = self.boundary(boundaries.platform(PLATFORM).changed(hosting="vendor")).id
        self.fields = Fields()
        self.stores = Stores(app, package, self.fields, self.place, file)
        self.flow_files = self._flow_files()
        self._flows: dict[tuple[str, str, str], dict[str, Any]] = {}

    def _flow_files(self) -> list[FlowFile]:
        found: dict[str, FlowFile] = {}
        for item in self.package.of("flow"):
            key = key_of(item.name)
            if key in found:
                self.remarks.append(
                    (item.file, f"another flow of this package is called {item.name} too; both are read")
                )
                key = f"{key}-{slug(item.file)}"
            found[key] = read_flow(item, key)
            self.remarks += [(item.file, problem) for problem in found[key].problems]
        return list(found.values())

    def boundary(self, boundary: Boundary) -> Boundary:
        """Add a shared boundary with those around it, and return it."""
        if boundary.boundary == boundaries.INTERNET:
            self.elements.setdefault(boundaries.INTERNET, boundaries.internet())
        self.elements.setdefault(boundary.id, boundary)
        return boundary

    def internet(self) -> str:
        """Add the boundary around everybody, and return its id."""
        return self.boundary(boundaries.internet()).id

    def id(self, kind: str, key: str) -> str:
        """Return the id of an element of the app."""
        return element_id(self.app, kind, key)

    def add(self, element: Element) -> str:
        """Add an element, unless one with its id is there, and return its id."""
        self.elements.setdefault(element.id, element)
        return element.id

    def actor(self, name: str, *, inside: bool | None, item: Item | None = None, **fields: Any) -> str:
        """Add a group of people and return its id."""
        place = self.internet() if inside is False else None
        source = item.source() if item is not None else Source(file=self.file)
        key = fields.pop("key", slug(name))
        return self.add(
            Actor(
                id=self.id("actor", key),
                name=name[:NAME_LENGTH],
                app=self.app,
                boundary=place,
                inside=inside,
                source=source,
                secrets=item.own_secrets if item is not None else (),
                **fields,
            )
        )

    def service(self, key: str, name: str, boundary: str | None, **fields: Any) -> str:
        """Add a system and return its id."""
        fields.setdefault("source", Source(file=self.file))
        return self.add(
            Service(id=self.id("service", key), name=name[:NAME_LENGTH], app=self.app, boundary=boundary, **fields)
        )

    def process(self, key: str, name: str, **fields: Any) -> str:
        """Add a step that is no element of a flow, and return its id."""
        fields.setdefault("source", Source(file=self.file))
        return self.add(
            Process(id=self.id("process", key), name=name[:NAME_LENGTH], app=self.app, boundary=self.place, **fields)
        )

    def data(self, slugs: Iterable[str]) -> tuple[str, ...]:
        """Return the ids of data fields."""
        return tuple(self.id("data", s) for s in sorted(set(slugs)))

    def flow(self, source: str, target: str, kind: str = "data", *, data: Iterable[str] = (), **fields: Any) -> None:
        """Add a flow with the data fields that it carries, or what it carries to the one that is there."""
        known = self._flows.setdefault((source, target, kind), {"data": set()})
        known["data"].update(data)
        known.update({k: v for k, v in fields.items() if v is not None and known.get(k) is None})

    def flow_fields(self) -> Iterable[dict[str, Any]]:
        """Return the fields of the flows so far."""
        return self._flows.values()

    def tell(self, element: str, settings: dict[str, Any], secrets: tuple[Secret, ...] = ()) -> None:
        """Add settings and secrets to an element that more than one file speaks of."""
        known = self.elements[element]
        merged = {**settings, **known.settings}
        self.elements[element] = known.changed(settings=merged, secrets=(*known.secrets, *secrets))

    def finished(self) -> tuple[Element, ...]:
        """Return all elements in the order of their ids."""
        self.elements.update((store.id, store) for store in self.stores.elements())
        names = {i: e.name for i, e in self.elements.items()}
        for (source, target, kind), fields in sorted(self._flows.items()):
            suffix = "" if kind == "data" else f":{kind}"
            ends = ">".join(i.removeprefix(f"{self.app}/") for i in (source, target))
            values = {**fields, "data": self.data(fields["data"])}
            self.add(
                Flow(
                    id=self.id("flow", f"{ends}{suffix}"),
                    name=f"{names[source]} → {names[target]}"[:NAME_LENGTH],
                    app=self.app,
                    source_id=source,
                    target_id=target,
                    kind=kind,
                    source=Source(file=self.file),
                    **values,
                )
            )
        used = {i.rpartition("/data:")[2] for e in self.elements.values() for i in getattr(e, "data", ())}
        for field in self.fields.elements(self.app, used, self.file):
            self.add(field)
        return tuple(self.elements[i] for i in sorted(self.elements))
