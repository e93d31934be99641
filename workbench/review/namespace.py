"""`ws.reviews`: run, look back, see what is due."""

from __future__ import annotations

import json
import logging
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench import places
from workbench.errors import UsageError
from workbench.ledger import LedgerError
from workbench.model import Review, added
from workbench.review.looking import Looking
from workbench.review.outputs import Outputs
from workbench.review.parameters import checked, without_secrets
from workbench.review.performing import Job, perform, require_notebook
from workbench.review.runs import Runs, as_table
from workbench.review.states import TakenError, waiting_seconds
from workbench.review.view import ReviewView, day, moment
from workbench.review.whole import reviews_by_app, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from workbench.model import App
    from workbench.review.dashboard import Dashboard
    from workbench.review.metrics import Metrics
    from workbench.review.states import Run
    from workbench.review.telling import Telling
    from workbench.workspace import Workspace

_LOG = logging.getLogger(__name__)
NOTEBOOK = "90-periodic-review.ipynb"
_OWN = {"workspace": "", "app": "", "run": ""}


class Namespace(Looking):
    """The reviews of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    def of(self, app: str) -> AppReviews:
        """Return the reviews of one app."""
        return AppReviews(self, self._ws.app(app).id)

    @cached_property
    def runs(self) -> Runs:
        """Return who works on what, and how every run ended."""
        runs = Runs(self._ws.ledger.runs)
        runs.waiting_seconds = waiting_seconds(self._ws.config.runs.run_seconds)
        return runs

    def run(
        self,
        apps: Sequence[str],
        *,
        exports: Sequence[str | Path] = (),
        as_of: str | None = None,
        since: str | None = None,
        notebook: str | Path | None = None,
        parameters: Mapping[str, Any] | None = None,
        progress: Callable[[int, int, str], None] | None = None,
    ) -> pd.DataFrame:
        """Run the review notebook of each app and return the runs; columns in `Runs.table`.

        Without `notebook`, the copy that the workspace has in notebooks/ is run, which a team may adapt; else the shipped
        one. Without `exports` an app's sources from workbench.toml are imported first, if there are any. `parameters` are
        more of those that the notebook declares. An app whose review is running already is `missed`. `progress` is called
        with (cells done, cells in all, words).

        Raises
        ------
        UsageError
            If there is no such notebook, `as_of` or `since` is no date, or a parameter does not fit; before anything is
            run.
        """
        source = self._notebook(notebook)
        given = {"exports": [str(Path(e).absolute()) for e in exports], "as_of": as_of, "since": since}
        self._check(source, given | dict(parameters or {}))
        ended: list[Run] = []
        for number, app in enumerate(apps):
            run = self.runs.queue(self._ws.app(app).id, notebook=source.name)
            move = self._moved(progress, number, len(apps))
            ended.append(self.perform(run, source, {**given, **(parameters or {})}, progress=move))
        table = as_table(ended)
        if self._ws.config.tell.is_set:
            self.telling.after(table)
        return table

    @cached_property
    def telling(self) -> Telling:
        """Return what people are told about reviews, and who was told."""
        from workbench.review.telling import Telling  # noqa: PLC0415 - most runs do without it

        return Telling(self._ws, self)

    @cached_property
    def dashboard(self) -> Dashboard:
        """Return how runs go, over all apps, in charts."""
        from workbench.review.dashboard import Dashboard  # noqa: PLC0415 - most runs do without it

        return Dashboard(self._ws)

    @property
    def metrics(self) -> Metrics:
        """Return how well the programme works, recomputed from the history."""
        from workbench.review.metrics import Metrics  # noqa: PLC0415 - most runs do without it

        return Metrics(self._ws)

    def perform(
        self,
        run: Run,
        notebook: str | Path | None = None,
        parameters: Mapping[str, Any] | None = None,
        *,
        progress: Callable[[int, int, str], None] | None = None,
    ) -> Run:
        """Run the notebook of a queued run and return how it ended; what is running already makes it missed.

        Raises
        ------
        UsageError
            If there is no such notebook or a parameter does not fit; the run stays queued.
        """
        source = self._notebook(notebook)
        # Before it begins: what is refused later would leave it running.
        own = {"workspace": str(self._ws.path), "app": run.app, "run": run.run}
        given = self._check(source, parameters or {}, own)
        try:
            lease = self.runs.begin(run)
        except TakenError as taken:
            return self.runs.skip(run, str(taken))
        job = Job(
            source, given, Outputs(self._ws.path), self._ws.config.runs, self._facts, progress
        )  # fmt: skip
        ended = perform(lease, job)
        try:
            self.tidy()
        except LedgerError as error:
            # The run has ended as it has; what is old is removed after the next one.
            _LOG.warning("old output could not be removed: %s", error)
        return ended

    def tidy(self) -> list[str]:
        """Remove notebooks and pages that are older than workbench.toml says; returns the runs whose they were."""
        return Outputs(self._ws.path).tidy(self.runs, self._ws.config.runs, self.runs.clock.now())

    def _notebook(self, given: str | Path | None) -> Path:
        return require_notebook(Path(given) if given else places.notebook(self._ws.path, NOTEBOOK))

    @staticmethod
    def _check(notebook: Path, given: Mapping[str, Any], own: Mapping[str, str] = _OWN) -> dict[str, Any]:
        """Return what a notebook is run with, if it declares all of that; `own` is what every run gives."""
        without_secrets({name: value for name, value in given.items() if name != "exports"})
        day(given.get("as_of"))
        if given.get("since") is not None:
            moment(given["since"])
        return checked(notebook, {**given, **own})

    @staticmethod
    def _moved(
        progress: Callable[[int, int, str], None] | None, number: int, apps: int
    ) -> Callable[[int, int, str], None] | None:
        if progress is None:
            return None
        return lambda done, cells, words: progress(number * cells + done, apps * cells, words)

    def open(self, app: str, *, exports: Sequence[str] = (), as_of: str | None = None, since: str | None = None,
             run: str | None = None) -> ReviewView:  # fmt: skip
        """Refresh an app from its exports and return what the review looks at; without a name the app most due."""
        if run is not None:
            self.runs.require_running(run)
        chosen = self._ws.app(app or self._most_due()).id
        return ReviewView.start(self._ws, chosen, exports=exports, as_of=as_of, since=since, run=run)

    def finish(self, view: ReviewView, *, verdict: str | None = None, why: str = "periodic review") -> str:
        """Record that the review was done and leave the finish record of its run; returns a sentence that says so.

        Raises
        ------
        StaleLeaseError
            If its run was lost meanwhile; nothing is recorded.
        """
        now = datetime.now(UTC)
        record = Review(
            id=f"{view.app.id}/review:{now:%Y%m%dT%H%M%S%f}", name=f"Review of {view.app.name}", app=view.app.id,
            by=self._ws.config.who(), at=now, why=why, ledger_sequence=view.sequence, template=NOTEBOOK,
            verdict=verdict,
        )  # fmt: skip
        facts = view.facts
        # Nobody else writes then: the run cannot be lost between the look at it and the record.
        self._ws.commit([added(record)], why=why, remember=lambda _: self.finish_record(view, facts))
        return f"Recorded the review of {view.app.name} at ledger entry {view.sequence}."

    def finish_record(self, view: ReviewView, facts: Mapping[str, int]) -> dict[str, str | None]:
        """Return what the ledger remembers of the run that executes a review's notebook; nothing if none does.

        Raises
        ------
        StaleLeaseError
            If that run was lost meanwhile.
        """
        if view.run is None:
            return {}
        self.runs.require_running(view.run)
        return {f"finished:{view.run}": json.dumps({**facts, "sequence": view.sequence})}

    def _facts(self, run: str) -> dict[str, int] | None:
        """Return what the notebook of a run reported when it finished; None if it did not."""
        found = self._ws.ledger.meta(f"finished:{run}")
        return None if found is None else json.loads(found)

    def history(self) -> pd.DataFrame:
        """Return one row a run, oldest first; columns in `Runs.table`."""
        return self.runs.table()

    def _most_due(self) -> str:
        due = self.due()
        if due.empty:
            raise UsageError("there is no app to review yet; import an export first")
        return str(due["app"].iloc[0])

    def due(self, today: date | None = None) -> pd.DataFrame:
        """Return one row an app in use: app, last (date of the last review), due (date), overdue (days, 0 if not).

        Due is the day that a workshop agreed on, if that was the last review, else a rhythm after the last review, or
        after the day on which the app came in; unknown for never.
        """
        on = today or date.today()  # noqa: DTZ011 - due dates are meant in local days
        rows = self._due_rows([app for app in self._ws.model.apps if app.lifecycle != "retired"], on)
        return pd.DataFrame(rows, columns=["app", "last", "due", "overdue"]).sort_values(
            ["due", "app"], ignore_index=True
        )

    def _due_rows(self, apps: Sequence[App], on: date) -> Iterator[tuple[str, date | None, date | None, int]]:
        config, model = self._ws.config, self._ws.model
        reviews, ages = reviews_by_app(model), self._ws.ledger.ages([app.id for app in apps])
        for app in apps:
            came = config.schedule.day(ages[app.id].added_at) if app.id in ages else on
            found = whole(config, model, app, reviews.get(app.id, []), came)
            last = config.schedule.day(found.last.at) if found.last and found.last.at else None
            yield app.id, last, found.due, max(0, (on - found.due).days) if found.due else 0


class AppReviews:
    """The reviews of one app: what `ws.review(app)` gives."""

    def __init__(self, reviews: Namespace, app: str) -> None:
        self._reviews = reviews
        self.app = app

    def run(self, **options: str | None) -> pd.DataFrame:
        """Run the review notebook; options as for `Namespace.run`."""
        return self._reviews.run([self.app], **options)  # type: ignore[arg-type]

    def history(self) -> pd.DataFrame:
        """Return the runs of this app."""
        runs = self._reviews.history()
        return runs[runs["app"] == self.app].reset_index(drop=True)
