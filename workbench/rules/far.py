"""What an entry point of one app sets going in other apps: effects of their steps, and sinks that its data reaches."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from workbench.rules import vocabulary
from workbench.rules.columns import codes_of
from workbench.rules.graph import Graph
from workbench.rules.leads import Leads
from workbench.rules.lineage import Lineage
from workbench.rules.linked import Linked
from workbench.rules.origins import Origins
from workbench.rules.passing import EFFECTS
from workbench.rules.reach import effect_lists
from workbench.rules.spread import ASSUMED, NEVER, SURE, Neighbours, flood

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from workbench.rules.columns import Data
    from workbench.rules.facts import Facts

    Ints = NDArray[np.int64]

_BIT = {sink: 1 << place for place, sink in enumerate(vocabulary.SINKS)}
_OF_STEPS = (1 << len(EFFECTS)) - 1


def effects(facts: Facts) -> Data:
    """Return the effects of the steps of other apps that each entry point leads to."""
    step, entry, _ = facts.part(Linked).calls
    values = np.zeros(len(facts.part(Graph)), dtype=np.int64)
    if len(step):
        np.bitwise_or.at(values, step, facts.part(Origins).ahead[entry] & _OF_STEPS)
        values = flood(values, facts.part(Leads).edges, back=True)
    return effect_lists(values[facts.part(Graph).rows("entry_point")].tolist())


def sinks(facts: Facts) -> Data:
    """Return the sinks in other apps that what comes in at each entry point reaches unsafely."""
    bits = facts.part(_sinks)[facts.part(Graph).rows("entry_point")].tolist()
    known = {b: tuple(sink for sink, bit in _BIT.items() if b & bit) for b in set(bits)}
    return codes_of([known[b] for b in bits], len(bits))


def _sinks(facts: Facts) -> Ints:
    """Return for each place the sinks beyond a call of another app, as bits."""
    line = facts.part(Lineage)
    step, entry, _ = facts.part(Linked).calls
    values = np.zeros(line.size, dtype=np.int64)
    if len(step):
        ahead = flood(facts.part(_taken), line.tainting, grades=(SURE, ASSUMED), back=True)
        np.bitwise_or.at(values, line.sent_by(step), ahead[entry])
        values = flood(values, line.tainting, grades=(SURE, ASSUMED), back=True)
    return values


def _taken(facts: Facts) -> Ints:
    """Return for each place the sinks that take what is there, as bits."""
    line = facts.part(Lineage)
    values = np.zeros(line.size, dtype=np.int64)
    for use, place, harm in zip(line.taken[1], line.taken[2].tolist(), line.harm.tolist(), strict=True):
        if harm < NEVER and use.into in _BIT:
            values[place] |= _BIT[use.into]
    return values


def way(facts: Facts, row: int) -> tuple[str, ...]:
    """Return the ids on a shortest way from an entry point over a call to a sink in another app; empty if there is none."""
    line, graph = facts.part(Lineage), facts.part(Graph)
    start = graph.first["entry_point"] + row
    if not facts.part(_sinks)[start]:
        return ()
    before: dict[tuple[int, bool], tuple[int, bool] | None] = {(start, False): None}
    waiting = deque(before)
    while waiting:
        state = waiting.popleft()
        users = facts.part(_users).get(state[0])
        if state[1] and users:
            return line.ids([*_back(before, state), users[0]])
        for after in _onward(facts, *state):
            if after not in before:
                before[after] = state
                waiting.append(after)
    return ()


def _onward(facts: Facts, place: int, over: bool) -> Iterator[tuple[int, bool]]:  # noqa: FBT001 - half of a state
    """Yield the places after one, each with whether a call of another app lies behind it."""
    calls = facts.part(_calls)
    for after in facts.part(_tainting)[place]:
        yield after, over or (place, after) in calls


def _back(before: dict[tuple[int, bool], tuple[int, bool] | None], state: tuple[int, bool] | None) -> list[int]:
    places: list[int] = []
    while state is not None:
        places.append(state[0])
        state = before[state]
    return places[::-1]


def _tainting(facts: Facts) -> Neighbours:
    return facts.part(Lineage).tainting.out(SURE, ASSUMED)


def _calls(facts: Facts) -> frozenset[tuple[int, int]]:
    step, entry, _ = facts.part(Linked).calls
    return frozenset(zip(facts.part(Lineage).sent_by(step).tolist(), entry.tolist(), strict=True))


def _users(facts: Facts) -> dict[int, list[int]]:
    """Return for each place the steps that take what is there in a sink unsafely."""
    line = facts.part(Lineage)
    found: dict[int, list[int]] = {}
    rows = zip(line.taken[0].tolist(), line.taken[1], line.taken[2].tolist(), line.harm.tolist(), strict=True)
    for step, use, place, harm in rows:
        if harm < NEVER and use.into in _BIT:
            found.setdefault(place, []).append(step)
    return found
