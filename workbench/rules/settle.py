"""Which answers would settle an unknown derived fact: the fields, here or elsewhere, that it is unknown because of.

All rules that wait are followed at once: each is a bit, and the bits run back along the edges that the fact came by, to
the elements with a field that nobody has filled in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from workbench.rules import gather, lookups, policies, vocabulary
from workbench.rules.graph import NOBODY, STORE, Graph
from workbench.rules.groups import Enclosures, by_app, flows_by_connection, flows_by_node, nodes_by_boundary
from workbench.rules.leads import UNCALLED, Leads
from workbench.rules.lineage import Lineage
from workbench.rules.settle_traced import TRACED, Starts, unknown_place

if TYPE_CHECKING:
    from workbench.rules.facts import Facts


class Settling:
    """Collects who waits for which derived facts, then tells what would settle them."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._waiting: dict[tuple[str, str], dict[int, int]] = {}

    def add(self, noun: str, name: str, rows: Iterable[int], bit: int) -> None:
        """Note that `bit` waits for a column in those rows."""
        waiting = self._waiting.setdefault((noun, name), {})
        for row in rows:
            waiting[row] = waiting.get(row, 0) | bit

    def found(self) -> dict[tuple[str, str], int]:  # noqa: C901 - three kinds of facts, side by side
        """Return (element id, field) → the bits of those whom its answer would help."""
        result: dict[tuple[str, str], int] = defaultdict(int)
        starts: dict[str, Starts] = defaultdict(dict)
        for (noun, name), waiting in self._waiting.items():
            family = _FAMILY.get((noun, name))
            if family is not None:
                for row, bits in waiting.items():
                    for place in family[1](self._facts, noun, name, row):
                        if place >= 0:
                            starts[family[0]][place] = starts[family[0]].get(place, 0) | bits
            elif (noun, name) in _DIRECT or name in _ANYWHERE:
                for row, bits in waiting.items():
                    for element, field in _DIRECT.get((noun, name), _ANYWHERE.get(name))(self._facts, noun, row):  # type: ignore[misc]
                        if getattr(element, field, 0) is None:
                            result[element.id, field] |= bits
        for family_name, places in starts.items():
            for element_id, field, bits in TRACED[family_name](self._facts, places):
                result[element_id, field] |= bits
        return dict(result)


# --- fields that settle a fact directly ------------------------------------------------------------------------------

Direct = Callable[["Facts", str, int], Iterable[tuple[Any, str]]]


def _app(field: str, facts: Facts, noun: str, row: int) -> Iterator[tuple[Any, str]]:
    element = facts.elements(noun)[row]
    yield facts.model.get(element.app), field


def _boundary(facts: Facts, noun: str, row: int) -> Iterator[tuple[Any, str]]:
    yield facts.model.get(facts.elements(noun)[row].boundary), "kind"


def _outside(facts: Facts, noun: str, row: int) -> Iterator[tuple[Any, str]]:
    yield from unknown_place(facts, facts.elements(noun)[row])


def _crossing(facts: Facts, _: str, row: int) -> Iterator[tuple[Any, str]]:
    flow = facts.part(Graph).flows[row]
    for end in (flow.source_id, flow.target_id):
        element = facts.model.get(end)
        if element is not None:
            yield from unknown_place(facts, element)
    if facts.part(Lineage).back.unknown[row]:
        yield flow, "two_way"


def _end(field: str, side: str, facts: Facts, _: str, row: int) -> Iterator[tuple[Any, str]]:
    yield facts.model.get(getattr(facts.part(Graph).flows[row], side)), field


def _opened(field: str, facts: Facts, _: str, row: int) -> Iterator[tuple[Any, str]]:
    yield lookups.opened(facts)[row], field


def _opened_place(facts: Facts, _: str, row: int) -> Iterator[tuple[Any, str]]:
    opened = lookups.opened(facts)[row]
    if opened is not None:
        yield from unknown_place(facts, opened)


def _entries(facts: Facts, _: str, row: int) -> Iterator[tuple[Any, str]]:
    entries: Any = facts.elements("entry_point")
    for number in by_app(facts, "entry_point").get(facts.ids("app")[row], ()):
        entry = entries[number]
        if entry.kind not in UNCALLED and entry.authentication in {None, "none"}:
            yield from ((entry, "kind"), (entry, "authentication"))


def _connections(facts: Facts, _: str, row: int) -> Iterator[tuple[Any, str]]:
    yield from ((facts.model.get(i), "default_credentials") for i in gather.used_connections(facts)[row])


def _touched(noun: int, field: str, facts: Facts, _: str, row: int) -> Iterator[tuple[Any, str]]:
    graph = facts.part(Graph)
    yield from ((graph.elements[node], field) for node in gather.touched(facts, noun)[row])


def _sent(facts: Facts, noun: str, row: int) -> Iterator[tuple[Any, str]]:
    for number in by_app(facts, "flow").get(facts.ids("app")[row], ()):
        yield from _crossing(facts, noun, number)


def _audiences(facts: Facts, _: str, row: int) -> Iterator[tuple[Any, str]]:
    for step in gather.users(facts)[row]:
        yield facts.model.get(facts.part(Graph).elements[step].app), "shared_with"


def _environment(facts: Facts, noun: str, row: int) -> Iterator[tuple[Any, str]]:
    app = policies.app_of_row(facts, noun, row)
    if app is not None and policies.waits_for_environment(facts, app):
        yield app, "environment_name"


def _internet(facts: Facts, _: str, row: int) -> Iterator[tuple[Any, str]]:
    graph, around = facts.part(Graph), facts.part(Enclosures)
    for node, entry in facts.part(Leads).entries():
        start = graph.starts[node - graph.first["entry_point"]]
        if entry.kind not in NOBODY and row in around.rows((graph.elements[start] if start >= 0 else entry).boundary):
            yield entry, "exposure"


def _kinds_inside(facts: Facts, _: str, row: int) -> Iterator[tuple[Any, str]]:
    graph = facts.part(Graph)
    yield from ((graph.elements[n], "kind") for n in nodes_by_boundary(facts).get(row, ()) if n < graph.processes)


def _kinds_of_steps(facts: Facts, _: str, row: int) -> Iterator[tuple[Any, str]]:
    steps = facts.elements("process")
    yield from ((steps[n], "kind") for n in by_app(facts, "process").get(facts.ids("app")[row], ()))


def _fields(*names: str) -> Direct:
    def direct(facts: Facts, noun: str, row: int) -> Iterator[tuple[Any, str]]:
        held = (facts.model.get(i) for i in facts.elements(noun)[row].data)  # type: ignore[attr-defined]
        yield from ((field, name) for field in held for name in names)

    return direct


def _own(name: str) -> Direct:
    return lambda facts, noun, row: [(facts.elements(noun)[row], name)]


_ANYWHERE: Mapping[str, Direct] = {
    **{name: partial(_app, field) for name, field in lookups.APP_COLUMNS.items()},
    "boundary_kind": _boundary,
    "outside": _outside,
}
_DIRECT: Mapping[tuple[str, str], Direct] = {
    ("app", "anonymous_entry"): _entries,
    ("app", "default_credentials"): _connections,
    ("app", "app_only_rows"): partial(_touched, STORE, "row_security"),
    ("app", "dlp_groups"): partial(_touched, 3, "dlp_group"),
    ("app", "sends_outside"): _sent,
    **{("flow", name): _crossing for name in ("leaves", "arrives", "crosses_boundary")},
    ("flow", "source_kind"): partial(_end, "kind", "source_id"),
    ("flow", "target_kind"): partial(_end, "kind", "target_id"),
    ("flow", "target_approved"): partial(_end, "approved", "target_id"),
    ("flow", "target_account"): partial(_end, "account", "target_id"),
    ("flow", "target_protection"): partial(_end, "protection", "target_id"),
    ("connection", "service_kind"): partial(_opened, "kind"),
    ("connection", "service_rated"): partial(_opened, "rated"),
    ("connection", "service_backup"): partial(_opened, "backup"),
    ("connection", "service_third_party"): _opened_place,
    ("connection", "reached_audience"): _audiences,
    ("connection", "dlp_blocked"): _environment,
    ("connection", "dlp_unclassified"): _environment,
    ("app", "dlp_mixed"): _environment,
    ("boundary", "has_internet_entry"): _internet,
    ("boundary", "has_code"): _kinds_inside,
    ("app", "cycle"): _kinds_of_steps,
    ("process", "unknown_host"): _own("kind"),
    ("entry_point", "purposeless_personal"): _fields("personal"),
    ("store", "shared_identifiers"): _fields("identifier", "purpose", "personal"),
    ("acceptance", "expired"): _own("expires_on"),
    ("assumption", "expired"): _own("review_on"),
}  # fmt: skip


# --- facts that are traced back through the model --------------------------------------------------------------------

Places = Callable[["Facts", str, str, int], Iterable[int]]


def _node(facts: Facts, noun: str, _: str, row: int) -> Iterator[int]:
    """Yield the place of a node itself, or of what a flow carries."""
    if noun != "flow":
        yield facts.part(Graph).first[noun] + row
        return
    lineage, flow = facts.part(Lineage), facts.part(Graph).flows[row]
    if flow.data:
        yield from (lineage.fields + lineage.field_rows[i] for i in flow.data if i in lineage.field_rows)
    else:
        yield int(lineage.sent[row])


def _class_places(facts: Facts, noun: str, name: str, row: int) -> Iterable[int]:
    lineage, own = facts.part(Lineage), facts.ids(noun)[row]
    if noun == "data":
        return [lineage.fields + row]
    if noun == "app":
        return [lineage.fields + n for n in by_app(facts, "data").get(own, ())]
    if noun == "connection":
        flows = flows_by_connection(facts).get(own, ())
        return (place for number in flows for place in _node(facts, "flow", name, number))
    if noun == "boundary":
        return nodes_by_boundary(facts).get(row, ())
    return _node(facts, noun, name, row)


def _sink_places(facts: Facts, _: str, name: str, row: int) -> Iterator[int]:
    into = name.partition("_")[2]
    steps = facts.part(Lineage).taken_by.get(row, ())
    yield from (place for use, place in steps if use.into == into and use.safe is not True)


def _flow_source(facts: Facts, _: str, __: str, row: int) -> Iterator[int]:
    graph = facts.part(Graph)
    yield int(facts.part(Lineage).sent[row])
    yield int(graph.target[row])


def _steps_at_store(facts: Facts, _: str, __: str, row: int) -> Iterator[int]:
    graph = facts.part(Graph)
    node = graph.first["store"] + row
    for number in flows_by_node(facts).get(node, ()):
        yield int(graph.source[number] + graph.target[number]) - node


def _steps_with(facts: Facts, _: str, __: str, row: int) -> Iterable[int]:
    return gather.users(facts)[row]


_FAMILY: dict[tuple[str, str], tuple[str, Places]] = {
    **{(n, "data_class"): ("class", _class_places) for n in vocabulary.FRAMES},
    **{(n, "personal_data"): ("personal", _class_places) for n in vocabulary.FRAMES},
    **{("process", f"taint_{s}"): ("taint", _sink_places) for s in vocabulary.SINKS},
    **{("process", f"ai_{s}"): ("ai", _sink_places) for s in vocabulary.AI_SINKS},
    ("process", "tainted"): ("taint", _node),
    ("flow", "tainted"): ("taint", _flow_source),
    ("process", "third_party_input"): ("answers", _node),
    ("process", "anonymous_reach"): ("anonymous", _node),
    ("store", "anonymous_reach"): ("anonymous", _steps_at_store),
    ("process", "reached_exposure"): ("exposure", _node),
    ("connection", "reached_exposure"): ("exposure", _steps_with),
    **{("store", name): ("exits", _node) for name in ("outside_path", "outside_hops", "outside_apps")},
    ("flow", "source_protection"): ("protection", _node),
    ("entry_point", "reads_store"): ("reads", _node),
    ("entry_point", "reads_unprotected"): ("open reads", _node),
    ("entry_point", "answers_from_store"): ("store answers", _node),
    ("process", "answers_from_store"): ("store answers", _node),
    ("store", "anonymous_read"): ("read", _node),
}
