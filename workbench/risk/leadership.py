"""The page that leadership reads: how big the risk is, which are the biggest, and what has to be decided.

In sentences about processes, people, money and duty; no ids, no names of methods or catalogues. Every number opens to
the rows behind it. It is one file without scripts, opens offline and prints on A4.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING, Any

from workbench.analysis.bands import SEVERITIES, UNRATED, money
from workbench.analysis.frames import records
from workbench.analysis.register import grouped
from workbench.model import DataField, Feature, Review, RiskAcceptance
from workbench.reports.html import page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd

    from workbench.snapshot import Snapshot
    from workbench.workspace import Workspace

_TOP, _MOST_ROWS = 5, 40
_SOON = timedelta(days=30)
_BAD = ("Critical", "High")


@dataclass(frozen=True)
class Number:
    """A figure with its words, and the rows that it counts."""

    label: str
    value: str
    rows: tuple[tuple[str, ...], ...] = ()
    columns: tuple[str, ...] = ()
    more: int = 0
    """Rows that are not shown."""


@dataclass(frozen=True)
class Sentence:
    """A risk, or something to be decided, in words; with the places that it is about."""

    says: str
    then: tuple[str, ...]
    severity: str | None
    number: Number


@dataclass(frozen=True)
class Leadership:
    """What leadership is told, on one day."""

    title: str
    day: date
    trend: str
    numbers: tuple[Number, ...]
    risks: tuple[Sentence, ...]
    decisions: tuple[Number, ...]
    goals: tuple[Sentence, ...]
    head: str
    """Place and hash in the history that all of it was read from."""

    def html(self) -> bytes:
        """Return the page as one HTML file."""
        return page("leadership.html.j2", "", told=self)

    def _repr_html_(self) -> str:
        """Return the page in a frame of its own, in which nothing runs."""
        data = base64.b64encode(self.html()).decode("ascii")
        style = "width:100%;height:80vh;border:1px solid #c8ced6;background:white"
        return (
            f'<iframe sandbox title="{escape(self.title)}" style="{style}" src="data:text/html;base64,{data}"></iframe>'
        )


def leadership(workspace: Workspace) -> Leadership:
    """Return what leadership is told of all apps of a workspace, as things are."""
    now = workspace.now
    opened = records(now.threats[now.threats["status"] == "open"])
    title = workspace.config.name or workspace.path.name
    head = workspace.ledger.head
    return Leadership(
        title=title,
        day=now.today,
        trend=_trend(workspace, now),
        numbers=_numbers(now, opened),
        risks=tuple(_risk(now, group, opened) for group in _biggest(now)),
        decisions=tuple(number for number in _decisions(now, opened) if number.rows),
        goals=tuple(_goals(now, opened)),
        head=f"{head.sequence}, {head.hash}",
    )


def _numbers(now: Snapshot, opened: Sequence[dict[str, Any]]) -> tuple[Number, ...]:
    bad = [row for row in opened if row["severity"] in _BAD]
    overdue = [row for row in opened if row["due"] is not None and row["due"].date() < now.today]
    apps = [(app.name, app.purpose or "", app.owner or "nobody yet") for app in now.model.apps]
    loss = sum(_loss(now, row) for row in opened)
    return (
        _number("applications looked at", apps, ("Application", "What it is for", "Owner")),
        _number("risks that are severe and open", _places(bad), _COLUMNS),
        _number("past the day by which they had to be treated", _places(overdue), _COLUMNS),
        Number("expected loss a year, from the estimates of people", money(loss) if loss else "0", _losses(now, opened),
               ("Application", "Expected loss a year")),
    )  # fmt: skip


_COLUMNS = ("Application", "What can go wrong", "Where", "Severity", "Owner", "To be treated by")


def _places(rows: Sequence[dict[str, Any]]) -> list[tuple[str, ...]]:
    return [
        (
            row["app_name"] or "", row["title"], row["element_name"], row["severity"] or UNRATED,
            row["owner"] or "nobody yet", row["due"].date().isoformat() if row["due"] is not None else "no day yet",
        )
        for row in rows
    ]  # fmt: skip


def _number(label: str, rows: Sequence[tuple[str, ...]], columns: tuple[str, ...]) -> Number:
    return Number(label, f"{len(rows)}", tuple(rows[:_MOST_ROWS]), columns, max(0, len(rows) - _MOST_ROWS))


def _losses(now: Snapshot, opened: Sequence[dict[str, Any]]) -> tuple[tuple[str, ...], ...]:
    by_app: dict[str, float] = {}
    for row in opened:
        by_app[row["app_name"] or ""] = by_app.get(row["app_name"] or "", 0.0) + _loss(now, row)
    return tuple((app, money(loss)) for app, loss in sorted(by_app.items(), key=lambda one: -one[1]) if loss)


def _loss(now: Snapshot, row: dict[str, Any]) -> float:
    known = row["current_likelihood"] is not None and row["current_impact"] is not None
    return now.scheme.grid.loss(row["current_likelihood"], row["current_impact"]) if known else 0.0


def _trend(workspace: Workspace, now: Snapshot) -> str:
    """Return how the open risk has moved since the last review that was finished on an earlier day."""
    reviews = [r for r in now.model.of(Review) if r.at is not None and r.at.date() < now.today]
    if not reviews:
        return "There was no earlier review to compare with."
    last = max(r.at for r in reviews if r.at is not None)
    before = workspace.as_of(last)
    was, is_ = (sum(_loss(s, row) for row in records(_open(s.threats))) for s in (before, now))
    counts = [sum(row["severity"] in _BAD for row in records(_open(s.threats))) for s in (before, now)]
    if (was, counts[0]) == (is_, counts[1]):
        return f"Since the review of {last.date()} nothing has moved."
    way = "grown" if is_ > was else "shrunk" if is_ < was else "stayed as large as it was"
    return (
        f"Since the review of {last.date()} the expected loss has {way}, from {_amount(was)} to {_amount(is_)} a year; "
        f"severe risks that are open: {counts[0]} then, {counts[1]} now."
    )


def _amount(loss: float) -> str:
    return money(loss) if loss else "nothing"


def _open(threats: pd.DataFrame) -> pd.DataFrame:
    return threats[threats["status"] == "open"]


def _biggest(now: Snapshot) -> list[dict[str, Any]]:
    groups = records(grouped(_open(now.threats)))
    return [group for group in groups if group["score"] is not None][:_TOP]


def _risk(now: Snapshot, group: dict[str, Any], opened: Sequence[dict[str, Any]]) -> Sentence:
    members = [row for row in opened if row["id"] in group["findings"]]
    worst = max(members, key=lambda row: _loss(now, row))
    scheme = now.scheme
    often = scheme.likelihood.bands[worst["current_likelihood"] - 1]
    bad = scheme.impact.bands[worst["current_impact"] - 1]
    then = [
        worst["story"],
        f"How often: {often.name.lower()}. {often.says} How bad: {bad.name.lower()}. {bad.says}",
        f"Expected loss: {money(sum(_loss(now, row) for row in members))} a year.",
    ]
    if _holds_personal_data(now, worst["app"]):
        then.append("Data about people is in this application, so a duty to tell them or an authority may follow.")
    where = _number("place" if len(members) == 1 else "places", _places(members), _COLUMNS)
    return Sentence(f"{worst['app_name']}: {worst['title']}", tuple(then), group["severity"], where)


def _holds_personal_data(now: Snapshot, app: str | None) -> bool:
    fields = (field for field in now.model.of(DataField) if field.app == app)
    return any(field.personal or (field.personal is None and field.personal_suggested) for field in fields)


def _decisions(now: Snapshot, opened: Sequence[dict[str, Any]]) -> tuple[Number, ...]:
    bad = [row for row in opened if row["severity"] in _BAD]
    ending = [
        (a.name, a.by or "", a.expires_on.isoformat())
        for a in now.model.of(RiskAcceptance)
        if a.expires_on is not None and now.today <= a.expires_on <= now.today + _SOON
    ]
    unowned = [(app.name, app.purpose or "") for app in now.model.apps if app.owner is None]
    nobody = [row for row in bad if not row["owner"]]
    untreated = [row for row in bad if not row["mitigations"]]
    accepted, apps = ("Accepted", "By", "Until"), ("Application", "What it is for")
    return (
        _number("severe risks have nobody who answers for them: who will?", _places(nobody), _COLUMNS),
        _number("severe risks have no measure yet: mend, avoid, hand on, or accept?", _places(untreated), _COLUMNS),
        _number("accepted risks come up again within 30 days: accept once more, or mend?", ending, accepted),
        _number("applications have no owner: whose are they?", unowned, apps),
    )


def _goals(now: Snapshot, opened: Sequence[dict[str, Any]]) -> list[Sentence]:
    """Return what the applications do for people, and what endangers it, the most endangered first."""
    told = []
    for feature in now.model.of(Feature):
        needed = set(feature.enables)
        at_risk = [row for row in opened if row["element"] in needed or (not needed and row["app"] == feature.app)]
        worst = max((r["severity"] for r in at_risk if r["severity"]), key=SEVERITIES.index, default=None)
        then = [
            text
            for text in (
                feature.value and f"Worth: {feature.value}",
                feature.benefits and f"Who gains: {feature.benefits}",
                feature.harmed and f"Who could be harmed: {feature.harmed}",
            )
            if text
        ]
        told.append(Sentence(feature.name, tuple(then), worst, _number("open risks to it", _places(at_risk), _COLUMNS)))
    return sorted(told, key=lambda s: -SEVERITIES.index(s.severity) if s.severity else 1)
