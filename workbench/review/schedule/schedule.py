"""`ws.reviews.schedule`: what is due when, and to do what is due."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.analysis.frames import MOMENT, TEXT, frame
from workbench.cadence import KINDS, WORDS
from workbench.review.estate.sources import expected
from workbench.review.runs import as_table
from workbench.review.schedule.keeping import Job, begin, kept, note, settle
from workbench.review.schedule.looking import upcoming
from workbench.review.schedule.performing import perform
from workbench.review.schedule.walls import Wall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from workbench.review.namespace import Namespace
    from workbench.review.schedule.looking import Due
    from workbench.review.states import Run
    from workbench.workspace import Workspace

UPCOMING = {"app": TEXT, "kind": TEXT, "rule": TEXT, "next": MOMENT, "missed": TEXT}


class Schedule:
    """The schedule of a workspace, by [schedule] in workbench.toml."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace
        self._reviews: Namespace = workspace.reviews

    def upcoming(self) -> pd.DataFrame:
        """Return what is due next, the soonest first.

        Columns
        -------
        app, kind : id of the app; refresh, review or quarterly bite
        rule, next : in words, such as daily at 02:30 Europe/Madrid; when that is, in UTC
        missed : what becomes of times that pass unused: once, skip or all
        """
        now, known = self._reviews.runs.clock.now(), kept(self._ws.ledger)
        rows = []
        for job in self.jobs():
            held = known.get(job.key)
            at = upcoming(job.wall, held.seen if held else None, now)
            rows.append(
                {"app": job.app, "kind": WORDS[job.kind], "rule": str(job.wall), "next": at, "missed": job.missed}
            )
        return frame(UPCOMING, rows).sort_values(["next", "app", "kind"], ignore_index=True)

    def once(self, tell: Callable[[str], None] | None = None) -> pd.DataFrame:
        """Do what is due now and return the runs that ended, also as missed; columns in `Runs.table`.

        Several may call this at the same time: each time is settled once, and each run is begun by one of them.
        """
        noted = self.look()
        ended = [run for run in noted if run.state == "missed"] + list(self._work(tell or _silent))
        table = as_table(ended)
        # Who refreshes tells of it.
        news = table[(table["kind"] != "refresh") | (table["state"] == "missed")]
        if len(news):
            self._reviews.telling.after(news)
        return table

    def look(self) -> list[Run]:
        """Note what has become due as runs, queued or missed, and return those; nothing is run."""
        late = timedelta(minutes=self._ws.config.schedule.late_minutes)
        settle(self._ws.ledger, self.jobs(), late, self._reviews.runs.clock.now())
        noted: list[Run] = []
        note(self._ws.ledger, lambda app, kind, due: noted.append(self._noted(app, kind, due)))
        return noted

    def jobs(self) -> Iterator[Job]:
        """Yield what the schedule keeps: looks at apps in use; only those are refreshed that have sources."""
        schedule = self._ws.config.schedule
        for app in self._ws.model.apps:
            for kind in KINDS if app.lifecycle != "retired" else ():
                if kind != "refresh" or expected(self._ws.config, app):
                    rhythm = schedule.rhythm(kind)
                    missed = rhythm.missed or schedule.missed
                    yield Job(app.id, kind, Wall.of(schedule, kind, app.criticality), missed)

    def _noted(self, app: str, kind: str, due: Due) -> Run:
        runs = self._reviews.runs
        return runs.missed(app, kind, due.at, due.missed) if due.missed else runs.queue(app, kind, due.at)

    def _work(self, tell: Callable[[str], None]) -> Iterator[Run]:
        """Run what waits, and yield how each ended."""
        waiting = [run for run in self._reviews.runs.all(state="queued") if run.due is not None]
        stood_for = list(self._stood_for(waiting))
        for run in stood_for:
            yield self._reviews.runs.skip(run, "the one before was not done yet; the next that is due stands for it")
        left = [run for run in waiting if run not in stood_for]
        for run in left:
            tell(f"due {run.due:%Y-%m-%d %H:%M} UTC: {run.kind} of {run.app}")
        yield from perform(self._ws, self._reviews, left)

    def _stood_for(self, waiting: list[Run]) -> Iterator[Run]:
        policies = {job.key: job.missed for job in self.jobs()}
        newest = {(run.kind, run.app): run for run in sorted(waiting, key=lambda r: str(r.due))}
        for run in waiting:
            if newest[run.kind, run.app] is not run and policies.get(f"{run.kind}:{run.app}") != "all":
                yield run

    def serve(self, every: float = 30.0, tell: Callable[[str], None] | None = None) -> None:
        """Do what is due, whenever it is due, until somebody stops it; see serving.serve."""
        from workbench.review.schedule.serving import serve  # noqa: PLC0415 - only who waits needs the scheduler

        serve(self._ws.path, every, tell or _silent)

    def export(self, target: str, folder: str | Path, program: str | None = None) -> list[Path]:
        """Write the schedule for another scheduler (cron, systemd, kubernetes, airflow, jupyter-scheduler); returns files.

        Times count from now: those that the other scheduler does not keep are missed.

        Raises
        ------
        UsageError
            If there is no such target, nothing is ever due, or a path does not fit into such files.
        ledger.LedgerError
            If the ledger cannot be written.
        """
        from workbench.review.schedule import exports  # noqa: PLC0415 - only who exports needs it

        written = exports.export(self._ws, target, Path(folder), program)
        begin(self._ws.ledger, self.jobs(), self._reviews.runs.clock.now())
        return written


def _silent(_: str) -> None:
    """Tell nobody."""
