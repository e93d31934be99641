"""Derived columns: which function computes which, and the way that makes one true."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.rules import (
    classes,
    far,
    gather,
    identifiers,
    likeness,
    lists,
    lookups,
    outside,
    parts,
    policies,
    reach,
    steps,
    taint,
    vocabulary,
)
from workbench.rules.graph import NODE_NOUNS, Graph
from workbench.rules.leads import Leads
from workbench.rules.lineage import Lineage
from workbench.rules.origins import Origins
from workbench.rules.spread import MAYBE

if TYPE_CHECKING:
    from workbench.rules.columns import Bools, Data
    from workbench.rules.facts import Facts

Compute = Callable[["Facts"], "Data"]
Way = tuple[str, ...]

# What every frame may have: the function is given the noun.
_EVERYWHERE: Mapping[str, Callable[[Facts, str], Data]] = {
    **{
        name: partial(lambda name, facts, noun: lookups.of_app(facts, noun, name), name) for name in lookups.APP_COLUMNS
    },
    "boundary_kind": lookups.boundary_kind,
    "outside": outside.outside,
    "secret_count": lookups.secret_count,
    "secret_kinds": lookups.secret_kinds,
    "data_class": classes.data_class,
    "data_class_confirmed": classes.confirmed,
    "personal_data": classes.personal,
    "expired": lookups.expired,
    "has_expiry": lookups.has_expiry,
    "owner_listed": lists.owner_listed,
    "on_list": lists.on_list,
}


def _named(function: Callable[[Facts, str], Data], *names: str) -> dict[str, Compute]:
    """Return one function for several columns; it is given the name."""
    return {name: partial(lambda name, facts: function(facts, name), name) for name in names}


_OF: Mapping[str, Mapping[str, Compute]] = {
    "app": {
        "effects": gather.app_effects,
        "entry_kinds": gather.entry_kinds,
        "anonymous_entry": gather.anonymous_entry,
        "connection_count": gather.connection_count,
        "dlp_groups": gather.dlp_groups,
        "sends_outside": gather.sends_outside,
        "cycle": reach.cycles,
        "unreachable_steps": reach.unreachable_steps,
        "community_parts": parts.community_parts,
        "default_credentials": gather.default_credentials,
        "app_only_rows": gather.app_only_rows,
        "step_count": likeness.step_count,
        "copies": likeness.copies,
        "documented": likeness.documented,
        **_named(policies.of_apps, "dlp_mixed", "kept_apart_by", "business_connectors", "other_connectors"),
    },
    "process": {
        "tainted": taint.tainted_step,
        **_named(taint.sink, *(f"taint_{s}" for s in vocabulary.SINKS), *(f"ai_{s}" for s in vocabulary.AI_SINKS)),
        "third_party_input": taint.third_party_input,
        "anonymous_reach": reach.anonymous_reach,
        "reached_exposure": reach.reached_exposure,
        "unknown_host": steps.unknown_host,
        "tool_count": steps.tool_count,
        "tool_effects": steps.tool_effects,
        "answers_from_store": reach.step_answers,
    },
    "store": {
        "anonymous_reach": reach.store_anonymous_reach,
        "anonymous_read": reach.anonymous_read,
        "outside_path": outside.outside_path,
        "outside_hops": outside.outside_hops,
        "outside_apps": outside.outside_apps,
        "shared_identifiers": identifiers.shared_identifiers,
    },
    "flow": {
        "crosses_boundary": outside.crosses,
        "leaves": outside.leaves,
        "arrives": outside.arrives,
        **_named(lookups.end_noun, "source_noun", "target_noun"),
        **_named(lookups.end_kind, "source_kind", "target_kind"),
        "target_approved": lookups.target_approved,
        "target_account": lookups.target_account,
        "source_protection": lookups.source_protection,
        "target_protection": lookups.target_protection,
        "origin_kinds": lookups.origin_kinds,
        "tainted": taint.tainted_flow,
    },
    "entry_point": {
        "effects": reach.effects_ahead,
        "reads_store": reach.reads_store,
        "reads_unprotected": reach.reads_unprotected,
        "answers_from_store": reach.entry_answers,
        "purposeless_personal": steps.purposeless_personal,
        "checks_signature": steps.checks_signature,
        "far_effects": far.effects,
        "far_sinks": far.sinks,
    },
    "connection": {
        "used_by_count": gather.used_by_count,
        "reached_exposure": gather.connection_exposure,
        "reached_audience": gather.reached_audience,
        **_named(lookups.opened_field, "service_kind", "service_rated", "service_backup"),
        "service_third_party": lookups.opened_third_party,
        "dlp_group": policies.group,
        **_named(policies.of_connections, "dlp_blocked", "blocked_by", "dlp_unclassified", "unsorted_by"),
    },
    "service": {"origin_kinds": parts.received_kinds},
    "data": {"leaves": outside.data_leaves},
    "boundary": {
        "app_count": gather.app_count,
        "has_code": gather.has_code,
        "has_internet_entry": gather.has_internet_entry,
    },
}


def compute(facts: Facts, noun: str, name: str) -> Data:
    """Return a derived column.

    Raises
    ------
    KeyError
        If nothing computes it.
    """
    own = _OF.get(noun, {}).get(name)
    return own(facts) if own is not None else _EVERYWHERE[name](facts, noun)


def active(facts: Facts, noun: str) -> Bools:
    """Return the rows that take part: not the steps that are switched off, their entry points and flows."""
    graph = facts.part(Graph)
    if noun in NODE_NOUNS:
        return ~graph.disabled[graph.rows(noun)]
    if noun == "flow":
        off = np.append(graph.disabled, False)
        on: Bools = ~(off[graph.source] | off[graph.target])
        return on
    return np.ones(len(facts.ids(noun)), dtype=np.bool_)


# --- ways ------------------------------------------------------------------------------------------------------------


def _to_sink(facts: Facts, name: str, row: int) -> Way:
    prefix, _, into = name.partition("_")
    return facts.part(taint.SOURCES[prefix]).path_to_sink(into, row)


def _to_step(source: type[taint.Source], facts: Facts, _: str, row: int) -> Way:
    return facts.part(source).path(row)


def _to_flow(facts: Facts, _: str, row: int) -> Way:
    outsiders, lineage = facts.part(taint.Outsiders), facts.part(Lineage)
    place = int(lineage.sent[row])
    return (*outsiders.path(place), facts.part(Graph).flows[row].target_id) if place >= 0 else ()


def _anonymous(facts: Facts, _: str, row: int) -> Way:
    anonymous = facts.part(Leads).anonymous
    return tuple(facts.part(Graph).ids[n] for n in anonymous.path(row)) if anonymous.grade[row] < MAYBE else ()


def _anonymous_store(facts: Facts, name: str, row: int) -> Way:
    _, step = reach.store_reached(facts)[row]
    return (*_anonymous(facts, name, step), facts.ids("store")[row]) if step >= 0 else ()


def _read_by_anybody(facts: Facts, _: str, row: int) -> Way:
    place = facts.part(Graph).first["store"] + row
    return facts.part(Lineage).ids(facts.part(Origins).read_anonymously.path(place)[::-1])


def _out(facts: Facts, _: str, row: int) -> Way:
    return facts.part(outside.Exits).path(facts.part(Graph).first["store"] + row)


WAYS: Mapping[tuple[str, str], Callable[[Facts, str, int], Way]] = {
    **{("process", f"taint_{s}"): _to_sink for s in vocabulary.SINKS},
    **{("process", f"ai_{s}"): _to_sink for s in vocabulary.AI_SINKS},
    ("process", "tainted"): partial(_to_step, taint.Outsiders),
    ("process", "third_party_input"): partial(_to_step, taint.Answers),
    ("process", "anonymous_reach"): _anonymous,
    ("flow", "tainted"): _to_flow,
    ("store", "anonymous_reach"): _anonymous_store,
    ("store", "anonymous_read"): _read_by_anybody,
    ("store", "outside_path"): _out,
    ("store", "outside_hops"): _out,
    ("store", "outside_apps"): _out,
    ("app", "copies"): lambda facts, _, row: likeness.way(facts, row),
    ("entry_point", "far_sinks"): lambda facts, _, row: far.way(facts, row),
}


def way(facts: Facts, noun: str, name: str, row: int) -> Way:
    """Return the ids on the way that makes a column true in a row, empty if the column has none or is not true."""
    find: Any = WAYS.get((noun, name))
    return find(facts, name, row) if find is not None else ()
