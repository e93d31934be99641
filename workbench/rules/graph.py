"""The model as numbers: a place for each node, arrays of flows, and who lies where.

Nodes are processes, entry points, stores, services and actors, in this order, each in the order of their ids, so that
nothing depends on the order in which a model was made. All of this takes time linear in the size of the model.
"""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.rules.columns import Codes, Flags, Truth, codes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from workbench.model import Element, Flow
    from workbench.rules.columns import Bools
    from workbench.rules.facts import Facts

    Ints = NDArray[np.int64]

NODE_NOUNS = ("process", "entry_point", "store", "service", "actor")
PROCESS, ENTRY, STORE, SERVICE, ACTOR = range(5)
# Time, the owner or a failure starts these: there is nobody outside who could.
NOBODY = frozenset({"schedule", "manual", "error"})
_CALLED_BY_STEPS = frozenset({"subflow", "error"})
_OUTSIDE = {"internet": True, "third_party": True}


class Graph:
    """Nodes and flows by number."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.elements: list[Any] = [e for noun in NODE_NOUNS for e in facts.elements(noun)]
        self.ids: list[str] = [i for noun in NODE_NOUNS for i in facts.ids(noun)]
        self.index = {element_id: i for i, element_id in enumerate(self.ids)}
        sizes = [len(facts.ids(noun)) for noun in NODE_NOUNS]
        self.noun = np.repeat(np.arange(len(NODE_NOUNS)), sizes)
        ends = np.cumsum(sizes).tolist()
        self.first = dict(zip(NODE_NOUNS, [0, *ends], strict=False))
        self.processes = sizes[PROCESS]

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, noun: str) -> slice:
        """Return the places of a noun's nodes."""
        return slice(self.first[noun], self.first[noun] + len(self.facts.ids(noun)))

    def numbers(self, ids: Iterable[str | None]) -> Ints:
        """Return the places of elements by id; -1 for what is no node of the model."""
        get = self.index.get
        return np.array([get(i, -1) for i in ids], dtype=np.int64)  # type: ignore[arg-type]

    # --- flows ---

    @cached_property
    def flows(self) -> list[Flow]:
        """Return all flows."""
        return self.facts.elements("flow")  # type: ignore[return-value]

    @cached_property
    def source(self) -> Ints:
        """Return the place of each flow's source."""
        return self.numbers(self.facts.values("flow", "source_id"))

    @cached_property
    def target(self) -> Ints:
        """Return the place of each flow's target."""
        return self.numbers(self.facts.values("flow", "target_id"))

    def of_kind(self, *kinds: str) -> Bools:
        """Return the flows of some kinds."""
        return self._codes("flow", "kind").where(frozenset(kinds).__contains__).true

    def _codes(self, noun: str, name: str) -> Codes:
        data = self.facts.column(noun, name)
        assert isinstance(data, Codes)  # noqa: S101 - the vocabulary says so
        return data

    def _truth(self, noun: str, name: str) -> Truth:
        data = self.facts.column(noun, name)
        assert isinstance(data, Flags)  # noqa: S101 - the vocabulary says so
        return data.truth

    @cached_property
    def two_way(self) -> Truth:
        """Return whether data comes back on a flow; between steps and people it does only where somebody says so."""
        said = self._truth("flow", "two_way")
        noun = np.append(self.noun, -1)
        system = among(noun[self.source], STORE, SERVICE) | among(noun[self.target], STORE, SERVICE)
        return Truth(said.true, said.false | (~said.true & ~system))

    @cached_property
    def calls(self) -> Truth:
        """Return which flows are a step's call of an entry point; others take an answer back to one of the same app."""
        noun, apps = np.append(self.noun, -1), np.append(self.app.codes, -1)
        to_entry = (noun[self.source] == PROCESS) & (noun[self.target] == ENTRY)
        elsewhere = apps[self.source] != apps[self.target]
        called = self.kind.where(_CALLED_BY_STEPS.__contains__)
        by_steps, by_others = (np.append(side, False)[self.target] for side in (called.true, called.false))
        return Truth(to_entry & (elsewhere | by_steps), ~to_entry | (~elsewhere & by_others))

    @cached_property
    def live(self) -> Bools:
        """Return the flows whose ends are in the model and not switched off."""
        on = np.append(self.enabled, False)
        return on[self.source] & on[self.target]  # type: ignore[no-any-return]

    # --- nodes ---

    @cached_property
    def enabled(self) -> Bools:
        """Return the nodes that take part; a disabled step still hands on what comes in if its platform says so."""
        on = np.ones(len(self), dtype=np.bool_)
        on[: self.processes] = ~self._truth("process", "enabled").false | self._truth("process", "passes_input").true
        return on

    @cached_property
    def disabled(self) -> Bools:
        """Return the nodes that do nothing themselves: disabled steps, and entry points that start one."""
        off = np.zeros(len(self) + 1, dtype=np.bool_)
        off[: self.processes] = self._truth("process", "enabled").false
        off[:-1][self.rows("entry_point")] = off[self.starts]
        return off[:-1]

    @cached_property
    def starts(self) -> Ints:
        """Return for each entry point the place of the step that it starts, or -1."""
        return self.numbers(self.facts.values("entry_point", "starts"))

    @cached_property
    def boundary(self) -> Codes:
        """Return the innermost boundary of each node."""
        return codes_of(self._values("boundary"), len(self))

    @cached_property
    def app(self) -> Codes:
        """Return the app of each node."""
        return codes_of(self._values("app"), len(self))

    @cached_property
    def kind(self) -> Codes:
        """Return the kind of each node; actors have none."""
        return codes_of(self._values("kind"), len(self))

    def _values(self, name: str) -> Iterator[Any]:
        return chain.from_iterable(self.facts.values(noun, name) for noun in NODE_NOUNS)

    @cached_property
    def outside(self) -> Truth:
        """Return which nodes lie in the internet or with a third party.

        As somebody says of a service, store or actor, else by the boundary. A step without a boundary runs on a
        platform that we chose; an entry point without one is where those are who can reach it.
        """
        places = [self.around(boundary) for boundary in self.boundary.values]
        true = np.append([p is True for p in places], False).astype(np.bool_)[self.boundary.codes]
        false = np.append([p is False for p in places], False).astype(np.bool_)[self.boundary.codes]
        placed = self.boundary.known
        false[: self.processes] |= ~placed[: self.processes]
        said = [(noun, self._truth(noun, "third_party")) for noun in ("service", "store")]
        said.append(("actor", ~self._truth("actor", "inside")))
        entries, reached = self.rows("entry_point"), self._codes_of_exposure()
        unplaced = ~placed[entries]
        said.append(("entry_point", Truth(reached.true & unplaced, reached.false & unplaced)))
        for noun, truth in said:
            rows = self.rows(noun)
            unsaid = ~(truth.true | truth.false)
            true[rows] = truth.true | (true[rows] & unsaid)
            false[rows] = truth.false | (false[rows] & unsaid)
        return Truth(true, false)

    def _codes_of_exposure(self) -> Truth:
        exposure = codes_of(self.facts.values("entry_point", "exposure"), len(self.facts.ids("entry_point")))
        reached = exposure.where({"partners", "internet"}.__contains__)
        by_nobody = self.kind.where(NOBODY.__contains__).true[self.rows("entry_point")]
        return Truth(reached.true, reached.false | (by_nobody & ~reached.true))

    def around(self, boundary: str | None) -> bool | None:
        """Return whether a place in that boundary is outside: the innermost boundary of known kind decides."""
        if boundary not in self._around:
            self._around[boundary] = self._decide(boundary)
        return self._around[boundary]

    @cached_property
    def _around(self) -> dict[str | None, bool | None]:
        return {None: None}

    def _decide(self, boundary: str | None) -> bool | None:
        element = self.facts.model.get(boundary)
        kind = getattr(element, "kind", None)
        return None if kind is None else _OUTSIDE.get(kind, False)


def among(nouns: Ints, first: int, last: int) -> Bools:
    """Return which nouns, as numbers, lie from `first` to `last` in the order of NODE_NOUNS."""
    return (nouns >= first) & (nouns <= last)


def app_of(element: Element) -> str | None:
    """Return the id of the app that an element belongs to, itself if it is one."""
    return element.id if element.noun == "app" else element.app
