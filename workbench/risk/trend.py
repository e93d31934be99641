"""How the open risk has moved since the last review, with every finding that moved it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.analysis.bands import UNRATED, money
from workbench.analysis.frames import records
from workbench.model import Review

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from workbench.snapshot import Snapshot
    from workbench.workspace import Workspace

COLUMNS = ("Application", "What can go wrong", "Where", "Then", "Now", "Expected loss a year then", "now")
_GONE, _NEW, _TREATED = "no longer there", "not there", "treated"


def last_review(now: Snapshot, apps: frozenset[str] | None = None) -> datetime | None:
    """Return when the last review ended that was finished on an earlier day, of these apps or of all."""
    reviews = [r for r in now.model.of(Review) if r.at is not None and r.at.date() < now.today]
    fitting = [r.at for r in reviews if r.at is not None and (apps is None or r.app is None or r.app in apps)]
    return max(fitting, default=None)


class Trend:
    """The open findings then and now.

    Parameters
    ----------
    severe
        The severities that count as severe.
    """

    def __init__(
        self,
        workspace: Workspace,
        now: Snapshot,
        severe: frozenset[str],
        apps: frozenset[str] | None = None,
    ) -> None:
        self._severe, self._apps = severe, apps
        self.since = last_review(now, apps)
        self._now = now
        self._before = workspace.as_of(self.since) if self.since is not None else None

    def says(self) -> str:
        """Return the trend in a sentence."""
        if self._before is None or self.since is None:
            return "There was no earlier review to compare with."
        was, now = (self._opened(snapshot) for snapshot in (self._before, self._now))
        lost = [loss(rows.values()) for rows in (was, now)]
        severe = [sum(row["severity"] in self._severe for row in rows.values()) for rows in (was, now)]
        if lost[0] == lost[1] and severe[0] == severe[1]:
            return f"Since the review of {self.since.date()} nothing has moved."
        way = "grown" if lost[1] > lost[0] else "shrunk" if lost[1] < lost[0] else "stayed as large as it was"
        return (
            f"Since the review of {self.since.date()} the expected loss has {way}, from {amount(lost[0])} to "
            f"{amount(lost[1])} a year; severe risks that are open: {severe[0]} then, {severe[1]} now."
        )

    def rows(self) -> list[tuple[str, ...]]:
        """Return one row a finding that is not as it was, as `COLUMNS`; those that moved most come first."""
        if self._before is None:
            return []
        was, now = self._opened(self._before), self._opened(self._now)
        still = {row["id"] for row in records(self._now.threats)}
        moved = []
        for finding in dict.fromkeys([*was, *now]):
            old, new = was.get(finding), now.get(finding)
            losses = [loss([row]) if row else 0.0 for row in (old, new)]
            states = _state(old) or _NEW, _state(new) or (_TREATED if finding in still else _GONE)
            if losses[0] != losses[1] or states[0] != states[1]:
                said = new or old or {}
                place = said["app_name"] or "", said["title"], said["element_name"]
                moved.append((-abs(losses[1] - losses[0]), (*place, *states, *map(_told, (old, new)))))
        return [row for _, row in sorted(moved)]

    def _opened(self, snapshot: Snapshot) -> dict[str, dict[str, Any]]:
        rows = records(snapshot.threats[snapshot.threats["status"] == "open"])
        return {row["id"]: row for row in rows if self._apps is None or row["app"] in self._apps}


def _state(row: Mapping[str, Any] | None) -> str | None:
    return (row["severity"] or UNRATED) if row is not None else None


def _told(row: Mapping[str, Any] | None) -> str:
    return UNRATED if row is not None and row["severity"] is None else amount(loss([row] if row else []))


def loss(rows: Iterable[Mapping[str, Any]]) -> float:
    """Return the yearly loss of rows of the register together; what nobody has rated adds nothing."""
    return sum((row["yearly_loss"] or 0.0 for row in rows), 0.0)


def amount(loss: float) -> str:
    """Return an amount in words."""
    return money(loss) if loss else "nothing"
