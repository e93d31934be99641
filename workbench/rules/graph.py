"""The model as numbers: a place for each node, arrays of flows, and who lies where.

Nodes are processes, entry points, stores, services and actors, in this order, each in the order of their ids, so that
nothing depends on the order in which a model was made. All of this takes time linear in the size of the model.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.rules.columns import Truth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from workbench.model import Element, Flow, Process
    from workbench.rules.columns import Bools
    from workbench.rules.facts import Facts

    Ints = NDArray[np.int64]

NODE_NOUNS = ("process", "entry_point", "store", "service", "actor")
PROCESS, ENTRY, STORE, SERVICE, ACTOR = range(5)
_OUTSIDE = {"internet": True, "third_party": True}


class Graph:
    """Nodes and flows by number."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.elements: list[Any] = [e for noun in NODE_NOUNS for e in facts.elements(noun)]
        self.ids: list[str] = [e.id for e in self.elements]
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
        return self.numbers(f.source_id for f in self.flows)

    @cached_property
    def target(self) -> Ints:
        """Return the place of each flow's target."""
        return self.numbers(f.target_id for f in self.flows)

    @cached_property
    def flow_kind(self) -> NDArray[Any]:
        """Return the kind of each flow, None if unknown."""
        return np.array([f.kind for f in self.flows], dtype=object)

    @cached_property
    def two_way(self) -> Truth:
        """Return whether data comes back on a flow; between steps and people it does only where somebody says so."""
        said: Truth = self.facts.column("flow", "two_way").truth  # type: ignore[union-attr]
        noun = np.append(self.noun, -1)
        system = np.isin(noun[self.source], (STORE, SERVICE)) | np.isin(noun[self.target], (STORE, SERVICE))
        return Truth(said.true, said.false | (~said.true & ~system))

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
        steps: list[Process] = self.elements[: self.processes]
        on[: self.processes] = [s.enabled is not False or s.passes_input is True for s in steps]
        return on

    @cached_property
    def disabled(self) -> Bools:
        """Return the nodes that do nothing themselves: disabled steps, and entry points that start one."""
        off = np.zeros(len(self), dtype=np.bool_)
        off[: self.processes] = [s.enabled is False for s in self.elements[: self.processes]]
        starts = self.starts
        entries = self.rows("entry_point")
        off[entries] = (starts >= 0) & np.append(off, False)[starts]
        return off

    @cached_property
    def starts(self) -> Ints:
        """Return for each entry point the place of the step that it starts, or -1."""
        return self.numbers(e.starts for e in self.facts.elements("entry_point"))  # type: ignore[attr-defined]

    @cached_property
    def outside(self) -> Truth:
        """Return which nodes lie in the internet or with a third party."""
        truths = [self._outside(e) for e in self.elements]
        return Truth(
            np.array([t is True for t in truths], dtype=np.bool_),
            np.array([t is False for t in truths], dtype=np.bool_),
        )

    def _outside(self, element: Any) -> bool | None:
        by_place = self.around(element.boundary)
        noun = element.noun
        if noun in {"service", "store"}:
            return _either(element.third_party, by_place)
        if noun == "actor":
            return _either(None if element.inside is None else not element.inside, by_place)
        if noun == "entry_point" and element.boundary is None:
            return None if element.exposure is None else element.exposure in {"partners", "internet"}
        # A step runs on a platform that we chose: outside only if somebody drew it there.
        return by_place if element.boundary is not None else False

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

    @cached_property
    def kinds(self) -> list[str | None]:
        """Return the kind of each node; actors have a role instead."""
        return [getattr(e, "kind", None) for e in self.elements]


def _either(said: bool | None, seen: bool | None) -> bool | None:  # noqa: FBT001 - three-valued or
    if said or seen:
        return True
    return False if said is False or seen is False else None


def app_of(element: Element) -> str | None:
    """Return the id of the app that an element belongs to, itself if it is one."""
    return element.id if element.noun == "app" else element.app
