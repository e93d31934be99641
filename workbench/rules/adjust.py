"""What raises or lowers a rule's default likelihood and impact: its own `raise` entries and two standard ones.

The standard ones apply to every rule, and are shown with the finding like the rule's own:

- what anybody in the internet can reach without sign-in is one step likelier, where the rule is about what an outsider
  does and does not say so itself;
- where data matters to the rule and it is personal or confidential, the impact is at least 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.rules import vocabulary
from workbench.rules.columns import Flags, Scale

if TYPE_CHECKING:
    from workbench.rules.columns import Bools
    from workbench.rules.facts import Table
    from workbench.rules.rule import Rule

    Ints = np.typing.NDArray[np.intp]

LEAST_IMPACT = 4
_EXPOSURES = {"exposure", "reached_exposure"}
_Step = tuple[str, int]


class Adjusted:
    """Likelihood and impact of a rule's findings, with the reasons for each step from the defaults."""

    def __init__(self, rule: Rule, table: Table, rows: Ints) -> None:
        self.likelihood = np.full(len(rows), rule.likelihood)
        self.impact = np.full(len(rows), rule.impact)
        self._steps: list[tuple[Bools, list[_Step | None]]] = []
        for item in rule.raises:
            self._shift(item.conditions[table.noun].truth(table).true[rows], item.likelihood, item.impact, item.why)
        self._exposed(rule, table, rows)
        self._data(rule, table, rows)
        self.likelihood = self.likelihood.clip(1, 5)

    @property
    def raised(self) -> list[tuple[_Step, ...]]:
        """Return for each row the steps that were taken: (why, by how much)."""
        if not self._steps:
            return [()] * len(self.likelihood)
        columns = (steps for _, steps in self._steps)
        return [tuple(step for step in row if step is not None) for row in zip(*columns, strict=True)]

    def _shift(self, mask: Bools, likelihood: int, impact: int, why: str) -> None:
        if not mask.any():
            return
        self.likelihood = self.likelihood + likelihood * mask
        self.impact = self.impact + impact * mask
        for name, by in (("likelihood", likelihood), ("impact", impact)):
            if by:
                step = (f"{name}: {why}", by)
                self._steps.append((mask, [step if m else None for m in mask.tolist()]))

    def _exposed(self, rule: Rule, table: Table, rows: Ints) -> None:
        said = {t.column.name for item in rule.raises for t in item.conditions[table.noun].tests()}
        # A rule without STRIDE letters is about fairness to people, not about an outsider's doing.
        if said & _EXPOSURES or not rule.stride:
            return
        if table.noun == "entry_point":
            open_to_all = table.column("authentication").where(lambda v: v == "none").true  # type: ignore[union-attr]
            exposure = table.column("exposure")
        elif table.noun == "process" and any(name.startswith(("taint", "anonymous")) for name in rule.columns):
            open_to_all = _true(table, "anonymous_reach")
            exposure = table.column("reached_exposure")
        else:
            return
        assert isinstance(exposure, Scale)  # noqa: S101 - the vocabulary says so
        internet = exposure.low == len(exposure.order) - 1
        self._shift((open_to_all & internet)[rows], 1, 0, "anybody in the internet can reach it without sign-in")

    def _data(self, rule: Rule, table: Table, rows: Ints) -> None:
        self.impact = self.impact.clip(1, 5)
        if not rule.touches_data or "data_class" not in vocabulary.columns(table.noun):
            return
        data = table.column("data_class")
        assert isinstance(data, Scale)  # noqa: S101 - the vocabulary says so
        confidential = data.low >= data.order.index("confidential")
        sensitive = (confidential | _true(table, "personal_data"))[rows]
        by = np.where(sensitive, np.maximum(LEAST_IMPACT - self.impact, 0), 0)
        if by.any():
            self.impact = self.impact + by
            why = "impact: personal or confidential data"
            self._steps.append((by > 0, [(why, b) if b else None for b in by.tolist()]))


def _true(table: Table, name: str) -> Bools:
    data = table.column(name)
    assert isinstance(data, Flags)  # noqa: S101 - the vocabulary says so
    return data.truth.true
