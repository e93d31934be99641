"""What readers of small exports share: the elements of one app while they are put together."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from workbench.model import (
    NAME_LENGTH,
    Actor,
    App,
    Boundary,
    Connection,
    DataField,
    EntryPoint,
    Flow,
    Process,
    Service,
    Source,
    Store,
    Use,
    element_id,
    slug,
)
from workbench.platforms import boundaries
from workbench.platforms.addressed import at_address
from workbench.platforms.classify import Suggestion, suggest
from workbench.platforms.connectors import Connector
from workbench.platforms.taken import Taken, field_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.model import Element, Secret

__all__ = ["Outline", "Taken", "field_name", "unknown_system"]

_MOST_FIELDS = 400
_ENCRYPTED = {"https": True, "http": False, "wss": True, "ws": False, "ftp": False, "sftp": True}


def unknown_system(vendor: str) -> Connector:
    """Return what stands for a vendor that the table of connectors does not have."""
    return Connector(
        key=slug(vendor), vendor=vendor, hosts=(), noun="service", kind="api", third_party=True,
        delegated_available=None, operation=None,
    )  # fmt: skip


class Outline:
    """The elements of one app of a platform that its vendor runs."""

    def __init__(self, app: str, platform: str, file: str, pointer: str = "") -> None:
        self.app, self.file, self.pointer = app, file, pointer
        self.elements: dict[str, Element] = {}
        self.place = self.boundary(boundaries.platform(platform).changed(hosting="vendor"))
        self._flows: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._names: dict[str, set[str]] = defaultdict(set)
        self._held: dict[str, set[str]] = defaultdict(set)
        self._opened: dict[str, tuple[str, set[str]]] = {}
        self._transport: dict[str, tuple[str | None, bool | None]] = {}

    def source(self, where: str = "") -> Source:
        """Return a place in the file, below the pointer of the app."""
        return Source(file=self.file, pointer=f"{self.pointer}{where}")

    def boundary(self, boundary: Boundary) -> Boundary:
        """Add a shared boundary with those around it, and return it."""
        if boundary.boundary == boundaries.INTERNET:
            self.elements.setdefault(boundaries.INTERNET, boundaries.internet())
        self.elements.setdefault(boundary.id, boundary)
        return boundary

    def data(self, names: Iterable[str | None]) -> tuple[str, ...]:
        """Return the ids of data fields with these names; what has no name is none."""
        found = set()
        for name in names:
            short = slug(name) if name else ""
            if short and (short in self._names or len(self._names) < _MOST_FIELDS):
                self._names[short].add(str(name))
                found.add(element_id(self.app, "data", short))
        return tuple(sorted(found))

    def step_id(self, key: str) -> str:
        """Return the id of the Process with the platform's own key."""
        return element_id(self.app, "process", key)

    def _origin(self, key: str) -> str:
        """Return the id of where data comes from: a step by its key, or what is named by its whole id."""
        return key if key.startswith(f"{self.app}/") else self.step_id(key)

    def step(self, key: str, name: str, where: str, *, taken: Iterable[Taken] = (), **fields: Any) -> str:
        """Add a Process and return its id."""
        made = {(self._origin(t.origin), ".".join(t.path)[:200] or None, t.sink, t.safe) for t in taken}
        ordered = sorted(made, key=lambda u: (u[0], u[1] or "", u[2], str(u[3])))
        uses = tuple(
            Use.model_validate({"origin": o, "field": f, "into": s, "safe": safe}) for o, f, s, safe in ordered
        )
        described: dict[str, Any] = {"boundary": self.place.id, "runs_in": "server", "component": "built_in"} | fields
        process = Process(
            id=self.step_id(key),
            name=name[:NAME_LENGTH],
            app=self.app,
            source=self.source(where),
            uses=uses,
            **described,
        )
        self.elements[process.id] = process
        return process.id

    def entry(self, key: str, name: str, where: str, **fields: Any) -> str:
        """Add an EntryPoint that starts the step of the same key, with the flow between them; return its id."""
        return self.entry_to(key, key, name, where, **fields)

    def entry_to(
        self, key: str, step: str, name: str, where: str, *, names: Iterable[str | None] = (), ids: Iterable[str] = (),
        **fields: Any,
    ) -> str:  # fmt: skip
        """Add an EntryPoint that starts the step with the key `step`, with the flow between them; return its id."""
        data = tuple(sorted({*ids, *self.data(names)}))
        entry = EntryPoint(
            id=element_id(self.app, "entry", key), name=name[:NAME_LENGTH], app=self.app, source=self.source(where),
            starts=self.step_id(step), data=data, **{"boundary": self.place.id} | fields,
        )  # fmt: skip
        self.elements[entry.id] = entry
        self.flow(entry.id, self.step_id(step), ids=entry.data)
        return entry.id

    def actor(self, name: str, *, inside: bool | None = False) -> str:
        """Add a group of people or programs, and return its id; None where the export does not say who they are."""
        place = self.boundary(boundaries.internet()) if inside is False else self.place if inside else None
        actor = Actor(
            id=element_id(self.app, "actor", slug(name)), name=name, app=self.app, inside=inside,
            boundary=place.id if place else None,
            source=self.source(),
        )  # fmt: skip
        self.elements.setdefault(actor.id, actor)
        return actor.id

    def system(self, connector: Connector, *, part: str = "", identity: str | None = None, box: bool = False) -> str:
        """Add the service or store that a connector stands for, and return its id.

        Parameters
        ----------
        part
            Table, sheet or file within it, as people call it.
        identity
            What names that part on its own system.
        box
            Whether a mail service is used as the mailbox that it keeps.
        """
        third = connector.third_party is True
        place = self.boundary(boundaries.third_party(connector.vendor)) if third else None
        name = f"{connector.vendor}: {part}" if part else connector.vendor
        fields: dict[str, Any] = {
            "name": name[:NAME_LENGTH], "app": self.app, "source": self.source(), "boundary": place.id if place else None,
            "host": connector.host if third else None, "third_party": connector.third_party,
        }  # fmt: skip
        element: Store | Service
        native = slug(f"{name} {identity.rpartition(':')[2]}" if identity else name)
        if connector.noun == "store" or box:
            kind = "mailbox" if connector.noun == "service" else connector.kind
            element = Store(id=element_id(self.app, "store", native), kind=kind, identity=identity, **fields)
        else:
            fields |= {"kind": connector.kind, "vendor": connector.vendor}
            element = Service(id=element_id(self.app, "service", native), **fields)
        return self._added(element, "https" if third else None)

    def own_store(
        self, name: str, kind: str, identity: str | None, *, native: str | None = None, where: str = "", **fields: Any
    ) -> str:  # fmt: skip
        """Add a store that the platform itself keeps, and return its id."""
        native = native or slug(f"{name} {identity.rpartition(':')[2]}" if identity else name)
        store = Store.model_validate({
            "id": element_id(self.app, "store", native), "name": name[:NAME_LENGTH], "app": self.app, "kind": kind,
            "identity": identity, "boundary": self.place.id, "third_party": False, "source": self.source(where), **fields,
        })  # fmt: skip
        return self._added(store, None)

    def at_address(self, scheme: str | None, host: str | None) -> str:
        """Add the service or store at an address, and return its id; a host of None is not known before a run."""
        place = boundaries.of_host(host)
        inside = self.boundary(place) if place is not None else None
        element, _ = at_address(self.app, host, "Unknown address", boundary=inside, source=self.source(), slug=slug)
        return self._added(element, scheme)

    def _added(self, element: Element, scheme: str | None) -> str:
        self.elements.setdefault(element.id, element)
        self._transport.setdefault(element.id, (scheme, _ENCRYPTED.get(scheme or "")))
        return element.id

    def connection(self, key: str, name: str, **fields: Any) -> str:
        """Add a Connection, and return its id."""
        identity = element_id(self.app, "connection", slug(key))
        made = Connection(id=identity, name=name[:NAME_LENGTH], app=self.app, source=self.source(), **fields)
        self.elements.setdefault(identity, made)
        return identity

    def opens(self, connection: str, element: str, access: Iterable[str]) -> None:
        """Say that a connection opens a service or store, and what is done there; the first in order is named."""
        first, so_far = self._opened.get(connection, (element, set()))
        self._opened[connection] = (min(first, element), so_far | set(access))

    def holds(self, element: str, names: Iterable[str | None] = (), *, ids: Iterable[str] = ()) -> None:
        """Say which data a store holds; nothing for what is no store."""
        if self.elements[element].noun == "store":
            self._held[element].update(self.data(names), ids)

    def field(self, native: str, name: str, where: str, said: Suggestion, **settings: Any) -> str:
        """Add a data field that its platform has by an id of its own, and return its id."""
        field = DataField(
            id=element_id(self.app, "data", native), name=name[:NAME_LENGTH], app=self.app, source=self.source(where),
            suggested=said.classification, personal_suggested=said.personal, identifier=said.identifier, settings=settings,
        )  # fmt: skip
        self.elements[field.id] = field
        return field.id

    def flow(
        self, source: str, target: str, names: Iterable[str | None] = (), *, ids: Iterable[str] = (),
        kind: str = "data", **fields: Any,
    ) -> None:  # fmt: skip
        """Add a flow, or what it carries to the one that is there; how it travels follows from the system at its end."""
        there = self._flows.setdefault((source, target, kind), {"data": ()})
        there["data"] = tuple(sorted({*there["data"], *ids, *self.data(names)}))
        system = next((end for end in (target, source) if end in self._transport), None)
        protocol, encrypted = self._transport[system] if system else (None, None)
        fields = {"protocol": protocol, "encrypted": encrypted} | fields
        there.update({k: v for k, v in fields.items() if v is not None and there.get(k) is None})

    def talk(
        self, step: str, system: str, effects: Iterable[str], sent: Iterable[str | None], got: Iterable[str | None],
        **fields: Any,
    ) -> None:  # fmt: skip
        """Add what a step says to a system and what it is answered."""
        sent, got, done = list(sent), list(got), set(effects)
        answers = bool(done & {"read", "call_http", "call_model", "read_file"})
        if done <= {"read"} and not sent:
            self.flow(system, step, got, **fields)
        else:
            self.flow(step, system, sent, two_way=True if answers and not got else None, **fields)
            if answers and got:
                self.flow(system, step, got)
        self.holds(system, [*(sent if done & {"write", "send_mail"} else []), *got])

    def calls_from_code(
        self, step: str, addresses: Iterable[tuple[str, str]], sent: Iterable[str | None], **fields: Any
    ) -> None:
        """Add the systems whose addresses stand in the code of a step; one of which nothing is known, if none does."""
        names = list(sent)
        for scheme, host in list(addresses) or [("", "")]:
            self.flow(step, self.at_address(scheme or None, host or None), names, two_way=True, **fields)

    def add_app(self, name: str, platform: str, secrets: tuple[Secret, ...] = (), **fields: Any) -> None:
        """Add the App itself."""
        self.elements[self.app] = App(
            id=self.app, name=name[:NAME_LENGTH], platform=platform, boundary=self.place.id, source=self.source(),
            secrets=secrets, **fields,
        )  # fmt: skip

    def finished(self) -> tuple[Element, ...]:
        """Return all elements, flows and data fields in the order of their ids."""
        for connection, (service, access) in self._opened.items():
            fields = {"service": service, "access": tuple(sorted(access)) or None}
            self.elements[connection] = self.elements[connection].model_copy(update=fields)
        for store, held in self._held.items():
            self.elements[store] = self.elements[store].model_copy(update={"data": tuple(sorted(held))})
        names = {i: e.name for i, e in self.elements.items()}
        for ends, described in self._flows.items():
            flow = self._flow(ends, names, described)
            self.elements[flow.id] = flow
        used = {i for e in self.elements.values() for i in getattr(e, "data", ())}
        for short in sorted(self._names):
            self._add_field(short, used)
        return tuple(self.elements[i] for i in sorted(self.elements))

    def _flow(self, ends: tuple[str, str, str], names: dict[str, str], described: dict[str, Any]) -> Flow:
        source, target, kind = ends
        native = ">".join(i.removeprefix(f"{self.app}/") for i in (source, target))
        suffix = "" if kind == "data" else f":{kind}"
        return Flow.model_validate({
            "id": element_id(self.app, "flow", f"{native}{suffix}"), "name": f"{names[source]} → {names[target]}"[:NAME_LENGTH],
            "app": self.app, "source_id": source, "target_id": target, "kind": kind, "source": self.source(), **described,
        })  # fmt: skip

    def _add_field(self, short: str, used: set[str]) -> None:
        identity = element_id(self.app, "data", short)
        if identity in used and identity not in self.elements:
            name = min(self._names[short])
            said = suggest(name)
            self.elements[identity] = DataField(
                id=identity, name=name[:NAME_LENGTH], app=self.app, source=self.source(), suggested=said.classification,
                personal_suggested=said.personal, identifier=said.identifier,
            )  # fmt: skip
