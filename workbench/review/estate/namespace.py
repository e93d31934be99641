"""`ws.reviews.estate`: refresh apps, and see what is different since they were reviewed."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.analysis.frames import records
from workbench.platforms.crew import Workers, cores
from workbench.review.estate.kept import keep
from workbench.review.estate.refresh import Refresh, refresh
from workbench.review.estate.rendering import render
from workbench.review.estate.since import Since
from workbench.review.estate.together import Together
from workbench.review.runs import as_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    import pandas as pd

    from workbench.platforms.guard import Crew
    from workbench.review.estate.reading import Move
    from workbench.review.states import Run
    from workbench.workspace import Workspace


@dataclass(frozen=True)
class EstateRun:
    """What one pass over an estate did."""

    refreshed: Refresh
    wanted: Mapping[str, str]
    """App id → why its notebook was run."""
    reviews: pd.DataFrame
    """The runs of the notebooks; columns in `Runs.table`."""
    kept: tuple[Path, ...]
    """The files in reviews/estate/ whose content is another now."""

    @property
    def ok(self) -> bool:
        """Whether every app and every source could be read, and every notebook has finished."""
        read = not self.refreshed.problems and not any(r.problems for r in self.refreshed.readings)
        return read and bool((self.reviews["state"] == "finished").all())


class Estate:
    """The apps of a workspace, looked at together."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    def refresh(
        self, apps: Collection[str] | None = None, *, workers: int | None = None, dask: str | None = None,
        progress: Move | None = None, why: str = "refresh",
    ) -> Refresh:  # fmt: skip
        """Bring apps in again from their sources in workbench.toml and return what that changed; no run is noted.

        Parameters
        ----------
        apps
            Ids or names; all apps by default, and those that are new in the sources.
        workers
            How many processes read at once; by default as many as this computer has cores.
        dask
            Address of a Dask scheduler whose workers read instead, such as tls://scheduler:8786.
        progress
            Called as `progress(done, total, name)` after each file.

        Raises
        ------
        UsageError
            If there is no such app, workbench.toml names a server that it does not describe, or the scheduler cannot be
            reached.
        ledger.LedgerError
            If the ledger cannot be written.
        """
        chosen = None if apps is None else sorted({self._ws.app(app).id for app in apps})
        with self._crew(workers, dask) as crew:
            return refresh(self._ws, crew, apps=chosen, progress=progress, why=why)

    def run(
        self, apps: Collection[str] | None = None, *, queued: Collection[Run] = (), notebooks: bool = True,
        workers: int | None = None, dask: str | None = None, progress: Move | None = None,
        rendering: Move | None = None,
    ) -> EstateRun:  # fmt: skip
        """Refresh apps in one pass, keep their tables, and run the notebook of each that has changed or is due.

        Each app has a run of kind "refresh" in `ws.reviews.runs`, and another of kind "review" if its notebook was run.
        Apps that somebody else refreshes at this moment are left to them.

        Parameters
        ----------
        apps, workers, dask, progress
            As for `refresh`.
        queued
            Runs of kind "refresh" that wait for this.
        notebooks
            False to refresh alone.
        rendering
            Called as `rendering(done, total, app)` after each notebook.

        Raises
        ------
        UsageError
            As for `refresh`; and if somebody else refreshes all these apps right now.
        ledger.LedgerError
            If the ledger cannot be written; the runs have failed then, or are lost.
        """
        known = [app.id for app in self._ws.model.apps]
        chosen = known if apps is None else sorted({self._ws.app(app).id for app in apps})
        together = Together.begin(self._ws.reviews.runs, chosen, queued)
        asked = None if apps is None and set(together.apps) == set(known) else sorted(together.apps)
        with together.kept():
            done = self.refresh(asked, workers=workers, dask=dask, progress=progress)
            kept = keep(self._ws.path, done)
            refreshed = together.end(done, self._ws.ledger.head.sequence)
        wanted = self._wanted(done, named=apps is not None) if notebooks else {}
        rows = {row["app"]: row for row in records(done.apps) if row["app"] in wanted}
        reviews = render(self._ws, rows, workers or cores(), rendering)
        runs = self._ws.reviews.runs
        self._ws.reviews.telling.after(as_table([*refreshed, *map(runs.get, reviews["run"])]))
        return EstateRun(done, wanted, reviews, tuple(kept))

    def _wanted(self, done: Refresh, *, named: bool) -> Mapping[str, str]:
        """Return which apps people should look at, each with the reason; what could not be read has nothing new to show.

        Nobody looks at apps that are retired, unless they are named.
        """
        looked_at = {app.id for app in self._ws.model.apps if named or app.lifecycle != "retired"}
        readable = [row["app"] for row in records(done.apps) if row["state"] != "failed" and row["app"] in looked_at]
        since, due = self.since(readable), self._ws.reviews.due().set_index("app")["due"]
        told = {}
        for app in readable:
            last = since.reviewed.get(app)
            if last is None:
                told[app] = "never reviewed"
            elif app in since.changed:
                told[app] = f"changed since the review of {last.at:%Y-%m-%d}"
            elif (day := due.get(app)) is not None and day <= self._ws.now.today:
                told[app] = f"due since {day:%Y-%m-%d}"
        return told

    def since(self, apps: Collection[str] | None = None) -> Since:
        """Return what is different in apps since their last review; all apps by default."""
        now = self._ws.now
        chosen = [a.id for a in now.model.apps] if apps is None else [self._ws.app(app).id for app in apps]
        return Since(self._ws, now, tuple(chosen))

    @contextmanager
    def _crew(self, workers: int | None, dask: str | None) -> Iterator[Crew]:
        key = bytes.fromhex(self._ws.ledger.meta("fingerprint_key") or "")
        if dask is not None:
            from workbench.review.estate.cluster import Cluster  # noqa: PLC0415 - an extra, for those who have one

            with Cluster(dask, key=key) as crew:
                yield crew
            return
        with Workers(workers or cores(), key=key) as own:
            yield own
