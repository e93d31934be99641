"""One app or all of them, now and before: the rows that a summary is made from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.analysis import changes
from workbench.analysis.frames import records
from workbench.analysis.questions import grouped_questions
from workbench.analysis.register import grouped
from workbench.model import App, RiskAcceptance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.snapshot import Snapshot

    Rows = list[dict[str, Any]]

BAD = ("Critical", "High")
_WORSE = ("new", "worse", "reopened")


@dataclass(frozen=True)
class Scope:
    """What is told about."""

    now: Snapshot
    before: Snapshot
    app: str | None = None

    def of(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of a table that are told about."""
        return table if self.app is None else table[table["app"] == self.app]

    @cached_property
    def apps(self) -> Sequence[App]:
        """Return the apps that are told about."""
        return [app for app in self.now.model.apps if self.app in (None, app.id)]

    @cached_property
    def new_apps(self) -> Sequence[App]:
        """Return the apps that were not there before."""
        return [app for app in self.apps if app.id not in self.before.model]

    @property
    def is_first(self) -> bool:
        """Tell whether there is nothing to compare with."""
        return len(self.new_apps) == len(self.apps)

    @cached_property
    def threats(self) -> pd.DataFrame:
        """Return the findings now."""
        return self.of(self.now.threats)

    @cached_property
    def open_groups(self) -> Rows:
        """Return what is open now, one row a rule and app, the worst first."""
        return records(grouped(self.threats[self.threats["status"] == "open"]))

    @cached_property
    def undecided(self) -> Rows:
        """Return what is severe and open and nobody has decided about, grouped alike."""
        bad = self.threats["severity"].isin(BAD) & (self.threats["status"] == "open")
        return records(grouped(self.threats[bad & self.threats["decided_by"].isna()]))

    @cached_property
    def late(self) -> Rows:
        """Return what is open past the day by which it had to be treated, grouped alike."""
        late = (self.threats["status"] == "open") & (self.threats["due"] < pd.Timestamp(self.now.today))
        return records(grouped(self.threats[late]))

    @cached_property
    def late_work(self) -> Sequence[tuple[str, dict[str, Any], str]]:
        """Return measures not in place, tests of measures and actions past their day: what, row, and column of the day."""
        measures, actions = (records(self.of(table)) for table in (self.now.mitigations, self.now.actions))
        return [
            *(("Measure", row, "due") for row in measures if row["overdue"]),
            *(("Test of a measure", row, "next_test") for row in measures if row["test_overdue"]),
            *(("Action", row, "due") for row in actions if row["overdue"]),
        ]

    @cached_property
    def questions(self) -> Rows:
        """Return the open questions, one row a question that one answer may settle, the most important first."""
        return records(grouped_questions(self.of(self.now.questions)))

    @cached_property
    def acceptances(self) -> Sequence[RiskAcceptance]:
        """Return the accepted risks."""
        return [a for a in self.now.model.of(RiskAcceptance) if self.app in (None, a.app)]

    @cached_property
    def news(self) -> Rows:
        """Return the findings that are new, worse or open again in apps that were there before, the worst first."""
        return [row for row in self._compared if row["change"] in _WORSE]

    @cached_property
    def good_news(self) -> Rows:
        """Return the findings that are gone, less severe or decided about."""
        return [row for row in self._compared if row["change"] not in _WORSE]

    @cached_property
    def _compared(self) -> Rows:
        rows = records(changes.threats(self.of(self.before.threats), self.threats))
        return [row for row in rows if self._was_there(row["app"])]

    @cached_property
    def changes(self) -> Rows:
        """Return what changed in apps that were there before, one row an element or a field."""
        if self.is_first:
            return []
        models = [s.model if self.app is None else s.model.of_app(self.app) for s in (self.before, self.now)]
        return [row for row in records(changes.elements(*models)) if self._was_there(row["app"])]

    def _was_there(self, app: str | None) -> bool:
        return app not in {new.id for new in self.new_apps}
