"""Columns on what apps are built from, and on what the services they talk to get."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.rules.columns import Codes, Flags, Numbers
from workbench.rules.graph import SERVICE, Graph
from workbench.rules.groups import app_rows
from workbench.rules.origins import Origins, kind_lists

if TYPE_CHECKING:
    from workbench.rules.columns import Data
    from workbench.rules.facts import Facts


def community_parts(facts: Facts) -> Data:
    """Return for each app how many of its enabled steps are of a type from the community that nobody has reviewed."""
    component, reviewed = facts.column("process", "component"), facts.column("process", "component_reviewed")
    assert isinstance(component, Codes)  # noqa: S101 - the vocabulary says so
    assert isinstance(reviewed, Flags)  # noqa: S101 - the vocabulary says so
    graph, rows = facts.part(Graph), app_rows(facts, "process")
    chosen = component.where(lambda value: value == "community").true & ~reviewed.truth.true & (rows >= 0)
    apps = len(facts.ids("app"))
    counts = np.bincount(rows[chosen & ~graph.disabled[: graph.processes]], minlength=apps)
    return Numbers(counts.astype(np.int64), np.ones(apps, dtype=np.bool_))


def received_kinds(facts: Facts) -> Data:
    """Return the kinds of the stores whose data each service may get."""
    graph, rows = facts.part(Graph), len(facts.ids("service"))
    found = np.zeros(rows, dtype=np.int64)
    to_service = np.append(graph.noun, -1)[graph.target] == SERVICE
    bits, _ = facts.part(Origins).flow_bits
    np.bitwise_or.at(found, graph.target[to_service] - graph.first["service"], bits[to_service])
    return kind_lists(found)
