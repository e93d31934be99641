"""What to do next about risk: the backlog, tests of mitigations, and what another risk scheme would change."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from workbench.analysis import controls, rescoring
from workbench.analysis.backlog import backlog
from workbench.analysis.scheme import Scheme, load_scheme
from workbench.analysis.simulation import TRIALS
from workbench.analysis.worth import worth
from workbench.risk.warm_up import WarmUp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from workbench.analysis.simulation import Uncertain
    from workbench.analysis.whatif import WhatIf
    from workbench.workspace import Workspace

TOP = 10


class Planning(ABC):
    """What risk.Risk answers about what to do next."""

    _workspace: Workspace
    _apps: frozenset[str] | None

    @property
    def backlog(self) -> pd.DataFrame:
        """Return what is open as ranked pieces of work, each with its next step and why it stands there.

        Columns in analysis.backlog.backlog.
        """
        now = self._workspace.now
        return backlog(now.model, self._own(now.threats), now.scheme, now.today, library=now.library)

    @property
    def control_tests(self) -> pd.DataFrame:
        """Return the tests of mitigations, newest first; columns in analysis.controls.control_tests."""
        now = self._workspace.now
        return self._own(controls.control_tests(now.model, now.today)).reset_index(drop=True)

    def worth(
        self, costs: Mapping[str, float] | None = None, *, top: int = TOP, trials: int = TRIALS, seed: int = 0
    ) -> pd.DataFrame:
        """Return what each mitigation would save in simulated years of the biggest open risks, minus what it costs.

        `costs` are what mitigations cost a year, by id in the catalogue; else what is recorded with them:
        `app.mitigate(finding, "…", cost=2_000, why=…)`, in the apps of these risks. Columns in analysis.worth.worth.

        Raises
        ------
        ValueError
            If a cost is below 0 or of no mitigation that would help here, or `top` or `trials` is below 1.
        """
        risks, what_if = self.uncertain(top), self.what_if
        effects = {risk.id: what_if.effects(risk.id) for risk in risks}
        return worth(risks, effects, what_if.costs(costs, effects.keys()), trials=trials, seed=seed)

    @abstractmethod
    def uncertain(self, top: int = TOP) -> list[Uncertain]:
        """Return the biggest open risks as ranges."""

    @property
    @abstractmethod
    def what_if(self) -> WhatIf:
        """Return what each mitigation would take away."""

    def warm_up(self, round_: int = 1) -> WarmUp:
        """Return a round of questions to warm up with before giving ranges; of three, nothing is written down.

        Raises
        ------
        analysis.calibration.GuessError
            If there is no such round.
        """
        return WarmUp(round_)

    def rescore(self, scheme: Scheme | str | Path) -> pd.DataFrame:
        """Return the findings that another risk scheme (or its file) would rate otherwise; nothing is changed.

        Columns in analysis.rescoring.rescored: severity, score and day before and after, and why.

        Raises
        ------
        analysis.scheme.SchemeError
            If the file is no scheme, or its ratings would contradict each other; with a sentence for each problem.
        """
        now, new = self._workspace.now, _scheme(scheme)
        found = rescoring.rescored(
            now.model, now.evaluation, now.library, (now.scheme, new), now.today, first_seen=now.first_seen
        )
        return self._own(found).reset_index(drop=True)

    @property
    def chosen_elsewhere(self) -> pd.DataFrame:
        """Return the decisions whose levels were chosen by the words of another scheme: to look at again.

        Columns in analysis.rescoring.chosen_elsewhere.
        """
        now = self._workspace.now
        return self._own(rescoring.chosen_elsewhere(now.model, now.scheme)).reset_index(drop=True)

    def scheme_changes(self, scheme: Scheme | str | Path) -> pd.DataFrame:
        """Return the figures and words in which another risk scheme differs; columns in analysis.rescoring.scheme_changes.

        Raises
        ------
        analysis.scheme.SchemeError
            As for `rescore`.
        """
        return rescoring.scheme_changes(self._workspace.now.scheme, _scheme(scheme))

    def _own(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of the apps that are looked at."""
        return table if self._apps is None else table[table["app"].isin(self._apps)]


def _scheme(given: Scheme | str | Path) -> Scheme:
    return given if isinstance(given, Scheme) else load_scheme(given)
