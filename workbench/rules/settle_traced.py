"""What a fact that came along edges is unknown because of: the bits of those who wait run back along the same edges."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.rules import taint
from workbench.rules.classes import Classes
from workbench.rules.graph import NOBODY, SERVICE, STORE, Graph
from workbench.rules.leads import UNCALLED, Leads
from workbench.rules.lineage import Lineage
from workbench.rules.origins import Origins
from workbench.rules.outside import Exits
from workbench.rules.spread import MAYBE, Edges, flood

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from workbench.rules.facts import Facts

# An element, one of its fields, and the bits of those who wait for it.
Found = tuple[str, str, int]
Starts = dict[int, int]


def unknown_place(facts: Facts, element: Any) -> Iterator[tuple[Any, str]]:
    """Yield what tells whether an element lies outside, if that is unknown."""
    graph = facts.part(Graph)
    node = graph.index.get(element.id)
    if node is not None and not graph.outside.unknown[node]:
        return
    if element.noun in {"service", "store"}:
        yield element, "third_party"
    elif element.noun == "actor":
        yield element, "inside"
    elif element.noun == "entry_point" and element.boundary is None:
        yield element, "exposure"
    yield facts.model.get(element.boundary if element.noun != "boundary" else element.id), "kind"


def _traced(size: int, starts: Starts, edges: Edges, *, back: bool = True) -> list[int]:
    """Return the bits at each place after they have run back (or on) along the edges, however sure these are."""
    widest = max(starts.values(), default=0).bit_length()
    total = [0] * size
    for shift in range(0, widest, _WORD):
        values = np.zeros(size, dtype=np.int64)
        for place, bits in starts.items():
            values[place] = bits >> shift & ((1 << _WORD) - 1)
        part = flood(values, edges, back=back)
        for place in np.flatnonzero(part).tolist():
            total[place] |= int(part[place]) << shift
    return total


# Bits that run in one go.
_WORD = 62


def _hit(facts: Facts, values: list[int], noun: str) -> Iterator[tuple[Any, int]]:
    """Yield (element, bits) for the nodes of a noun that bits came to."""
    first = facts.part(Graph).first[noun]
    for row, element in enumerate(facts.elements(noun)):
        if values[first + row]:
            yield element, values[first + row]


def _open_answers(facts: Facts, values: list[int], *, stores_only: bool = False) -> Iterator[Found]:
    """Yield the flows of which it is unknown whether an answer comes back, where that matters."""
    lineage, graph = facts.part(Lineage), facts.part(Graph)
    system, step, grade, flow = lineage.answers
    unknown = (grade == MAYBE) & ((graph.noun[system] == STORE) | (not stores_only))
    for number, row in zip(step[unknown].tolist(), flow[unknown].tolist(), strict=True):
        bits = values[number] | values[number + lineage.nodes]
        if bits:
            yield graph.flows[row].id, "two_way", bits


def _unclassified(field: str, suggestion: str, facts: Facts, starts: Starts) -> Iterator[Found]:
    lineage, empty = facts.part(Lineage), facts.part(Classes).empty
    values = _traced(lineage.size, starts, lineage.classing)
    for row, element in enumerate(facts.elements("data")):
        bits = values[lineage.fields + row]
        if bits and getattr(element, field) is None and getattr(element, suggestion) is None:
            yield element.id, field, bits
    for node in np.flatnonzero(empty).tolist():
        if values[node]:
            yield facts.part(Graph).ids[node], "data", values[node]
    yield from _open_answers(facts, values, stores_only=True)


def _open_entries(facts: Facts, starts: Starts) -> Iterator[Found]:
    lineage = facts.part(Lineage)
    values = _traced(lineage.size, starts, lineage.tainting)
    for step, kind in enumerate(facts.values("process", "kind")):
        if kind is None and step in lineage.taken_by and values[step + lineage.nodes]:
            yield facts.ids("process")[step], "kind", values[step + lineage.nodes]
    for entry, bits in _hit(facts, values, "entry_point"):
        if entry.kind is None:
            yield entry.id, "kind", bits
        elif entry.exposure is None and entry.kind not in NOBODY | taint.OUTSIDERS:
            yield entry.id, "exposure", bits


def _open_steps(facts: Facts, starts: Starts) -> Iterator[Found]:
    lineage = facts.part(Lineage)
    values = _traced(lineage.size, starts, lineage.tainting)
    for step, element in enumerate(facts.elements("process")):
        if values[step + lineage.nodes] and element.kind is None:  # type: ignore[attr-defined]
            yield element.id, "kind", values[step + lineage.nodes]
    graph = facts.part(Graph)
    system, answered, _, _ = lineage.answers
    for node, number in zip(system.tolist(), answered.tolist(), strict=True):
        if values[number + lineage.nodes] and graph.noun[node] == SERVICE and not graph.kind.known[node]:
            yield graph.ids[node], "kind", values[number + lineage.nodes]
    yield from _open_answers(facts, values)


def _open_services(facts: Facts, starts: Starts) -> Iterator[Found]:
    lineage, graph = facts.part(Lineage), facts.part(Graph)
    values = _traced(lineage.size, starts, lineage.tainting)
    system, step, _, _ = lineage.answers
    for node, number in zip(system.tolist(), step.tolist(), strict=True):
        if values[number] | values[number + lineage.nodes] and graph.outside.unknown[node]:
            yield from _unknown_places(facts, node, values[number] | values[number + lineage.nodes])
    yield from _open_answers(facts, values)


def _unknown_places(facts: Facts, node: int, bits: int) -> Iterator[Found]:
    for element, field in unknown_place(facts, facts.part(Graph).elements[node]):
        if getattr(element, field, 0) is None:
            yield element.id, field, bits


def _open_callers(facts: Facts, starts: Starts) -> Iterator[Found]:
    edges = facts.part(Leads).edges
    for entry, bits in _hit(facts, _traced(edges.size, starts, edges), "entry_point"):
        if entry.kind not in UNCALLED:
            unknown = [n for n in ("kind", "authentication") if getattr(entry, n) is None]
            yield from ((entry.id, name, bits) for name in unknown if entry.authentication in {None, "none"})


def _open_exposures(facts: Facts, starts: Starts) -> Iterator[Found]:
    edges = facts.part(Leads).edges
    for entry, bits in _hit(facts, _traced(edges.size, starts, edges), "entry_point"):
        if entry.exposure is None and entry.kind not in NOBODY:
            yield entry.id, "exposure", bits


def _open_exits(facts: Facts, starts: Starts) -> Iterator[Found]:
    lineage = facts.part(Lineage)
    values = _traced(lineage.size, starts, lineage.moving, back=False)
    for end in facts.part(Exits).ends.get(MAYBE, ()):
        if values[end]:
            yield from _unknown_places(facts, end, values[end])
    yield from _asked_for(facts, values)


def _asked_for(facts: Facts, values: list[int]) -> Iterator[Found]:
    """Yield the flows from a step to a system that may answer, where the system's data would be what gets on."""
    system, _, grade, flow = facts.part(Lineage).answers
    for node, row in zip(system[grade == MAYBE].tolist(), flow[grade == MAYBE].tolist(), strict=True):
        if values[node]:
            yield facts.part(Graph).flows[row].id, "two_way", values[node]


def _unprotected(facts: Facts, starts: Starts) -> Iterator[Found]:
    edges = facts.part(Origins).edges
    values = _traced(edges.size, starts, edges)
    for noun in ("store", "service"):
        for element, bits in _hit(facts, values, noun):
            if element.protection is None:
                yield element.id, "protection", bits
    yield from _open_answers(facts, values)


def _ahead(field: str | None, facts: Facts, starts: Starts) -> Iterator[Found]:
    """Yield what tells whether steps ahead read a store, and that field of the stores."""
    edges = facts.part(Leads).edges
    values = _traced(edges.size, starts, edges, back=False)
    graph, lineage = facts.part(Graph), facts.part(Lineage)
    system, step, grade, flow = lineage.answers
    for node, number, sure, row in zip(system.tolist(), step.tolist(), grade.tolist(), flow.tolist(), strict=True):
        if values[number] and graph.noun[node] == STORE:
            if sure == MAYBE:
                yield graph.flows[row].id, "two_way", values[number]
            if field is not None and getattr(graph.elements[node], field) is None:
                yield graph.ids[node], field, values[number]


def _answering(facts: Facts, starts: Starts) -> Iterator[Found]:
    """Yield what tells whether steps, or those that an entry point leads to, answer with what a store gave."""
    edges = facts.part(Leads).edges
    values = _traced(edges.size, starts, edges, back=False)
    sends: Starts = {}
    for place, step, entry, how in facts.part(Origins).answers:
        bits = values[step] | (values[entry] if entry >= 0 else 0)
        if bits:
            sends[place] = sends.get(place, 0) | bits
            if how == MAYBE:
                yield facts.ids("process")[step], "kind", bits
    origins = facts.part(Origins).edges
    yield from _open_answers(facts, _traced(origins.size, sends, origins))


def _read(facts: Facts, starts: Starts) -> Iterator[Found]:
    edges = facts.part(Origins).edges
    values = _traced(edges.size, starts, edges, back=False)
    yield from _asked_for(facts, values)
    callers: Starts = {}
    for place, step, entry, how in facts.part(Origins).answers:
        bits = values[place]
        if bits and how == MAYBE:
            yield facts.ids("process")[step], "kind", bits
        if bits:
            node = step if entry < 0 else entry
            callers[node] = callers.get(node, 0) | bits
    yield from _open_callers(facts, callers)


TRACED: Mapping[str, Callable[[Facts, Starts], Iterator[Found]]] = {
    "class": partial(_unclassified, "classification", "suggested"),
    "personal": partial(_unclassified, "personal", "personal_suggested"),
    "taint": _open_entries,
    "ai": _open_steps,
    "answers": _open_services,
    "anonymous": _open_callers,
    "exposure": _open_exposures,
    "exits": _open_exits,
    "protection": _unprotected,
    "reads": partial(_ahead, None),
    "open reads": partial(_ahead, "row_security"),
    "store answers": _answering,
    "read": _read,
}
