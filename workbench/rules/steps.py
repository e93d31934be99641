"""Columns on single steps and entry points that need a look around: hosts, tools, signatures, purposes."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.rules.columns import Flags, Numbers, Truth, truth_of
from workbench.rules.graph import PROCESS, SERVICE, STORE, Graph, among
from workbench.rules.leads import Leads
from workbench.rules.passing import Passing
from workbench.rules.reach import effect_lists

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.rules.columns import Data
    from workbench.rules.facts import Facts


def unknown_host(facts: Facts) -> Data:
    """Return whether each step sends to a service with neither host nor vendor, or calls one that is not named."""
    graph = facts.part(Graph)
    nameless = np.zeros(len(graph), dtype=np.bool_)
    names = zip(facts.values("service", "host"), facts.values("service", "vendor"), strict=True)
    nameless[graph.rows("service")] = [host is None and vendor is None for host, vendor in names]
    open_ends = np.zeros(graph.processes, dtype=np.bool_)
    served = np.zeros(graph.processes, dtype=np.bool_)
    nouns = np.append(graph.noun, -1)
    for step_end, system_end in ((graph.source, graph.target), (graph.target, graph.source)):
        # A store that a step calls has a name of its own, so it is no open end.
        hits = (nouns[step_end] == PROCESS) & among(nouns[system_end], STORE, SERVICE)
        served[step_end[hits]] = True
        open_ends[step_end[hits & np.append(nameless, False)[system_end]]] = True
    calls = graph.kind.where(lambda kind: kind == "http")
    found = open_ends | (calls.true[: graph.processes] & ~served)
    return Flags(Truth(found, ~open_ends & (served | calls.false[: graph.processes])))


def _tools(facts: Facts) -> dict[int, list[int]]:
    """Return the steps and services that agents can call as tools."""
    graph = facts.part(Graph)
    found: dict[int, set[int]] = defaultdict(set)
    for row in np.flatnonzero(graph.of_kind("tool") & graph.live).tolist():
        a, b = int(graph.source[row]), int(graph.target[row])
        for agent, tool in ((a, b), (b, a)):
            if agent < graph.processes and _asks(graph, agent, tool, source=a) and not graph.disabled[tool]:
                found[agent].add(tool)
    return {agent: sorted(tools) for agent, tools in found.items()}


def _asks(graph: Graph, agent: int, tool: int, *, source: int) -> bool:
    """Of two steps the agent is the one that says so; where both or none do, the one that the flow starts at."""
    kinds = [getattr(graph.elements[node], "kind", None) == "agent" for node in (agent, tool)]
    return kinds[0] if kinds[0] != kinds[1] else agent == source


def tool_count(facts: Facts) -> Data:
    """Return how many tools each agent can call."""
    counts = np.zeros(facts.part(Graph).processes, dtype=np.int64)
    for agent, tools in facts.part(_tools).items():
        counts[agent] = len(tools)
    return Numbers(counts, np.ones(len(counts), dtype=np.bool_))


def tool_effects(facts: Facts) -> Data:
    """Return the effects of those tools."""
    graph, bits = facts.part(Graph), facts.part(Passing).effect_bits
    joined = np.zeros(graph.processes, dtype=np.int64)
    for agent, tools in facts.part(_tools).items():
        joined[agent] = np.bitwise_or.reduce(bits[[tool for tool in tools if tool < graph.processes]], initial=0)
    return effect_lists(joined.tolist())


def purposeless_personal(facts: Facts) -> Data:
    """Return how many personal fields are entered at each entry point without a stated purpose."""
    # Of each field without a purpose whether it is personal.
    open_fields: dict[str, bool | None] = {f.id: is_personal(f) for f in facts.elements("data") if f.purpose is None}  # type: ignore[attr-defined]
    counts, known = [], []
    for data in facts.values("entry_point", "data"):
        personal = [open_fields[i] for i in data if i in open_fields]
        counts.append(personal.count(True))
        known.append(None not in personal or True in personal)
    return Numbers(np.array(counts, dtype=np.int64), np.array(known, dtype=np.bool_))


def is_personal(field: Any) -> bool | None:
    """Return whether a data field is personal; suggested counts until a person says."""
    return field.personal if field.personal is not None else field.personal_suggested  # type: ignore[no-any-return]


def checks_signature(facts: Facts) -> Data:
    """Return whether the step that an entry point starts, or one of the next two, computes or compares a signature."""
    graph, forward = facts.part(Graph), facts.part(Leads).forward
    signs = [_signs(settings) for settings in facts.values("process", "settings")]
    result = []
    for row, start in enumerate(graph.starts.tolist()):
        near = {start} if start >= 0 else set(forward[graph.first["entry_point"] + row])
        for _ in range(2):
            near |= {b for a in near for b in forward[a]}
        known = {signs[n] for n in near if n < graph.processes}
        result.append(True if True in known else None if None in known else False)
    return Flags(truth_of(result, len(result)))


def _signs(settings: Mapping[str, Any]) -> bool | None:
    """Return what the platform's reader says under a key such as n8n.signature."""
    values = [value for key, value in settings.items() if key.endswith(".signature")] if settings else []
    return True in values if values else None
