"""Columns that look something up beside the element: its app, its boundary, the ends of a flow, what a connection opens."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.model import ORDERS
from workbench.rules import vocabulary
from workbench.rules.columns import Codes, Flags, Numbers, Scale, Truth, codes_of, encode
from workbench.rules.graph import NODE_NOUNS, SERVICE, STORE, Graph, among
from workbench.rules.groups import app_rows, flows_by_connection
from workbench.rules.origins import PROTECTION_BITS, UNKNOWN_PROTECTION, Origins, kind_lists

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workbench.rules.columns import Data
    from workbench.rules.facts import Facts

    Ints = NDArray[np.int64]

APP_COLUMNS = {
    "platform": "platform", "app_environment": "environment", "app_lifecycle": "lifecycle",
    "app_criticality": "criticality", "app_shared_with": "shared_with",
}  # fmt: skip


def take(data: Data, rows: Ints) -> Data:
    """Return the values of other rows, unknown for row -1."""
    if isinstance(data, Codes):
        return Codes(np.append(data.codes, -1).astype(np.int32)[rows], data.values)
    if isinstance(data, Flags):
        true, false = (np.append(part, False) for part in (data.truth.true, data.truth.false))
        return Flags(Truth(true[rows], false[rows]))
    if isinstance(data, Scale):
        low, high = np.append(data.low, 0)[rows], np.append(data.high, len(data.order) - 1)[rows]
        absent = None if data.absent is None else np.append(data.absent, False)[rows]
        return Scale(low.astype(np.int8), high.astype(np.int8), data.order, absent=absent)
    return Numbers(np.append(data.numbers, 0)[rows], np.append(data.known, False)[rows], data.dates)


def of_app(facts: Facts, noun: str, name: str) -> Data:
    """Return a field of each row's app."""
    return take(facts.column("app", APP_COLUMNS[name]), app_rows(facts, noun))


def boundary_kind(facts: Facts, noun: str) -> Data:
    """Return the kind of the innermost boundary around each row."""
    place = {i: n for n, i in enumerate(facts.ids("boundary"))}
    rows = np.array([place.get(boundary, -1) for boundary in facts.values(noun, "boundary")], dtype=np.int64)
    return take(facts.column("boundary", "kind"), rows)


def secret_count(facts: Facts, noun: str) -> Data:
    """Return how many secrets the export holds at each row."""
    counts = np.array([len(secrets) for secrets in facts.values(noun, "secrets")], dtype=np.int64)
    return Numbers(counts, np.ones(len(counts), dtype=np.bool_))


def secret_kinds(facts: Facts, noun: str) -> Data:
    """Return the kinds of those secrets."""
    secrets = facts.values(noun, "secrets")
    return codes_of((tuple(sorted({s.kind for s in held})) if held else () for held in secrets), len(facts.ids(noun)))


# --- flows -----------------------------------------------------------------------------------------------------------


def _nodes(facts: Facts, name: str, column: str) -> Data:
    """Return a field of all nodes, unknown where a node's noun does not have it."""
    graph = facts.part(Graph)
    kind = vocabulary.columns("flow")[column]
    values = chain.from_iterable(facts.values(noun, name) for noun in NODE_NOUNS)
    return encode(kind, values, len(graph))


def _end(facts: Facts, name: str) -> Ints:
    graph = facts.part(Graph)
    return graph.source if name.startswith("source_") else graph.target


def end_noun(facts: Facts, name: str) -> Data:
    """Return the noun of each flow's source or target."""
    graph = facts.part(Graph)
    return take(Codes(graph.noun.astype(np.int32), NODE_NOUNS), _end(facts, name))


def end_kind(facts: Facts, name: str) -> Data:
    """Return the kind of each flow's source or target."""
    return take(_nodes(facts, "kind", name), _end(facts, name))


def target_approved(facts: Facts) -> Data:
    """Return whether each flow's target is an approved service; unknown for what is no service."""
    return take(_nodes(facts, "approved", "target_approved"), facts.part(Graph).target)


def target_account(facts: Facts) -> Data:
    """Return whose account each flow's target is."""
    return take(_nodes(facts, "account", "target_account"), facts.part(Graph).target)


def target_protection(facts: Facts) -> Data:
    """Return the protection of each flow's target; other ends than stores and services have none."""
    graph = facts.part(Graph)
    data = _nodes(facts, "protection", "target_protection")
    assert isinstance(data, Scale)  # noqa: S101 - the vocabulary says so
    return take(Scale(data.low, data.high, data.order, absent=~among(graph.noun, STORE, SERVICE)), graph.target)


def source_protection(facts: Facts) -> Data:
    """Return the strongest protection of the stores and services that each flow's data comes from."""
    sure, may = facts.part(Origins).flow_bits
    order = ORDERS["protection"]
    low = np.zeros(len(sure), dtype=np.int8)
    high = np.zeros(len(sure), dtype=np.int8)
    for place, step in enumerate(order):
        low[(sure & PROTECTION_BITS[step]) != 0] = place
        high[(may & PROTECTION_BITS[step]) != 0] = place
    high = np.where(may & UNKNOWN_PROTECTION, len(order) - 1, np.maximum(low, high)).astype(np.int8)
    every = UNKNOWN_PROTECTION | sum(PROTECTION_BITS.values())
    return Scale(low, high, order, absent=(may & every) == 0)


def origin_kinds(facts: Facts) -> Data:
    """Return the kinds of the stores whose data each flow may carry."""
    sure, _ = facts.part(Origins).flow_bits
    return kind_lists(sure)


# --- connections -----------------------------------------------------------------------------------------------------


def opened(facts: Facts) -> list[Any]:
    """Return the service or store that each connection opens, None if that is not in the model."""
    return facts.part(_opened)


def _opened(facts: Facts) -> list[Any]:
    model, flows = facts.model, facts.part(Graph).flows
    found: list[Any] = []
    for connection in facts.elements("connection"):
        users = (flows[row] for row in flows_by_connection(facts).get(connection.id, ()))
        ends = (model.get(end) for flow in users for end in (flow.target_id, flow.source_id))
        systems = (element for element in ends if element is not None and element.noun in {"service", "store"})
        found.append(model.get(connection.service) or next(systems, None))  # type: ignore[attr-defined]
    return found


def opened_field(facts: Facts, name: str) -> Data:
    """Return a field of what each connection opens: service_kind, service_rated, service_backup."""
    values = [getattr(e, name.removeprefix("service_"), None) for e in opened(facts)]
    return encode(vocabulary.columns("connection")[name], values, len(values))


def opened_third_party(facts: Facts) -> Data:
    """Return whether what each connection opens is a third party's or lies outside."""
    graph = facts.part(Graph)
    return take(Flags(graph.outside), graph.numbers(e.id if e is not None else None for e in opened(facts)))


# --- records ---------------------------------------------------------------------------------------------------------

_DATES = {"acceptance": "expires_on", "assumption": "review_on"}


def expired(facts: Facts, noun: str) -> Data:
    """Return whether the date of each record has passed."""
    dates = _dates(facts, noun)
    passed = dates.numbers < facts.today.toordinal()
    return Flags(Truth(passed & dates.known, ~passed & dates.known))


def has_expiry(facts: Facts, noun: str) -> Data:
    """Return whether each record has a date."""
    known = _dates(facts, noun).known
    return Flags(Truth(known, ~known))


def _dates(facts: Facts, noun: str) -> Numbers:
    data = facts.column(noun, _DATES[noun])
    assert isinstance(data, Numbers)  # noqa: S101 - the vocabulary says so
    return data
