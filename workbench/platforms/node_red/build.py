"""Turn a Node-RED export into the elements of a model."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.model import (
    NAME_LENGTH,
    Actor,
    Boundary,
    DataField,
    Element,
    EntryPoint,
    Flow,
    Service,
    Source,
    Store,
    element_id,
    slug,
)
from workbench.platforms import boundaries
from workbench.platforms.classify import suggest
from workbench.platforms.node_red.entries import CALLERS, Entry, entry_of
from workbench.platforms.node_red.estate import identity_of
from workbench.platforms.node_red.fields import Fields
from workbench.platforms.node_red.graph import read_graph
from workbench.platforms.node_red.links import connection_of, flow_settings, tls_of
from workbench.platforms.node_red.sinks import Sinks
from workbench.platforms.node_red.steps import process_of
from workbench.platforms.node_red.systems import PLATFORM, System, systems_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.model import Secret
    from workbench.platforms.node_red.export import Export, Item
    from workbench.platforms.node_red.nodes import Node
    from workbench.platforms.node_red.server import Server

_LONGEST_NOTE = 2_000


class Build:
    """The elements of one export while they are put together."""

    def __init__(
        self,
        export: Export,
        *,
        app: str,
        file: str,
        pointer: str,
        server: Server,
        secrets: Mapping[str, tuple[Secret, ...]],
    ) -> None:
        self.export, self.app, self.file, self.pointer, self.server = export, app, file, pointer, server
        self.graph = read_graph(export)
        self.sinks = Sinks(self.graph)
        self.fields = Fields(self.graph, self.sinks)
        self.secrets = dict(secrets)
        """By id of the node, tab or configuration node; what no element takes stays for the app."""
        self.elements: dict[str, Element] = {}
        self.flows: dict[tuple[str, str], dict[str, Any]] = {}
        self.entries: dict[str, Entry] = {}
        self._held: dict[str, int] = {}
        self._named: dict[int, tuple[str, ...]] = {}
        self._shown = 0
        """Fields that enter, are kept or leave: the ones that the model has."""

    def run(self) -> None:
        """Make everything but the App."""
        for node in self.nodes:
            entry = entry_of(node, self.graph, self.server)
            if entry is not None:
                self.entries[node.key] = entry
        for node in self.nodes:
            self._add_systems(node)
            self._add_response(node)
        for node in self.nodes:
            step = process_of(self, node)
            self.elements[step.id] = step
            self._add_entry(node)
        self._add_wires()
        self._add_data()
        self._add_flows()

    @cached_property
    def nodes(self) -> list[Node]:
        """Return all nodes in the order of their keys."""
        return [self.graph.nodes[key] for key in sorted(self.graph.nodes)]

    @cached_property
    def stands_for_copies(self) -> dict[str, str]:
        """Map the id of a node to the key of the copy that counts where all are alike: the first that is switched on."""
        found: dict[str, str] = {}
        for node in sorted(self.nodes, key=lambda node: not node.enabled):
            found.setdefault(node.item.id, node.key)
        return found

    @cached_property
    def place(self) -> str:
        """Return the id of the platform's boundary, in which all steps run."""
        return self.boundary(boundaries.platform(PLATFORM))

    def boundary(self, boundary: Boundary) -> str:
        """Add a shared boundary with the one around it, and return its id."""
        if boundary.boundary == boundaries.INTERNET:
            self.elements.setdefault(boundaries.INTERNET, boundaries.internet())
        self.elements.setdefault(boundary.id, boundary)
        return boundary.id

    def source(self, item: Item) -> Source:
        """Return where an object stands in the file: by id, since its place in the array changes with every edit."""
        return Source(file=self.file, pointer=f"{self.pointer}/[id='{item.id}']")

    def process_id(self, node: Node) -> str:
        """Return the id of the Process that a node is."""
        return element_id(self.app, "process", node.key)

    def take_secrets(self, item: Item) -> tuple[Secret, ...]:
        """Return the secrets of a node, once: a copy in another instance of its subflow has none of its own."""
        return self.secrets.pop(item.id, ())

    # --- entry points and callers

    def _add_entry(self, node: Node) -> None:
        entry = self.entries.get(node.key)
        if entry is None:
            return
        identity = element_id(self.app, "entry", node.key)
        bits = self.fields.wanted(node) | self.fields.writes[node.key]
        callers: list[tuple[str, dict[str, Any]]] = []
        if entry.caller is not None:
            callers.append((self._actor(entry.caller), {"authentication": entry.authentication}))
        else:
            callers += [(i, fields) for i, fields in self._sources.get(node.key, ())]
        for caller, fields in callers:
            self._flow(caller, identity, bits, shown=True, **fields)
        boundary = getattr(self.elements.get(callers[0][0]), "boundary", None) if callers else self.place
        self.elements[identity] = EntryPoint(
            id=identity, name=node.name, app=self.app, boundary=boundary, source=self.source(node.item),
            starts=self.process_id(node), kind=entry.kind, authentication=entry.authentication, exposure=entry.exposure,
            address=entry.address, accepts_files=entry.accepts_files, settings=entry.settings, data=self._data(bits),
        )  # fmt: skip
        self._held[identity] = bits
        self._shown |= bits
        self._flow(identity, self.process_id(node), bits)

    def _actor(self, name: str) -> str:
        identity = element_id(self.app, "actor", slug(name))
        # Where callers are depends on where the server can be reached from, which the export does not say.
        self.elements.setdefault(identity, Actor(id=identity, name=name, app=self.app, source=Source(file=self.file)))
        return identity

    def _add_response(self, node: Node) -> None:
        """Add the flow back to who called, or to who looks at the dashboard."""
        answers = {"http response": "http", "websocket out": "websocket"}.get(node.type)
        if node.type == "websocket out" and node.text("client"):
            return
        if node.what.kind == "dashboard" or (node.what.caller == "dashboard" and node.type.endswith("emplate")):
            answers = "dashboard"
        if node.type == "tcp out" and node.text("beserver") != "client":
            answers = "tcp"
        if answers is not None:
            self._flow(self.process_id(node), self._actor(CALLERS[answers]), self.fields.there(node), shown=True)

    # --- systems

    @cached_property
    def _sources(self) -> dict[str, list[tuple[str, dict[str, Any]]]]:
        """For nodes at which messages begin: the systems they come from, with the fields of the flow."""
        return {}

    def _add_systems(self, node: Node) -> None:
        for system in systems_of(node, self.export, self.sinks):
            identity = self._system(system)
            fields = self._transport(node, system, identity)
            if node.key in self.entries:
                self._sources.setdefault(node.key, []).append((identity, fields))
                self._hold(identity, self.fields.wanted(node))
                continue
            sent = self.fields.there(node) | self.fields.stored[node.key] if system.direction != "in" else 0
            got = 0
            if system.direction != "out" and not node.what.passes:
                got = self.fields.wanted(node) | self.fields.writes[node.key]
            ends = (identity, self.process_id(node)) if system.direction == "in" else (self.process_id(node), identity)
            two_way = {"both": True, "out": False, "in": False}[system.direction]
            self._flow(*ends, sent | got, shown=True, two_way=two_way, **fields)
            self._hold(identity, sent | got)

    def _hold(self, identity: str, bits: int) -> None:
        if isinstance(self.elements[identity], Store):
            self._held[identity] = self._held.get(identity, 0) | bits

    def _system(self, system: System) -> str:
        identity = element_id(self.app, system.noun, system.native)
        if identity in self.elements:
            return identity
        common: dict[str, Any] = {
            "id": identity, "name": system.name[:NAME_LENGTH], "app": self.app, "kind": system.kind, "host": system.host,
            "third_party": system.third_party, "source": Source(file=self.file),
            "boundary": self.boundary(system.boundary) if system.boundary else None,
        }  # fmt: skip
        if system.noun == "store":
            self.elements[identity] = Store(**common, identity=identity_of(system))
        else:
            self.elements[identity] = Service(**common, vendor=system.vendor)
        return identity

    def _transport(self, node: Node, system: System, identity: str) -> dict[str, Any]:
        """Return the fields of a flow that say how it travels and with which connection."""
        connection = connection_of(self, node, system, identity)
        if connection is not None:
            self.elements.setdefault(connection.id, connection)
        tls = tls_of(node, system, self.export)
        checked = tls.verify if tls is not None else True if system.encrypted and system.protocol == "https" else None
        return {
            "protocol": system.protocol,
            "encrypted": system.encrypted,
            "certificate_checked": checked,
            "connection": connection.id if connection else None,
            "settings": flow_settings(node, system, tls),
        }

    # --- flows and data

    def _flow(self, source: str, target: str, bits: int, *, shown: bool = False, **fields: Any) -> None:
        """Add a flow, or what it carries to the one that is there."""
        known = self.flows.setdefault((source, target), {"bits": 0, "kind": "data"})
        known["bits"] |= bits
        known.update({k: v for k, v in fields.items() if v is not None and known.get(k) is None})
        if shown:
            self._shown |= bits

    def _add_wires(self) -> None:
        for source, target, kind in self.graph.wires:
            here, there = self.graph.nodes[source], self.graph.nodes[target]
            bits = self.fields.on_wire(here, there) if kind == "data" else 0
            self._flow(self.process_id(here), self.process_id(there), bits)
            self.flows[self.process_id(here), self.process_id(there)]["kind"] = kind

    def _data(self, bits: int) -> tuple[str, ...]:
        if bits not in self._named:
            names = {element_id(self.app, "data", slug(name)) for name in self.fields.names(bits)}
            self._named[bits] = tuple(sorted(names))
        return self._named[bits]

    def _add_data(self) -> None:
        for name in self.fields.names(self._shown):
            found = suggest(name)
            identity = element_id(self.app, "data", slug(name))
            self.elements[identity] = DataField(
                id=identity, name=name, app=self.app, source=Source(file=self.file), suggested=found.classification,
                personal_suggested=found.personal, identifier=found.identifier,
            )  # fmt: skip
        for identity, bits in self._held.items():
            held = self.elements[identity].model_copy(update={"data": self._data(bits & self._shown)})
            self.elements[identity] = held

    def _add_flows(self) -> None:
        names = {identity: element.name for identity, element in self.elements.items()}
        for (source, target), fields in self.flows.items():
            data = self._data(fields.pop("bits") & self._shown)
            short = ">".join(end.removeprefix(f"{self.app}/") for end in (source, target))
            identity = element_id(self.app, "flow", short)
            self.elements[identity] = Flow(
                id=identity, name=f"{names[source]} → {names[target]}"[:NAME_LENGTH], app=self.app, source_id=source,
                target_id=target, data=data, **fields,
            )  # fmt: skip

    def finished(self) -> tuple[Element, ...]:
        """Return all elements in the order of their ids."""
        return tuple(self.elements[identity] for identity in sorted(self.elements))


def notes_of(items: Iterable[Item]) -> tuple[str, ...]:
    """Return what comments, tabs and subflows say, in an order that does not hang on the array's."""
    found = set()
    for item in items:
        info = item.raw.get("info")
        words = [part for part in (item.name, info.strip() if isinstance(info, str) else "") if part]
        if words and (item.type == "comment" or len(words) > 1):
            found.add("\n".join(words)[:_LONGEST_NOTE])
    return tuple(sorted(found))
