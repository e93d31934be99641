"""Who sends messages to whom: wires, links, calls and catches followed, subflows entered, junctions straightened."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.platforms.node_red.export import Export, Item, clean_id, definition_id, ports
from workbench.platforms.node_red.nodes import Node, Places, place_nodes
from workbench.platforms.node_red.wires import Wires

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Graph:
    """The nodes by key, and the wires between them."""

    nodes: dict[str, Node] = field(default_factory=dict)
    wires: Wires = field(default_factory=Wires)
    problems: list[tuple[str, str]] = field(default_factory=list)

    def before(self, node: Node) -> list[Node]:
        """Return the nodes that send to `node`."""
        return [self.nodes[key] for key in self.wires.before(node.key)]

    def after(self, node: Node) -> list[Node]:
        """Return the nodes that `node` sends to."""
        return [self.nodes[key] for key in self.wires.after(node.key)]


def read_graph(export: Export) -> Graph:
    """Return what runs when the export is deployed."""
    places = place_nodes(export)
    graph = Graph(nodes=places.nodes, problems=places.problems)
    wiring = _Wiring(export, places, graph)
    for node in graph.nodes.values():
        wiring.wire(node)
    wiring.follow_links()
    wiring.listen()
    wiring.straighten()
    return graph


class _Wiring:
    def __init__(self, export: Export, places: Places, graph: Graph) -> None:
        self.export, self.places, self.graph = export, places, graph
        self.wires = graph.wires
        self._emitting: dict[tuple[str, int], frozenset[str]] = {}

    def wire(self, node: Node) -> None:
        """Draw the wires of a node; those of a subflow instance lead into it and out of its inner nodes."""
        for port, target in self._targets(node):
            for source in self._emitters(node.key, port):
                self.wires.add(source, target)
        place = self.places.called.get(node.key)
        if place is not None:
            inner = self.places.local[place]
            for entry, _ in _ends(ports(self._definition(node.key), "in")):
                if entry in inner:
                    self.wires.add(node.key, inner[entry])

    def _emitters(self, key: str, port: int) -> frozenset[str]:
        """Return the nodes whose messages come out at an output: a subflow gives what its inner nodes give."""
        place = self.places.called.get(key)
        if place is None:
            return frozenset({key})
        if (key, port) not in self._emitting:
            # What is being worked out adds nothing to itself.
            self._emitting[key, port] = frozenset()
            definition, inner = self._definition(key), self.places.local[place]
            outs = [*ports(definition, "out"), definition.raw.get("status")]
            found: set[str] = set()
            for end, inner_port in _ends(outs[port : port + 1]):
                # An output wired to the subflow itself lets what comes in straight through.
                found |= (
                    {key} if end == definition.id else self._emitters(inner[end], inner_port) if end in inner else set()
                )
            self._emitting[key, port] = frozenset(found)
        return self._emitting[key, port]

    def _definition(self, key: str) -> Item:
        return self.export.subflows[definition_id(self.graph.nodes[key].item)]

    def _targets(self, node: Node) -> Iterator[tuple[int, str]]:
        """Yield output number and target of each wire."""
        wires = node.item.raw.get("wires")
        for port, output in enumerate(wires if isinstance(wires, list) else ()):
            for wanted in map(clean_id, output if isinstance(output, list) else [output]):
                target = self.places.find(node.place, wanted)
                if target is not None:
                    yield port, target
                elif wanted:
                    self._problem(node.item, f"a wire of {node.name!r} leads to {wanted!r}, which is not in the export")

    def follow_links(self) -> None:
        """Draw what link nodes do: jumps, calls, and the way back from what was called."""
        outs = self._enabled("link out")
        for node in outs:
            for target in self._linked(node) if node.get("mode") != "return" else ():
                self.wires.add(node.key, target)
        returns = {node.key for node in outs if node.get("mode") == "return"}
        calls = {node.key: self._linked(node) for node in self._enabled("link call")}
        following = {key: self.wires.after(key) for key, targets in calls.items() if targets}
        called = {target for targets in calls.values() for target in targets}
        # While calls still lead on to what follows them, a call within what is called does not hide the way back.
        ways_back = {target: returns & self.wires.reachable(target) for target in called}
        for key, nodes in following.items():
            for node_ in nodes:
                self.wires.remove(key, node_)
        for key, nodes in following.items():
            for target in calls[key]:
                self.wires.add(key, target)
                for end in ways_back[target]:
                    for node_ in nodes:
                        self.wires.add(end, node_)

    def _linked(self, node: Node) -> list[str]:
        if node.type == "link call" and node.get("linkType") == "dynamic":
            self._problem(node.item, f"{node.name!r} calls what msg.target names; what it calls is not modelled")
            return []
        found = {wanted: self.places.find(node.place, wanted) for wanted in node.item.strings("links")}
        for wanted in [w for w, target in found.items() if target is None]:
            self._problem(node.item, f"{node.name!r} is linked to {wanted!r}, which is not in the export")
        linked = [self.graph.nodes[target] for target in found.values() if target is not None]
        return sorted(n.key for n in linked if n.type == "link in" and n.enabled)

    def _enabled(self, wanted: str) -> list[Node]:
        return [node for node in self.graph.nodes.values() if node.type == wanted and node.enabled]

    def listen(self) -> None:
        """Draw wires to the catch, complete and status nodes from what they report on."""
        by_place: dict[str, list[Node]] = defaultdict(list)
        for node in self.graph.nodes.values():
            by_place[node.place].append(node)
        heard = {
            node.key: list(self._heard(node, by_place[node.place]))
            for node in self.graph.nodes.values()
            if node.what.listens and node.enabled
        }
        for key, sources in heard.items():
            for source in sources:
                self.wires.add(source, key, self.graph.nodes[key].what.listens or "control")

    def _heard(self, listener: Node, neighbours: list[Node]) -> Iterator[str]:
        """Yield what a node listens to; one that hears a whole tab is not led back to by its own steps.

        Node-RED ends such a circle by itself after a few rounds, so there is none to warn of.
        """
        everywhere = not isinstance(listener.item.raw.get("scope"), list)
        after = self.wires.reachable(listener.key) if everywhere else set()
        yield from (node.key for node in _reported(listener, neighbours) if node.key not in after)

    def straighten(self) -> None:
        """Take out what is only a bend in a wire, and instances of subflows that nothing goes into."""
        for node in sorted(self.graph.nodes.values(), key=lambda n: n.key):
            bend = node.what.transparent and (not node.enabled or self.wires.straighten(node.key))
            if bend or self._stands_aside(node):
                self.wires.drop(node.key)
                del self.graph.nodes[node.key]

    def _stands_aside(self, node: Node) -> bool:
        return node.key in self.places.called and not ports(self._definition(node.key), "in")

    def _problem(self, item: Item, problem: str) -> None:
        self.graph.problems.append((item.pointer, problem))


def _ends(ends: list[Any]) -> Iterator[tuple[str, int]]:
    """Yield id and output of the inner nodes that inputs or outputs of a subflow are wired to."""
    for port in ends:
        wires = port.get("wires") if isinstance(port, dict) else None
        for wire in wires if isinstance(wires, list) else ():
            if isinstance(wire, dict):
                number = wire.get("port")
                yield clean_id(wire.get("id")), number if isinstance(number, int) and number >= 0 else 0


def _reported(listener: Node, neighbours: list[Node]) -> Iterator[Node]:
    """Yield the nodes whose error, end or status a node reports; of a whole tab, those that do something outside."""
    scope = listener.item.raw.get("scope")
    named = set(listener.item.strings("scope"))
    group = clean_id(listener.item.raw.get("g"))
    for node in neighbours:
        if node is listener or node.what.listens or node.what.transparent:
            continue
        if isinstance(scope, list):
            wanted = node.item.id in named
        elif scope == "group":
            wanted = bool(group) and clean_id(node.item.raw.get("g")) == group and bool(node.what.effects)
        else:
            wanted = listener.what.listens == "error" and bool(node.what.effects)
        if wanted:
            yield node
