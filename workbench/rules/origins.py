"""Which stores and services the data at each place comes from, and which steps answer their caller with it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.model import ORDERS
from workbench.rules import vocabulary
from workbench.rules.graph import ENTRY, PROCESS, STORE, Graph
from workbench.rules.leads import Leads
from workbench.rules.lineage import Lineage
from workbench.rules.spread import GRADES, MAYBE, NEVER, SURE, Edges, flood, flooded, spread

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from workbench.rules.facts import Facts
    from workbench.rules.spread import Reach

    Bits = NDArray[np.int64]

PROTECTIONS = ORDERS["protection"]
STORE_KINDS = vocabulary.columns("store")["kind"].values
# Bits of an origin: it is a store, its protection, that this is unknown, its kind.
FROM_STORE = 1
PROTECTION_BITS = {protection: 2 << i for i, protection in enumerate(PROTECTIONS)}
UNKNOWN_PROTECTION = 2 << len(PROTECTIONS)
_KIND_BITS = {kind: 4 << (len(PROTECTIONS) + i) for i, kind in enumerate(STORE_KINDS)}
EFFECTS = vocabulary.columns("process")["effects"].values
# Bits of what lies ahead of an entry point: the effects of steps, then these.
READS, MAY_READ, OPEN, MAY_OPEN, ANSWERS, MAY_ANSWER = (1 << (len(EFFECTS) + i) for i in range(6))


class Origins:
    """Which stores and services the data at each place comes from, and which steps answer with it."""

    """Origins of what is at each place of the lineage."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.graph: Graph = facts.part(Graph)
        self.lineage: Lineage = facts.part(Lineage)

    @cached_property
    def edges(self) -> Edges:
        """Return the edges along which what a system gave moves on."""
        line = self.lineage
        return Edges(line.size, [*line.steps_before, *line.used, line.sending, *line.answer_edges])

    @cached_property
    def bits(self) -> tuple[Bits, Bits]:
        """Return the bits of the origins of what surely, and of what possibly, is at each place."""
        start = [0] * self.lineage.size
        for noun in ("store", "service"):
            first = self.graph.first[noun]
            for row, element in enumerate(self.facts.elements(noun)):
                start[first + row] = _bits(element)
        return flooded(start, self.edges)

    @cached_property
    def flow_bits(self) -> tuple[Bits, Bits]:
        """Return the bits of what each flow carries."""
        sent, moves = self.lineage.sent, self.lineage.carries & (self.lineage.sent >= 0)
        sure, may = (np.where(moves, bits[sent], 0) if len(bits) else moves * 0 for bits in self.bits)
        return sure, may

    @cached_property
    def reads(self) -> Bits:
        """Return for each step the bits of what stores it reads."""
        graph = self.graph
        result = [0] * graph.processes
        system, step, grade, _ = self.lineage.answers
        for node, reader, sure in zip(system.tolist(), step.tolist(), grade.tolist(), strict=True):
            if graph.noun[node] != STORE or sure == NEVER or graph.disabled[reader]:
                continue
            rules = graph.elements[node].row_security
            certain = sure < MAYBE
            result[reader] |= (READS if certain else 0) | MAY_READ
            if rules != "enforced":
                result[reader] |= (OPEN if certain and rules is not None else 0) | MAY_OPEN
        return np.array(result, dtype=np.int64)

    @cached_property
    def from_store(self) -> NDArray[np.int8]:
        """Return how surely what each step sends came from a store."""
        sends = slice(self.lineage.sends, self.lineage.fields)
        sure, may = self.bits
        return np.where(sure[sends] & FROM_STORE, SURE, np.where(may[sends] & FROM_STORE, MAYBE, NEVER)).astype(np.int8)

    @cached_property
    def responders(self) -> list[tuple[int, int]]:
        """Return (step, entry point), or (step, -1) for one that answers whoever set it going."""
        graph = self.graph
        on = ~graph.disabled
        found = [(n, -1) for n, e in enumerate(graph.elements[: graph.processes]) if e.kind == "response" and on[n]]
        noun = np.append(graph.noun, -1)
        callers: dict[int, list[int]] = {}
        for a, b in zip(graph.source.tolist(), graph.target.tolist(), strict=True):
            if noun[b] == ENTRY and noun[a] > ENTRY:
                callers.setdefault(a, []).append(b)
        responds = self.facts.part(Leads).responds
        for row in np.flatnonzero(graph.live & (noun[graph.source] == PROCESS)).tolist():
            step, end = int(graph.source[row]), int(graph.target[row])
            if on[step]:
                found += (
                    [(step, end)]
                    if responds[row]
                    else [(step, entry) for entry in callers.get(end, ()) if noun[end] > STORE]
                )
        return sorted(set(found))

    def _answering(self, *, to_all: bool) -> Iterable[tuple[int, int]]:
        """Yield (node, bits) for each answer that came from a store: at the step if it answers all, else at the entry."""
        for step, entry in self.responders:
            grade = self.from_store[step]
            if grade < NEVER and (entry < 0) is to_all:
                yield (step if to_all else entry), (ANSWERS | MAY_ANSWER if grade < MAYBE else MAY_ANSWER)

    @cached_property
    def read_anonymously(self) -> Reach:
        """Return how surely each place's data goes back to an entry point without authentication."""
        leads = self.facts.part(Leads)
        starts: dict[int, list[int]] = {SURE: [], MAYBE: []}
        for step, entry in self.responders:
            grade = leads.anonymous.grade[step] if entry < 0 else leads.anonymous.grade[entry]
            if grade < NEVER:
                starts[grade].append(step + self.lineage.sends)
        if not any(starts.values()):
            return spread(self.lineage.size, {}, starts)
        edges = self.edges
        return spread(self.lineage.size, {grade: edges.back(grade) for grade in GRADES}, starts)

    @cached_property
    def ahead(self) -> Bits:
        """Return for each node the bits of what the steps do that it leads to."""
        values = [*self.reads.tolist(), *[0] * (len(self.graph) - self.graph.processes)]
        place = {effect: 1 << i for i, effect in enumerate(EFFECTS)}
        for step, process in enumerate(self.graph.elements[: self.graph.processes]):
            for effect in process.effects if process.enabled is not False else ():
                values[step] |= place[effect]
        for step, bits in self._answering(to_all=True):
            values[step] |= bits
        leads = self.facts.part(Leads)
        if leads.backward:
            flood(values, leads.backward)
        for entry, bits in self._answering(to_all=False):
            values[entry] |= bits
        return np.array(values, dtype=np.int64)


def _bits(element: Any) -> int:
    protection = PROTECTION_BITS.get(element.protection, UNKNOWN_PROTECTION)
    return protection | (FROM_STORE | _KIND_BITS.get(element.kind, 0) if element.noun == "store" else 0)


def store_kinds(bits: int) -> tuple[str, ...]:
    """Return the kinds of stores among the bits of an origin."""
    return tuple(kind for kind, bit in _KIND_BITS.items() if bits & bit)
