"""Columns that gather what belongs to something: the steps of an app, the users of a connection, the tools of an agent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.model import ORDERS
from workbench.rules.columns import Flags, Numbers, Scale, Truth, codes_of, truth_of
from workbench.rules.graph import SERVICE, STORE, Graph
from workbench.rules.groups import Enclosures, app_rows, flows_by_connection, nodes_by_boundary
from workbench.rules.leads import Leads, exposure_scale
from workbench.rules.passing import Passing
from workbench.rules.reach import effect_lists
from workbench.rules.spread import NEVER, SURE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from numpy.typing import NDArray

    from workbench.rules.columns import Data
    from workbench.rules.facts import Facts

    Ints = NDArray[np.int64]

_AUDIENCE = ORDERS["audience"]
_INTERNET = 1 << (len(ORDERS["exposure"]) - 1)
# What an unknown exposure leaves possible.
_MAY_BE_INTERNET = _INTERNET | _INTERNET << 1


def any_of(rows: int, group: Ints, truth: Truth) -> Flags:
    """Return for each group whether some member is true; false for a group without members."""
    member = group >= 0
    true = np.bincount(group[member & truth.true], minlength=rows) > 0
    possible = np.bincount(group[member & ~truth.false], minlength=rows) > 0
    return Flags(Truth(true, ~possible))


def _count(groups: Iterable[Collection[Any]]) -> Numbers:
    counts = np.array([len(g) for g in groups], dtype=np.int64)
    return Numbers(counts, np.ones(len(counts), dtype=np.bool_))


# --- apps ------------------------------------------------------------------------------------------------------------


def app_effects(facts: Facts) -> Data:
    """Return all effects of each app's enabled steps."""
    bits = np.zeros(len(facts.ids("app")), dtype=np.int64)
    rows, off = app_rows(facts, "process"), facts.part(Graph).disabled[: facts.part(Graph).processes]
    chosen = (rows >= 0) & ~off
    np.bitwise_or.at(bits, rows[chosen], facts.part(Passing).effect_bits[chosen])
    return effect_lists(bits.tolist())


def entry_kinds(facts: Facts) -> Data:
    """Return the kinds of each app's entry points; unknown while the kind of one of them is."""
    kinds: list[set[str | None]] = [set() for _ in facts.ids("app")]
    for row, (_, entry) in _entries(facts):
        kinds[row].add(entry.kind)
    known = (None if None in found else tuple(sorted(filter(None, found))) for found in kinds)
    return codes_of(known, len(kinds))


def _entries(facts: Facts) -> Iterable[tuple[int, tuple[int, Any]]]:
    """Yield (row of the app, (node, entry point)) for the entry points that start something."""
    rows, first = app_rows(facts, "entry_point"), facts.part(Graph).first["entry_point"]
    for node, entry in facts.part(Leads).entries():
        if rows[node - first] >= 0:
            yield int(rows[node - first]), (node, entry)


def anonymous_entry(facts: Facts) -> Data:
    """Return whether some entry point of each app needs no authentication."""
    grades = facts.part(Leads).entry_anonymous
    return any_of(len(facts.ids("app")), app_rows(facts, "entry_point"), Truth(grades == SURE, grades == NEVER))


def used_connections(facts: Facts) -> list[list[str]]:
    """Return the ids of the connections that each app's flows name."""
    return facts.part(_used_connections)


def _used_connections(facts: Facts) -> list[list[str]]:
    known = set(facts.ids("connection"))
    found: list[dict[str, None]] = [{} for _ in facts.ids("app")]
    used = facts.values("flow", "connection") if known else ()
    for row, connection in zip(app_rows(facts, "flow").tolist(), used, strict=False):
        if row >= 0 and connection in known:
            found[row][connection] = None
    return [list(ids) for ids in found]


def connection_count(facts: Facts) -> Data:
    """Return how many connections each app uses."""
    return _count(used_connections(facts))


def default_credentials(facts: Facts) -> Data:
    """Return whether a connection that each app uses still has the credentials it was delivered with."""
    pairs = [(row, i) for row, ids in enumerate(used_connections(facts)) for i in ids]
    model = facts.model
    truth = truth_of([model[i].default_credentials for _, i in pairs], len(pairs))  # type: ignore[attr-defined]
    return any_of(len(facts.ids("app")), np.array([row for row, _ in pairs], dtype=np.int64), truth)


def touched(facts: Facts, noun: int) -> list[list[int]]:
    """Return the stores or services that each app's flows touch, as nodes."""
    return facts.part(_touched, noun)


def _touched(facts: Facts, noun: int) -> list[list[int]]:
    graph = facts.part(Graph)
    found: list[dict[int, None]] = [{} for _ in facts.ids("app")]
    nouns = np.append(graph.noun, -1)
    for ends in (graph.source, graph.target):
        hits = np.flatnonzero((nouns[ends] == noun) & graph.live)
        for row, node in zip(app_rows(facts, "flow")[hits].tolist(), ends[hits].tolist(), strict=True):
            if row >= 0:
                found[row][node] = None
    return [sorted(nodes) for nodes in found]


def app_only_rows(facts: Facts) -> Data:
    """Return whether a store that each app's steps use has row rules in the app only."""
    elements = facts.part(Graph).elements
    pairs = [(row, elements[n].row_security) for row, nodes in enumerate(touched(facts, STORE)) for n in nodes]
    truth = truth_of([None if rules is None else rules == "app_only" for _, rules in pairs], len(pairs))
    return any_of(len(facts.ids("app")), np.array([row for row, _ in pairs], dtype=np.int64), truth)


def dlp_groups(facts: Facts) -> Data:
    """Return the connector groups of what each app connects; unknown while a group is missing that could change it."""
    elements = facts.part(Graph).elements
    result: list[tuple[str, ...] | None] = []
    for nodes in touched(facts, SERVICE):
        groups = {elements[node].dlp_group for node in nodes}
        known = tuple(sorted(groups - {None}))
        result.append(None if None in groups and len(known) < 2 else known)  # noqa: PLR2004 - two are a mix already
    return codes_of(result, len(result))


def sends_outside(facts: Facts) -> Data:
    """Return whether some flow of each app leaves."""
    leaves = facts.column("flow", "leaves")
    assert isinstance(leaves, Flags)  # noqa: S101 - the vocabulary says so
    return any_of(len(facts.ids("app")), app_rows(facts, "flow"), leaves.truth)


# --- connections -----------------------------------------------------------------------------------------------------


def users(facts: Facts) -> list[list[int]]:
    """Return the steps that use each connection; what an entry point listens with, the step that it starts uses."""
    return facts.part(_users)


def _users(facts: Facts) -> list[list[int]]:
    graph, flows = facts.part(Graph), flows_by_connection(facts)
    ends = np.stack([graph.source, graph.target])
    first, starts = graph.first["entry_point"], graph.starts
    listens = (ends >= first) & (ends < first + len(starts))
    ends[listens] = starts[ends[listens] - first]
    found = ({*ends[:, flows.get(i, [])].ravel().tolist()} for i in facts.ids("connection"))
    return [sorted(end for end in nodes if 0 <= end < graph.processes) for nodes in found]


def used_by_count(facts: Facts) -> Data:
    """Return how many steps use each connection."""
    return _count(users(facts))


def connection_exposure(facts: Facts) -> Data:
    """Return the widest exposure of the entry points whose steps use each connection."""
    exposures = facts.part(Leads).exposures
    bits = [int(np.bitwise_or.reduce(exposures[steps])) if steps else 0 for steps in users(facts)]
    return exposure_scale(np.array(bits, dtype=np.int64))


def reached_audience(facts: Facts) -> Data:
    """Return the widest audience of the apps and steps that use each connection."""
    graph, model = facts.part(Graph), facts.model
    low, high, absent = [], [], []
    for steps in users(facts):
        elements = [graph.elements[step] for step in steps]
        apps = [getattr(model.get(e.app), "shared_with", None) for e in elements]
        known = [_AUDIENCE.index(a) for a in (*apps, *(e.audience for e in elements)) if a is not None]
        low.append(max(known, default=0))
        high.append(len(_AUDIENCE) - 1 if None in apps else max(known, default=0))
        absent.append(not steps)
    return Scale(np.array(low, np.int8), np.array(high, np.int8), _AUDIENCE, absent=np.array(absent, dtype=np.bool_))


# --- boundaries ------------------------------------------------------------------------------------------------------


def app_count(facts: Facts) -> Data:
    """Return how many apps have something in each boundary."""
    graph, around = facts.part(Graph), facts.part(Enclosures)
    apps: list[set[str]] = [set() for _ in facts.ids("boundary")]
    values = graph.app.objects().tolist()
    for row, nodes in nodes_by_boundary(facts).items():
        apps[row].update(values[node] for node in nodes)
    for app, boundary in zip(facts.ids("app"), facts.values("app", "boundary"), strict=True):
        for row in around.rows(boundary):
            apps[row].add(app)
    return _count([a - {None} for a in apps])


def has_code(facts: Facts) -> Data:
    """Return whether code steps run in each boundary."""
    graph = facts.part(Graph)
    runs = facts.part(Passing).effects.where(lambda effects: "run_code" in effects).true
    code = (graph.kind.where(lambda kind: kind == "code").true[: graph.processes] | runs) & ~graph.disabled[
        : graph.processes
    ]
    may = code | (graph.kind.unknown[: graph.processes] & ~graph.disabled[: graph.processes])
    found, possible = np.zeros((2, len(facts.ids("boundary"))), dtype=np.bool_)
    for row, nodes in nodes_by_boundary(facts).items():
        steps = np.array(nodes)
        steps = steps[steps < graph.processes]
        found[row], possible[row] = code[steps].any(), may[steps].any()
    return Flags(Truth(found, ~possible))


def has_internet_entry(facts: Facts) -> Data:
    """Return whether an entry point that starts something in each boundary can be reached from the internet."""
    graph, around = facts.part(Graph), facts.part(Enclosures)
    rows = len(facts.ids("boundary"))
    sure, may = np.zeros(rows, dtype=np.bool_), np.zeros(rows, dtype=np.bool_)
    bits, first = facts.part(Leads).entry_exposures.tolist(), graph.first["entry_point"]
    for node, entry in facts.part(Leads).entries():
        start = graph.starts[node - first]
        inside = list(around.rows(graph.elements[start].boundary if start >= 0 else entry.boundary))
        sure[inside] |= bool(bits[node - first] & _INTERNET)
        may[inside] |= bool(bits[node - first] & _MAY_BE_INTERNET)
    return Flags(Truth(sure, ~may))
