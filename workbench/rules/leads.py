"""What leads where: which steps an entry point sets going.

An edge here means that one thing makes another run: entry point → step it starts, step → next step, caller → subflow (of
its own app or another), and agent ↔ tool. What goes back to whoever called is no such edge.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from workbench.model import ORDERS
from workbench.rules.columns import Scale
from workbench.rules.graph import ENTRY, NOBODY, PROCESS, Graph, among
from workbench.rules.linked import Linked
from workbench.rules.spread import ASSUMED, MAYBE, NEVER, SURE, Edges, flood, spread

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from workbench.model import EntryPoint
    from workbench.rules.columns import Bools
    from workbench.rules.facts import Facts
    from workbench.rules.spread import Neighbours, Reach

    Bits = NDArray[np.int64]

SCALE = ORDERS["exposure"]
_UNKNOWN_EXPOSURE = 1 << len(SCALE)
# The place of the highest of some exposures, by their bits.
_HIGHEST = np.array([max(bits.bit_length() - 1, 0) for bits in range(_UNKNOWN_EXPOSURE)], dtype=np.int8)
_EXPOSURES = 2 * _UNKNOWN_EXPOSURE - 1
REACHED = 2 * _UNKNOWN_EXPOSURE
# Nobody calls these, so there is nobody to ask who they are.
UNCALLED = NOBODY | {"subflow", "app_event", "file_drop"}


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
        starts = among(noun[source], PROCESS, ENTRY) & (noun[target] == PROCESS) & graph.live
        mutual = starts & (noun[source] == PROCESS) & (graph.of_kind("tool") | graph.two_way.true)
        calls = (noun[source] == PROCESS) & (noun[target] == ENTRY) & graph.live & ~self.responds
        entries = np.arange(len(graph.starts)) + graph.first["entry_point"]
        on = ~graph.disabled[entries]
        pairs = [
            (source[starts], target[starts]),
            (target[mutual], source[mutual]),
            (source[calls], target[calls]),
            (entries[on], graph.starts[on]),
        ]
        return Edges(len(graph), [*((a, b, a * 0) for a, b in pairs), self.facts.part(Linked).calls])

    @cached_property
    def responds(self) -> NDArray[np.bool_]:
        """Return the flows that take an answer back to an entry point: within one app, and not where steps call it."""
        graph = self.graph
        noun = np.append(graph.noun, -1)
        within: Bools = (noun[graph.source] == PROCESS) & (noun[graph.target] == ENTRY) & ~graph.calls.true
        return within

    @cached_property
    def forward(self) -> Neighbours:
        """Return what each node makes run."""
        return self.edges.out(SURE)

    @cached_property
    def backward(self) -> Neighbours:
        """Return what makes each node run."""
        return self.edges.back(SURE)

    # --- forward ---

    @cached_property
    def exposures(self) -> Bits:
        """Return for each node the exposures of the entry points that lead to it, as bits."""
        start = np.zeros(len(self.graph), dtype=np.int64)
        on = ~self.graph.disabled[self.graph.rows("entry_point")]
        start[self.graph.rows("entry_point")] = np.where(on, REACHED | self.entry_exposures, 0)
        return flood(start, self.edges)

    @cached_property
    def entry_exposures(self) -> Bits:
        """Return the bit of each entry point's exposure; time and failures are exposed to nobody else."""
        rows = zip(self.facts.values("entry_point", "exposure"), self.facts.values("entry_point", "kind"), strict=True)
        bits = (
            1 << SCALE.index(e) if e is not None else 1 if kind in NOBODY else _UNKNOWN_EXPOSURE for e, kind in rows
        )
        return np.fromiter(bits, dtype=np.int64, count=len(self.graph.starts))

    @cached_property
    def entry_anonymous(self) -> NDArray[np.int64]:
        """Return how surely each entry point needs no authentication."""
        entries = self.facts.values("entry_point", "kind"), self.facts.values("entry_point", "authentication")
        grades = (_anonymous(kind, proof) for kind, proof in zip(*entries, strict=True))
        found = np.fromiter(grades, dtype=np.int64, count=len(self.graph.starts))
        return np.where(self.graph.disabled[self.graph.rows("entry_point")], NEVER, found)

    @cached_property
    def anonymous(self) -> Reach:
        """Return how surely an entry point without authentication leads to each node."""
        first = self.graph.first["entry_point"]
        starts = {grade: (np.flatnonzero(self.entry_anonymous == grade) + first).tolist() for grade in (SURE, MAYBE)}
        return spread(len(self.graph), {SURE: self.forward, ASSUMED: self.edges.out(ASSUMED)}, starts)

    def entries(self) -> Iterable[tuple[int, EntryPoint]]:
        """Yield (node, entry point) for each that starts a step which is switched on."""
        rows = self.graph.rows("entry_point")
        for node in range(rows.start, rows.stop):
            if not self.graph.disabled[node]:
                yield node, self.graph.elements[node]


def _anonymous(kind: str | None, proof: str | None) -> int:
    if kind in UNCALLED or proof not in {None, "none"}:
        return NEVER
    return MAYBE if kind is None or proof is None else SURE


def exposure_scale(bits: Bits) -> Scale:
    """Return exposures from their bits: the widest known at least, the widest there is at most if one is unknown."""
    known = bits & (_UNKNOWN_EXPOSURE - 1)
    low = _HIGHEST[known]
    high = np.where(bits & _UNKNOWN_EXPOSURE, len(SCALE) - 1, low).astype(np.int8)
    return Scale(low, high, SCALE, absent=(bits & _EXPOSURES) == 0)
