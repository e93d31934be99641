"""The systems that a canvas app is connected to, and its connections, as elements of a model."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.model import NAME_LENGTH, Element, Service, Store, element_id, slug
from workbench.platforms import boundaries
from workbench.platforms.outline import Outline
from workbench.platforms.power_apps.sources import FLOWS, Reference, Source
from workbench.platforms.power_apps.systems import boundary_of, host_of, identity_of, in_tenant, short_id, system

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.model import Secret
    from workbench.platforms.power_apps.controls import Control

PLATFORM = "Power Platform"
_ACCESS = {"read": "read", "write": "write", "delete": "delete", "send_mail": "send", "send_message": "send"}


@dataclass(frozen=True)
class Parts:
    """What an export says of a canvas app."""

    controls: list[Control]
    sources: Mapping[str, Source]
    references: list[Reference]
    secrets: Mapping[str, tuple[Secret, ...]]
    """By the place that they stand at: the pointer of a reference, control/property, or "" for what is neither."""


class Connected:
    """The systems and connections of one canvas app while they are put together."""

    def __init__(self, app: str, file: str, parts: Parts) -> None:
        self.app, self.parts = app, parts
        self.outline = Outline(app, PLATFORM, file)
        self._custom = {r.connector for r in parts.references if r.custom}
        self._labels = {r.connector: r.name for r in parts.references}
        self._on_premises = {r.connector for r in parts.references if r.on_premises}
        self._systems: dict[str, str] = {}
        self._settings: dict[str, dict[str, Any]] = defaultdict(dict)
        self._secrets: dict[str, list[Secret]] = defaultdict(list)

    # --- systems ---

    def element_of(self, source: Source) -> str | None:
        """Add the store or service that a source stands for, with its connection, and return its id."""
        make = {"table": self._table, "connector": self._service, "flow": self._flow}.get(source.kind)
        if make is None or source.connector is None:
            return None
        if source.name not in self._systems:
            self._systems[source.name] = make(source)
        return self._systems[source.name]

    def _flow(self, source: Source) -> str:
        """Add a flow of Power Automate that the app starts, as a service: its own export tells what is in it."""
        service = Service(
            id=element_id(self.app, "service", slug(f"flow {source.name}")), name=f"Flow {source.name}"[:NAME_LENGTH],
            app=self.app,
            kind="api", vendor="Power Automate", third_party=False, boundary=self.outline.place.id,
            source=self.outline.source(),
        )  # fmt: skip
        self.outline.elements[service.id] = service
        return service.id

    def _table(self, source: Source) -> str:
        connector = source.connector or ""
        found = system(connector, self._labels.get(connector, connector))
        kind = found.kind if found.noun == "store" else "table"
        store = Store.model_validate({
            "id": element_id(self.app, "store", slug(source.name)), "name": source.name, "kind": kind,
            "identity": identity_of(source), "host": host_of(source), **self._common(connector, found),
        })  # fmt: skip
        self.outline.elements[store.id] = store
        self.outline.holds(store.id, source.columns)
        return store.id

    def _service(self, source: Source) -> str:
        connector = source.connector or ""
        found = system(connector, self._labels.get(connector, source.name))
        common = self._common(connector, found)
        identity = slug(short_id(connector).removeprefix("shared_"))
        element: Element
        if found.noun == "store":
            element = Store(id=element_id(self.app, "store", identity), name=found.vendor, kind=found.kind, **common)
        else:
            kind = {"kind": found.kind, "vendor": found.vendor, "host": found.host}
            element = Service.model_validate({
                "id": element_id(self.app, "service", identity), "name": self._labels.get(connector, found.vendor),
                **kind, **common,
            })  # fmt: skip
        self.outline.elements.setdefault(element.id, element)
        return element.id

    def _common(self, connector: str, found: Any) -> dict[str, Any]:
        inside = connector in self._on_premises
        place = boundaries.on_premises() if inside else boundary_of(connector, found)
        third = False if inside else found.third_party
        if place is not None:
            self.outline.boundary(place)
        return {
            "app": self.app, "boundary": place.id if place else None, "third_party": third, "source": self.outline.source(),
        }  # fmt: skip

    # --- connections ---

    def connections(self) -> None:
        """Add a connection for each connector that the app refers to, and one for each flow that it starts."""
        groups: dict[str, list[Reference]] = defaultdict(list)
        for reference in self.parts.references:
            groups[self._key(reference)].append(reference)
        for key, group in sorted(groups.items()):
            self._connection(key, group)

    def _key(self, reference: Reference) -> str:
        return (
            f"{reference.connector} {' '.join(reference.sources)}"
            if reference.connector == FLOWS
            else reference.connector
        )

    def _connection(self, key: str, group: list[Reference]) -> None:
        first, own = group[0], in_tenant(group[0].connector)
        shared = any(reference.shared for reference in group)
        name = f"Flow {', '.join(first.sources)}" if first.connector == FLOWS else first.name
        identity = self.outline.connection(
            key, name, connector=first.connector,
            identity="shared" if shared else "invoker" if own or first.connector == FLOWS else None,
            authentication="oauth" if own else None, delegated_available=True if own else None,
        )  # fmt: skip
        settings = {
            "power_apps.bypass_consent": [reference.bypass_consent for reference in group],
            "power_apps.on_premises": [reference.on_premises for reference in group],
            "power_apps.custom_connector": [reference.custom for reference in group],
        }
        self._settings[identity] |= {k: True in said for k, said in settings.items() if True in said or False in said}
        self._secrets[identity] += [s for reference in group for s in self.parts.secrets.get(reference.pointer, ())]

    def connection_of(self, source: Source) -> str | None:
        """Return the id of the connection that a source is reached through."""
        if source.connector is None:
            return None
        key = f"{FLOWS} {source.name}" if source.kind == "flow" else source.connector
        identity = element_id(self.app, "connection", slug(key))
        return identity if identity in self.outline.elements else None

    # --- what travels ---

    def _travel(self, start: str, end: str, source: Source, names: Iterable[str], **fields: Any) -> None:
        self.outline.flow(
            start, end, names, protocol="https", encrypted=True, connection=self.connection_of(source), **fields
        )

    def _opened(self, source: Source, element: str, effects: Iterable[str]) -> None:
        connection = self.connection_of(source)
        if connection is not None:
            self.outline.opens(connection, element, {_ACCESS.get(effect, "run") for effect in effects})
