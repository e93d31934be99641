"""An n8n workflow as its export says it: nodes with stable keys, wires between them, and what does not fit noted."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.platforms.n8n.nodes import STICKY_NOTE, Credential, Node, read_nodes
from workbench.platforms.n8n.values import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["Credential", "Node", "Wire", "Workflow", "read_workflow"]


@dataclass(frozen=True)
class Wire:
    """A connection from an output of one node to an input of another."""

    source: str
    target: str
    type: str
    output: int


@dataclass(frozen=True)
class Workflow:
    """A workflow whose nodes can be found by key and by name."""

    nodes: tuple[Node, ...]
    wires: tuple[Wire, ...]
    stickies: tuple[str, ...]
    dangling: tuple[str, ...]
    """Wires whose other end does not exist, in words."""
    problems: tuple[tuple[str, str], ...]
    """(where, text) of what was passed over."""

    @cached_property
    def by_key(self) -> Mapping[str, Node]:
        """Map keys to nodes."""
        return {n.key: n for n in self.nodes}

    @cached_property
    def by_name(self) -> Mapping[str, tuple[Node, ...]]:
        """Map names to the nodes that bear them; n8n itself allows one each."""
        groups: dict[str, list[Node]] = defaultdict(list)
        for node in self.nodes:
            groups[node.name].append(node)
        return {name: tuple(group) for name, group in groups.items()}

    @cached_property
    def inputs(self) -> Mapping[str, tuple[Node, ...]]:
        """Map the key of a node to the nodes before it on the main line."""
        return self._neighbours(lambda w: (w.target, w.source), main=True)

    @cached_property
    def outputs(self) -> Mapping[str, tuple[Node, ...]]:
        """Map the key of a node to the nodes after it on the main line."""
        return self._neighbours(lambda w: (w.source, w.target), main=True)

    @cached_property
    def parents(self) -> Mapping[str, tuple[Node, ...]]:
        """Map the key of a sub-node (model, memory, tool) to the nodes that use it."""
        return self._neighbours(lambda w: (w.source, w.target), main=False)

    @cached_property
    def roles(self) -> Mapping[str, frozenset[str]]:
        """Map the key of a sub-node to the kinds of wire by which it is used, such as `ai_tool`."""
        roles: dict[str, set[str]] = defaultdict(set)
        for wire in self.wires:
            if wire.type != "main":
                roles[wire.source].add(wire.type)
        return {key: frozenset(found) for key, found in roles.items()}

    def downstream(self, key: str) -> Iterator[Node]:
        """Yield the nodes that the main line leads to from a node, itself left out."""
        seen, waiting = {key}, [key]
        while waiting:
            for node in self.outputs.get(waiting.pop(), ()):
                if node.key not in seen:
                    seen.add(node.key)
                    waiting.append(node.key)
                    yield node

    def _neighbours(self, ends: Any, *, main: bool) -> dict[str, tuple[Node, ...]]:
        found: dict[str, dict[str, Node]] = defaultdict(dict)
        for wire in self.wires:
            if (wire.type == "main") is main:
                here, there = ends(wire)
                found[here][there] = self.by_key[there]
        return {key: tuple(nodes[k] for k in sorted(nodes)) for key, nodes in found.items()}


def read_workflow(content: Mapping[str, Any]) -> Workflow:
    """Return the workflow in one n8n export object; what is broken is left out and listed in `problems`."""
    problems: list[tuple[str, str]] = []
    nodes = read_nodes(content["nodes"], problems)
    stickies = [n for n in content["nodes"] if isinstance(n, dict) and n.get("type") == STICKY_NOTE]
    notes = sorted(filter(None, map(_sticky_text, stickies)))
    names: dict[str, list[str]] = defaultdict(list)
    for node in nodes:
        names[node.name].append(node.key)
    problems += [
        (f"nodes[name='{name}']", f"{len(keys)} nodes have this name; each gets its wires")
        for name, keys in sorted(names.items())
        if len(keys) > 1
    ]
    wires, dangling = _wires(content["connections"], names, {str(n.get("name")) for n in stickies}, problems)
    return Workflow(tuple(nodes), wires, tuple(notes), dangling, tuple(problems))


def _sticky_text(raw: Mapping[str, Any]) -> str:
    content = mapping(raw.get("parameters")).get("content")
    return content.strip() if isinstance(content, str) else ""


def _wires(
    raw: Any, names: Mapping[str, Sequence[str]], stickies: set[str], problems: list[tuple[str, str]]
) -> tuple[tuple[Wire, ...], tuple[str, ...]]:
    wires: set[Wire] = set()
    dangling: set[str] = set()
    if not isinstance(raw, dict):
        problems.append(("/connections", "the connections are not an object, so the nodes stand alone"))
        return (), ()
    for source, kind, output, target in _raw_wires(raw):
        if source in stickies or target in stickies:
            continue
        if source not in names or target not in names:
            missing = source if source not in names else target
            dangling.add(f"a connection from '{source}' to '{target}' names '{missing}', which is no node")
            continue
        wires.update(Wire(a, b, kind, output) for a in names[source] for b in names[target])
    ordered = sorted(wires, key=lambda w: (w.source, w.target, w.type, w.output))
    return tuple(ordered), tuple(sorted(dangling))


def _raw_wires(raw: Mapping[str, Any]) -> Iterator[tuple[str, str, int, str]]:
    """Yield (source name, type, output, target name); lists may hold null, and a lone object may stand for a list."""
    for source, kinds in raw.items():
        for kind, outputs in mapping(kinds).items():
            for output, targets in enumerate(_list(outputs)):
                for target in _list(targets):
                    if isinstance(target, dict) and isinstance(target.get("node"), str):
                        yield source, kind, output, target["node"]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
