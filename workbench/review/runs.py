"""`ws.reviews.runs`: who works on what, so that nothing is done twice and everything ends in one state.

Whoever begins a run gets a lease with a token and gives signs of life. Without them the run is lost, another one may
begin, and what the first one still writes is refused. State is only what this table says, never what a notebook says.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.errors import UsageError, unknown
from workbench.ledger import BusyError, StorageError, times
from workbench.review import clock as clocks
from workbench.review.lease import Lease
from workbench.review.states import (
    ENDED,
    FACTS,
    KINDS,
    LEASE_SECONDS,
    Run,
    StaleLeaseError,
    TakenError,
    again,
    lapsed,
    waiting_seconds,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from workbench.ledger.runs import RunRows, RunTable
    from workbench.review.clock import Clock

COLUMNS = list(Run.__dataclass_fields__)
_DATES = ["due", "queued", "started", "ended", "beat"]
_COUNTS = [*FACTS, "token", "process"]


class Runs:
    """The runs of a workspace."""

    def __init__(self, table: RunTable, clock: Clock = clocks.SYSTEM) -> None:
        self._table = table
        self.clock = clock
        """May be replaced by one of a test."""
        self.lease_seconds = LEASE_SECONDS
        self.waiting_seconds = waiting_seconds(3600)
        self._given_up: dict[str, str] = {}

    def queue(self, app: str, kind: str = "review", due: datetime | None = None, *, notebook: str | None = None) -> Run:
        """Note that something is to be run; for a due time that is known already, return what is known.

        Raises
        ------
        UsageError
            If there is no such kind, or `due` has no zone.
        """
        return self._noted(app, kind, due, {"state": "queued", "notebook": notebook})

    def again(self, run: Run | str) -> Run:
        """Queue what repeats a run that has ended; asked twice, the same one."""
        earlier = self.get(run)
        if earlier.state not in ENDED:
            raise TakenError(f"run {earlier.run} is {earlier.state}; wait until it has ended")
        with self._table.writing() as rows:
            for row in rows.find(again=earlier.run):
                return Run.from_row(row)
            row = self._new(earlier.app, earlier.kind) | {"again": earlier.run, "notebook": earlier.notebook}
            rows.add(row)
            return self._one(rows, row["run"])

    def missed(self, app: str, kind: str, due: datetime, why: str) -> Run:
        """Note that a due time passed without a run; one that has begun or ended stays as it is."""
        ended = {"state": "missed", "problem": why, "ended": self._now(), "next_step": again(app, kind)}
        found = self._noted(app, kind, due, ended)
        return self.skip(found, why) if found.state == "queued" else found

    def skip(self, run: Run, why: str) -> Run:
        """Note that a queued run will not begin; one that has begun or ended stays as it is."""
        ended = {"state": "missed", "problem": why, "ended": self._now(), "next_step": again(run.app, run.kind)}
        with self._table.writing() as rows:
            rows.change(ended, run=run.run, state="queued")
            return self._one(rows, run.run)

    def begin(self, run: Run | str) -> Lease:
        """Take a queued run; of all who try, one gets it.

        Raises
        ------
        TakenError
            If it is begun or ended already, or another run of its kind and app is running; says where and since when.
        """
        with self._table.writing() as rows:
            self._settle(rows)
            held = self._one(rows, run)
            if held.state != "queued":
                raise TakenError(_taken(held))
            for other in rows.find(app=held.app, kind=held.kind, state="running"):
                raise TakenError(_taken(Run.from_row(other)))
            token = rows.newest_token() + 1
            begun = self._alive() | {"state": "running", "started": self._now(), "token": token}
            rows.change(begun, run=held.run)
            return Lease(self, self._one(rows, held.run), self.clock.ticks())

    def begin_all(self, apps: Iterable[str], kind: str, queued: Iterable[Run] = ()) -> dict[str, Lease]:
        """Take a run of each of many apps in one write: a queued one, or one that is queued with it.

        Left out are apps of which a run of that kind is running, or whose queued one was begun by somebody else.
        """
        waiting = {run.app: run.run for run in queued}
        with self._table.writing() as rows:
            self._settle(rows)
            free = sorted(set(apps) - {row["app"] for row in rows.find(kind=kind, state="running")})
            names: list[str] = []
            for token, app in enumerate(free, rows.newest_token() + 1):
                begun = self._alive() | {"state": "running", "started": self._now(), "token": token}
                row = self._new(app, kind) | begun if app not in waiting else {"run": waiting[app]}
                if app not in waiting:
                    rows.add(row)
                    names.append(row["run"])
                elif rows.change(begun, run=row["run"], state="queued"):
                    names.append(row["run"])
            return {run.app: Lease(self, run, self.clock.ticks()) for run in (self._one(rows, name) for name in names)}

    def write_all(self, values: Iterable[tuple[Lease, Mapping[str, Any]]]) -> list[Run]:
        """Write for who holds many leases, in one write; what was lost meanwhile stays as it is. Returns how all are."""
        with self._table.writing() as rows:
            found = []
            for lease, row in values:
                rows.change(row, run=lease.run.run, token=lease.token, state="running")
                found.append(self._one(rows, lease.run.run))
            return found

    def get(self, run: Run | str) -> Run:
        """Return a run as it is known now.

        Raises
        ------
        UsageError
            If there is none of that id.
        """
        with self._table.reading() as rows:
            return self._one(rows, run)

    def require_running(self, run: str) -> None:
        """Refuse what comes from a run that does not run any more.

        Raises
        ------
        StaleLeaseError
            If it has ended, or is not known.
        """
        with self._table.reading() as rows:
            found = rows.find(run=run)
        if not found or found[0]["state"] != "running":
            raise StaleLeaseError(f"run {run} is {found[0]['state'] if found else 'not known'} and can record nothing")

    def settle(self) -> list[Run]:
        """Write down as lost what nobody works on any more; returns those runs."""
        with self._table.reading() as rows:
            if not self._lapsed(rows):
                return []
        with self._table.writing() as rows:
            return self._settle(rows)

    def all(self, **equal: str) -> list[Run]:
        """Return the runs in the order in which they came, such as those with app="orders" or state="running"."""
        if not self._table.read_only:
            # Who holds the ledger, or a full disk, keeps us from writing down what is lost, not from seeing it.
            with suppress(BusyError, StorageError):
                self.settle()
        with self._table.reading() as rows:
            gone = {row["run"]: _lost(row, why) for row, why in self._lapsed(rows)}
            # What is lost is not written down as that where only reading is possible.
            asked = {name: value for name, value in equal.items() if name != "state"} if gone else equal
            found = [Run.from_row(row | gone.get(row["run"], {})) for row in rows.find(**asked)]
        return [run for run in found if equal.get("state", run.state) == run.state]

    def outdated(self, before: datetime, last: int) -> list[Run]:
        """Return the runs whose output is of an earlier time, all but the last so many with output of each app and kind."""
        with self._table.reading() as rows:
            return [Run.from_row(row) for row in rows.outdated(times.to_text(before), last)]

    def without_output(self, names: Iterable[str]) -> set[str]:
        """Return which of these runs have ended and have no output notebook."""
        with self._table.reading() as rows:
            return rows.without_output(names, ENDED)

    def table(self, **equal: str) -> pd.DataFrame:
        """Return one row a run, oldest first.

        Columns: the fields of `Run`; due, queued, started, ended, beat are datetime64[us, UTC]; figures are Int64,
        seconds is Float64, texts are objects with None; state is queued, running, finished, failed, lost or missed.
        """
        return as_table(self.all(**equal))

    def sign_of_life(self) -> dict[str, Any]:
        """Return the values that say that somebody works on a run now."""
        return {"beat": self._now(), "ticks": self.clock.ticks()}

    def write(self, lease: Lease, values: Mapping[str, Any]) -> Run:
        """Write for who holds a lease; used by `Lease`."""
        with self._table.writing() as rows:
            if not rows.change(values, run=lease.run.run, token=lease.token, state="running"):
                raise StaleLeaseError(_stale(self._one(rows, lease.run.run)))
            return self._one(rows, lease.run.run)

    def give_up(self, run: Run, why: str) -> Run:
        """Leave a run whose end cannot be written down now: it is lost, as the table will say when it can be written."""
        self._given_up[run.run] = why
        return replace(run, state="lost", problem=why, next_step=again(run.app, run.kind))

    def change(self, run: str, values: Mapping[str, Any]) -> None:
        """Set values that do not touch the state, such as where output lies that was kept until now."""
        with self._table.writing() as rows:
            rows.change(values, run=run)

    def _noted(self, app: str, kind: str, due: datetime | None, values: Mapping[str, Any]) -> Run:
        if kind not in KINDS:
            raise unknown("kind of run", kind, KINDS)
        at = times.to_text(due) if due else None
        with self._table.writing() as rows:
            for row in rows.find(app=app, kind=kind, due=at) if at else ():
                return Run.from_row(row)
            row = self._new(app, kind) | {"due": at, **values}
            rows.add(row)
            return self._one(rows, row["run"])

    def _new(self, app: str, kind: str) -> dict[str, Any]:
        now = self.clock.now()
        name = f"{now.astimezone(UTC):%Y%m%dT%H%M%S}-{os.urandom(4).hex()}"
        return self._alive() | {"run": name, "app": app, "kind": kind, "state": "queued", "queued": self._now()}

    def _alive(self) -> dict[str, Any]:
        here = {"place": clocks.here(), "host": clocks.host(), "process": os.getpid()}
        return {"beat": self._now(), "ticks": self.clock.ticks(), **here}

    def _now(self) -> str:
        return times.to_text(self.clock.now())

    def _one(self, rows: RunRows, run: Run | str) -> Run:
        name = run if isinstance(run, str) else run.run
        found = rows.find(run=name)
        if not found:
            raise UsageError(f"there is no run {name!r}; ws.reviews.runs.table() lists them")
        return Run.from_row(found[0])

    def _lapsed(self, rows: RunRows) -> list[tuple[dict[str, Any], str]]:
        waiting = rows.find(state="queued", due=None)
        looked = ((row, self._why_lost(row)) for row in [*rows.find(state="running"), *waiting])
        return [(row, why) for row, why in looked if why]

    def _why_lost(self, row: Mapping[str, Any]) -> str | None:
        return self._given_up.get(row["run"]) or lapsed(row, self.clock, self.lease_seconds, self.waiting_seconds)

    def _settle(self, rows: RunRows) -> list[Run]:
        gone = self._lapsed(rows)
        for row, why in gone:
            rows.change(_lost(row, why) | {"ended": self._now()}, run=row["run"])
        return [self._one(rows, row["run"]) for row, _ in gone]


def as_table(runs: list[Run]) -> pd.DataFrame:
    """Return runs as a DataFrame; columns in `Runs.table`."""
    # As objects first, so that a text that is not there stays None.
    frame = pd.DataFrame([run.as_row() for run in runs], columns=COLUMNS, dtype=object)
    kinds = dict.fromkeys(_DATES, "datetime64[us, UTC]") | dict.fromkeys(_COUNTS, "Int64") | {"seconds": "Float64"}
    return frame.astype(kinds)


def _lost(row: Mapping[str, Any], why: str) -> dict[str, Any]:
    return {"state": "lost", "problem": why, "next_step": again(row["app"], row["kind"])}


def _taken(run: Run) -> str:
    if run.state in ENDED:
        return f"run {run.run} of {run.app} has ended as {run.state}; queue another one"
    where = f"on {run.host}, process {run.process}, since {run.started:%Y-%m-%d %H:%M:%S} UTC"
    return f"a {run.kind} of {run.app} is running ({where}); wait until it has ended: workbench review history"


def _stale(run: Run) -> str:
    return f"run {run.run} of {run.app} is {run.state} by now; what this process found was not written: {run.problem}"
