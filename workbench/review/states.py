"""A run and the states that it can be in: queued → running → finished, failed or lost; or missed.

A run ends once: what has ended never changes its state again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import datetime  # noqa: TC003 - the fields of Run are looked at
from typing import TYPE_CHECKING, Any, Literal, get_args

from workbench.errors import UsageError
from workbench.ledger import times
from workbench.review import clock

if TYPE_CHECKING:
    from collections.abc import Mapping

State = Literal["queued", "running", "finished", "failed", "lost", "missed"]
Kind = Literal["review", "refresh", "quarterly"]
KINDS: tuple[str, ...] = get_args(Kind)
ENDED = ("finished", "failed", "lost", "missed")
FACTS = ("changes", "threats_new", "threats_open", "questions_open", "sequence")
"""What a run may tell in figures; `sequence` is the ledger entry that it looked at."""

LEASE_SECONDS = 120.0
"""Without a sign of life for so long, a run is lost."""
_DAY_SECONDS = 86_400.0
_WAIT_SECONDS = 6 * 3600.0
"""For how long a queued run may wait for those before it."""
_AGAIN = {
    "review": "workbench review run --app {app}",
    "refresh": "workbench review refresh --app {app}",
    "quarterly": "workbench review run --app {app} --notebook notebooks/20-quarterly-review.ipynb",
}


def again(app: str, kind: str) -> str:
    """Return what to say where a run of that kind has to be repeated."""
    return f"run it again: {_AGAIN[kind].format(app=app)}"


def waiting_seconds(run_seconds: float) -> float:
    """Return for how long a queued run that nobody keeps for a due time may wait, where a run may take so long."""
    return min(run_seconds + _WAIT_SECONDS, _DAY_SECONDS)


class TakenError(UsageError):
    """The run is begun, or ended, or another one of its app is running; nothing was changed."""


class StaleLeaseError(UsageError):
    """Who writes does not hold the run any more; nothing was changed."""


@dataclass(frozen=True)
class Run:
    """One run of something for one app. Times are UTC."""

    run: str
    app: str
    kind: str
    state: State
    queued: datetime
    due: datetime | None = None
    """For which time it is; None if somebody asked for it."""
    again: str | None = None
    """The earlier run that it repeats."""
    started: datetime | None = None
    ended: datetime | None = None
    seconds: float | None = None
    notebook: str | None = None
    output: str | None = None
    """Path of the output notebook, relative to the workspace."""
    page: str | None = None
    """Path of its HTML page, relative to the workspace."""
    problem: str | None = None
    """What went wrong."""
    next_step: str | None = None
    """What to do next, if something went wrong."""
    changes: int | None = None
    """How many changes the run found since the last review; this and the following are None if it did not say."""
    threats_new: int | None = None
    threats_open: int | None = None
    questions_open: int | None = None
    sequence: int | None = None
    token: int | None = None
    """The fencing token; grows with every run that begins."""
    beat: datetime | None = None
    """The last sign of life."""
    host: str | None = None
    process: int | None = None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Run:
        """Return the run that a row of the table holds."""
        known = {f.name: row[f.name] for f in fields(cls) if f.name in row}
        at = {name: times.from_text(row[name]) for name in _TIMES if row[name] is not None}
        return cls(**known | at | json.loads(row["facts"] or "{}"))

    def as_row(self) -> dict[str, Any]:
        """Return the fields, for a DataFrame."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


_TIMES = ("due", "queued", "started", "ended", "beat")


def lapsed(row: Mapping[str, Any], now: clock.Clock, lease: float, waiting: float) -> str | None:
    """Return why nobody works on a row any more that says it is running, or waits to be begun; None if somebody may.

    A run that waits gives no signs of life: where its process can be seen, it waits as long as that lives, at most a day.

    On one start of one machine the wall clock is not asked: setting it makes no run lost and keeps none alive.
    """
    near = row["place"] == clock.here() != ""
    if near and not clock.is_alive(row["process"]):
        return "its process ended before it could say how"
    age = now.ticks() - row["ticks"] if near else (now.now() - times.from_text(row["beat"])).total_seconds()
    if row["state"] == "running":
        return f"it gave no sign of life for {age:.0f} seconds" if age > lease else None
    limit = _DAY_SECONDS if near else waiting
    return f"nobody has begun it for {age / 3600:.0f} hours" if age > limit else None
