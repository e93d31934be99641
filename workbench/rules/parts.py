"""Columns on what apps are built from."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from workbench.model import Process
from workbench.rules.columns import Numbers

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
