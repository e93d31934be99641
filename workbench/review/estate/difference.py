"""What two states of an estate differ in: in the apps, in their threats, in what nobody knows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.analysis import changes, drift
from workbench.analysis.frames import SEVERITY, TEXT, frame, records
from workbench.model import Model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from workbench.analysis.drift import Judge
    from workbench.model import Change
    from workbench.snapshot import Snapshot

QUESTIONS = {
    "change": TEXT, "id": TEXT, "text": TEXT, "element": TEXT, "element_name": TEXT, "app": TEXT, "app_name": TEXT,
    "owner": TEXT, "severity": SEVERITY,
}  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """Two states, and the Changes of exports that lie between them."""

    before: Snapshot
    after: Snapshot
    by_app: Mapping[str, Sequence[Change]]
    """The Changes that each app's export brought; empty where it is as it was."""
    judge: Judge

    @cached_property
    def is_empty(self) -> bool:
        """Whether nothing at all is different."""
        return self.before.model == self.after.model

    @cached_property
    def changes(self) -> pd.DataFrame:
        """Return what exports changed in the apps; columns in analysis.changes.elements."""
        told = [change for own in self.by_app.values() for change in own]
        return changes.of_changes(told, self.before.model, self.after.model)

    @cached_property
    def drift(self) -> pd.DataFrame:
        """Return what that means for apps that were known, with the threats of each; columns in analysis.drift.between."""
        known = [app for app, told in self.by_app.items() if told and app in self.before.model]
        old, new = (_of_apps(state.model, known) for state in (self.before, self.after))
        return drift.between(old, new, self.judge)

    @cached_property
    def threats(self) -> pd.DataFrame:
        """Return new, gone and changed findings, in whatever app they are; columns in analysis.changes.threats."""
        if self.is_empty:
            return changes.threats(self.after.threats, self.after.threats)
        return changes.threats(self.before.threats, self.after.threats)

    @cached_property
    def questions(self) -> pd.DataFrame:
        """Return the questions that have come up (change: new) and those that need no answer any more (gone).

        Columns: change, id, text, element, element_name, app, app_name, owner, severity, as in
        analysis.questions.questions.
        """
        if self.is_empty:
            return frame(QUESTIONS, [])
        old, new = ({row["id"]: row for row in records(s.questions)} for s in (self.before, self.after))
        rows = [{"change": "new", **_cut(new[i])} for i in new if i not in old]
        rows += [{"change": "gone", **_cut(old[i])} for i in old if i not in new]
        return frame(QUESTIONS, rows)

    def count(self, table: str, *kinds: str) -> Mapping[str, int]:
        """Return how many rows of one of the tables above with such a change each app has, by its id."""
        found: pd.DataFrame = getattr(self, table)
        return Counter(found.loc[found["change"].isin(kinds), "app"].tolist())


def _cut(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in QUESTIONS if name != "change"}


def _of_apps(model: Model, apps: Sequence[str]) -> Model:
    """Return the part of a model that belongs to some apps."""
    return Model.keyed({element.id: element for app in apps for element in model.of_app(app)})
