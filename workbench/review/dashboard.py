"""`ws.reviews.dashboard`: how runs go, over all apps, in charts with their sentences and rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.charts import chart
from workbench.errors import unknown
from workbench.risk.shown import Shown

if TYPE_CHECKING:
    import pandas as pd

    from workbench.workspace import Workspace

_CHARTS = ("runs_by_app", "run_seconds", "run_changes", "run_trend")
_PROBLEMS = ("failed", "lost", "missed")


class Dashboard:
    """How runs go."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    @property
    def charts(self) -> list[str]:
        """Return the names of the charts of runs."""
        return list(_CHARTS)

    @property
    def runs(self) -> pd.DataFrame:
        """Return one row a run, oldest first; columns in `Runs.table`, and app_name."""
        names = {app.id: app.name for app in self._ws.model.apps}
        runs: pd.DataFrame = self._ws.reviews.runs.table()
        return runs.assign(app_name=[names.get(app, app) for app in runs["app"]])

    @property
    def last(self) -> pd.DataFrame:
        """Return one row an app and kind of run, those that need somebody first; columns in charts.runs_by_app.table."""
        return chart("runs_by_app").table(self.runs)

    @property
    def needed(self) -> pd.DataFrame:
        """Return the rows of `last` that failed, were lost or missed: what to do next stands in next_step."""
        last = self.last
        return last[last["state"].isin(_PROBLEMS)].reset_index(drop=True)

    def chart(self, name: str) -> Shown:
        """Return a chart of runs with its sentence (`alt`) and its rows.

        Raises
        ------
        UsageError
            If it is none of `charts`.
        """
        if name not in _CHARTS:
            raise unknown("chart of runs", name, _CHARTS)
        module = chart(name)
        return Shown(module, module.table(self.runs))
