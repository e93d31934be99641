"""What each step does with what comes in: its effects, what it hands on, sends and is answered."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from workbench.rules import vocabulary
from workbench.rules.columns import Codes, Flags
from workbench.rules.graph import Graph
from workbench.rules.spread import ASSUMED, MAYBE, NEVER, SURE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workbench.rules.columns import Bools
    from workbench.rules.facts import Facts

    Ints = NDArray[np.int64]

EFFECTS = vocabulary.columns("process")["effects"].values
# Steps whose output is made of what their parameters take; elsewhere an answer comes back instead.
_COMPUTES = frozenset({"transform", "code", "decision", "trigger", "form", "screen", "other"})
_STARTERS = frozenset({"trigger", "form", "screen", "dashboard"})
_RESPONSE = frozenset({"response"})
_ANSWERS = frozenset({"read", "call_http", "call_model", "read_file"})
# What gives records of a store back, and what makes of another answer of the store only what was just written.
_READS = frozenset({"read", "read_file"})
_CHANGES = frozenset({"write", "delete"})


class Passing:
    """One value a step, in the order of the frame."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.graph: Graph = facts.part(Graph)

    @cached_property
    def effects(self) -> Codes:
        """Return the effects of each step."""
        data = self.facts.column("process", "effects")
        assert isinstance(data, Codes)  # noqa: S101 - the vocabulary says so
        return data

    @cached_property
    def effect_bits(self) -> Ints:
        """Return the effects of each step as bits, in the order of EFFECTS."""
        place = {effect: 1 << i for i, effect in enumerate(EFFECTS)}
        bits = [sum(place[effect] for effect in set(value)) for value in self.effects.values]
        return np.array([*bits, 0], dtype=np.int64)[self.effects.codes]

    @cached_property
    def computes(self) -> Bools:
        """Return the steps whose output is made of what their parameters take."""
        return self._of_kind(_COMPUTES)

    @cached_property
    def passes(self) -> Ints:
        """Return for each step how surely what comes in goes out."""
        said = self.facts.column("process", "passes_input")
        assert isinstance(said, Flags)  # noqa: S101 - the vocabulary says so
        sure = said.truth.true | (self._of_kind(_STARTERS) & ~said.truth.false)
        return np.where(sure, SURE, np.where(said.truth.false, NEVER, ASSUMED))

    @cached_property
    def hands_on(self) -> Ints:
        """Return for each step how surely what comes in goes on to the next; an answer to the caller takes nothing away."""
        return np.where(self._of_kind(_RESPONSE), SURE, self.passes)

    @cached_property
    def sends(self) -> Ints:
        """Return for each step how surely what is in it is in what it sends; assumed where it names what it takes.

        An answer to the caller holds what it names and, where it passes that on, what came in.
        """
        uses = np.fromiter(map(bool, self.facts.values("process", "uses")), dtype=np.bool_, count=self.graph.processes)
        picky = uses & (self.passes != SURE)
        fixed = self._of_kind(_RESPONSE) & (self.passes == NEVER)
        return np.where(fixed, NEVER, np.where(picky, ASSUMED, SURE))

    @cached_property
    def answered(self) -> tuple[Ints, Ints]:
        """Return for each step how surely a service, and a store, that it has a one-way flow to answers: by its effects."""
        silent = self.effects.where(bool).false
        any_ = self.effects.where(_ANSWERS.isdisjoint).false
        records = any_ & (self.effects.where(_READS.isdisjoint).false | self.effects.where(_CHANGES.isdisjoint).true)
        service, store = (np.where(silent, MAYBE, np.where(told, SURE, NEVER)) for told in (any_, records))
        return service, store

    def _of_kind(self, kinds: frozenset[str]) -> Bools:
        return self.graph.kind.where(kinds.__contains__).true[: self.graph.processes]
