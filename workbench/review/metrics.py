"""`ws.reviews.metrics`: how well the programme works, recomputed from the history each time.

Nothing but the history is read: no table of runs, no day on which a finding was first shown. Each day with a change is
judged as of that day by the rules and the risk scheme of today, so that a rule that came later dates a finding back to
the day on which its facts were there.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from workbench.analysis.programme import Look, Programme
from workbench.charts import chart
from workbench.model import Review
from workbench.risk.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from workbench.workspace import Workspace

QUARTER = timedelta(days=92)
MOST_DAYS = 60


class Metrics:
    """The figures of the programme, of the last days on which something changed."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        most: int = MOST_DAYS,
        progress: Callable[[int, int, str], None] | None = None,
    ) -> None:
        self._ws, self._most, self._progress = workspace, most, progress

    def of(self, *, most: int = MOST_DAYS, progress: Callable[[int, int, str], None] | None = None) -> Metrics:
        """Return the figures of more days or fewer, telling how far it is: progress(days done, days in all, day)."""
        return Metrics(self._ws, most=most, progress=progress)

    @property
    def trend(self) -> pd.DataFrame:
        """Return one row a day on which something changed; columns in analysis.programme.Programme.trend."""
        return self.programme.trend

    @property
    def findings(self) -> pd.DataFrame:
        """Return one row a finding that ever was; columns in analysis.programme.Programme.findings."""
        return self.programme.findings

    def by(self, column: str) -> pd.DataFrame:
        """Return the figures by severity, app, rule, title or state; columns in analysis.programme.Programme.by."""
        return self.programme.by(column)

    def chart(self) -> Shown:
        """Return the figures over time as a chart with its sentence and rows."""
        module = chart("programme")
        return Shown(module, module.table(self.trend))

    @cached_property
    def programme(self) -> Programme:
        """Return what the figures are computed from; computed once for each look at `ws.reviews.metrics`."""
        days = self._days()
        shown = days[-self._most :]
        looks = []
        for number, day in enumerate(shown):
            if self._progress:
                self._progress(number, len(shown), f"{day}")
            looks.append(self._look(day))
        return Programme(looks, from_beginning=len(shown) == len(days))

    def _days(self) -> Sequence[date]:
        """Return the days (UTC) on which something changed, and today."""
        days = {batch.at.astimezone(UTC).date() for batch in self._ws.ledger.batches()}
        return sorted(days | {datetime.now(UTC).date()})

    def _look(self, day: date) -> Look:
        snapshot = self._ws.as_of(day)
        reviews = [(r.app, r.at.astimezone(UTC).date()) for r in snapshot.model.of(Review) if r.at is not None]
        apps = frozenset(app.id for app in snapshot.model.apps)
        return Look(
            day,
            snapshot.threats,
            apps,
            reviewed=len({app for app, at in reviews if app in apps and day - at <= QUARTER}),
            reviews=sum(at == day for _, at in reviews),
        )
