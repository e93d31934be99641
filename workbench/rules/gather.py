"""Columns that gather what belongs to something: the steps of an app, the users of a connection, the tools of an agent."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.model import ORDERS
from workbench.rules.classes import Enclosures
from workbench.rules.columns import Flags, Numbers, Scale, Truth, codes_of
from workbench.rules.graph import PROCESS, SERVICE, STORE, Graph
from workbench.rules.leads import Leads, anonymous_grade, exposure_bits, exposure_scale
from workbench.rules.lookups import app_rows
from workbench.rules.origins import EFFECTS
from workbench.rules.reach import effect_lists
from workbench.rules.spread import MAYBE, SURE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from workbench.rules.columns import Data
    from workbench.rules.facts import Facts

    Ints = NDArray[np.int64]

_AUDIENCE = ORDERS["audience"]
_INTERNET = 1 << (len(ORDERS["exposure"]) - 1)
# What an unknown exposure leaves possible.
_MAY_BE_INTERNET = _INTERNET | _INTERNET << 1
_EFFECT_BITS = {effect: 1 << i for i, effect in enumerate(EFFECTS)}


def any_of(rows: int, group: Ints, truth: Truth) -> Flags:
    """Return for each group whether some member is true; false for a group without members."""
    member = group >= 0
    true = np.bincount(group[member & truth.true], minlength=rows) > 0
    possible = np.bincount(group[member & ~truth.false], minlength=rows) > 0
    return Flags(Truth(true, ~possible))


def _truth(values: Iterable[bool | None]) -> Truth:
    items = list(values)
    true = np.array([v is True for v in items], dtype=np.bool_)
    return Truth(true, np.array([v is False for v in items], dtype=np.bool_))


def _count(groups: Iterable[Sequence[Any]]) -> Numbers:
    counts = np.array([len(g) for g in groups], dtype=np.int64)
    return Numbers(counts, np.ones(len(counts), dtype=np.bool_))


# --- apps ------------------------------------------------------------------------------------------------------------


def app_effects(facts: Facts) -> Data:
    """Return all effects of each app's enabled steps."""
    bits = [0] * len(facts.ids("app"))
    graph = facts.part(Graph)
    for row, process in zip(app_rows(facts, "process").tolist(), graph.elements, strict=False):
        if row >= 0 and process.enabled is not False:
            for effect in process.effects:
                bits[row] |= _EFFECT_BITS[effect]
    return effect_lists(bits)


def entry_kinds(facts: Facts) -> Data:
    """Return the kinds of each app's entry points."""
    kinds: list[set[str]] = [set() for _ in facts.ids("app")]
    for row, (_, entry) in _entries(facts):
        if entry.kind is not None:
            kinds[row].add(entry.kind)
    return codes_of((tuple(sorted(k)) for k in kinds), len(kinds))


def _entries(facts: Facts) -> Iterable[tuple[int, tuple[int, Any]]]:
    """Yield (row of the app, (node, entry point)) for the entry points that start something."""
    rows, first = app_rows(facts, "entry_point"), facts.part(Graph).first["entry_point"]
    for node, entry in facts.part(Leads).entries():
        if rows[node - first] >= 0:
            yield int(rows[node - first]), (node, entry)


def anonymous_entry(facts: Facts) -> Data:
    """Return whether some entry point of each app needs no authentication."""
    found = [(row, {SURE: True, MAYBE: None}.get(anonymous_grade(entry), False)) for row, (_, entry) in _entries(facts)]
    group = np.array([row for row, _ in found], dtype=np.int64)
    return any_of(len(facts.ids("app")), group, _truth(value for _, value in found))


def used_connections(facts: Facts) -> list[list[str]]:
    """Return the ids of the connections that each app's flows name."""
    known = set(facts.ids("connection"))
    found: list[dict[str, None]] = [{} for _ in facts.ids("app")]
    for row, flow in zip(app_rows(facts, "flow").tolist(), facts.part(Graph).flows, strict=True):
        if row >= 0 and flow.connection in known:
            found[row][flow.connection] = None  # type: ignore[index]
    return [list(ids) for ids in found]


def connection_count(facts: Facts) -> Data:
    """Return how many connections each app uses."""
    return _count(used_connections(facts))


def default_credentials(facts: Facts) -> Data:
    """Return whether a connection that each app uses still has the credentials it was delivered with."""
    pairs = [(row, i) for row, ids in enumerate(used_connections(facts)) for i in ids]
    model = facts.model
    truth = _truth(model[i].default_credentials for _, i in pairs)  # type: ignore[attr-defined]
    return any_of(len(facts.ids("app")), np.array([row for row, _ in pairs], dtype=np.int64), truth)


def touched(facts: Facts, noun: int) -> list[list[int]]:
    """Return the stores or services that each app's flows touch, as nodes."""
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
    truth = _truth(None if rules is None else rules == "app_only" for _, rules in pairs)
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


# --- steps -----------------------------------------------------------------------------------------------------------


def unknown_host(facts: Facts) -> Data:
    """Return whether each step sends to a service of which neither host nor vendor is fixed, or calls an unnamed one."""
    graph = facts.part(Graph)
    open_ends = np.zeros(graph.processes, dtype=np.bool_)
    served = np.zeros(graph.processes, dtype=np.bool_)
    nouns = np.append(graph.noun, -1)
    for step_end, system_end in ((graph.source, graph.target), (graph.target, graph.source)):
        hits = np.flatnonzero((nouns[step_end] == PROCESS) & (nouns[system_end] == SERVICE))
        for step, node in zip(step_end[hits].tolist(), system_end[hits].tolist(), strict=True):
            service = graph.elements[node]
            served[step] = True
            open_ends[step] |= service.host is None and service.vendor is None
    calls = np.array([e.kind == "http" for e in graph.elements[: graph.processes]], dtype=np.bool_)
    found = open_ends | (calls & ~served)
    return Flags(Truth(found, ~found))


def _tools(facts: Facts) -> list[list[int]]:
    """Return the steps and services that each agent can call as tools."""
    graph = facts.part(Graph)
    found: dict[int, set[int]] = defaultdict(set)
    for row in np.flatnonzero((graph.flow_kind == "tool") & graph.live).tolist():
        a, b = int(graph.source[row]), int(graph.target[row])
        for agent, tool in ((a, b), (b, a)):
            # Of two steps the agent is the one that says so; a tool may be an agent itself, then the flow's source asks.
            if agent < graph.processes and _asks(graph, agent, tool, source=a) and not graph.disabled[tool]:
                found[agent].add(tool)
    return [sorted(found[step]) for step in range(graph.processes)]


def _asks(graph: Graph, agent: int, tool: int, *, source: int) -> bool:
    if graph.elements[agent].kind != "agent":
        return tool < graph.processes and graph.elements[tool].kind != "agent" and agent == source
    return tool >= graph.processes or graph.elements[tool].kind != "agent" or agent == source


def tool_count(facts: Facts) -> Data:
    """Return how many tools each agent can call."""
    return _count(_tools(facts))


def tool_effects(facts: Facts) -> Data:
    """Return the effects of those tools."""
    elements = facts.part(Graph).elements
    result = []
    for tools in _tools(facts):
        bits = 0
        for tool in tools:
            for effect in getattr(elements[tool], "effects", ()):
                bits |= _EFFECT_BITS[effect]
        result.append(bits)
    return effect_lists(result)


# --- entry points ----------------------------------------------------------------------------------------------------


def purposeless_personal(facts: Facts) -> Data:
    """Return how many personal fields are entered at each entry point without a stated purpose."""
    counts, known = [], []
    for entry in facts.elements("entry_point"):
        fields = [f for f in map(facts.model.get, entry.data) if f is not None]  # type: ignore[attr-defined]
        personal = [_personal(f) for f in fields if f.purpose is None]  # type: ignore[attr-defined]
        counts.append(personal.count(True))
        known.append(None not in personal or True in personal)
    return Numbers(np.array(counts, dtype=np.int64), np.array(known, dtype=np.bool_))


def _personal(field: Any) -> bool | None:
    return field.personal if field.personal is not None else field.personal_suggested  # type: ignore[no-any-return]


def checks_signature(facts: Facts) -> Data:
    """Return whether the step that each entry point starts, or one of the next two, computes or compares a signature."""
    graph, forward = facts.part(Graph), facts.part(Leads).forward
    result = []
    for row, start in enumerate(graph.starts.tolist()):
        near = {start} if start >= 0 else set(forward[graph.first["entry_point"] + row]) if forward else set()
        for _ in range(2):
            near |= {b for a in near for b in (forward[a] if forward else ())}
        signs = [_signs(graph.elements[n]) for n in near]
        result.append(True if True in signs else None if None in signs else False)
    return Flags(_truth(result))


def _signs(element: Any) -> bool | None:
    """Return what the platform's reader says under a key such as n8n.signature."""
    values = [v for k, v in element.settings.items() if k.endswith(".signature")]
    return None if not values and element.noun == "process" else True in values


# --- connections -----------------------------------------------------------------------------------------------------


def users(facts: Facts) -> list[list[int]]:
    """Return the steps that use each connection."""
    graph = facts.part(Graph)
    row = {i: n for n, i in enumerate(facts.ids("connection"))}
    found: list[set[int]] = [set() for _ in row]
    for flow, *ends in zip(graph.flows, graph.source.tolist(), graph.target.tolist(), strict=True):
        if flow.connection in row:
            found[row[flow.connection]] |= {end for end in ends if 0 <= end < graph.processes}
    return [sorted(steps) for steps in found]


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
    around = Enclosures(facts)
    apps: list[set[str]] = [set() for _ in facts.ids("boundary")]
    for element in (*facts.elements("app"), *facts.part(Graph).elements):
        app = element.id if element.noun == "app" else element.app
        for row in around.rows(element.boundary) if app is not None else ():
            apps[row].add(app)
    return _count([sorted(a) for a in apps])


def has_code(facts: Facts) -> Data:
    """Return whether code steps run in each boundary."""
    around = Enclosures(facts)
    found = np.zeros(len(facts.ids("boundary")), dtype=np.bool_)
    for process in facts.part(Graph).elements[: facts.part(Graph).processes]:
        if (process.kind == "code" or "run_code" in process.effects) and process.enabled is not False:
            found[list(around.rows(process.boundary))] = True
    return Flags(Truth(found, ~found))


def has_internet_entry(facts: Facts) -> Data:
    """Return whether an entry point that starts something in each boundary can be reached from the internet."""
    graph, around = facts.part(Graph), Enclosures(facts)
    rows = len(facts.ids("boundary"))
    sure, may = np.zeros(rows, dtype=np.bool_), np.zeros(rows, dtype=np.bool_)
    for node, entry in facts.part(Leads).entries():
        start = graph.starts[node - graph.first["entry_point"]]
        place = graph.elements[start].boundary if start >= 0 else entry.boundary
        bits, inside = exposure_bits(entry), list(around.rows(place))
        sure[inside] |= bool(bits & _INTERNET)
        may[inside] |= bool(bits & _MAY_BE_INTERNET)
    return Flags(Truth(sure, ~may))


# --- stores ----------------------------------------------------------------------------------------------------------


def shared_identifiers(facts: Facts) -> Data:
    """Return how many other stores hold a personal identifier of the same name for another purpose."""
    held = [[_traits(f) for f in map(facts.model.get, s.data) if f is not None] for s in facts.elements("store")]  # type: ignore[attr-defined]
    by_name: dict[str, dict[_Traits, set[int]]] = defaultdict(lambda: defaultdict(set))
    for row, fields in enumerate(held):
        for traits in fields:
            by_name[traits[0]][traits].add(row)
    counts, known = [], []
    for row, fields in enumerate(held):
        sure: set[int] = set()
        maybe: set[int] = set()
        for traits in fields:
            for twin, rows in by_name[traits[0]].items():
                shared = _shares(traits, twin)
                sure |= rows if shared else set()
                maybe |= rows if shared is None else set()
        counts.append(len(sure - {row}))
        known.append(bool(sure - {row}) or not maybe - {row})
    return Numbers(np.array(counts, dtype=np.int64), np.array(known, dtype=np.bool_))


# Name, singles out a person, is personal, purpose.
_Traits = tuple[str, bool | None, bool | None, str | None]


def _traits(field: Any) -> _Traits:
    return field.name.strip().casefold(), field.identifier, _personal(field), field.purpose


def _shares(a: _Traits, b: _Traits) -> bool | None:
    traits = (*a[1:3], *b[1:3])
    if False in traits or (a[3] is not None and a[3] == b[3]):
        return False
    return None if None in traits or a[3] is None or b[3] is None else True
