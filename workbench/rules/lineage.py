"""Which data goes where: the edges along which facts about data run.

A step stands here three times. What comes *in* to it is all it works on: what the steps before it hand on, what stores
and services answer, what its parameters take from earlier steps. What goes *out* of it to the next step is less: an
answer replaces what came in where `passes_input` is False. What it *sends* to stores and services is what its parameters
take, and, where it names nothing that it takes or hands its input on, all that is in it.
Data fields are nodes too, with edges to where they are held, entered or said to move.

Whether a store or service answers a step that has a flow to it: a flow the other way or a two-way flow says so; else the
step's effects do; if it has none either, it is unknown. What a store gives back to a step that changes something there and
reads nothing is what was just written, so no answer of its records.
"""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.rules.columns import Truth
from workbench.rules.graph import ACTOR, ENTRY, PROCESS, SERVICE, STORE, Graph, among
from workbench.rules.linked import Linked
from workbench.rules.passing import Passing
from workbench.rules.spread import ASSUMED, MAYBE, NEVER, SURE, Edges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workbench.model import Use
    from workbench.rules.facts import Facts

    Ints = NDArray[np.int64]
    Part = tuple[Ints, Ints, Ints]

_NO_DATA = frozenset({"control", "error"})


class Lineage:
    """Places: the nodes of the graph (of a step: what is in it), then `out` and `send` of each step, then data fields."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.graph: Graph = facts.part(Graph)
        self.work: Passing = facts.part(Passing)
        self.nodes = len(self.graph)
        self.sends = self.nodes + self.graph.processes
        self.fields = self.sends + self.graph.processes
        self.size = self.fields + len(facts.ids("data"))

    def outs(self, nodes: Ints) -> Ints:
        """Return where what a node hands on is found: a step's `out`, any other node itself."""
        return np.where((nodes >= 0) & (nodes < self.graph.processes), nodes + self.nodes, nodes)

    def sent_by(self, nodes: Ints) -> Ints:
        """Return where what a node sends to a system is found: a step's `send`, any other node itself."""
        return np.where((nodes >= 0) & (nodes < self.graph.processes), nodes + self.sends, nodes)

    @cached_property
    def _names(self) -> list[str]:
        """The id of the element at each place."""
        steps = self.facts.ids("process")
        return [*self.graph.ids, *steps, *steps, *self.facts.ids("data")]

    def ids(self, places: list[int]) -> tuple[str, ...]:
        """Return the ids along a way, each once."""
        return tuple(dict.fromkeys(map(self._names.__getitem__, places)))

    @cached_property
    def field_rows(self) -> dict[str, int]:
        """Return the rows of the data fields by their ids."""
        return {element_id: row for row, element_id in enumerate(self.facts.ids("data"))}

    # --- flows ---

    @cached_property
    def explicit(self) -> NDArray[np.bool_]:
        """Return the flows that say what they carry."""
        return np.fromiter(map(bool, self.facts.values("flow", "data")), dtype=np.bool_, count=len(self.graph.flows))

    @cached_property
    def carries(self) -> NDArray[np.bool_]:
        """Return the flows along which data moves."""
        return self.graph.live & ~self.graph.of_kind(*_NO_DATA)

    @cached_property
    def _ends(self) -> tuple[Ints, Ints, Ints, Ints]:
        graph = self.graph
        noun = np.append(graph.noun, -1)
        return graph.source, graph.target, noun[graph.source], noun[graph.target]

    @cached_property
    def sent(self) -> Ints:
        """Return the place of what each flow carries where it does not say so itself."""
        source, _, _, target_noun = self._ends
        handed_on = (target_noun == PROCESS) | ((target_noun == ENTRY) & ~self.graph.calls.true)
        return np.where(handed_on, self.outs(source), self.sent_by(source))

    @cached_property
    def steps_before(self) -> list[Part]:
        """Return the edges from a step or entry point to the next step."""
        source, target, source_noun, target_noun = self._ends
        moves = self.carries & among(source_noun, PROCESS, ENTRY) & (target_noun == PROCESS)
        # Both ends of a call talk: what a tool or subflow gives back comes in to the step that called it.
        back = moves & (source_noun == PROCESS) & self.graph.two_way.true
        pairs = [(self.outs(source[moves]), target[moves]), (self.outs(target[back]), source[back])]
        own = [*(part for origin, step in pairs for part in self._into(origin, step)), *self._started, self._called]
        return [*own, *self.linked]

    @cached_property
    def linked(self) -> list[Part]:
        """Return the edges between apps: from what a step sends to the entry points that it calls, and back to it."""
        links = self.facts.part(Linked)
        step, entry, grade = links.calls
        last, said = links.answers
        # What the other app answers is what the calling step gives out, and nothing that it sends there.
        back = [
            (self.outs(last[0]), self.outs(last[1]), last[2]),
            (self.sent_by(said[0]), self.outs(said[1]), said[2]),
        ]
        return [(self.sent_by(step), entry, grade), *back]

    @cached_property
    def _called(self) -> Part:
        """Return the edges from what a step sends to the entry points that it calls."""
        source, target, _, _ = self._ends
        calls = self.graph.calls
        to = self.carries & ~calls.false
        return self.sent_by(source[to]), target[to], np.where(calls.true[to], SURE, MAYBE)

    @cached_property
    def _started(self) -> list[Part]:
        """Return the edges from entry points to the steps that they start."""
        entries = np.arange(len(self.graph.starts)) + self.graph.first["entry_point"]
        on = ~self.graph.disabled[entries] & (self.graph.starts >= 0)
        return self._into(entries[on], self.graph.starts[on])

    def _into(self, origin: Ints, step: Ints) -> list[Part]:
        """Return edges into a step and, as far as it passes on what comes in, to its out."""
        sure = np.zeros(len(step), dtype=np.int64)
        passing = _of_steps(self.work.hands_on, step)
        return [(origin, step, sure), (origin, self.outs(step), passing)]

    @cached_property
    def answers(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Return (store or service, step, grade, flow): whose answers come in to which step."""
        source, target, source_noun, target_noun = self._ends
        rows = np.arange(len(source))
        given = self.carries & among(source_noun, STORE, SERVICE) & (target_noun == PROCESS)
        asked = self.carries & (source_noun == PROCESS) & among(target_noun, STORE, SERVICE)
        by_effect = np.where(target_noun == STORE, *(_of_steps(a, source) for a in reversed(self.work.answered)))
        unsaid = np.where(self.graph.two_way.true, SURE, np.where(self.graph.two_way.false, NEVER, MAYBE))
        grade = np.where(by_effect == MAYBE, unsaid, by_effect)
        parts = [
            (source[given], target[given], np.zeros(int(given.sum()), dtype=np.int64), rows[given]),
            (target[asked], source[asked], grade[asked], rows[asked]),
        ]
        return tuple(np.concatenate([p[i] for p in parts]) for i in range(4))  # type: ignore[return-value]

    @cached_property
    def back(self) -> Truth:
        """Return whether something comes back on each flow: an answer, or what a two-way flow says."""
        _, _, grade, flow = self.answers
        true, false = self.graph.two_way.true.copy(), self.graph.two_way.false.copy()
        asked = flow[self.graph.source[flow] < self.graph.processes]
        by_flow = np.full(len(true), MAYBE)
        by_flow[flow] = grade
        true[asked], false[asked] = by_flow[asked] == SURE, by_flow[asked] == NEVER
        return Truth(true, false)

    @cached_property
    def answer_edges(self) -> list[Part]:
        """Return the edges from stores and services to the steps that they answer."""
        system, step, grade, _ = self.answers
        # A service that answers with what others sent it may do so; a store surely does.
        grade = np.where(self.graph.noun[system] == SERVICE, np.maximum(grade, ASSUMED), grade)
        return [(system, step, grade), (system, self.outs(step), grade)]

    @cached_property
    def into_systems(self) -> tuple[Ints, Ints, NDArray[np.bool_]]:
        """Return (place, system or person, the flow says so itself): what is sent to stores, services and actors."""
        source, target, source_noun, target_noun = self._ends
        outward = self.carries & among(target_noun, STORE, ACTOR) & (source_noun >= 0)
        returned = self.carries & among(source_noun, STORE, SERVICE) & (target_noun == PROCESS)
        returned &= self.graph.two_way.true
        parts = [
            (self.sent_by(source[outward]), target[outward], self.explicit[outward]),
            (self.sent_by(target[returned]), source[returned], self.explicit[returned]),
        ]
        return tuple(np.concatenate([p[i] for p in parts]) for i in range(3))  # type: ignore[return-value]

    @cached_property
    def sending(self) -> Part:
        """Return the edges from what is in a step to what it sends."""
        steps = np.arange(self.graph.processes)
        return steps, steps + self.sends, self.work.sends

    @cached_property
    def taken(self) -> tuple[Ints, list[Use], Ints]:
        """Return (step, use, place of its origin) for each use whose origin is in the model, of steps that run."""
        index, uses = self.graph.index, self.facts.values("process", "uses")
        running = np.flatnonzero(~self.graph.disabled[: self.graph.processes]).tolist()
        found = [(step, use) for step in running for use in uses[step] if use.origin in index]
        origins = self.graph.numbers(use.origin for _, use in found)
        return np.array([step for step, _ in found], dtype=np.int64), [use for _, use in found], self.outs(origins)

    @cached_property
    def taken_by(self) -> dict[int, list[tuple[Use, int]]]:
        """Return for each step its uses, each with the place of its origin."""
        found: dict[int, list[tuple[Use, int]]] = {}
        steps, uses, places = self.taken
        for step, use, place in zip(steps.tolist(), uses, places.tolist(), strict=True):
            found.setdefault(step, []).append((use, place))
        return found

    @cached_property
    def harm(self) -> Ints:
        """Return how surely each taken value may do harm: assumed where it cannot be seen that it is made safe."""
        grades = (NEVER if use.safe else ASSUMED if use.safe is None else SURE for use in self.taken[1])
        return np.fromiter(grades, dtype=np.int64, count=len(self.taken[1]))

    @cached_property
    def unsafe(self) -> list[Part]:
        """Return the edges of taken values that may do harm."""
        return self._used(self.harm)

    @cached_property
    def used(self) -> list[Part]:
        """Return the edges of all taken values: data moves however safely it is handled."""
        return self._used(np.full_like(self.harm, SURE))

    def _used(self, grade: Ints) -> list[Part]:
        step, _, origin = self.taken
        known, computes = self.graph.kind.known[: self.graph.processes][step], self.work.computes[step]
        out = np.maximum(grade, np.where(computes, SURE, np.where(known, NEVER, MAYBE)))
        return [(origin, step, grade), (origin, step + self.sends, grade), (origin, step + self.nodes, out)]

    @cached_property
    def said(self) -> list[Part]:
        """Return the edges from data fields to the stores and entry points that hold them, and to where flows take them."""
        graph, place = self.graph, {i: n + self.fields for i, n in self.field_rows.items()}
        held = [
            (place[d], graph.first[noun] + row, SURE)
            for noun in ("store", "entry_point")
            for row, data in enumerate(self.facts.values(noun, "data"))
            for d in data
            if d in place
        ]
        moved = []
        target = graph.target.tolist()
        carried = self.facts.values("flow", "data")
        for row in np.flatnonzero(self.explicit & self.carries).tolist():
            moved += [(place[d], target[row], SURE) for d in carried[row] if d in place]
        onward = [_part(moved)]
        if moved:
            origin, step, _ = onward[0]
            steps = step < graph.processes
            onward += self._into(origin[steps], step[steps])[1:]
        return [_part(held), *onward]

    # --- graphs ---

    @cached_property
    def tainting(self) -> Edges:
        """Return the edges along which outsiders' and models' words run: between steps, not through systems."""
        return Edges(self.size, [*self.steps_before, *self.unsafe, self.sending])

    @cached_property
    def moving(self) -> Edges:
        """Return the edges along which records move, through stores and services too."""
        place, system, _ = self.into_systems
        parts = [*self.steps_before, *self.used, self.sending, *self.answer_edges, (place, system, place * 0)]
        return Edges(self.size, [*parts, self._arriving, self.facts.part(Linked).stores])

    @cached_property
    def _arriving(self) -> Part:
        """Return the edges from stores and services to the entry points at which their records come in."""
        source, target, source_noun, target_noun = self._ends
        given = self.carries & among(source_noun, STORE, SERVICE) & (target_noun == ENTRY)
        return source[given], target[given], source[given] * 0

    @cached_property
    def classing(self) -> Edges:
        """Return the edges along which data fields are followed: a flow that says what it carries carries just that."""
        source, target, source_noun, target_noun = self._ends
        moves = self.carries & ~self.explicit & among(source_noun, PROCESS, ENTRY) & (target_noun == PROCESS)
        returned = moves & (source_noun == PROCESS) & self.graph.two_way.true
        steps = [*self._into(self.outs(source[moves]), target[moves]), *self._started]
        steps += self._into(self.outs(target[returned]), source[returned])
        system, step, grade, flow = self.answers
        silent = ~self.explicit[flow] & (self.graph.noun[system] == STORE)
        answered = [(system[silent], s, grade[silent]) for s in (step[silent], self.outs(step[silent]))]
        place, receiver, says = self.into_systems
        into = (place[~says], receiver[~says], place[~says] * 0)
        inside, send, sure = self.sending
        sending = (inside, send, np.where(sure == SURE, SURE, NEVER))
        elsewhere = [*self.linked, self.facts.part(Linked).stores]
        return Edges(self.size, [*self.said, *steps, *answered, into, sending, *self.used, *elsewhere])


def _of_steps(grades: Ints, nodes: Ints) -> Ints:
    """Return the grade of each node that is a step, NEVER for others."""
    steps = (nodes >= 0) & (nodes < len(grades))
    return np.where(steps, np.append(grades, NEVER)[np.where(steps, nodes, -1)], NEVER)


def _part(rows: list[tuple[int, int, int]]) -> Part:
    table: Any = np.fromiter(chain.from_iterable(rows), dtype=np.int64, count=3 * len(rows)).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]
