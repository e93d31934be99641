"""Which data fields exist and which wires carry them, from the names that code, rules, templates and forms use.

Two passes over the wires: what is read must have come in (back to where it entered or was made), and what is there goes
on until a step replaces the payload. Fields that never reach an entry point, a store or a system stay out of the model.
"""

from __future__ import annotations

import re
from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.platforms.node_red.code import field_name
from workbench.platforms.node_red.sql import columns
from workbench.platforms.node_red.texts import HOLE, changes, code_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from workbench.platforms.node_red.graph import Graph
    from workbench.platforms.node_red.nodes import Node
    from workbench.platforms.node_red.sinks import Sinks

_URL_PARAMETER = re.compile(r"/:([A-Za-z_]\w{0,59})")
_PATH = re.compile(r"[A-Za-z_$][\w$]*|\[\s*['\"]([\w -]+)['\"]\s*\]")
_EXPRESSION_PATH = re.compile(r"\b(?:payload|req\.(?:body|query|params))(?:\.[A-Za-z_]\w*)+")
_LONGEST_LIST = 200


class Fields:
    """The data fields of a graph as bits, for the wires and for what lies at their ends."""

    def __init__(self, graph: Graph, sinks: Sinks) -> None:
        self.graph = graph
        self._bits: dict[str, int] = {}
        self.reads = {key: self._bits_of(_reads(node)) for key, node in graph.nodes.items()}
        self.writes = {key: self._bits_of(_writes(node)) for key, node in graph.nodes.items()}
        self.stored: dict[str, int] = {}
        """By database node, the columns that its query sets."""
        for key, node in graph.nodes.items():
            found = [columns(query) for query in sinks.queries(node)]
            self.stored[key] = self._bits_of(name for _, written in found for name in written)
            self.writes[key] |= self._bits_of(name for read, _ in found for name in read)

    def _bits_of(self, names: Iterable[str]) -> int:
        result = 0
        for name in names:
            if name:
                result |= 1 << self._bits.setdefault(name, len(self._bits))
        return result

    def names(self, bits: int) -> list[str]:
        """Return the names of fields."""
        return sorted(name for name, bit in self._bits.items() if bits >> bit & 1)

    @cached_property
    def needed(self) -> Mapping[str, int]:
        """Return the fields that must be there when a message comes to a node."""
        needed = dict(self.reads)

        def renew(node: Node) -> int:
            return self.reads[node.key] | (self.wanted(node, needed) & ~self.writes[node.key] if _keeps(node) else 0)

        self._settle(needed, renew, self.graph.before)
        return needed

    def wanted(self, node: Node, needed: Mapping[str, int] | None = None) -> int:
        """Return the fields that the steps after a node need."""
        table = self.needed if needed is None else needed
        result = 0
        for after in self.graph.after(node):
            if self.graph.wires.kind(node.key, after.key) == "data":
                result |= table[after.key]
        return result

    @cached_property
    def given(self) -> Mapping[str, int]:
        """Return the fields that a node hands on."""
        given = dict(self.writes)

        def renew(node: Node) -> int:
            made = self.writes[node.key] if _keeps(node) else self.writes[node.key] | self.wanted(node)
            return made | (self._there(node, given) if _keeps(node) else 0)

        self._settle(given, renew, self.graph.after)
        return given

    def there(self, node: Node) -> int:
        """Return the fields that are in the messages that come to a node."""
        return self._there(node, self.given)

    def _there(self, node: Node, given: Mapping[str, int]) -> int:
        result = self.needed[node.key]
        for before in self.graph.before(node):
            if self.graph.wires.kind(before.key, node.key) == "data":
                result |= given[before.key]
        return result

    def on_wire(self, source: Node, target: Node) -> int:
        """Return the fields that a wire carries."""
        return self.given[source.key] | self.needed[target.key]

    def _settle(
        self, values: dict[str, int], renew: Callable[[Node], int], waiting_on: Callable[[Node], list[Node]]
    ) -> None:
        """Renew the values of nodes until nothing changes."""
        queue = deque(self.graph.nodes.values())
        waiting = set(self.graph.nodes)
        while queue:
            node = queue.popleft()
            waiting.discard(node.key)
            value = renew(node) | values[node.key]
            if value != values[node.key]:
                values[node.key] = value
                fresh = [n for n in waiting_on(node) if n.key not in waiting]
                queue += fresh
                waiting.update(n.key for n in fresh)


def _keeps(node: Node) -> bool:
    """Tell whether the fields that come in are still there when the message goes out."""
    return node.enabled and node.what.passes and not code_of(node).replaces


def _reads(node: Node) -> list[str]:
    if node.type == "function":
        return sorted(code_of(node).reads)
    if node.type == "change":
        return [_named(rule.get("to")) for rule in changes(node) if rule.get("tot") in ("msg", "jsonata")]
    if node.type == "switch":
        return [_named(node.get("property"))] if node.get("propertyType") in (None, "msg", "jsonata") else []
    holes = [h for key in ("template", "url", "query", "format") for h in HOLE.findall(node.text(key)[:100_000])]
    return [_named(hole.strip("{}&#/^ ").removeprefix("msg.")) for hole in holes]


def _writes(node: Node) -> list[str]:
    if node.type == "function":
        return [field_name(["payload", *name.split(".")]) for name in sorted(code_of(node).writes)]
    if node.type == "change":
        return [_named(rule.get("p")) for rule in changes(node) if rule.get("t") == "set"]
    if node.type == "http in":
        return _URL_PARAMETER.findall(node.text("url")[:1000])
    if node.type == "csv":
        return [field_name(["payload", column.strip()]) for column in node.text("temp").split(",")[:_LONGEST_LIST]]
    return _form_fields(node)


def _form_fields(node: Node) -> list[str]:
    options = node.get("options") if node.type in {"ui_form", "ui-form"} else None
    rows: list[Any] = options[:_LONGEST_LIST] if isinstance(options, list) else []
    keys = [str(row.get("value") or row.get("key") or row.get("label") or "") for row in rows if isinstance(row, dict)]
    return [field_name(["payload", key]) for key in keys]


def _named(path: Any) -> str:
    """Return the field that a path such as `payload.name` or `payload["name"]` means, or the first in an expression."""
    if not isinstance(path, str) or len(path) > _LONGEST_LIST:
        return ""
    found = _EXPRESSION_PATH.search(path)
    parts = [quoted or part for part, quoted in ((m.group(), m.group(1)) for m in _PATH.finditer(path))]
    if path.startswith(("payload", "req")) and (not found or found.group() == path or "[" in path):
        return field_name(parts)
    return field_name(found.group().split(".")) if found else ""
