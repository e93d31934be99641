"""`ws.reviews.calendar`: what has to be looked at, by when and why: refreshes, reviews, quarterly bites, and events."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.ageing import stamped
from workbench.analysis.frames import DAY, TEXT, WHOLE, frame, records
from workbench.cadence import DAYS
from workbench.planning import Quarter
from workbench.reports import write_atomically
from workbench.review.estate.sources import expected
from workbench.review.events import events
from workbench.review.whole import reviews_by_app, whole
from workbench.taking_in import Remembered
from workbench.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from icalendar import Component

    from workbench.ledger.ages import Age
    from workbench.model import App, Review
    from workbench.review.events import Event
    from workbench.snapshot import Snapshot
    from workbench.workspace import Workspace

CALENDAR = {
    "app": TEXT, "app_name": TEXT, "kind": TEXT, "why": TEXT, "owner": TEXT, "last": DAY, "by": TEXT, "due": DAY,
    "overdue": WHOLE, "state": TEXT,
}  # fmt: skip
SOON = 14
"""What is due within so many days is called due; what is due later is not."""
_TITLES = {
    "refresh": "Read the exports again", "review": "Review the threat model", "quarterly bite": "Quarterly review",
    "event": "Review what is new",
}  # fmt: skip
_QUARTERS = {"half_yearly": 2, "yearly": 4}
"""So many quarters have one bite; every other cadence has one in each."""
_PRODUCT = "-//Threat Workbench//Reviews//EN"


@dataclass(frozen=True)
class _Entry:
    """Something that is due."""

    kind: str
    why: str
    due: date
    last: datetime | None = None
    by: str | None = None


class Calendar:
    """What is due in a workspace, as it was when this was asked first."""

    def __init__(self, workspace: Workspace, today: date | None = None) -> None:
        self._ws = workspace
        self._today = today

    def on(self, today: date) -> Calendar:
        """Return the calendar as it is judged on another day."""
        return Calendar(self._ws, today)

    @property
    def today(self) -> date:
        """Return the day by which it is judged."""
        return self._today or self._now.today

    @property
    def table(self) -> pd.DataFrame:
        """Return one row a thing to do, the most urgent first.

        Columns
        -------
        app, app_name, owner : whose
        kind : refresh (its exports are read again), review (of the whole app), quarterly bite (a few areas), event (a
            review that something asks for before its time)
        why : by which rhythm, or what happened
        last, by : day of the last one of its kind, and who did it; unknown for never
        due, overdue, state : the day; days since then, 0 if not; overdue, due (within two weeks) or later
        """
        rows = [self._row(app, entry) for app in self._apps for entry in self._entries(app)]
        return frame(CALENDAR, rows).sort_values(["due", "app", "kind"], ignore_index=True)

    @property
    def overdue(self) -> pd.DataFrame:
        """Return the rows of what should have been done by now."""
        table = self.table
        return table[table["state"] == "overdue"].reset_index(drop=True)

    def ical(self, path: str | Path) -> Path:
        """Write the calendar as an iCalendar file, a day each; importing it again changes days and adds none twice."""
        from icalendar import Calendar as File  # noqa: PLC0415 - only who writes it needs it

        made = File()
        made.add("prodid", _PRODUCT)
        made.add("version", "2.0")
        made.add("x-wr-calname", visible(self._ws.config.name or self._ws.path.name))
        for row in records(self.table):
            made.add_component(self._event(row))
        target = Path(path)
        write_atomically(target, made.to_ical())
        return target

    def _event(self, row: dict[str, Any]) -> Component:
        from icalendar import Event as Component  # noqa: PLC0415 - as above

        name, due = f"{self._ws.ledger.id} {row['app']} {row['kind']}", row["due"].date()
        said = [row["why"], _last(row), f"owner: {row['owner']}" if row["owner"] else ""]
        return Component.new(
            uid=f"{hashlib.sha256(name.encode()).hexdigest()[:32]}@threat-workbench",
            stamp=datetime.combine(self.today, time(), UTC), start=due, end=due + timedelta(days=1),
            summary=visible(f"{_TITLES[row['kind']]}: {row['app_name']}"),
            description=visible("; ".join(filter(None, said))), categories=["Threat model", row["kind"]],
        )  # fmt: skip

    @property
    def _apps(self) -> Iterator[App]:
        return (app for app in self._now.model.apps if app.lifecycle != "retired")

    def _row(self, app: App, entry: _Entry) -> dict[str, object]:
        late = max(0, (self.today - entry.due).days)
        soon = entry.due <= self.today + timedelta(days=SOON)
        return {
            "app": app.id, "app_name": app.name, "kind": entry.kind, "why": entry.why, "owner": app.owner,
            "last": self._day(entry.last) if entry.last else None, "by": entry.by, "due": entry.due, "overdue": late,
            "state": "overdue" if late else "due" if soon else "later",
        }  # fmt: skip

    def _entries(self, app: App) -> Iterator[_Entry]:
        yield from self._refresh(app)
        yield from self._review(app)
        yield from self._bite(app)
        if event := self._events.get(app.id):
            yield _Entry("event", event.why, event.due)

    def _refresh(self, app: App) -> Iterator[_Entry]:
        cadence = self._ws.config.schedule.refresh.of(app.criticality)
        days, last = DAYS[cadence], self._refreshed.get(app.id)
        if days is not None and last:
            why = f"exports are read again {cadence.replace('_', '-')}"
            yield _Entry("refresh", why, self._day(last) + timedelta(days=days), last)

    def _review(self, app: App) -> Iterator[_Entry]:
        found = whole(self._ws.config, self._now.model, app, self._done(app.id), self._came(app))
        at, by = (found.last.at, found.last.by) if found.last else (None, None)
        if found.due is not None:
            yield _Entry("review", found.why, found.due, at, by)

    def _bite(self, app: App) -> Iterator[_Entry]:
        cadence = self._ws.config.schedule.quarterly.of(app.criticality)
        if cadence == "never":
            return
        last = next(iter(self._done(app.id)), None)
        begun = Quarter.of(self._day(last.at)).number + 1 if last and last.at else Quarter.of(self._came(app)).number
        quarter = Quarter(begun + _QUARTERS.get(cadence, 1) - 1)
        why = f"a few of its areas are looked at in {quarter}"
        yield _Entry("quarterly bite", why, _last_day(quarter), last.at if last else None, last.by if last else None)

    def _came(self, app: App) -> date:
        age = self._ages.get(app.id)
        return self._day(age.added_at) if age else self.today

    def _day(self, moment: datetime) -> date:
        return self._ws.config.schedule.day(moment)

    def _done(self, app: str) -> list[Review]:
        """Return the reviews of an app, the newest first; those with links are of a few areas only."""
        return self._reviews.get(app, [])

    @cached_property
    def _reviews(self) -> dict[str, list[Review]]:
        return reviews_by_app(self._now.model)

    @cached_property
    def _now(self) -> Snapshot:
        return self._ws.now

    @cached_property
    def _ages(self) -> dict[str, Age]:
        return self._ws.ledger.ages()

    @cached_property
    def _refreshed(self) -> dict[str, datetime]:
        """Return when the exports of each app that has sources were read last, as far as that is known."""
        held = [app.id for app in self._now.model.apps if expected(self._ws.config, app) and app.id in self._ages]
        found = {app: max([self._ages[app].added_at, *self._imported(app)]) for app in held}
        for run in self._ws.reviews.runs.all(state="finished"):
            if run.app in found and run.kind in ("refresh", "review") and run.ended:
                found[run.app] = max(found[run.app], run.ended)
        return found

    def _imported(self, app: str) -> Iterator[datetime]:
        # An import that found everything as it was wrote nothing; if it was a run, that tells of it.
        numbers = (entry["batch"] for entry in Remembered.of(self._ws, app, ()).entries)
        return (self._batches[number] for number in numbers if number in self._batches)

    @cached_property
    def _batches(self) -> dict[int, datetime]:
        return {batch.number: batch.at for batch in self._ws.ledger.batches()}

    @cached_property
    def _events(self) -> dict[str, Event]:
        now = self._now if self._now.today == self.today else replace(self._now, today=self.today)
        stamps = stamped(self._ws, now)
        return {e.app: e for e in events(now, stamps, self._ages, self._ws.config.schedule.events)}


def _last(row: dict[str, Any]) -> str:
    by = f" by {row['by']}" if row["by"] else ""
    return f"last: {row['last']:%Y-%m-%d}{by}" if row["last"] else ""


def _last_day(quarter: Quarter) -> date:
    year, number = divmod(quarter.number + 1, 4)
    return date(year, 3 * number + 1, 1) - timedelta(days=1)
