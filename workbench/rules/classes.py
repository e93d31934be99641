"""How sensitive the data is that is somewhere: the classes of all data fields that get there.

Classification of each field: confirmed, else suggested, else unknown. What an entry point or store holds is unknown where
no field is named for it, neither by itself nor by a flow at it. Systems' answers add nothing that no field is named for.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from workbench.model import ORDERS
from workbench.rules.columns import SUGGESTED, Flags, Scale, Truth
from workbench.rules.graph import NODE_NOUNS, Graph
from workbench.rules.groups import by_app, flows_by_connection, nodes_by_boundary
from workbench.rules.lineage import Lineage
from workbench.rules.spread import flooded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from workbench.model import DataField
    from workbench.rules.columns import Data
    from workbench.rules.facts import Facts

    Bits = NDArray[np.int64]

SCALE = ORDERS["classification"]
_STEPS = len(SCALE)
# Bits: a confirmed class each, a suggested class each, then these.
UNKNOWN_CLASS, PERSONAL, PERSONAL_SUGGESTED, UNKNOWN_PERSONAL, UNCONFIRMED = (1 << (2 * _STEPS + i) for i in range(5))
UNKNOWN = UNKNOWN_CLASS | UNKNOWN_PERSONAL | UNCONFIRMED
# Nothing is entered at these.
DATALESS = frozenset({"schedule", "manual", "error", "subflow"})


class Classes:
    """Bits of the data fields at each place: surely there, and possibly there."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.lineage: Lineage = facts.part(Lineage)
        self.graph: Graph = facts.part(Graph)
        self._rows: dict[str, tuple[Bits, Bits]] = {}

    @cached_property
    def fields(self) -> list[int]:
        """Return the bits of each data field."""
        return [_bits(field) for field in self.facts.elements("data")]  # type: ignore[arg-type]

    @cached_property
    def empty(self) -> NDArray[np.bool_]:
        """Return the stores and entry points of which nobody has said what they hold."""
        found = np.zeros(len(self.graph), dtype=np.bool_)
        for noun in ("store", "entry_point"):
            held = zip(self.facts.values(noun, "data"), self.facts.values(noun, "kind"), strict=True)
            found[self.graph.rows(noun)] = [
                not data and (noun == "store" or kind not in DATALESS) for data, kind in held
            ]
        told = self.lineage.explicit & self.lineage.carries
        found[self.graph.source[told]] = False
        found[self.graph.target[told]] = False
        return found

    @cached_property
    def _places(self) -> tuple[Bits, Bits]:
        start = np.zeros(self.lineage.size, dtype=np.int64)
        start[: len(self.empty)][self.empty] = UNKNOWN
        start[self.lineage.fields :] = self.fields
        return flooded(start, self.lineage.classing)

    def rows(self, noun: str) -> tuple[Bits, Bits]:
        """Return (surely, possibly): the bits of the data of each row of a frame."""
        if noun not in self._rows:
            if noun in NODE_NOUNS:
                rows = self.graph.rows(noun)
                self._rows[noun] = (self._places[0][rows], self._places[1][rows])
            else:
                self._rows[noun] = self._GATHERED[noun](self)
        return self._rows[noun]

    def _of_data(self) -> tuple[Bits, Bits]:
        bits = np.array(self.fields, dtype=np.int64)
        return bits, bits

    def _of_flows(self) -> tuple[Bits, Bits]:
        own = dict(zip(self.facts.ids("data"), self.fields, strict=True))
        told = [_join(own.get(d, 0) for d in data) if data else None for data in self.facts.values("flow", "data")]
        sent = self.lineage.sent
        moving = self.lineage.carries
        result = []
        for places in self._places:
            bits = np.where(moving & (sent >= 0), places[sent] if len(places) else 0, 0)
            result.append(
                np.array([b if t is None else t for t, b in zip(told, bits.tolist(), strict=True)], dtype=np.int64)
            )
        return result[0], result[1]

    def _of_apps(self) -> tuple[Bits, Bits]:
        fields = by_app(self.facts, "data")
        bits = np.array(
            [_join(self.fields[n] for n in fields.get(i, ())) for i in self.facts.ids("app")], dtype=np.int64
        )
        return bits, bits

    def _of_connections(self) -> tuple[Bits, Bits]:
        flows = flows_by_connection(self.facts)
        groups = [flows.get(i, []) for i in self.facts.ids("connection")]
        sure, may = self.rows("flow")
        return _gather(sure, groups), _gather(may, groups)

    def _of_boundaries(self) -> tuple[Bits, Bits]:
        nodes = nodes_by_boundary(self.facts)
        groups = [nodes.get(row, []) for row in range(len(self.facts.ids("boundary")))]
        sure, may = self._places
        return _gather(sure, groups), _gather(may, groups)

    _GATHERED: Mapping[str, Callable[[Classes], tuple[Bits, Bits]]] = {
        "data": _of_data, "flow": _of_flows, "app": _of_apps, "connection": _of_connections, "boundary": _of_boundaries,
    }  # fmt: skip


def _bits(field: DataField) -> int:
    if field.classification is not None:
        bits = 1 << SCALE.index(field.classification)
    else:
        bits = UNCONFIRMED | (
            UNKNOWN_CLASS if field.suggested is None else 1 << (_STEPS + SCALE.index(field.suggested))
        )
    if field.personal is not None:
        return bits | (PERSONAL if field.personal else 0)
    if field.personal_suggested is None:
        return bits | UNKNOWN_PERSONAL
    return bits | (PERSONAL_SUGGESTED if field.personal_suggested else 0)


def _join(bits: Iterable[int]) -> int:
    result = 0
    for item in bits:
        result |= item
    return result


def _gather(bits: Bits, groups: Iterable[list[int]]) -> Bits:
    return np.array([np.bitwise_or.reduce(bits[group]) if group else 0 for group in groups], dtype=np.int64)


# --- columns ---------------------------------------------------------------------------------------------------------


def data_class(facts: Facts, noun: str) -> Data:
    """Return the highest classification of the data of each row."""
    sure, may = facts.part(Classes).rows(noun)
    confirmed, known = _highest(sure & ((1 << _STEPS) - 1)), _highest((sure | sure >> _STEPS) & ((1 << _STEPS) - 1))
    possible = _highest((may | may >> _STEPS) & ((1 << _STEPS) - 1))
    low = np.maximum(known, 0).astype(np.int8)
    high = np.where(may & UNKNOWN_CLASS, _STEPS - 1, possible)
    high = np.maximum(high, low).astype(np.int8)
    doubt = np.where(known > confirmed, SUGGESTED, 0).astype(np.int8)
    return Scale(low, high, SCALE, doubt, absent=may == 0)


def _highest(bits: Bits) -> Bits:
    """Return the place of the highest of the first bits, -1 for none."""
    return np.array([-1, 0, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3])[bits]


def confirmed(facts: Facts, noun: str) -> Data:
    """Return whether a person has confirmed the class of all data of each row; true where there is none."""
    sure, may = facts.part(Classes).rows(noun)
    return Flags(Truth((may & UNCONFIRMED) == 0, (sure & UNCONFIRMED) != 0))


def personal(facts: Facts, noun: str) -> Data:
    """Return whether there is personal data among the data of each row."""
    sure, may = facts.part(Classes).rows(noun)
    yes = PERSONAL | PERSONAL_SUGGESTED
    true = (sure & yes) != 0
    doubt = np.where((sure & yes) == PERSONAL_SUGGESTED, SUGGESTED, 0).astype(np.int8)
    return Flags(Truth(true, (may & (yes | UNKNOWN_PERSONAL)) == 0), doubt)
