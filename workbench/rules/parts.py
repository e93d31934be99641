"""Columns on what apps are built from, and on what the services they talk to get."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from workbench.model import Flow, Process
from workbench.rules.columns import Numbers, codes_of

if TYPE_CHECKING:
    from workbench.rules.columns import Data
    from workbench.rules.facts import Facts


def community_parts(facts: Facts) -> Data:
    """Return for each app how many of its enabled steps are of a type from the community that nobody has reviewed."""
    counts = Counter(
        step.app
        for step in facts.model.of(Process)
        if step.component == "community" and step.component_reviewed is not True and step.enabled is not False
    )
    apps = facts.ids("app")
    numbers = np.array([counts[app] for app in apps], dtype=np.int64)
    return Numbers(numbers, np.ones(len(apps), dtype=np.bool_))


def received_kinds(facts: Facts) -> Data:
    """Return the kinds of the stores whose data each service may get."""
    row = {element_id: n for n, element_id in enumerate(facts.ids("service"))}
    found: list[set[str]] = [set() for _ in row]
    kinds = facts.column("flow", "origin_kinds")
    for n, flow in enumerate(facts.model.of(Flow)):
        if flow.target_id in row:
            found[row[flow.target_id]].update(kinds.value(n) or ())  # type: ignore[arg-type]
    return codes_of((tuple(sorted(f)) for f in found), len(row))
