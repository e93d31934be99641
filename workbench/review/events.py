"""What asks for a review before its time: what is new and serious since somebody looked, and what has run out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from workbench.analysis.bands import SEVERITIES
from workbench.analysis.frames import records
from workbench.model import Connection, EntryPoint, RiskAcceptance, Service, ThreatDecision

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from workbench.analysis.stamps import Stamp
    from workbench.cadence import Events
    from workbench.ledger.ages import Age
    from workbench.model import Element
    from workbench.snapshot import Snapshot

_NEW: dict[type[Element], str] = {EntryPoint: "entry point", Service: "outside system", Connection: "connection"}
_SHOWN = 3


@dataclass(frozen=True)
class Event:
    """Why an app has to be reviewed, and by when."""

    app: str
    on: date
    """Day of the first thing that happened."""
    due: date
    why: str


@dataclass(frozen=True)
class _Sign:
    app: str
    on: date
    kind: str
    what: str


def events(now: Snapshot, stamps: Mapping[str, Stamp], ages: Mapping[str, Age], wanted: Events) -> list[Event]:
    """Return at most one event an app, by the first thing that happened.

    An app that was never reviewed has none: its review is due anyway.
    """
    found: dict[str, list[_Sign]] = defaultdict(list)
    signs = [*_findings(now, stamps, ages, wanted), *_arrivals(now, stamps, ages), *_run_out(now, stamps)]
    for sign in sorted(signs, key=lambda s: (s.app, s.on, s.kind, s.what)):
        found[sign.app].append(sign)
    return [_event(app, group, wanted.within_days) for app, group in found.items()]


def _event(app: str, signs: list[_Sign], within: int) -> Event:
    kinds: dict[str, list[str]] = defaultdict(list)
    for sign in signs:
        if sign.what not in kinds[sign.kind]:
            kinds[sign.kind].append(sign.what)
    return Event(app, signs[0].on, signs[0].on + timedelta(days=within), "; ".join(map(_told, kinds, kinds.values())))


def _told(kind: str, names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{kind}: {', '.join(names[:_SHOWN])}{more}"


def _findings(now: Snapshot, stamps: Mapping[str, Stamp], ages: Mapping[str, Age], wanted: Events) -> Iterator[_Sign]:
    if wanted.severity is None:
        return
    threats = now.threats
    serious = SEVERITIES[SEVERITIES.index(wanted.severity) :]
    rows = threats[(threats["status"] == "open") & threats["severity"].isin(serious)]
    for row in records(rows[["element", "app", "title", "severity", "first_seen"]]):
        own, seen = stamps.get(row["element"]), row["first_seen"]
        # What came in after the review of its app was in no review yet.
        stamp = own if own and own.reviewed else stamps.get(row["app"])
        if stamp and stamp.reviewed and seen is not None and _since(seen.date(), stamp, ages.get(row["element"])):
            yield _Sign(row["app"], seen.date(), f"new finding, {row['severity'].lower()}", row["title"])


def _since(seen: date, stamp: Stamp, age: Age | None) -> bool:
    """Tell whether a finding came after the review; on its very day, whether its element was changed after it."""
    reviewed = stamp.reviewed
    if reviewed is None or seen != reviewed.date():
        return reviewed is not None and seen > reviewed.date()
    return age is not None and age.changed_at > reviewed


def _arrivals(now: Snapshot, stamps: Mapping[str, Stamp], ages: Mapping[str, Age]) -> Iterator[_Sign]:
    for cls, kind in _NEW.items():
        for element in now.model.of(cls):
            app, own, age = stamps.get(element.app or ""), stamps.get(element.id), ages.get(element.id)
            new = own is not None and own.reviewed is None and age is not None
            if new and app and app.reviewed and age and age.added_at > app.reviewed:
                yield _Sign(f"{element.app}", age.added_at.date(), f"new {kind}", element.name)


def _run_out(now: Snapshot, stamps: Mapping[str, Stamp]) -> Iterator[_Sign]:
    ended: Iterable[RiskAcceptance | ThreatDecision] = (*now.model.of(RiskAcceptance), *now.model.of(ThreatDecision))
    titles = dict(zip(now.threats["id"], now.threats["title"], strict=True))
    for record in ended:
        app, on = stamps.get(record.app or ""), record.expires_on
        if record.finding in titles and on and app and app.reviewed and app.reviewed.date() < on <= now.today:
            yield _Sign(f"{record.app}", on, "acceptance ended", str(titles[record.finding]))
