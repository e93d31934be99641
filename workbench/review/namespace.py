"""`ws.reviews`: run, look back, see what is due."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from workbench.errors import UsageError
from workbench.model import Review, added
from workbench.places import share
from workbench.review.parameters import checked
from workbench.review.runs import Run, execute, new_run, require_notebook, seen_now
from workbench.review.telling import Telling
from workbench.review.view import ReviewView, day, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workbench.model import App
    from workbench.workspace import Workspace

NOTEBOOK = "90-periodic-review.ipynb"
_COLUMNS = list(Run.__dataclass_fields__)


class Namespace:
    """The reviews of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    def of(self, app: str) -> AppReviews:
        """Return the reviews of one app."""
        return AppReviews(self, self._ws.app(app).id)

    def run(
        self,
        apps: Sequence[str],
        *,
        exports: Sequence[str | Path] = (),
        as_of: str | None = None,
        since: str | None = None,
        notebook: str | Path | None = None,
        progress: Callable[[int, int, str], None] | None = None,
    ) -> pd.DataFrame:
        """Run the review notebook of each app and return the runs; columns in `history`.

        Without `notebook`, the copy that the workspace has in notebooks/ is run, which a team may adapt; else the shipped
        one. Without `exports` an app's sources from workbench.toml are imported first, if there are any.

        Raises
        ------
        UsageError
            If there is no such notebook, or `as_of` or `since` is no date; before anything is run.
        """
        day(as_of)
        if since is not None:
            moment(since)
        source = require_notebook(Path(notebook) if notebook else self._own_notebook())
        runs = []
        for done, app in enumerate(apps):
            if progress:
                progress(done, len(apps), app)
            runs.append(self._run_one(app, source, list(exports), as_of, since))
        ended = pd.DataFrame([r.as_row() for r in runs], columns=_COLUMNS)
        self.telling.after(ended)
        return ended

    @cached_property
    def telling(self) -> Telling:
        """Return what people are told about reviews, and who was told."""
        return Telling(self._ws, self)

    def _own_notebook(self) -> Path:
        own = self._ws.path / "notebooks" / NOTEBOOK
        return own if own.is_file() else share("notebooks", NOTEBOOK)

    def _run_one(
        self, app: str, notebook: Path, exports: list[str | Path], as_of: str | None, since: str | None
    ) -> Run:
        run = new_run(app, notebook)
        given = {
            "workspace": str(self._ws.path), "app": app, "exports": [str(Path(e).absolute()) for e in exports],
            "as_of": as_of, "since": since, "run": run.run,
        }  # fmt: skip
        parameters = checked(notebook, given)
        folder = self._ws.path / "reviews"
        self._record(run)
        ended = execute(run, notebook, folder, parameters, finished=self.has_finished)
        ended = replace(
            ended,
            output=f"reviews/{ended.output}" if ended.output else None,
            page=f"reviews/{ended.page}" if ended.page else None,
        )
        self._record(ended)
        return ended

    def open(self, app: str, *, exports: Sequence[str] = (), as_of: str | None = None, since: str | None = None,
             run: str | None = None) -> ReviewView:  # fmt: skip
        """Refresh an app from its exports and return what the review looks at; without a name the app most due."""
        chosen = self._ws.app(app or self._most_due()).id
        return ReviewView.start(self._ws, chosen, exports=exports, as_of=as_of, since=since, run=run)

    def finish(self, view: ReviewView, *, verdict: str | None = None, why: str = "periodic review") -> str:
        """Record that the review was done and leave the finish record of its run; returns a sentence that says so."""
        now = datetime.now(UTC)
        head = self._ws.ledger.head
        record = Review(
            id=f"{view.app.id}/review:{now:%Y%m%dT%H%M%S%f}", name=f"Review of {view.app.name}", app=view.app.id,
            by=self._ws.config.who(), at=now, why=why, ledger_sequence=head.sequence, template=NOTEBOOK,
            verdict=verdict,
        )  # fmt: skip
        self._ws.commit([added(record)], why=why)
        if view.run:
            self._ws.ledger.set_meta(f"finished:{view.run}", now.isoformat())
        return f"Recorded the review of {view.app.name} at ledger entry {head.sequence}."

    def has_finished(self, run: str) -> bool:
        """Tell whether the notebook of a run has left its finish record."""
        return self._ws.ledger.meta(f"finished:{run}") is not None

    def _record(self, run: Run) -> None:
        known = {r["run"]: r for r in json.loads(self._ws.ledger.meta("runs") or "[]")}
        known[run.run] = run.as_row()
        self._ws.ledger.set_meta("runs", json.dumps(list(known.values())))

    def history(self) -> pd.DataFrame:
        """Return one row a run, oldest first: the fields of `Run`; state is running, finished, failed or lost."""
        runs = [seen_now(Run(**row)).as_row() for row in json.loads(self._ws.ledger.meta("runs") or "[]")]
        return pd.DataFrame(runs, columns=_COLUMNS)

    def _most_due(self) -> str:
        due = self.due()
        if due.empty:
            raise UsageError("there is no app to review yet; import an export first")
        return str(due["app"].iloc[0])

    def due(self, today: date | None = None) -> pd.DataFrame:
        """Return one row an app: app, last (date of the last review), due (date), overdue (days, 0 if not).

        Due is the day that a workshop agreed on, if that was the last review, else a rhythm after the last review.
        """
        on = today or date.today()  # noqa: DTZ011 - due dates are meant in local days
        rows = [self._due_row(a, on) for a in self._ws.model.apps]
        return pd.DataFrame(rows, columns=["app", "last", "due", "overdue"]).sort_values(
            ["due", "app"], ignore_index=True
        )

    def _due_row(self, app: App, on: date) -> tuple[str, date | None, date | None, int]:
        model = self._ws.model
        reviews = [(r.at, r) for r in model.of(Review) if r.app == app.id and r.at]
        if not reviews:
            return app.id, None, on, 0
        at, last = max(reviews, key=lambda pair: pair[0])
        days = self._ws.config.review_days(app.id, app.criticality)
        # The day that a workshop agreed on goes before the usual rhythm.
        agreed = getattr(model.get(last.workshop), "next_on", None)
        due = agreed or (at.date() + timedelta(days=days) if days is not None else None)
        return app.id, at.date(), due, max(0, (on - due).days) if due else 0


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
