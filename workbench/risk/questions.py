"""Questions about risk that people argue over: what would help most, and what a year may cost.

Reached as `ws.risk` for all apps and `app.risk` for one.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from workbench.analysis import simulation
from workbench.analysis.frames import records
from workbench.analysis.portfolio import chosen, portfolio, rolled_up, shared
from workbench.analysis.register import grouped
from workbench.analysis.simulation import TRIALS, Simulation, Uncertain, simulate
from workbench.analysis.whatif import WhatIf
from workbench.charts import chart
from workbench.model import ThreatDecision
from workbench.risk.attack_paths import attack_paths, cuts
from workbench.risk.briefing import leadership
from workbench.risk.charts_page import charts_page
from workbench.risk.guesses import Guess, guess, ranges
from workbench.risk.over_time import registers
from workbench.risk.planning import Planning
from workbench.risk.purpose import Purpose
from workbench.risk.shown import Shown
from workbench.risk.similar import similar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import date

    import pandas as pd
    import plotly.graph_objects as go

    from workbench.risk.leadership import Leadership
    from workbench.snapshot import Snapshot
    from workbench.workspace import Workspace

TOP = 10
# In the order in which one asks: how much, where, which way, what for, what it costs.
_PAGE = (
    "severity_heatmap", "risk_over_time", "threats_by_group", "threats_by_app", "risk_by_place", "data_outside", "ways_in",
    "value_and_risk", "yearly_loss", "guesses_that_matter", "questions_by_owner",
)  # fmt: skip


class Risk(Planning):
    """Risk of one app, or of all apps of a workspace together."""

    def __init__(self, workspace: Workspace, app: str | None = None, apps: frozenset[str] | None = None) -> None:
        self._workspace, self._app = workspace, app
        self._apps = frozenset({app}) if app is not None else apps

    def __repr__(self) -> str:
        return f"<Risk of {self._app or ('all apps' if self._apps is None else f'{len(self._apps)} apps')}>"

    def only(self, **wanted: str | Collection[str]) -> Risk:
        """Return the same questions about the apps that have these values, as they are now.

        Parameters
        ----------
        wanted
            Columns of the portfolio with a value or several: owner, platform, criticality, data_class, environment,
            lifecycle; "not known" for the apps where nobody said. An app must fit all of them.

        Raises
        ------
        ValueError
            If a column or value is none of these; with those that there are.
        """
        return Risk(self._workspace, self._app, frozenset(chosen(self.portfolio, wanted)["id"]))

    @property
    def purpose(self) -> Purpose:
        """What the apps are for and whom they could hurt: features, harms, goals; read and written."""
        return Purpose(self._workspace, self._apps, self._app)

    @property
    def portfolio(self) -> pd.DataFrame:
        """Return one row an app with its open risk; columns in analysis.portfolio.portfolio."""
        now = self._now
        apps = portfolio(now.model, now.threats, now.questions, now.today)
        return self._of_apps(apps, "id").reset_index(drop=True)

    def by(self, what: str) -> pd.DataFrame:
        """Return the apps rolled up by owner, platform, criticality, data_class, environment or lifecycle.

        Columns in analysis.portfolio.rolled_up.

        Raises
        ------
        ValueError
            If `what` is none of these.
        """
        return rolled_up(self.portfolio, what)

    @property
    def shared(self) -> pd.DataFrame:
        """Return the weaknesses that are open in more than one app; columns in analysis.portfolio.shared."""
        return shared(self._threats)

    @property
    def similar(self) -> pd.DataFrame:
        """Return findings of several apps that are alike by more than their rule, and why; columns in risk.similar.similar."""
        now = self._now
        return similar(now.model, self._threats, now.library)

    @property
    def charts(self) -> list[str]:
        """Return the names of the charts of risk."""
        return sorted(self._charts)

    def chart(self, name: str) -> go.Figure:
        """Return a chart; a sentence for who does not see it is in `layout.meta.alt`.

        Raises
        ------
        KeyError
            If there is no such chart among `charts`.
        """
        rows = self.rows(name)
        return chart(name).draw(rows)

    def rows(self, name: str) -> pd.DataFrame:
        """Return the figures behind a chart; columns in the `table` of its module.

        Raises
        ------
        KeyError
            If there is no such chart among `charts`.
        """
        if name not in self._charts:
            near = difflib.get_close_matches(name, self.charts, 2, 0.4) or self.charts
            raise KeyError(f"no chart of risk is called {name!r}; did you mean {' or '.join(near)}?")
        table = chart(name).table(*self._charts[name]())
        return self._of_apps(table, "source") if name == "data_outside" and self._app is None else table

    @property
    def _charts(self) -> dict[str, Callable[[], tuple[Any, ...]]]:
        """What each chart is made from."""
        now = self._now
        return {
            "data_outside": lambda: (now.model, self._app),
            "guesses_that_matter": lambda: (self.uncertain(),),
            "questions_by_owner": lambda: (self._of_apps(now.questions),),
            "risk_by_place": lambda: ((now.model, self._threats),),
            "risk_over_time": lambda: (self._over_time(),),
            "severity_heatmap": lambda: (self._threats, now.scheme),
            "threats_by_app": lambda: (self._threats,),
            "threats_by_group": lambda: (self._threats,),
            "value_and_risk": lambda: (self.purpose.features,),
            "ways_in": lambda: (self.attack_paths(),),
            "worth_of_mitigations": lambda: (self.worth(),),
            "yearly_loss": lambda: (self.simulate(), now.scheme.appetite),
        }

    def show(self, name: str) -> Shown:
        """Return a chart as people look at it in a notebook: its sentence, the picture, and the rows behind it to open.

        Raises
        ------
        KeyError
            If there is no such chart.
        """
        rows = self.rows(name)
        return Shown(chart(name), rows)

    def charts_page(self) -> bytes:
        """Return all charts with their sentences and rows as one HTML file that opens offline."""
        title, head = self._workspace.config.name or self._workspace.path.name, self._workspace.ledger.head
        shown = {name: self.show(name) for name in _PAGE}
        return charts_page(shown, title=title, day=self._now.today, head=f"{head.sequence}, {head.hash}")

    @property
    def leadership(self) -> Leadership:
        """What leadership is told, of all apps: shown in a notebook, and with `.html()` one file to send or print."""
        return leadership(self._workspace, self._apps)

    def attack_paths(self, least: str = "confidential") -> pd.DataFrame:
        """Return the ways from entry points outside to stores with sensitive data; columns in risk.attack_paths.attack_paths.

        Raises
        ------
        ValueError
            If `least` is no class of data.
        """
        found = attack_paths(self._now.model, self._now.threats, least=least)
        return self._of_apps(found).reset_index(drop=True)

    def cuts(self, least: str = "confidential") -> pd.DataFrame:
        """Return the mitigations that stand in most of these ways; columns in risk.attack_paths.cuts."""
        return cuts(self.attack_paths(least), self._now.threats)

    @property
    def what_if(self) -> WhatIf:
        """What each mitigation would take away if it were known to work; `.table()`, and `.best(3)` to begin with."""
        now = self._now
        return WhatIf(now.model, self._threats, now.library, now.scheme, now.today)

    def ranges(self, top: int = TOP) -> pd.DataFrame:
        """Return the biggest open risks with the ranges that a simulation would use.

        The same weakness in several places of an app is one risk, rated as the worst of them.

        Columns
        -------
        id, name : finding id of the worst place; what it is and in which app
        frequency_low, frequency_high : times a year, without mitigations
        loss_low, loss_high : each time, without mitigations, in the unit of the scheme
        prevented, softened : part of the events, and of each loss, that today's mitigations take away
        expected : mean yearly loss that follows
        said_by : who gave a range, for this place or another; unknown where both are the bands of the chosen levels
        note : why a range that somebody gave is not used, and the band in its place
        """
        return ranges(self._guessed(top))

    def uncertain(self, top: int = TOP) -> list[Uncertain]:
        """Return the biggest open risks as ranges: those that people gave, else the bands of the chosen levels.

        The newest range that was given for one of the open places of a risk counts. Ranges are recorded with
        `app.decide(finding, frequency=(0.1, 1), loss=(1_000, 50_000), why=…)`.

        Raises
        ------
        ValueError
            If `top` is below 1.
        """
        return [risk for risk, _ in self._guessed(top)]

    def simulate(self, top: int = TOP, *, trials: int = TRIALS, seed: int = 0) -> Simulation:
        """Return simulated years of the biggest open risks; the same seed gives the same years.

        Raises
        ------
        ValueError
            If `top` or `trials` is below 1.
        """
        return simulate(self.uncertain(top), trials=trials, seed=seed)

    def tornado(self, top: int = TOP) -> pd.DataFrame:
        """Return which of the ranges moves the expected yearly loss most; columns in analysis.simulation.tornado."""
        return simulation.tornado(self.uncertain(top))

    def _over_time(self) -> dict[date, pd.DataFrame]:
        seen = self._workspace if self._app is None else self._workspace.app(self._app)
        return {day: self._of_apps(threats) for day, threats in registers(seen, self._now.today).items()}

    @property
    def _now(self) -> Snapshot:
        return self._workspace.now

    @property
    def _threats(self) -> pd.DataFrame:
        return self._of_apps(self._now.threats)

    def _of_apps(self, table: pd.DataFrame, column: str = "app") -> pd.DataFrame:
        """Return the rows of the apps that are looked at."""
        return table if self._apps is None else table[table[column].isin(self._apps)]

    @property
    def _decisions(self) -> dict[str, ThreatDecision]:
        return {decision.finding: decision for decision in self._now.model.of(ThreatDecision)}

    def _guessed(self, top: int) -> list[tuple[Uncertain, tuple[Guess, Guess]]]:
        """Return the biggest open risks with where their two ranges come from."""
        if top < 1:
            raise ValueError(f"the top {top} risks; expected at least 1")
        groups = records(grouped(self._threats[self._threats["status"].eq("open")]))
        rated = [group for group in groups if group["score"] is not None]
        decisions = self._decisions
        return [self._uncertain(group, decisions) for group in rated[:top]]

    def _uncertain(
        self, group: dict[str, Any], decisions: dict[str, ThreatDecision]
    ) -> tuple[Uncertain, tuple[Guess, Guess]]:
        finding = self._worst(group["findings"])
        trace = {step["step"]: step for step in self._now.rating(finding).trace}
        grid, choice, now = self._now.scheme.grid, trace["choice"], trace["current"]
        places = [decisions[each] for each in group["findings"] if each in decisions]
        often = guess("frequency", places, grid.likelihood[choice["likelihood"] - 1])
        bad = guess("loss", places, grid.impact[choice["impact"] - 1])
        risk = Uncertain(
            finding, f"{group['title']} ({group['app_name']})", often.range, bad.range,
            now["likelihood_effect"], now["impact_effect"],
        )  # fmt: skip
        return risk, (often, bad)

    def _worst(self, findings: Iterable[str]) -> str:
        """Return the finding of a group that stands for it: of the open ones, the first in the register's order."""
        members = set(findings)
        return next(str(finding) for finding in self._threats["id"] if finding in members)
