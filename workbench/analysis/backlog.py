"""The backlog: what is open as pieces of work in the order in which to take them on, and why in that order.

A piece of work is one weakness in one app, wherever it is found there. The order is total and follows from the findings
alone: severity as things are, then the yearly loss of the worst place, then low confidence before high (finding out is
cheap), then what has been known longest, then names. Nothing about how the rows came in plays a part.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from workbench.analysis import scenarios
from workbench.analysis.bands import SEVERITIES, UNRATED, money
from workbench.analysis.decisions import Decisions
from workbench.analysis.frames import CONFIDENCE, DAY, FLAG, LIST, NUMBER, SEVERITY, TEXT, WHOLE, frame, records
from workbench.analysis.standing import Lapsed
from workbench.model import ORDERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    import pandas as pd

    from workbench.analysis.scheme import Scheme
    from workbench.model import Mitigation, Model
    from workbench.rules import Library
    from workbench.rules import Mitigation as OfCatalogue

    Row = dict[str, Any]
    Catalogue = Mapping[str, OfCatalogue]

BACKLOG = {
    "rank": WHOLE, "severity": SEVERITY, "score": WHOLE, "title": TEXT, "app": TEXT, "app_name": TEXT, "places": WHOLE,
    "elements": LIST, "confidence": CONFIDENCE, "yearly_loss": NUMBER, "owner": TEXT, "due": DAY, "overdue": FLAG,
    "next_step": TEXT, "why_here": TEXT, "first_seen": DAY, "rule": TEXT, "findings": LIST,
}  # fmt: skip
_STEPS = ((Lapsed, "test again"), ("failed", "mend"), ("in_place", "test"), ("planned", "carry out"))
# What decides between two neighbours, in the order of `_Work.key`.
_BECAUSE = (
    "it is rated", "it is more severe", "it costs more a year in its worst place",
    "less is known about it, and finding out is cheap", "it has been known for longer",
)  # fmt: skip


@dataclass(frozen=True)
class _Work:
    """The open findings of one weakness in one app, the worst first."""

    members: Sequence[Row]

    @property
    def worst(self) -> Row:
        return self.members[0]

    @property
    def key(self) -> tuple[Any, ...]:
        return min(map(_key, self.members))


def backlog(
    model: Model, threats: pd.DataFrame, scheme: Scheme, today: date, *, library: Library | None = None
) -> pd.DataFrame:
    """Return one row a piece of work, the one to take on first on top; only what is open is in it.

    Parameters
    ----------
    threats
        The register (analysis.register.threats), of all apps or of some.
    library
        With it, a mitigation of the catalogue is known by its id as well, whatever a team calls it.

    Columns
    -------
    rank : 1 for the first
    severity, score, confidence : of its worst place, as things are; unknown where nobody has rated it yet
    title, app, app_name, rule : what it is and where; app is an id
    places, elements, findings : number of open findings, names of their elements, their ids; the worst first
    yearly_loss : of all its rated places as things are, in the unit of the scheme
    owner : of its worst place that has one
    due, overdue : the earliest day of its places, and whether that has passed
    next_step : what to do next: a mitigation to mend, test or carry out, else one to decide on
    why_here : why it has this rank, and what puts it before the next one
    first_seen : day on which the oldest of its places was first seen
    """
    groups: dict[tuple[Any, str], list[Row]] = defaultdict(list)
    for row in records(threats[threats["status"] == "open"]):
        # Each scenario of people is a threat of its own.
        groups[row["app"], row["id"] if row["rule"] == scenarios.RULE else row["rule"]].append(row)
    works = sorted((_Work(sorted(members, key=_key)) for members in groups.values()), key=lambda work: work.key)
    decisions, catalogue = Decisions(model, today), library.mitigations if library is not None else {}
    rows = []
    for rank, (work, below) in enumerate(zip_longest(works, works[1:]), 1):
        row = _row(work, decisions, catalogue, today)
        rows.append(row | {"rank": rank, "why_here": _why(row, work, below, scheme)})
    return frame(BACKLOG, rows)


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    rated = row["severity"] is not None
    return (
        not rated,
        -SEVERITIES.index(row["severity"]) if rated else 0,
        # In cents: what the last bits of a product say decides nothing.
        -round(row["yearly_loss"], 2) if rated else 0,
        ORDERS["level"].index(row["confidence"]),
        row["first_seen"].date().isoformat() if row["first_seen"] is not None else "~",
        row["app"] or "", row["rule"], row["id"],
    )  # fmt: skip


def _row(work: _Work, decisions: Decisions, catalogue: Catalogue, today: date) -> Row:
    members, worst = work.members, work.worst
    due = min((row["due"] for row in members if row["due"] is not None), default=None)
    return {
        **{name: worst[name] for name in ("severity", "score", "title", "app", "app_name", "confidence", "rule")},
        "places": len(members),
        "elements": tuple(row["element_name"] for row in members),
        "findings": tuple(row["id"] for row in members),
        "yearly_loss": sum(row["yearly_loss"] or 0.0 for row in members),
        "owner": next((row["owner"] for row in members if row["owner"]), None),
        "due": due,
        "overdue": due is not None and due.date() < today,
        "next_step": _next_step(members, decisions, catalogue),
        "first_seen": min((row["first_seen"] for row in members if row["first_seen"] is not None), default=None),
    }


def _next_step(members: Sequence[Row], decisions: Decisions, catalogue: Catalogue) -> str:
    """Return the step that is nearest to an effect: what failed or is untested before what is only planned."""
    linked = [decisions.mitigations(row["id"]) for row in members]
    controls = [control for some in linked for control in some]
    for state, words in _STEPS:
        for control in controls:
            if isinstance(control, Lapsed) if state is Lapsed else control.status == state:
                return f"{words}: {control.name}{_by(control)}"
    if members[0]["severity"] is None:
        return "rate it: how often, how bad"
    wanted = (each for row, some in zip(members, linked, strict=True) for each in _undecided(row, some, catalogue))
    suggested = next(wanted, None)
    return f"decide on: {suggested}" if suggested else "decide what becomes of it"


def _undecided(row: Row, linked: Iterable[Mitigation], catalogue: Catalogue) -> Iterator[str]:
    """Yield the mitigations that are suggested for a place and not linked to it yet."""
    known = {name for control in linked for name in (control.name, control.catalogue) if name}
    known |= {catalogue[name].title for name in known & catalogue.keys()}
    yield from (each for each in row["mitigations_suggested"] if each not in known)


def _by(control: Mitigation) -> str:
    parts = [control.owner or "", f"by {control.due}" if control.due else ""]
    told = ", ".join(part for part in parts if part)
    return f" ({told})" if told else ""


def _why(row: Row, work: _Work, below: _Work | None, scheme: Scheme) -> str:
    sentences = [_size(row, work.worst, scheme)]
    if row["overdue"]:
        sentences.append(f"It was to be treated by {row['due'].date()}.")
    if below is not None:
        sentences.append(f"Before “{below.worst['title']}” because {_decides(work.key, below.key)}.")
    return " ".join(sentences)


def _size(row: Row, worst: Row, scheme: Scheme) -> str:
    if row["severity"] is None:
        return f"It is {UNRATED}: nobody has said how often and how bad."
    often = scheme.likelihood.bands[worst["current_likelihood"] - 1].name
    bad = scheme.impact.bands[worst["current_impact"] - 1].name
    amount = money(worst["yearly_loss"])
    return f"{row['severity']}: {often} and {bad} as things are, about {amount} a year; {row['confidence']} confidence."


def _decides(here: tuple[Any, ...], there: tuple[Any, ...]) -> str:
    for one, other, because in zip(here, there, _BECAUSE, strict=False):
        if one != other:
            return because
    return "they are alike in all that counts, and names decide"
