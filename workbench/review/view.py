"""What a review looks at: the app now, as it was at the last review, and what is different."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.analysis import changes
from workbench.charts import chart
from workbench.errors import UsageError
from workbench.model import Review
from workbench.review.clock import local_day
from workbench.review.estate.rendering import refreshed_row
from workbench.risk.over_time import registers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import plotly.graph_objects as go

    from workbench.appview import AppView
    from workbench.imports import ImportReport
    from workbench.ledger import Ledger
    from workbench.workspace import Workspace

_NOTHING_NEW = "no export of {app} could be read, so there is nothing new to review: {told}"


@dataclass(frozen=True)
class ReviewView:
    """One review of one app."""

    app: AppView
    """The app now, judged on the day of the review."""
    before: AppView
    """The app as it was at `since`, judged on the day of that."""
    imported: ImportReport | None
    since: str
    """In words: since when."""
    run: str | None = None
    refreshed: Mapping[str, Any] | None = None
    """What a refresh of many apps did with this one just before, as its row says; None if there was none."""
    sequence: int = 0
    """Up to which entry of the ledger this looks; what comes in later is for the next review."""

    @classmethod
    def start(cls, ws: Workspace, app: str, *, exports: Sequence[str], as_of: str | None, since: str | None,
              run: str | None) -> ReviewView:  # fmt: skip
        """Import the exports (or the app's sources), then compare with the last review, or with `since`."""
        from workbench.appview import AppView  # noqa: PLC0415 - only to build it

        sequence, seen, words = _since(ws, app, since)
        row = refreshed_row(ws, run)
        imported = None if row else _imported(ws, app, exports)
        # First: what comes in between is shown once more rather than never.
        reached = ws.ledger.head.sequence
        now = ws.now
        today = day(as_of) or now.today
        current = replace(now, today=today)
        # What a day alone changed since people looked, such as the end of an acceptance, is news too.
        past = ws.as_of(sequence, on=min(seen or today, today))
        return cls(AppView(ws, app, current), AppView(ws, app, past), imported, words, run, row, reached)

    @cached_property
    def is_first(self) -> bool:
        """Tell whether there is nothing to compare with: the app was not yet in the model at `since`."""
        return self.app.id not in self.before.snapshot.model

    @cached_property
    def changes(self) -> pd.DataFrame:
        """Return what changed in the app, nothing on a first look; columns in analysis.changes.elements."""
        before = self.app.model if self.is_first else self.before.snapshot.model.of_app(self.app.id)
        return changes.elements(before, self.app.model)

    @cached_property
    def threats(self) -> pd.DataFrame:
        """Return new, gone and changed findings, none on a first look; columns in analysis.changes.threats."""
        return changes.threats(self.app.threats if self.is_first else self.before.threats, self.app.threats)

    @property
    def summary(self) -> pd.DataFrame:
        """Return how much changed in which way since `since`, on a first look how much there is of each kind.

        Columns in analysis.changes.summary; the name of the first says which of both it is.
        """
        if self.is_first:
            there_is = changes.totals(self.app.model, self.app.threats, self.app.questions)
            return there_is.rename(columns={"what": "first look: what there is"})
        return changes.summary(self.changes, self.threats).rename(columns={"what": f"since {self.since}"})

    @property
    def facts(self) -> dict[str, int]:
        """Return the figures that the table of runs keeps, by the names in states.FACTS."""
        return {
            "changes": len(self.changes),
            "threats_new": int((self.threats["change"] == "new").sum()),
            "threats_open": int((self.app.threats["status"] == "open").sum()),
            "questions_open": len(self.app.questions),
        }

    @property
    def nothing(self) -> str:
        """Return what to say where nothing changed: on a first look why that cannot be known."""
        if not self.is_first:
            return f"Nothing since {self.since}."
        return (
            f"This is the first look at “{self.app.name}”: there is no earlier state to compare with. The first table "
            "counts what there is; what is open is listed below."
        )

    @property
    def imported_table(self) -> pd.DataFrame | str:
        """Return what was imported, or a sentence that nothing was."""
        if self.refreshed is not None:
            return pd.DataFrame([self.refreshed])
        return (
            self.imported.table() if self.imported else "No exports were given and the app has no sources: as it was."
        )

    def picture(self) -> Any:
        """Return the data-flow diagram."""
        return self.app.picture()

    def chart(self, name: str) -> go.Figure:
        """Return a chart of the review: severity_heatmap, risk_over_time, threats_by_group or data_outside.

        Raises
        ------
        KeyError
            If there is no such chart.
        """
        module: Any = chart(name)
        other = {
            "risk_over_time": lambda: registers(self.app, self.app.snapshot.today),
            "data_outside": lambda: self.app.model,
        }
        figure: go.Figure = module.figure(other[name]() if name in other else self.app.threats)  # type: ignore[no-untyped-call]
        return figure

    @property
    def overdue(self) -> pd.DataFrame:
        """Return the mitigations past their date and not in place, or whose test had to be repeated."""
        mitigations = self.app.mitigations
        return mitigations[mitigations["overdue"] | mitigations["test_overdue"]].reset_index(drop=True)

    @property
    def overdue_threats(self) -> pd.DataFrame:
        """Return the open findings past the day by which they had to be treated."""
        threats = self.app.threats
        late = (threats["status"] == "open") & (threats["due"] < pd.Timestamp(self.app.snapshot.today))
        return threats[late].reset_index(drop=True)


def day(as_of: str | None) -> date | None:
    """Return the day by which due dates are judged; None for today.

    Raises
    ------
    UsageError
        If it is no date.
    """
    try:
        return date.fromisoformat(as_of) if as_of else None
    except ValueError:
        raise UsageError(f"as_of was {as_of!r}; expected a date (YYYY-MM-DD)") from None


def _imported(ws: Workspace, app: str, exports: Sequence[str]) -> ImportReport | None:
    """Import the exports, or what the app's own sources hold by now; None if there are none.

    An old state is not looked at as if it were the new one because the app's export could not be read.
    """
    if exports:
        report = ws.import_files(exports, why="periodic review")
        if report.refused and app not in {found.app for found in report.apps}:
            raise UsageError(_NOTHING_NEW.format(app=app, told="; ".join(map(str, report.refused))))
        return report
    found = ws.reviews.estate.refresh([app], workers=1, why="periodic review")
    if app in found.problems:
        raise UsageError(_NOTHING_NEW.format(app=app, told=found.problems[app]))
    return found.report if found.readings else None


def moment(since: str) -> int | date:
    """Return the ledger sequence or the date that is meant.

    Raises
    ------
    UsageError
        If it is neither.
    """
    try:
        return int(since) if since.isdigit() else date.fromisoformat(since)
    except ValueError:
        raise UsageError(f"since was {since!r}; expected a date (YYYY-MM-DD) or a ledger sequence") from None


def day_of(ledger: Ledger, at: int | date) -> date | None:
    """Return the day of a place in the history: a date itself, or that on which an entry was written; else None."""
    if not isinstance(at, int):
        return at
    written = next((touch.at for touch in ledger.touched(at - 1) if touch.sequence == at), None) if at else None
    return local_day(written) if written else None


def _since(ws: Workspace, app: str, since: str | None) -> tuple[int | date, date | None, str]:
    if since is None:
        reviews = sorted((r for r in ws.model.of(Review) if r.app == app and r.at), key=lambda r: str(r.at))
        if not reviews:
            return 0, None, "the beginning"
        last = reviews[-1]
        return last.ledger_sequence or 0, local_day(last.at) if last.at else None, f"the review of {last.at:%Y-%m-%d}"
    at = moment(since)
    return at, day_of(ws.ledger, at), f"ledger entry {since}" if since.isdigit() else since
