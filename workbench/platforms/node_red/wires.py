"""A small directed graph of nodes, with the bends of wires straightened out."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WireKind = Literal["data", "control", "error"]
_STRENGTH: Mapping[WireKind, int] = {"data": 2, "control": 1, "error": 0}
# A bend with more ways through it than this stays visible as a step: straightening it would draw a thicket.
_MOST_WAYS = 64


class Wires:
    """Who sends messages to whom; at most one wire from one node to another."""

    def __init__(self) -> None:
        self._after: dict[str, dict[str, WireKind]] = defaultdict(dict)
        self._before: dict[str, dict[str, WireKind]] = defaultdict(dict)

    def add(self, source: str, target: str, kind: WireKind = "data") -> None:
        """Add a wire; of two between the same nodes, the one that carries more stays."""
        held = self._after[source].get(target)
        if held is None or _STRENGTH[kind] > _STRENGTH[held]:
            self._after[source][target] = self._before[target][source] = kind

    def __iter__(self) -> Iterator[tuple[str, str, WireKind]]:
        for source in sorted(self._after):
            for target in sorted(self._after[source]):
                yield source, target, self._after[source][target]

    def before(self, node: str) -> list[str]:
        """Return the nodes that send to `node`."""
        return sorted(self._before.get(node, ()))

    def after(self, node: str) -> list[str]:
        """Return the nodes that `node` sends to."""
        return sorted(self._after.get(node, ()))

    def kind(self, source: str, target: str) -> WireKind:
        """Return what a wire carries."""
        return self._after[source][target]

    def reachable(self, start: str) -> set[str]:
        """Return the nodes that `start` leads to, itself included."""
        seen, waiting = {start}, [start]
        while waiting:
            for target in self._after.get(waiting.pop(), ()):
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return seen

    def remove(self, source: str, target: str) -> None:
        """Take one wire out."""
        self._after[source].pop(target, None)
        self._before[target].pop(source, None)

    def drop(self, node: str) -> None:
        """Take a node out with all its wires."""
        for target in self._after.pop(node, {}):
            self._before[target].pop(node, None)
        for source in self._before.pop(node, {}):
            self._after[source].pop(node, None)

    def straighten(self, node: str) -> bool:
        """Replace a node by wires from all before it to all after it; False if that would be too many."""
        before = {k: v for k, v in self._before.get(node, {}).items() if k != node}
        after = {k: v for k, v in self._after.get(node, {}).items() if k != node}
        if len(before) * len(after) > _MOST_WAYS:
            return False
        self.drop(node)
        for source, first in before.items():
            for target, second in after.items():
                self.add(source, target, min(first, second, key=_STRENGTH.__getitem__))
        return True
