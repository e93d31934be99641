"""Whose words reach what: data that outsiders choose, that a language model wrote, that an outside service answered.

All three run along the same edges, from step to step and through parameters, never through a store or service. A value
that a parameter makes safe stops; where that cannot be seen it runs on, assumed, and lowers the confidence.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.rules.columns import ASSUMED as DOUBTED
from workbench.rules.columns import Flags, Truth
from workbench.rules.graph import ENTRY, NOBODY, PROCESS, SERVICE, Graph, among
from workbench.rules.lineage import Lineage
from workbench.rules.spread import ASSUMED, MAYBE, NEVER, SURE, Edges, Reach, spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from workbench.rules.columns import Bools, Data
    from workbench.rules.facts import Facts

    Grades = NDArray[np.int8]

# Whoever is outside chooses what comes in here, and nobody where NOBODY is.
OUTSIDERS = frozenset({"webhook", "form", "chat", "mail", "socket", "message_queue", "tool_server", "portal"})
_WIDE = frozenset({"partners", "internet"})


class Source:
    """Something that runs from some places, with the grade at each place and at each sink of each step."""

    def __init__(self, facts: Facts, starts: Mapping[int, list[int]]) -> None:
        self.lineage: Lineage = facts.part(Lineage)
        edges = facts.part(Adjacencies)
        self.any = any(len(nodes) for nodes in starts.values())
        self.reach: Reach = spread(self.lineage.size, edges.tainting, starts) if self.any else Reach(self.lineage.size)

    @cached_property
    def grades(self) -> Grades:
        """Return how surely it is at each place."""
        return self.reach.grades

    @cached_property
    def sinks(self) -> dict[str, dict[int, tuple[int, int]]]:
        """Return for each sink: step → (grade, place that the value comes from), by the surest use."""
        found: dict[str, dict[int, tuple[int, int]]] = {}
        steps, uses, places = self.lineage.taken
        grades = np.maximum(self.reach.grades[places], self.lineage.harm)
        hits = np.flatnonzero(grades < NEVER)
        rows = zip(hits.tolist(), grades[hits].tolist(), steps[hits].tolist(), places[hits].tolist(), strict=True)
        for number, grade, step, place in rows:
            surest = found.setdefault(uses[number].into, {})
            if step not in surest or grade < surest[step][0]:
                surest[step] = (grade, place)
        return found

    def sink(self, name: str) -> Grades:
        """Return how surely it reaches a sink of each step."""
        grades = np.full(self.lineage.graph.processes, NEVER, dtype=np.int8)
        for step, (grade, _) in self.sinks.get(name, {}).items():
            grades[step] = grade
        return grades

    def path_to_sink(self, name: str, step: int) -> tuple[str, ...]:
        """Return the ids on the way to a sink of a step."""
        found = self.sinks.get(name, {}).get(step)
        if found is None or found[0] == MAYBE:
            return ()
        return self.lineage.ids([*self.reach.path(found[1]), step])

    def path(self, place: int) -> tuple[str, ...]:
        """Return the ids on the way to a place."""
        return self.lineage.ids(self.reach.path(place)) if self.reach.grade[place] < MAYBE else ()


class Adjacencies:
    """Neighbours in the graphs that several sources run through."""

    def __init__(self, facts: Facts) -> None:
        self._lineage: Lineage = facts.part(Lineage)

    @cached_property
    def tainting(self) -> Mapping[int, Any]:
        """Return the neighbours by grade of edge."""
        return by_grade(self._lineage.tainting)


def by_grade(edges: Edges) -> Mapping[int, Any]:
    """Return the neighbours by grade of edge."""
    return {grade: edges.out(grade) for grade in (SURE, ASSUMED, MAYBE)}


class Outsiders(Source):
    """What outsiders choose."""

    def __init__(self, facts: Facts) -> None:
        graph = facts.part(Graph)
        starts = _starts()
        first, off = graph.first["entry_point"], graph.disabled.tolist()
        entries = zip(facts.values("entry_point", "kind"), facts.values("entry_point", "exposure"), strict=True)
        for node, (kind, exposure) in enumerate(entries, first):
            grade = _chosen_outside(kind, exposure)
            if grade < NEVER and not off[node]:
                starts[grade].append(node)
        super().__init__(facts, starts)


def _chosen_outside(kind: str | None, exposure: str | None) -> int:
    """Return how surely outsiders choose what comes in: by its kind and by who can reach it.

    Kinds that are there for outsiders count as reached by them until somebody says otherwise.
    """
    if kind in NOBODY:
        return NEVER
    if exposure is not None and kind is not None:
        return SURE if exposure in _WIDE else NEVER
    return ASSUMED if kind in OUTSIDERS else MAYBE


class Models(Source):
    """What language models write: what steps hand on that ask one, or that a service answers which is one."""

    def __init__(self, facts: Facts) -> None:
        graph, lineage = facts.part(Graph), facts.part(Lineage)
        starts = _starts()
        steps = slice(0, graph.processes)
        agents = graph.kind.where(lambda kind: kind == "agent").true[steps]
        asking = agents | lineage.work.effects.where(lambda effects: "call_model" in effects).true
        starts[SURE] = (np.flatnonzero(asking) + lineage.nodes).tolist()
        starts[MAYBE] = (np.flatnonzero(~asking & ~graph.kind.known[steps]) + lineage.nodes).tolist()
        models = graph.kind.where(lambda kind: kind == "ai").true
        # A service of which nobody knows what it is may be one.
        unknown = ~graph.kind.known
        for node, step, grade in _answered(lineage, (models | unknown) & (graph.noun == SERVICE)):
            starts[MAYBE if unknown[node] else grade].append(step + lineage.nodes)
        super().__init__(facts, starts)


class Answers(Source):
    """What outside services answer."""

    def __init__(self, facts: Facts) -> None:
        graph, lineage = facts.part(Graph), facts.part(Lineage)
        starts = _starts()
        unknown = graph.outside.unknown
        for node, step, grade in _answered(lineage, (graph.noun == SERVICE) & ~graph.outside.false):
            starts[MAYBE if unknown[node] else grade] += [step, step + lineage.nodes]
        super().__init__(facts, starts)


def _starts() -> dict[int, list[int]]:
    return {SURE: [], ASSUMED: [], MAYBE: []}


def _answered(lineage: Lineage, systems: Bools) -> Iterator[tuple[int, int, int]]:
    """Yield (system, step, grade) for each of some systems that may answer a step."""
    system, step, grade, _ = lineage.answers
    chosen = systems[system] & (grade < NEVER)
    yield from zip(system[chosen].tolist(), step[chosen].tolist(), grade[chosen].tolist(), strict=True)


SOURCES: Mapping[str, type[Outsiders | Models]] = {"taint": Outsiders, "ai": Models}


# --- columns ---------------------------------------------------------------------------------------------------------


def flags(grades: Grades) -> Flags:
    """Return a column of grades: assumed counts as true, and is doubted."""
    doubt = np.where(grades == ASSUMED, DOUBTED, 0).astype(np.int8)
    return Flags(Truth(grades <= ASSUMED, grades == NEVER), doubt)


def sink(facts: Facts, name: str) -> Data:
    """Return whether outsiders' or a model's words reach a sink unsafely: taint_sql, ai_code and so on."""
    prefix, _, into = name.partition("_")
    return flags(facts.part(SOURCES[prefix]).sink(into))


def tainted_step(facts: Facts) -> Data:
    """Return whether a step works on data that outsiders choose."""
    return flags(facts.part(Outsiders).grades[: facts.part(Graph).processes])


def tainted_flow(facts: Facts) -> Data:
    """Return whether a flow carries data that outsiders choose."""
    return flags(flow_grades(facts, facts.part(Outsiders)))


def flow_grades(facts: Facts, source: Source) -> Grades:
    """Return how surely something is on each flow: what its source sends, or what comes in where it ends."""
    lineage, graph = facts.part(Lineage), facts.part(Graph)
    grades = np.append(source.grades, NEVER)
    noun = np.append(graph.noun, -1)
    own = among(noun[graph.source], PROCESS, ENTRY)
    entered = (noun[graph.target] == ENTRY) & ~own
    result = np.where(own, grades[lineage.sent], np.where(entered, grades[graph.target], NEVER))
    return np.where(lineage.carries, result, NEVER).astype(np.int8)


def third_party_input(facts: Facts) -> Data:
    """Return whether a step uses the answer of an outside service."""
    return flags(facts.part(Answers).grades[: facts.part(Graph).processes])
