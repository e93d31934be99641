"""The links between apps as edges of the graphs along which facts run, and what lies behind them."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.rules.graph import PROCESS, Graph
from workbench.rules.linking import calls, shared_stores, waits
from workbench.rules.spread import ASSUMED, NEVER, SURE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from workbench.rules.facts import Facts
    from workbench.rules.linking import Certainty, Link

    Ints = NDArray[np.int64]
    Part = tuple[Ints, Ints, Ints]

_GRADE: Mapping[Certainty, int] = {"sure": SURE, "assumed": ASSUMED, "unclear": NEVER}


class Linked:
    """Links whose ends are in the model and switched on, as places of the graph."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.graph: Graph = facts.part(Graph)
        self._found: list[Link] = calls(facts.model)

    @cached_property
    def calls(self) -> Part:
        """Return (step, entry point, grade) of the calls from one app to another."""
        return self._part((link.source, link.target, _GRADE[link.certainty]) for link in self._found)

    @cached_property
    def stores(self) -> Part:
        """Return (store, store, grade), both ways, of stores of several apps that are one."""
        pairs = [(link.source, link.target) for link in shared_stores(self.facts.model)]
        both = [*pairs, *((target, source) for source, target in pairs)]
        return self._part((source, target, SURE) for source, target in both)

    @cached_property
    def twins(self) -> dict[int, frozenset[int]]:
        """Return for each store that other apps use too the places of all that are this same store, itself included."""
        groups: dict[str, list[str]] = defaultdict(list)
        for link in shared_stores(self.facts.model):
            groups[link.via] += [link.source, link.target]
        same = (frozenset(map(self.graph.index.__getitem__, ids)) for ids in groups.values())
        return {place: places for places in same for place in places}

    @cached_property
    def answers(self) -> tuple[Part, Part]:
        """Return (step, calling step, grade): whose output goes back to the caller, and who answers with what it sends."""
        last: list[tuple[str, str, int]] = []
        said: list[tuple[str, str, int]] = []
        for link in self._found:
            entry = self.facts.model.get(link.target)
            grade = max(ASSUMED, _GRADE[link.certainty])
            if not waits(link, entry) or grade == NEVER:
                continue
            whole, answering = self._ends.get(link.target_app, ([], []))
            if getattr(entry, "kind", None) == "subflow":
                last += [(step, link.source, grade) for step in whole]
            said += [(step, link.source, grade) for step in answering]
        return self._part(last), self._part(said)

    @cached_property
    def _ends(self) -> dict[str, tuple[list[str], list[str]]]:
        """Return for each app that is called its last steps, and the steps that answer."""
        graph, called = self.graph, {link.target_app for link in self._found}
        noun = np.append(graph.noun, -1)
        onward = (noun[graph.source] == PROCESS) & (noun[graph.target] == PROCESS) & ~graph.of_kind("error", "tool")
        goes_on = np.zeros(len(graph) + 1, dtype=np.bool_)
        goes_on[graph.source[onward]] = True
        found: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
        steps: Sequence[Any] = self.facts.elements("process")
        for row, step in enumerate(steps):
            if step.app in called and not graph.disabled[row]:
                answers = step.kind == "response"
                if answers or not goes_on[row]:
                    found[step.app][int(answers)].append(step.id)
        return found

    def _part(self, rows: Iterable[tuple[str, str, int]]) -> Part:
        chosen = [row for row in rows if row[2] < NEVER]
        source = self.graph.numbers(row[0] for row in chosen)
        target = self.graph.numbers(row[1] for row in chosen)
        grade = np.array([row[2] for row in chosen], dtype=np.int64)
        off = np.append(self.graph.disabled, True)
        on = ~off[source] & ~off[target]
        return source[on], target[on], grade[on]
