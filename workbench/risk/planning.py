"""What to do next about risk: the backlog, tests of mitigations, and what another risk scheme would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.analysis import controls, rescoring
from workbench.analysis.backlog import backlog
from workbench.analysis.scheme import Scheme, load_scheme

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from workbench.workspace import Workspace


class Planning:
    """What risk.Risk answers about what to do next."""

    _workspace: Workspace
    _apps: frozenset[str] | None

    @property
    def backlog(self) -> pd.DataFrame:
        """Return what is open as ranked pieces of work, each with its next step and why it stands there.

        Columns in analysis.backlog.backlog.
        """
        now = self._workspace.now
        return backlog(now.model, self._own(now.threats), now.scheme, now.today)

    @property
    def control_tests(self) -> pd.DataFrame:
        """Return the tests of mitigations, newest first; columns in analysis.controls.control_tests."""
        now = self._workspace.now
        return self._own(controls.control_tests(now.model, now.today)).reset_index(drop=True)

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
