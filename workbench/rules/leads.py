"""What leads where: which steps an entry point sets going.

An edge here means that one thing makes another run: entry point → step it starts, step → next step, caller → subflow, and
agent ↔ tool. What goes back to whoever called is no such edge.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from workbench.model import ORDERS
from workbench.rules.columns import Scale
from workbench.rules.graph import ENTRY, PROCESS, Graph
from workbench.rules.spread import MAYBE, NEVER, SURE, Edges, flood, spread
from workbench.rules.taint import NOBODY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from workbench.model import EntryPoint
    from workbench.rules.facts import Facts
    from workbench.rules.spread import Reach

    Bits = NDArray[np.int64]

SCALE = ORDERS["exposure"]
_UNKNOWN_EXPOSURE = 1 << len(SCALE)
_EXPOSURES = 2 * _UNKNOWN_EXPOSURE - 1
REACHED = 2 * _UNKNOWN_EXPOSURE
# Nobody calls these, so there is nobody to ask who they are.
UNCALLED = NOBODY | {"subflow", "app_event", "file_drop"}
_CALLED_BY_STEPS = frozenset({"subflow", "error"})


class Leads:
    """Who makes whom run."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.graph: Graph = facts.part(Graph)

    @cached_property
    def edges(self) -> Edges:
        """Return the edges."""
        graph = self.graph
        source, target = graph.source, graph.target
        noun = np.append(graph.noun, -1)
        starts = np.isin(noun[source], (PROCESS, ENTRY)) & (noun[target] == PROCESS) & graph.live
        mutual = starts & (noun[source] == PROCESS) & ((graph.flow_kind == "tool") | graph.two_way.true)
        calls = (noun[source] == PROCESS) & (noun[target] == ENTRY) & graph.live & ~self.responds
        entries = np.arange(len(graph.starts)) + graph.first["entry_point"]
        on = ~graph.disabled[entries]
        pairs = [
            (source[starts], target[starts]),
            (target[mutual], source[mutual]),
            (source[calls], target[calls]),
            (entries[on], graph.starts[on]),
        ]
        return Edges(len(graph), [(a, b, a * 0) for a, b in pairs])

    @cached_property
    def responds(self) -> NDArray[np.bool_]:
        """Return the flows that take an answer back to an entry point: within one app, and not where steps call it."""
        graph = self.graph
        result = np.zeros(len(graph.flows), dtype=np.bool_)
        noun = np.append(graph.noun, -1)
        for row in np.flatnonzero((noun[graph.source] == PROCESS) & (noun[graph.target] == ENTRY)).tolist():
            step, entry = graph.elements[graph.source[row]], graph.elements[graph.target[row]]
            result[row] = step.app == entry.app and entry.kind not in _CALLED_BY_STEPS
        return result

    @cached_property
    def forward(self) -> list[list[int]]:
        """Return what each node makes run."""
        return self.edges.out(SURE)

    @cached_property
    def backward(self) -> list[list[int]]:
        """Return what makes each node run."""
        return self.edges.back(SURE)

    # --- forward ---

    @cached_property
    def exposures(self) -> Bits:
        """Return for each node the exposures of the entry points that lead to it, as bits."""
        values = [0] * len(self.graph)
        for node, entry in self.entries():
            values[node] = REACHED | exposure_bits(entry)
        if self.forward:
            flood(values, self.forward)
        return np.array(values, dtype=np.int64)

    @cached_property
    def anonymous(self) -> Reach:
        """Return how surely an entry point without authentication leads to each node."""
        starts: dict[int, list[int]] = {SURE: [], MAYBE: []}
        for node, entry in self.entries():
            grade = anonymous_grade(entry)
            if grade < NEVER:
                starts[grade].append(node)
        return spread(len(self.graph), {SURE: self.forward}, starts)

    def entries(self) -> Iterable[tuple[int, EntryPoint]]:
        """Yield (node, entry point) for each that starts a step which is switched on."""
        rows = self.graph.rows("entry_point")
        for node in range(rows.start, rows.stop):
            if not self.graph.disabled[node]:
                yield node, self.graph.elements[node]


def exposure_bits(entry: EntryPoint) -> int:
    """Return the bit of an entry point's exposure; time and failures are exposed to nobody else."""
    if entry.exposure is not None:
        return 1 << SCALE.index(entry.exposure)
    return 1 if entry.kind in NOBODY else _UNKNOWN_EXPOSURE


def anonymous_grade(entry: EntryPoint) -> int:
    """Return how surely an entry point needs no authentication."""
    if entry.kind in UNCALLED:
        return NEVER
    return MAYBE if entry.authentication is None else SURE if entry.authentication == "none" else NEVER


def exposure_scale(bits: Bits) -> Scale:
    """Return exposures from their bits: the widest known at least, the widest there is at most if one is unknown."""
    known = bits & (_UNKNOWN_EXPOSURE - 1)
    low = np.array([max(b.bit_length() - 1, 0) for b in known.tolist()], dtype=np.int8)
    high = np.where(bits & _UNKNOWN_EXPOSURE, len(SCALE) - 1, low).astype(np.int8)
    return Scale(low, high, SCALE, absent=(bits & _EXPOSURES) == 0)
