"""Columns on what leads where: exposure, effects ahead, answers, circles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.rules.columns import Codes, Flags, Numbers, Truth, codes_of
from workbench.rules.graph import PROCESS, STORE, Graph
from workbench.rules.leads import REACHED, Leads, exposure_scale
from workbench.rules.origins import ANSWERS, EFFECTS, MAY_ANSWER, MAY_OPEN, MAY_READ, OPEN, READS, Origins
from workbench.rules.spread import NEVER
from workbench.rules.taint import flags

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from workbench.rules.columns import Data
    from workbench.rules.facts import Facts

    Bits = NDArray[np.int64]

# A person, time or a condition ends a circle that one of these is in.
_ENDS = frozenset({"approval", "wait", "decision", "screen", "form"})


def _entry_bits(facts: Facts) -> Bits:
    return facts.part(Origins).ahead[facts.part(Graph).rows("entry_point")]


def _pair(bits: Bits, sure: int, may: int) -> Flags:
    return Flags(Truth((bits & sure) != 0, (bits & may) == 0))


def effects_ahead(facts: Facts) -> Data:
    """Return the effects of the steps that each entry point leads to."""
    return effect_lists(_entry_bits(facts).tolist())


def effect_lists(bits: Iterable[int]) -> Codes:
    """Return lists of effects from their bits."""
    rows = list(bits)
    return codes_of((tuple(e for i, e in enumerate(EFFECTS) if b >> i & 1) for b in rows), len(rows))


def reads_store(facts: Facts) -> Data:
    """Return whether each entry point leads to a read of a store."""
    return _pair(_entry_bits(facts), READS, MAY_READ)


def reads_unprotected(facts: Facts) -> Data:
    """Return whether each entry point leads to a read of a store without enforced row rules."""
    return _pair(_entry_bits(facts), OPEN, MAY_OPEN)


def entry_answers(facts: Facts) -> Data:
    """Return whether each entry point gives back what a store gave."""
    return _pair(_entry_bits(facts), ANSWERS, MAY_ANSWER)


def step_answers(facts: Facts) -> Data:
    """Return whether each step sends back to the caller what a store gave."""
    origins = facts.part(Origins)
    grades = np.full(facts.part(Graph).processes, NEVER, dtype=np.int8)
    for step, _ in origins.responders:
        grades[step] = origins.from_store[step]
    return flags(grades)


def anonymous_reach(facts: Facts) -> Data:
    """Return whether an entry point without authentication leads to each step."""
    return flags(facts.part(Leads).anonymous.grades()[: facts.part(Graph).processes])


def reached_exposure(facts: Facts) -> Data:
    """Return the widest exposure of the entry points that lead to each step."""
    return exposure_scale(facts.part(Leads).exposures[: facts.part(Graph).processes])


def store_anonymous_reach(facts: Facts) -> Data:
    """Return whether an entry point without authentication leads to a step that works on each store."""
    return flags(np.array([grade for grade, _ in store_reached(facts)], dtype=np.int8))


def store_reached(facts: Facts) -> list[tuple[int, int]]:
    """Return for each store (how surely, by which step) an entry point without authentication leads to it."""
    graph, grade_of = facts.part(Graph), facts.part(Leads).anonymous.grade
    first = graph.first["store"]
    found = [(NEVER, -1)] * len(facts.ids("store"))
    noun = np.append(graph.noun, -1)
    for a, b, live in zip(graph.source.tolist(), graph.target.tolist(), graph.live.tolist(), strict=True):
        for step, node in ((a, b), (b, a)):
            if live and noun[node] == STORE and noun[step] == PROCESS and not graph.disabled[step]:
                found[node - first] = min(found[node - first], (grade_of[step], step))
    return found


def anonymous_read(facts: Facts) -> Data:
    """Return whether what each store holds goes back to an entry point without authentication."""
    rows = facts.part(Graph).rows("store")
    return flags(facts.part(Origins).read_anonymously.grades()[rows])


def unreachable_steps(facts: Facts) -> Data:
    """Return for each app how many of its enabled steps no entry point leads to."""
    row = {i: n for n, i in enumerate(facts.ids("app"))}
    counts = np.zeros(len(row), dtype=np.int64)
    graph, reached = facts.part(Graph), facts.part(Leads).exposures
    for step, process in enumerate(graph.elements[: graph.processes]):
        if process.app in row and process.enabled is not False and not reached[step] & REACHED:
            counts[row[process.app]] += 1
    return Numbers(counts, np.ones(len(row), dtype=np.bool_))


def cycles(facts: Facts) -> Data:
    """Return for each app whether its steps form a circle that nothing can end."""
    graph = facts.part(Graph)
    ends = np.array([e.kind in _ENDS for e in graph.elements[: graph.processes]], dtype=np.bool_)
    on = np.zeros(len(graph) + 1, dtype=np.bool_)
    on[: graph.processes] = ~ends & ~graph.disabled[: graph.processes]
    chosen = on[graph.source] & on[graph.target] & graph.live & (graph.flow_kind != "tool")
    row = {i: n for n, i in enumerate(facts.ids("app"))}
    found = np.zeros(len(row), dtype=np.bool_)
    for step in _circling(graph.source[chosen].tolist(), graph.target[chosen].tolist()):
        if graph.elements[step].app in row:
            found[row[graph.elements[step].app]] = True
    return Flags(Truth(found, ~found))


def _circling(source: list[int], target: list[int]) -> Iterable[int]:
    """Yield the nodes that lie on a circle; what no circle leads to is peeled off first, being the most."""
    after: dict[int, list[int]] = {}
    incoming: dict[int, int] = {}
    edges = sorted(set(zip(source, target, strict=True)))
    for a, b in edges:
        after.setdefault(a, []).append(b)
        incoming[b] = incoming.get(b, 0) + 1
    free = [node for node in after if node not in incoming]
    for node in free:
        for b in after.get(node, ()):
            incoming[b] -= 1
            if not incoming[b]:
                free.append(b)
    rest = {node for node, count in incoming.items() if count}
    if rest:
        yield from _on_circles([(a, b) for a, b in edges if a in rest and b in rest])


def _on_circles(edges: list[tuple[int, int]]) -> Iterable[int]:
    import networkx as nx  # noqa: PLC0415 - slow to import and seldom needed

    graph: Any = nx.DiGraph(edges)
    for part in nx.strongly_connected_components(graph):
        if len(part) > 1 or all(graph.has_edge(step, step) for step in part):
            yield from part
