"""Looks by hand, as Changes: what a person has to see for themselves, and what they found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from workbench.analysis.acting import action
from workbench.analysis.frames import DAY, FLAG, LIST, MOMENT, TEXT, frame
from workbench.analysis.recording import DecisionError, in_words, put, reason, several
from workbench.model import NAME_LENGTH, Check, Verdict
from workbench.model.reviewing import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    import pandas as pd

    from workbench.model import Change, Evidence, Model

CHECKS = {
    "id": TEXT, "name": TEXT, "app": TEXT, "kind": TEXT, "state": TEXT, "due": DAY, "overdue": FLAG, "owner": TEXT,
    "because": TEXT, "asks": LIST, "links": LIST, "verdict": TEXT, "reason": TEXT, "reviewer": TEXT, "at": MOMENT,
    "evidence": LIST, "next_on": DAY,
}  # fmt: skip
OUTCOMES: tuple[str, ...] = get_args(Outcome)
_TO_DO = {"follow_up": "Put right", "stop": "Stop the app, or put right before it is used again"}


def check(
    model: Model,
    app: str | None,
    text: str,
    *,
    actor: str,
    at: datetime,
    why: str = "",
    links: str | Iterable[str] = (),
    **fields: Any,
) -> list[Change]:
    """Return the Changes that ask for a look by hand at a setting on which security depends.

    `fields` are those of model.Check: asks (what to look at, step by step), owner, due, next_on.

    Raises
    ------
    DecisionError
        If there are no words or a value does not fit.
    """
    needs = "a look by hand needs words; say in a sentence what is to be looked at"
    said = {"links": tuple(several(links)), "by": actor, "at": at, "why": why or None}
    return [in_words(model, Check, app, text, needs=needs, said=said | fields)]


def close(
    model: Model,
    checks: str | Iterable[str],
    says: str,
    *,
    actor: str,
    at: datetime,
    why: str,
    evidence: Iterable[Evidence] = (),
    next_on: date | None = None,
    owner: str | None = None,
    due: date | None = None,
) -> list[Change]:
    """Return the Changes that close looks by hand with a verdict: good, follow_up or stop, and the reason.

    follow_up and stop open an action for `owner` until `due`. With `next_on` the look is open again from that day on.

    Raises
    ------
    DecisionError
        If there is no such look, the verdict is none, or the reason is missing; nothing is closed then.
    """
    given = verdict(says, why, actor, at, "closing a look by hand")
    if next_on is not None and next_on <= at.date():
        raise DecisionError(f"the next look was to be on {next_on}; give a day after {at.date()}", "next_on")
    proof, changes = tuple(evidence), []
    for each in several(checks):
        held = _held(model, each)
        # Also where there is none: what proved an earlier verdict does not prove this one.
        said = {"verdict": given, "by": actor, "at": at, "why": why, "next_on": next_on, "evidence": proof}
        changes.append(put(model, Check, each, said))
        changes += follow(
            model, held.app, held.name, given, links=(each, *held.links), owner=owner or held.owner, due=due
        )
    return changes


def verdict(says: str, why: str, actor: str, at: datetime, what: str) -> Verdict:
    """Return a verdict with its reason; DecisionError if there is none or it is another word."""
    if says not in OUTCOMES:
        raise DecisionError(f"the verdict was {says!r}; expected one of {', '.join(OUTCOMES)}", "verdict")
    reason(why, what)
    return Verdict(says=says, reason=why, by=actor, at=at)


def follow(
    model: Model,
    app: str | None,
    name: str,
    given: Verdict,
    *,
    links: Iterable[str],
    owner: str | None,
    due: date | None,
) -> list[Change]:
    """Return the Changes that open an action for what a verdict leaves to do; none if all is good."""
    if given.says not in _TO_DO:
        return []
    text = f"{_TO_DO[given.says]}: {name} ({given.reason})"[:NAME_LENGTH]
    fields = {"owner": owner, "due": due, "state": "open"}
    return action(model, app, text, actor=given.by, at=given.at, why=given.reason, links=links, **fields)


def checks(model: Model, today: date) -> pd.DataFrame:
    """Return one row a look by hand, open ones first, then by date.

    Columns
    -------
    id, name, app, kind, because, asks, links, owner : what to look at and what opened it; `asks` is a tuple of steps
    state : open, closed, or again (closed once, and its next day has come)
    due, overdue : overdue is past its day and not closed
    verdict, reason, reviewer, at : good, follow_up or stop; who said so, when and why
    evidence : tuple of name and SHA-256 of each file
    next_on : from when on it is open again
    """
    rows = sorted(_rows(model, today), key=lambda row: (row["state"] == "closed", f"{row['due'] or '9'}", row["id"]))
    return frame(CHECKS, rows)


def _rows(model: Model, today: date) -> Iterator[dict[str, Any]]:
    for held in model.of(Check):
        state, said = state_of(held, today), held.verdict
        due = held.next_on if state == "again" else held.due
        yield {
            **{
                name: getattr(held, name) for name in ("id", "name", "app", "kind", "because", "asks", "links", "owner")
            },
            "state": state,
            "due": due,
            "overdue": state != "closed" and due is not None and due < today,
            "verdict": said.says if said else None,
            "reason": said.reason if said else None,
            "reviewer": said.by if said else None,
            "at": said.at if said else None,
            "evidence": tuple(e.in_words for e in held.evidence),
            "next_on": held.next_on,
        }


def state_of(held: Check, today: date) -> str:
    """Return open, closed or again."""
    if held.verdict is None:
        return "open"
    return "again" if held.next_on is not None and held.next_on <= today else "closed"


def _held(model: Model, each: str) -> Check:
    held = model.get(each)
    if not isinstance(held, Check):
        raise DecisionError(f"there is no look by hand {each!r}; ids are in the table of checks")
    return held
