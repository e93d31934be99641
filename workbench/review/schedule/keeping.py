"""What is kept of each kind of look at each app: up to where its times are settled, and what is still to be written down.

Both stand in one small fact of the ledger that is revised with nobody writing in between. So two schedulers never settle
a time twice, and one that dies before it has noted a run leaves it to the next.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from workbench.review.schedule.looking import Due, Seen, first, look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import timedelta

    from workbench.cadence import Kind, Missed
    from workbench.ledger import Ledger
    from workbench.review.schedule.walls import Wall

_PREFIX = "schedule:"


@dataclass(frozen=True)
class Job:
    """One kind of look at one app, and when it is due."""

    app: str
    kind: Kind
    wall: Wall
    missed: Missed

    @property
    def key(self) -> str:
        """Return what its fact is kept under; apps may have any id, kinds have no colon."""
        return f"{self.kind}:{self.app}"


@dataclass(frozen=True)
class Kept:
    """Up to where the times of a job are settled, and which of them are to be noted as runs."""

    seen: Seen
    noting: tuple[Due, ...] = ()

    def to_json(self) -> str:
        """Return it as text."""
        noting = [[d.day.isoformat(), d.at.isoformat(), d.missed] for d in self.noting]
        return json.dumps({"seen": self.seen.to_json(), "noting": noting})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return what `to_json` wrote."""
        data = json.loads(text)
        noting = (Due(date.fromisoformat(day), datetime.fromisoformat(at), why) for day, at, why in data["noting"])
        return cls(Seen.from_json(data["seen"]), tuple(noting))


def settle(ledger: Ledger, jobs: Iterable[Job], late: timedelta, now: datetime) -> None:
    """Settle every time of these jobs that has come by `now`."""
    every = list(jobs)

    def revised(held: Mapping[str, str]) -> dict[str, str | None]:
        made = {job.key: _settled(job, held.get(job.key), late, now) for job in every}
        return {key: text for key, text in made.items() if text != held.get(key)}

    # Nobody has to wait for us where nothing has come.
    if revised(ledger.metas(_PREFIX)):
        ledger.revise_metas(_PREFIX, revised)


def begin(ledger: Ledger, jobs: Iterable[Job], now: datetime) -> None:
    """Let the times of jobs that nobody has kept so far count from `now`; those before are not due."""
    every = list(jobs)

    def revised(held: Mapping[str, str]) -> dict[str, str | None]:
        return {job.key: Kept(first(job.wall, now)).to_json() for job in every if job.key not in held}

    if revised(ledger.metas(_PREFIX)):
        ledger.revise_metas(_PREFIX, revised)


def _settled(job: Job, held: str | None, late: timedelta, now: datetime) -> str:
    kept = Kept.from_json(held) if held else None
    found = look(job.wall, job.missed, late, kept.seen if kept else None, now)
    return Kept(found.seen, (*(kept.noting if kept else ()), *found.due)).to_json()


def note(ledger: Ledger, write: Callable[[str, str, Due], object]) -> None:
    """Hand everything that is to be noted to `write` (app, kind, what), which may get the same again, and forget it."""
    for key, text in ledger.metas(_PREFIX).items():
        kept = Kept.from_json(text)
        kind, _, app = key.partition(":")
        for due in kept.noting:
            write(app, kind, due)
        if kept.noting:
            _forget(ledger, key, kept.noting)


def _forget(ledger: Ledger, key: str, noted: tuple[Due, ...]) -> None:
    def revised(held: Mapping[str, str]) -> dict[str, str | None]:
        kept = Kept.from_json(held[key])
        return {key: replace(kept, noting=tuple(d for d in kept.noting if d not in noted)).to_json()}

    ledger.revise_metas(_PREFIX, revised)


def kept(ledger: Ledger) -> dict[str, Kept]:
    """Return what is kept, by the key of the job."""
    return {key: Kept.from_json(text) for key, text in ledger.metas(_PREFIX).items()}
