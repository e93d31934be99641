"""What is different in each app since its own last review, for many apps at once.

Each app has a review at another place of the ledger. Places between which nobody wrote anything but reviews hold the
same model, so the apps are compared group by group, and what nobody touched since then is not looked at again, unless
something of it has run out by its date: such an app is compared with what people saw on the day of their review.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.analysis import changes
from workbench.analysis.frames import DAY, WHOLE, frame, records
from workbench.model import Assumption, ControlTest, Review, RiskAcceptance, ThreatDecision
from workbench.review.clock import local_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    import pandas as pd

    from workbench.ledger.touching import Touch
    from workbench.model import Element, Model
    from workbench.snapshot import Snapshot
    from workbench.workspace import Workspace

DRIFT = {**changes.ELEMENTS, "reviewed": DAY, "seen": DAY, "age": WHOLE}
_SILENT = Review.noun


@dataclass(frozen=True)
class Since:
    """Some apps, each compared with what it was at its last review; one without a review is compared with nothing."""

    workspace: Workspace
    now: Snapshot
    apps: tuple[str, ...]

    @cached_property
    def reviewed(self) -> Mapping[str, Review]:
        """Return the last review of each app that has one."""
        found: dict[str, Review] = {}
        for review in self.now.model.of(Review):
            if review.app in self.apps and review.at and review.ledger_sequence is not None:
                held = found.get(review.app)
                if held is None or (held.at or review.at) <= review.at:
                    found[review.app] = review
        return found

    @cached_property
    def drift(self) -> pd.DataFrame:
        """Return what has changed in apps since people last approved them.

        Columns
        -------
        those of analysis.changes.elements, and
        reviewed : the day of the app's last review
        seen : the day on which the element was first seen to be other than it was then
        age : for how many days it has been so
        """
        rows = [row for group in self._groups for row in group.drift(self.reviewed, self._touches, self.now)]
        return frame(DRIFT, sorted(rows, key=lambda row: (row["app"], row["id"], row["field"] or "")))

    @cached_property
    def threats(self) -> pd.DataFrame:
        """Return new, gone and changed findings since the last review of their app; columns in analysis.changes.threats."""
        parts = [group.threats(self.now) for group in self._groups]
        return frame(changes.THREATS, [row for part in parts for row in records(part)])

    @property
    def changed(self) -> frozenset[str]:
        """Return the apps that are not, or whose findings are not, what they were when people last looked."""
        return frozenset(self.drift["app"]) | frozenset(self.threats["app"])

    @cached_property
    def _touches(self) -> Sequence[Touch]:
        first = min((r.ledger_sequence or 0 for r in self.reviewed.values()), default=None)
        if first is None:
            return ()
        return [touch for touch in self.workspace.ledger.touched(first) if touch.noun != _SILENT]

    @cached_property
    def _groups(self) -> list[_Group]:
        """Return the apps by the place in the ledger whose model they are to be compared with, and the day to judge by."""
        written = [touch.sequence for touch in self._touches]
        by_place: dict[int | None, list[str]] = defaultdict(list)
        for app, review in sorted(self.reviewed.items()):
            sequence = review.ledger_sequence or 0
            later = next((s for s in written if s > sequence), None)
            by_place[None if later is None else later - 1].append(app)
        return [group for place, apps in by_place.items() for group in self._by_day(place, apps)]

    def _by_day(self, place: int | None, apps: Sequence[str]) -> Iterator[_Group]:
        """Yield apps whose model is that of a place (of now, if None) by the day to judge by; not what is as it was."""
        then = self.now if place is None else self.workspace.as_of(place, on=self.now.today)
        by_day: dict[date, list[str]] = defaultdict(list)
        for app in apps:
            by_day[self._day(then.model, app)].append(app)
        for day, group in by_day.items():
            if place is not None or day != self.now.today:
                state = then if day == self.now.today else replace(then, today=day)
                yield _Group(state, tuple(group), place)

    def _day(self, model: Model, app: str) -> date:
        """Return the day of an app's review if something of it has run out since; else today, which finds the same."""
        at, today = self.reviewed[app].at, self.now.today
        seen = local_day(at) if at else today
        ends = (_end(element) for element in model.own(app))
        return seen if any(end is not None and seen <= end < today for end in ends) else today


def _end(element: Element) -> date | None:
    """Return the last day on which what somebody recorded holds, if the next day alone changes what is found."""
    match element:
        case ThreatDecision(status="monitored"):
            return element.due
        case ThreatDecision() | RiskAcceptance():
            return element.expires_on
        case Assumption():
            return element.review_on
        case ControlTest():
            return element.next_on
    return None


@dataclass(frozen=True)
class _Group:
    """Apps that are compared with the same earlier state."""

    then: Snapshot
    apps: tuple[str, ...]
    place: int | None
    """Where in the ledger; None if nobody wrote anything since."""

    def drift(
        self, reviewed: Mapping[str, Review], touches: Sequence[Touch], now: Snapshot
    ) -> Iterator[dict[str, Any]]:
        """Yield the rows of `Since.drift`."""
        seen: dict[str, datetime] = {}
        for touch in touches:
            if self.place is not None and touch.sequence > self.place:
                seen.setdefault(touch.element, touch.at)
        for app in self.apps:
            at = reviewed[app].at
            for row in records(changes.elements(self.then.model.of_app(app), now.model.of_app(app))):
                day = seen[row["id"]].date() if row["id"] in seen else now.today
                age = (now.today - day).days
                yield row | {"app": app, "reviewed": at.date() if at else None, "seen": day, "age": max(0, age)}

    def threats(self, now: Snapshot) -> pd.DataFrame:
        """Return the rows of `Since.threats`."""
        old, new = (state.threats[state.threats["app"].isin(self.apps)] for state in (self.then, now))
        return changes.threats(old, new)
