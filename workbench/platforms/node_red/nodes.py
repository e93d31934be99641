"""The nodes that run when an export is deployed: those of its tabs, and those of its subflows for their instances.

A subflow that takes messages in and gives messages out is copied for each of its instances, as Node-RED does when it
runs it: with one copy for all, everything that any caller sends in would come out at every other. A subflow that only
takes or only gives exists once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.model import slug
from workbench.platforms.connectors import known
from workbench.platforms.node_red.export import Export, Item, definition_id, is_yes, ports, text, variables
from workbench.platforms.node_red.types import NodeType, node_type

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_COPIES = 5_000
_DEEPEST = 40
_LONGEST_PATH = 120


@dataclass(frozen=True)
class Node:
    """A node as it runs: one of a tab, or a copy inside an instance of a subflow."""

    key: str
    """Its own id, behind the ids of the instances around it."""
    item: Item
    name: str
    what: NodeType
    enabled: bool
    place: str
    """The tab, subflow or copy of a subflow around it; links and catches stay within."""
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """Return the type as the export says it."""
        return self.item.type

    def get(self, key: str) -> Any:
        """Return a property, with `${NAME}` replaced where the export says what NAME is."""
        value = self.item.raw.get(key)
        if isinstance(value, str) and value.startswith("${") and value.endswith("}"):
            return self.environment.get(value[2:-1], value)
        return value

    def text(self, key: str) -> str:
        """Return a text or number property as text without white space around it, empty for anything else."""
        value = self.get(key)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)
        return value.strip() if isinstance(value, str) else ""


@dataclass
class Places:
    """The nodes by key, and where they are."""

    nodes: dict[str, Node] = field(default_factory=dict)
    local: dict[str, dict[str, str]] = field(default_factory=dict)
    """For each place: the id of a node in the export → its key."""
    called: dict[str, str] = field(default_factory=dict)
    """Instance → the place that its messages go to; instances that cannot be opened are missing."""
    problems: list[tuple[str, str]] = field(default_factory=list)

    def find(self, place: str, wanted: str) -> str | None:
        """Return the key of the node with an id: of the same place, else of any tab."""
        found = self.local[place].get(wanted)
        return found if found is not None else self.tabs.get(wanted)

    tabs: dict[str, str] = field(default_factory=dict)
    """The id of a node in any tab → its key."""


def place_nodes(export: Export) -> Places:
    """Return all nodes that run."""
    return _Placing(export).run()


class _Placing:
    def __init__(self, export: Export) -> None:
        self.export = export
        self.places = Places()
        self.inside: dict[str, list[Item]] = defaultdict(list)
        for item in export.nodes.values():
            self.inside[item.container].append(item)
        self.endless: set[str] = set()
        self.once_only = self._too_many_copies()

    def run(self) -> Places:
        for container in [c for c in self.inside if c not in self.export.subflows]:
            tab = self.export.tabs.get(container)
            enabled = not (tab and is_yes(tab.raw.get("disabled")))
            self._fill(container, container, enabled=enabled, environment=self.export.environment(container))
            self.places.tabs.update(self.places.local[container])
        self._fill_unused()
        return self.places

    def _fill(
        self,
        container: str,
        place: str,
        *,
        enabled: bool,
        environment: Mapping[str, str],
        prefix: str = "",
        label: str = "",
    ) -> None:
        """Make the nodes of a tab, or of one copy of a subflow."""
        self.places.local[place] = {}
        for item in sorted(self.inside.get(container, ()), key=lambda i: i.id):
            key = _path(prefix, item.id)
            connector = known(item.type)
            name = item.name or self._described(item)
            node = self.places.nodes[key] = Node(
                key=key,
                item=item,
                name=f"{label} / {name}" if label else name,
                what=node_type(item.type, connector.kind if connector else None),
                enabled=enabled and not is_yes(item.raw.get("d")),
                place=place,
                environment=environment,
            )
            self.places.local[place][item.id] = key
            if item.type.startswith("subflow:"):
                self._open(node)

    def _described(self, item: Item) -> str:
        """Return a name for a node that has none: what it is, and what it is about."""
        if item.type.startswith("subflow:"):
            definition = self.export.definition(item)
            return definition.name if definition and definition.name else "subflow"
        about = ("url", "topic", "filename", "command", "path", "query")
        detail = next((d for key in about if (d := text(item.raw.get(key)))), "")
        method = text(item.raw.get("method")).upper() if item.type == "http in" else ""
        return text(f"{method or item.type} {detail}".strip())

    def _open(self, instance: Node) -> None:
        """Make the nodes inside an instance of a subflow, unless another instance shares them."""
        definition = self.export.definition(instance.item)
        if definition is None or definition.id in self.endless:
            reason = "has no definition in the export" if definition is None else "contains itself or nests too deeply"
            problem = f"the subflow of {instance.name!r} {reason}; read as one closed step"
            self.places.problems.append((instance.item.pointer, problem))
            return
        copied = bool(ports(definition, "in") and ports(definition, "out")) and not self.once_only
        place = self.places.called[instance.key] = instance.key if copied else definition.id
        if place in self.places.local and not (instance.enabled and self._asleep(place)):
            return
        given = dict(variables(instance.item.raw)) if copied else {}
        environment = {**(instance.environment if copied else {}), **dict(variables(definition.raw)), **given}
        label = instance.name if copied else definition.name or "subflow"
        prefix = instance.key if copied else ""
        self._fill(definition.id, place, enabled=instance.enabled, environment=environment, prefix=prefix, label=label)

    def _asleep(self, place: str) -> bool:
        """Tell whether a place was made for an instance that is switched off."""
        return not any(self.places.nodes[key].enabled for key in self.places.local[place].values())

    def _fill_unused(self) -> None:
        used = {definition_id(item) for item in self.export.nodes.values()}
        for definition in sorted(self.export.subflows.values(), key=lambda d: d.id):
            if definition.id not in used and self.inside.get(definition.id):
                problem = f"the subflow {definition.name!r} is used by no flow; its steps are read as switched off"
                self.places.problems.append((definition.pointer, problem))
                label, environment = definition.name or "subflow", dict(variables(definition.raw))
                self._fill(definition.id, definition.id, enabled=False, environment=environment, label=label)

    def _too_many_copies(self) -> bool:
        sizes: dict[str, int] = {}
        total = sum(self._size(c, sizes, ()) for c in list(self.inside))
        if total <= max(_MOST_COPIES, 2 * len(self.export.nodes)):
            return False
        problem = f"its subflows would unfold to {total:,} steps, so each was read once for all its instances"
        self.places.problems.append(("", problem))
        return True

    def _size(self, container: str, sizes: dict[str, int], around: tuple[str, ...]) -> int:
        """Return how many nodes a tab or subflow has when every subflow in it is copied for each instance."""
        if container in around or len(around) > _DEEPEST:
            self.endless.update(around[around.index(container) :] if container in around else around[1:])
            return 0
        if container not in sizes:
            inside = self.inside.get(container, ())
            within = [definition_id(item) for item in inside if item.type.startswith("subflow:")]
            sizes[container] = len(inside) + sum(self._size(d, sizes, (*around, container)) for d in within)
        return sizes[container]


def _path(prefix: str, own: str) -> str:
    path = f"{prefix}:{own}" if prefix else own
    return path if len(path) <= _LONGEST_PATH else slug(path)
