"""How well the programme works: time to triage, time to fix, what opens again, what is covered; from registers alone.

A finding is *found* on the first day on which it is in the register, *triaged* when somebody has decided about it or
linked a measure, *fixed* when it is gone while its app is still there, or is called mitigated or avoided. What is
accepted, transferred or no true finding is set aside: closed, and not fixed. *Reopened* is what was closed and is open
again. All of it follows from the register as it was on each day, so that anybody can recompute it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING, Any

from workbench.analysis.bands import SEVERITIES
from workbench.analysis.frames import DAY, NUMBER, SEVERITY, TEXT, WHOLE, frame, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    import pandas as pd

FINDINGS = {
    "id": TEXT, "rule": TEXT, "title": TEXT, "app": TEXT, "app_name": TEXT, "severity": SEVERITY, "state": TEXT, "found": DAY,
    "triaged": DAY, "fixed": DAY, "days_to_triage": WHOLE, "days_to_fix": WHOLE, "reopened": WHOLE,
}  # fmt: skip
TREND = {
    "day": DAY, "apps": WHOLE, "reviews": WHOLE, "open": WHOLE, "found": WHOLE, "triaged": WHOLE, "fixed": WHOLE,
    "reopened": WHOLE, "days_to_triage": NUMBER, "days_to_fix": NUMBER, "reopen_rate": NUMBER, "coverage": NUMBER,
    "decided": NUMBER,
}  # fmt: skip
GROUPS = {
    "group": TEXT, "name": TEXT, "findings": WHOLE, "open": WHOLE, "triaged": WHOLE, "fixed": WHOLE, "days_to_triage": NUMBER,
    "days_to_fix": NUMBER, "reopen_rate": NUMBER,
}  # fmt: skip
_FIXED = frozenset({"mitigated", "avoided"})


@dataclass(frozen=True)
class Look:
    """The register at the end of a day."""

    day: date
    threats: pd.DataFrame
    """Columns in analysis.register.threats."""
    apps: frozenset[str]
    reviewed: int = 0
    """How many of the apps had a review in the quarter before."""
    reviews: int = 0
    """How many reviews were finished on that day."""


@dataclass
class _Life:
    """What became of one finding."""

    row: dict[str, Any]
    found: date | None
    """None if it was there before the first look."""
    state: str = "open"
    triaged: date | None = None
    fixed: date | None = None
    was_closed: bool = False
    reopened: int = 0

    def days_to(self, day: date | None) -> int | None:
        return (day - self.found).days if day and self.found else None


@dataclass(frozen=True)
class Programme:
    """The figures of some looks, the oldest first."""

    looks: Sequence[Look]
    from_beginning: bool = True
    """Whether there was nothing before the first look; else what it shows was found nobody knows when."""

    @cached_property
    def trend(self) -> pd.DataFrame:
        """Return one row a look.

        Columns
        -------
        day, apps, reviews : the day, apps then, and reviews finished on it
        open : findings that are open then
        found, triaged, fixed, reopened : findings of which that became true since the look before
        days_to_triage, days_to_fix : median of all that were triaged or fixed by then; unknown if none was
        reopen_rate : part of what was ever closed by then that opened again
        coverage : part of the apps with a review in the quarter before
        decided : part of the open findings that are triaged
        """
        return frame(TREND, self._told[1])

    @cached_property
    def findings(self) -> pd.DataFrame:
        """Return one row a finding that ever was.

        Columns
        -------
        id, rule, title, app, app_name, severity : as last seen
        state : open, fixed, set aside, or removed with its app
        found, triaged, fixed : the first day of each; of what the first look already showed, found is unknown and the
            others are no later than it
        days_to_triage, days_to_fix : from found
        reopened : how often it was closed and open again
        """
        return frame(FINDINGS, [_as_row(life) for life in self._told[0]])

    def by(self, column: str) -> pd.DataFrame:
        """Return the figures of groups of findings: by severity (the worst first), app, rule, title or state.

        Columns
        -------
        group, name : of the group; name is that of an app, or the title of a rule
        findings, open, triaged, fixed : how many
        days_to_triage, days_to_fix, reopen_rate : as in `trend`
        """
        groups: dict[str, list[_Life]] = {}
        for life in self._told[0]:
            groups.setdefault(str(_as_row(life)[column] or "not known"), []).append(life)
        named = {"app": "app_name", "rule": "title"}.get(column, column)
        rows = [
            {"group": group, "name": str(_as_row(lives[-1])[named] or group), "findings": len(lives), **_figures(lives)}
            for group, lives in groups.items()
        ]
        worst = [*reversed(SEVERITIES)] if column == "severity" else []
        return frame(GROUPS, sorted(rows, key=lambda row: (_place(row["group"], worst), -row["open"], row["group"])))

    @cached_property
    def _told(self) -> tuple[Sequence[_Life], Sequence[dict[str, Any]]]:
        """Return what became of each finding, and the rows of the trend."""
        lives: dict[str, _Life] = {}
        rows = [_look(look, lives, known=number > 0 or self.from_beginning) for number, look in enumerate(self.looks)]
        return list(lives.values()), rows


def _place(name: str, order: Sequence[str]) -> int:
    return order.index(name) if name in order else len(order)


def _look(look: Look, lives: dict[str, _Life], *, known: bool) -> dict[str, Any]:
    """Bring all findings up to a look and return the figures then; `known` tells whether new ones were found by it."""
    events: Counter[str] = Counter()
    seen = {row["id"]: row for row in records(look.threats)}
    for name in [name for name in seen if name not in lives]:
        lives[name] = _Life(seen[name], look.day if known else None)
        events["found"] += known
    for name, life in lives.items():
        moved = _moved(life, seen.get(name), look)
        # What the first look of a window shows did not become true on its day.
        events.update(moved if known else ())
    open_ = [life for life in lives.values() if life.state == "open"]
    return {
        "day": look.day, "apps": len(look.apps), "reviews": look.reviews, **_figures(lives.values()),
        **{name: events[name] for name in ("found", "triaged", "fixed", "reopened")},
        "coverage": look.reviewed / len(look.apps) if look.apps else None,
        "decided": sum(life.triaged is not None for life in open_) / len(open_) if open_ else None,
    }  # fmt: skip


def _moved(life: _Life, row: dict[str, Any] | None, look: Look) -> list[str]:
    """Bring a finding up to a look and return what became true of it."""
    before, life.state = life.state, _state(life, row, look)
    moved = []
    if row is not None:
        life.row = row
        if life.triaged is None and (row["decided_by"] or row["mitigations"]):
            life.triaged = look.day
            moved.append("triaged")
    if life.state == "open" and before not in {"open", "removed"}:
        life.reopened += 1
        moved.append("reopened")
    if life.state in {"fixed", "set aside"}:
        life.was_closed = True
    if life.state == "fixed" != before:
        life.fixed = life.fixed or look.day
        moved.append("fixed")
    return moved


def _state(life: _Life, row: dict[str, Any] | None, look: Look) -> str:
    if row is None:
        app = life.row["app"]
        return "removed" if app is not None and app not in look.apps else "fixed"
    if row["status"] == "open":
        return "open"
    return "fixed" if row["status"] in _FIXED else "set aside"


def _figures(lives: Iterable[_Life]) -> dict[str, Any]:
    given = list(lives)
    closed = [life for life in given if life.was_closed]
    triage = [days for life in given if (days := life.days_to(life.triaged)) is not None]
    fix = [days for life in given if (days := life.days_to(life.fixed)) is not None]
    return {
        "open": sum(life.state == "open" for life in given),
        "triaged": sum(life.triaged is not None for life in given),
        "fixed": sum(life.fixed is not None for life in given),
        "days_to_triage": float(median(triage)) if triage else None,
        "days_to_fix": float(median(fix)) if fix else None,
        "reopen_rate": sum(life.reopened > 0 for life in closed) / len(closed) if closed else None,
    }


def _as_row(life: _Life) -> dict[str, Any]:
    return {
        **{name: life.row[name] for name in ("id", "rule", "title", "app", "app_name", "severity")},
        "state": life.state, "found": life.found, "triaged": life.triaged, "fixed": life.fixed,
        "days_to_triage": life.days_to(life.triaged), "days_to_fix": life.days_to(life.fixed),
        "reopened": life.reopened,
    }  # fmt: skip
