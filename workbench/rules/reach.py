"""Columns on what leads where: exposure, effects ahead, answers, circles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.rules.columns import Codes, Flags, Numbers, Truth, codes_of
from workbench.rules.graph import PROCESS, STORE, Graph
from workbench.rules.groups import app_rows
from workbench.rules.leads import REACHED, Leads, exposure_scale
from workbench.rules.origins import ANSWERS, MAY_ANSWER, MAY_OPEN, MAY_READ, OPEN, READS, Origins
from workbench.rules.passing import EFFECTS
from workbench.rules.spread import NEVER, Neighbours
from workbench.rules.taint import flags

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from workbench.rules.columns import Bools, Data
    from workbench.rules.facts import Facts

    Bits = NDArray[np.int64]
    Ints = NDArray[np.int64]

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
    known = {b: tuple(e for i, e in enumerate(EFFECTS) if b >> i & 1) for b in set(rows)}
    return codes_of([known[b] for b in rows], len(rows))


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
    for place, step, _, how in origins.answers:
        grades[step] = min(grades[step], max(how, origins.from_store[place]))
    return flags(grades)


def anonymous_reach(facts: Facts) -> Data:
    """Return whether an entry point without authentication leads to each step."""
    return flags(facts.part(Leads).anonymous.grades[: facts.part(Graph).processes])


def reached_exposure(facts: Facts) -> Data:
    """Return the widest exposure of the entry points that lead to each step."""
    return exposure_scale(facts.part(Leads).exposures[: facts.part(Graph).processes])


def store_anonymous_reach(facts: Facts) -> Data:
    """Return whether an entry point without authentication leads to a step that works on each store."""
    return flags(np.array([grade for grade, _ in store_reached(facts)], dtype=np.int8))


def store_reached(facts: Facts) -> list[tuple[int, int]]:
    """Return for each store (how surely, by which step) an entry point without authentication leads to it."""
    return facts.part(_store_reached)


def _store_reached(facts: Facts) -> list[tuple[int, int]]:
    graph, grade_of = facts.part(Graph), facts.part(Leads).anonymous.grades
    first = graph.first["store"]
    found = [(NEVER, -1)] * len(facts.ids("store"))
    noun, on = np.append(graph.noun, -1), np.append(~graph.disabled, False)
    for ends in ((graph.source, graph.target), (graph.target, graph.source)):
        hits = (noun[ends[0]] == PROCESS) & (noun[ends[1]] == STORE) & graph.live & on[ends[0]]
        steps, stores = (end[hits] for end in ends)
        for step, node, grade in zip(steps.tolist(), stores.tolist(), grade_of[steps].tolist(), strict=True):
            found[node - first] = min(found[node - first], (grade, step))
    return found


def anonymous_read(facts: Facts) -> Data:
    """Return whether what each store holds goes back to an entry point without authentication."""
    rows = facts.part(Graph).rows("store")
    return flags(facts.part(Origins).read_anonymously.grades[rows])


def unreachable_steps(facts: Facts) -> Data:
    """Return for each app how many of its enabled steps no entry point leads to."""
    graph = facts.part(Graph)
    steps = slice(0, graph.processes)
    rows = app_rows(facts, "process")
    alone = (facts.part(Leads).exposures[steps] & REACHED == 0) & ~graph.disabled[steps] & (rows >= 0)
    apps = len(facts.ids("app"))
    return Numbers(np.bincount(rows[alone], minlength=apps).astype(np.int64), np.ones(apps, dtype=np.bool_))


def cycles(facts: Facts) -> Data:
    """Return for each app whether its steps form a circle that nothing can end."""
    graph = facts.part(Graph)
    ends = graph.kind.where(_ENDS.__contains__)
    sure = _apps_with_circles(facts, ends.false[: graph.processes])
    may = _apps_with_circles(facts, ~ends.true[: graph.processes]) if np.count_nonzero(ends.unknown) else sure
    return Flags(Truth(sure, ~may))


def _apps_with_circles(facts: Facts, endless: Bools) -> Bools:
    """Return the apps some of whose steps form a circle, all being among the `endless` ones."""
    graph = facts.part(Graph)
    on = np.zeros(len(graph) + 1, dtype=np.bool_)
    on[: graph.processes] = endless & ~graph.disabled[: graph.processes]
    chosen = on[graph.source] & on[graph.target] & graph.live & ~graph.of_kind("tool")
    rows = app_rows(facts, "process")
    found = np.zeros(len(facts.ids("app")) + 1, dtype=np.bool_)
    found[rows[list(_circling(len(graph), graph.source[chosen], graph.target[chosen]))]] = True
    return found[:-1]


def _circling(size: int, source: Ints, target: Ints) -> Iterable[int]:
    """Yield the nodes that lie on a circle: in Tarjan's components of several nodes, or with an edge to themselves."""
    yield from np.unique(source[source == target]).tolist()
    source, target = _peeled(size, source, target)
    neighbours = Neighbours(size, source, target)
    low, number = [0] * size, [0] * size
    stack: list[int] = []
    count = 0
    for root in np.unique(source).tolist():
        work = [(root, iter(neighbours[root]))] if not number[root] else []
        while work:
            node, ahead = work[-1]
            if not number[node]:
                count += 1
                low[node] = number[node] = count
                stack.append(node)
            for after in ahead:
                if not number[after]:
                    work.append((after, iter(neighbours[after])))
                    break
                low[node] = min(low[node], low[after])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    yield from _component(stack, node, low, size)


def _peeled(size: int, source: Ints, target: Ints) -> tuple[Ints, Ints]:
    """Return the edges without those that only lead to or from circles, as far as some rounds of peeling take them off."""
    for _ in range(_PEELS):
        inner = (np.bincount(target, minlength=size) > 0) & (np.bincount(source, minlength=size) > 0)
        kept = inner[source] & inner[target]
        if kept.all():
            break
        source, target = source[kept], target[kept]
    return source, target


# Most workflows have no circle at all and fewer steps in a row than this.
_PEELS = 40


def _component(stack: list[int], node: int, low: list[int], done: int) -> list[int]:
    """Take a component off the stack, and return it if it has several nodes."""
    place = stack.index(node) if stack[-1] != node else len(stack) - 1
    part = stack[place:]
    del stack[place:]
    for member in part:
        # Nothing that comes later can lie on a circle with these.
        low[member] = done + 1
    return part if len(part) > 1 else []
