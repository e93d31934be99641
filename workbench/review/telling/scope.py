"""One app or all of them, now and before: the rows that a summary is made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.analysis import changes
from workbench.analysis.decisions import Decisions
from workbench.analysis.frames import records
from workbench.analysis.questions import grouped_questions
from workbench.analysis.register import grouped
from workbench.model import RiskAcceptance, ThreatDecision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from workbench.model import App
    from workbench.snapshot import Snapshot

    Rows = list[dict[str, Any]]

BAD = ("Critical", "High")
SOON = timedelta(days=30)
_NAMING = ["id", "title", "element_name"]
_WORSE = ("new", "worse", "reopened")


@dataclass(frozen=True)
class Ending:
    """Findings of one rule in one app whose acceptance ends on one day."""

    day: date
    group: Mapping[str, Any]
    """Columns in analysis.register.grouped."""
    by: tuple[str, ...]
    """Who accepted them."""


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
        """Return the findings now; a decision that one is about is called by what was decided on, not by ids."""
        found = self.of(self.now.threats)
        told = {id_: f"{title} ({name})" for id_, title, name in zip(*(found[c] for c in _NAMING), strict=True)}
        decided: list[RiskAcceptance | ThreatDecision] = [
            *self.now.model.of(RiskAcceptance), *self.now.model.of(ThreatDecision)
        ]  # fmt: skip
        names = {record.id: told.get(record.finding) or self._place(record.finding) for record in decided}
        pairs = zip(found["element"], found["element_name"], strict=True)
        shown = pd.Series([names.get(element) or name for element, name in pairs], index=found.index, dtype="string")
        return found.assign(element_name=shown.astype(found["element_name"].dtype))

    @cached_property
    def open_groups(self) -> Rows:
        """Return what is open now, one row a rule and app, the worst first."""
        return records(grouped(self.threats[self.threats["status"] == "open"]))

    @cached_property
    def undecided(self) -> Rows:
        """Return what is severe, open, and without a plan or open again, grouped alike.

        Who only named an owner has decided nothing; a plan does not count for what is open again.
        """
        bad = self.threats[self.threats["severity"].isin(BAD) & (self.threats["status"] == "open")]
        decisions = Decisions(self.now.model, self.now.today)
        waits = [
            not row["mitigations"] or decisions.state(row["id"], row["element"], self.now.today).reopened
            for row in records(bad)
        ]
        return records(grouped(bad[waits]))

    @cached_property
    def ending(self) -> Sequence[Ending]:
        """Return the findings whose acceptance ends soon, grouped by that day and alike; the first to end first."""
        today, accepted = self.now.today, self.threats[self.threats["status"] == "accepted"]
        days = sorted({row["expires_on"].date() for row in records(accepted) if row["expires_on"] is not None})
        parts = [(day, accepted[accepted["expires_on"] == pd.Timestamp(day)]) for day in days if day <= today + SOON]
        return [
            Ending(day, group, tuple(part.loc[part["id"].isin(group["findings"]), "decided_by"].dropna().unique()))
            for day, part in parts
            for group in records(grouped(part))
        ]

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

    def _place(self, finding: str) -> str | None:
        element = self.now.model.get(finding.partition("@")[2])
        return element.name if element is not None else None

    def _was_there(self, app: str | None) -> bool:
        return app not in {new.id for new in self.new_apps}
