"""Which stores and services the data at each place comes from, and which steps answer their caller with it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from workbench.model import ORDERS
from workbench.rules import vocabulary
from workbench.rules.columns import Codes, codes_of
from workbench.rules.graph import ENTRY, PROCESS, STORE, Graph
from workbench.rules.leads import Leads
from workbench.rules.lineage import Lineage
from workbench.rules.passing import EFFECTS
from workbench.rules.spread import ASSUMED, GRADES, MAYBE, NEVER, SURE, Edges, flood, flooded, spread

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
# Steps whose answer is what they send, and effects whose own answer holds what was sent.
_ANSWER_BY_SENDING = frozenset({"response", "mail", "message"})
_ECHOES = frozenset({"write", "call_model", "send_message", "publish"})
# Bits of what lies ahead of an entry point: the effects of steps, then these.
READS, MAY_READ, OPEN, MAY_OPEN, ANSWERS, MAY_ANSWER = (1 << (len(EFFECTS) + i) for i in range(6))


class Origins:
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
        start = np.zeros(self.lineage.size, dtype=np.int64)
        for noun in ("store", "service"):
            protections, kinds = self.facts.values(noun, "protection"), self.facts.values(noun, "kind")
            start[self.graph.rows(noun)] = [PROTECTION_BITS.get(p, UNKNOWN_PROTECTION) for p in protections]
            if noun == "store":
                # Of the right type also where there is no store.
                start[self.graph.rows(noun)] |= np.array([FROM_STORE | _KIND_BITS.get(k, 0) for k in kinds], np.int64)
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
        result = np.zeros(graph.processes, dtype=np.int64)
        system, step, grade, _ = self.lineage.answers
        chosen = (graph.noun[system] == STORE) & (grade < NEVER) & ~graph.disabled[step]
        system, step, sure = system[chosen] - graph.first["store"], step[chosen], grade[chosen] < MAYBE
        rules = self.facts.column("store", "row_security")
        assert isinstance(rules, Codes)  # noqa: S101 - the vocabulary says so
        enforced = rules.where(lambda value: value == "enforced")
        open_, may_open = enforced.false[system], ~enforced.true[system]
        bits = np.where(sure, READS, 0) | MAY_READ | np.where(sure & open_, OPEN, 0) | np.where(may_open, MAY_OPEN, 0)
        np.bitwise_or.at(result, step, bits)
        return result

    @cached_property
    def from_store(self) -> NDArray[np.int8]:
        """Return how surely what is at each place came from a store."""
        sure, may = self.bits
        return np.where(sure & FROM_STORE, SURE, np.where(may & FROM_STORE, MAYBE, NEVER)).astype(np.int8)

    @cached_property
    def responders(self) -> list[tuple[int, int, int]]:
        """Return (step, entry point, how surely); -1 for a step that answers whoever set it going."""
        graph = self.graph
        on = ~graph.disabled[: graph.processes]
        answers = graph.kind.where(lambda kind: kind == "response")
        found = [(step, -1, SURE) for step in np.flatnonzero(answers.true[: graph.processes] & on).tolist()]
        found += [(step, -1, MAYBE) for step in np.flatnonzero(answers.unknown[: graph.processes] & on).tolist()]
        noun, off = np.append(graph.noun, -1), np.append(graph.disabled, True)
        sent = graph.live & (noun[graph.source] == PROCESS) & ~off[graph.source]
        direct = sent & self.facts.part(Leads).responds
        found += [
            (a, b, SURE) for a, b in zip(graph.source[direct].tolist(), graph.target[direct].tolist(), strict=True)
        ]
        calls = (noun[graph.target] == ENTRY) & (noun[graph.source] > ENTRY)
        callers: dict[int, list[int]] = {}
        for caller, entry in zip(graph.source[calls].tolist(), graph.target[calls].tolist(), strict=True):
            callers.setdefault(caller, []).append(entry)
        to_people = sent & (noun[graph.target] > STORE)
        for step, end in zip(graph.source[to_people].tolist(), graph.target[to_people].tolist(), strict=True):
            found += [(step, entry, SURE) for entry in callers.get(end, ())]
        return sorted(set(found))

    @cached_property
    def answers(self) -> list[tuple[int, int, int, int]]:
        """Return (place, step, entry point, how surely): what is at the place goes back to who called.

        An answer step answers with what it sends, any other step with what it gives out. What that step sent is in it
        where the step writes, or asks a model or posts for people; a message to the caller is an answer itself.
        """
        line, known = self.lineage, self.graph.kind.known
        answers = self.graph.kind.where(_ANSWER_BY_SENDING.__contains__).true
        echoes = line.work.effects.where(_ECHOES.isdisjoint).false
        found = []
        for step, entry, how in self.responders:
            if answers[step]:
                found.append((step + line.sends, step, entry, how))
                continue
            sure = how if known[step] else MAYBE
            found.append((step + line.nodes, step, entry, sure))
            if echoes[step] or not known[step]:
                found.append((step + line.sends, step, entry, max(sure, ASSUMED)))
        return found

    def _answering(self, *, to_all: bool) -> Iterable[tuple[int, int]]:
        """Yield (node, bits) for each answer that came from a store: at the step if it answers all, else at the entry."""
        for place, step, entry, how in self.answers:
            grade = max(how, self.from_store[place])
            if grade < NEVER and (entry < 0) is to_all:
                yield (step if to_all else entry), (ANSWERS | MAY_ANSWER if grade < MAYBE else MAY_ANSWER)

    @cached_property
    def read_anonymously(self) -> Reach:
        """Return how surely each place's data goes back to an entry point without authentication."""
        leads = self.facts.part(Leads)
        starts: dict[int, list[int]] = {grade: [] for grade in GRADES}
        for place, step, entry, how in self.answers:
            grade = max(how, leads.anonymous.grade[step if entry < 0 else entry])
            if grade < NEVER:
                starts[grade].append(place)
        if not any(starts.values()):
            return spread(self.lineage.size, {}, starts)
        edges = self.edges
        return spread(self.lineage.size, {grade: edges.back(grade) for grade in GRADES}, starts)

    @cached_property
    def ahead(self) -> Bits:
        """Return for each node the bits of what the steps do that it leads to."""
        values = np.zeros(len(self.graph), dtype=np.int64)
        steps = slice(0, self.graph.processes)
        values[steps] = np.where(self.graph.disabled[steps], 0, self.lineage.work.effect_bits) | self.reads
        for step, answer in self._answering(to_all=True):
            values[step] |= answer
        values = flood(values, self.facts.part(Leads).edges, back=True)
        for entry, answer in self._answering(to_all=False):
            values[entry] |= answer
        return values


def kind_lists(bits: Bits) -> Codes:
    """Return the kinds of stores among the bits of origins."""
    known = {b: tuple(sorted(kind for kind, bit in _KIND_BITS.items() if b & bit)) for b in np.unique(bits).tolist()}
    return codes_of([known[b] for b in bits.tolist()], len(bits))
