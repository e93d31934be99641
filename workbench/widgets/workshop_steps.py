"""What a workshop's page shows at each kind of step, as JSON data read from the session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.analysis import value_words
from workbench.analysis.frames import records
from workbench.analysis.scenarios import SLOTS
from workbench.widgets.plain import plain, rows
from workbench.workshop.counting import VALUES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbench.analysis.scheme import Impact, Likelihood
    from workbench.workshop import Session, Votes

    State = dict[str, Any]

_SHOWN = (
    "id",
    "title",
    "element_name",
    "severity",
    "dots",
    "voted",
    "revealed",
    "disagreement",
    "likelihood",
    "impact",
)


def body(session: Session, kind: str) -> State:
    """Return what a step of a kind shows beside its question."""
    return _BODIES.get(kind, _nothing)(session)


def ballots(session: Session, by: str) -> list[State]:
    """Return what can be voted on, with the votes as one person may see them."""
    return [_ballot(row, session, by) for row in records(session.items)]


def counted(votes: Votes) -> State:
    """Return the votes on one thing: for each kind how many voted, one's own, and once revealed for what."""
    kinds = {
        kind: {
            "voted": c.voted, "own": c.own, "has_voted": c.has_voted, "dont_know": c.dont_know, "spread": c.spread,
            "lowest": c.lowest, "highest": c.highest, "disagreement": c.disagreement,
            # JSON has no numbers as keys: one place a value, in their order.
            "counts": [c.counts.get(value, 0) for value in VALUES[kind]] if c.counts is not None else None,
        }
        for kind, c in votes.kinds.items()
    }  # fmt: skip
    return {"revealed": votes.revealed, "kinds": kinds}


def cards(session: Session, by: str) -> State:
    """Return the cards as one person may see them."""
    own = rows(session.cards_for(by))
    return {"cards": own, "shared": session.are_shared}


def scales(session: Session) -> State:
    """Return what each level of likelihood and impact means."""
    scheme = session.app.workspace.scheme
    impact = _scale(scheme.impact)
    for band in impact["bands"]:
        band["anchors"] = scheme.anchored(band["level"])
    return {"likelihood": _scale(scheme.likelihood), "impact": impact}


def _scale(scale: Likelihood | Impact) -> State:
    bands = [{"level": b.level, "name": b.name, "says": b.says, "example": b.example} for b in scale.bands]
    return {"question": scale.question, "bands": bands}


def _nothing(_session: Session) -> State:
    return {}


def _open(session: Session) -> State:
    return {"people": rows(session.attendance, ("id", "name", "roles"))}


def _value(session: Session) -> State:
    return {"features": rows(session.features), "worth": list(value_words.words().worth.values())}


def _picture(session: Session) -> State:
    app = session.app
    flows = rows(app.flows, ("id", "source", "target", "data", "encrypted", "crosses_boundary"))
    votes = {flow["id"]: session.votes(flow["id"], by=session.actor) for flow in flows}
    return {"flows": [flow | {"true": counted(votes[flow["id"]])} for flow in flows]}


def _wrong(session: Session) -> State:
    return {
        **cards(session, session.actor),
        "prompts": plain(session.prompts()),
        "scenarios": rows(session.scenarios, ("id", "finding", "name", "sentence", "state", "mine", *SLOTS)),
        "elements": sorted({e.name for e in session.app.model if e.noun in _TALKED_ABOUT}),
    }


def _privacy(session: Session) -> State:
    return _wrong(session) | {"prompts": plain(session.prompts(method="linddun"))}


def _bad(session: Session) -> State:
    return {
        "items": ballots(session, session.actor),
        "dots_each": session.dots_each,
        "dots_left": session.dots_left(session.actor),
        "scales": scales(session),
    }


def _do(session: Session) -> State:
    app = session.app
    threats = {row["id"]: row for row in records(app.threats)}
    known = app.workspace.library
    items = []
    for row in rows(session.items, _SHOWN):
        found = threats.get(row["id"], {})
        rule = known.rules.get(found.get("rule", ""))
        advised = [known.mitigations[m] for m in (rule.mitigations if rule else ()) if m in known.mitigations]
        answered = {name: plain(found.get(name)) for name in ("status", "owner", "due", "mitigations")}
        items.append(row | answered | {"suggested": [{"id": m.id, "title": m.title} for m in advised[:7]]})
    return {"items": items, "actions": rows(app.actions), "people": _people(session)}


def _enough(session: Session) -> State:
    return {
        "confidence": counted(session.votes("confidence", by=session.actor)),
        "left": session.before_closing,
        "open": {"actions": len(session.app.actions), "questions": len(session.app.questions)},
        "people": _people(session),
    }


def _changes(session: Session) -> State:
    return {"changes": rows(session.changes, ("change", "noun", "name", "field", "before", "after"))}


def _new_threats(session: Session) -> State:
    return _wrong(session) | {"new": rows(session.new_threats)}


def _focus(session: Session) -> State:
    focus = session.focus
    found = session.app.workspace.model.get(focus)
    asked = session.prompts(focus) if focus else []
    return _wrong(session) | {"focus": found.name if found else None, "prompts": plain(asked)}


def _ballot(row: Mapping[str, Any], session: Session, by: str) -> State:
    about = str(row["id"])
    return {name: plain(row[name]) for name in _SHOWN} | counted(session.votes(about, by=by))


def _people(session: Session) -> list[str]:
    named = {e.owner for e in session.app.model if e.owner} | set(session.attendance["name"].dropna())
    return sorted(map(str, named))


_TALKED_ABOUT = frozenset({"actor", "service", "process", "store", "flow", "entry_point", "boundary"})
_BODIES: dict[str, Callable[[Session], State]] = {
    "open": _open, "value": _value, "picture": _picture, "wrong": _wrong, "bad": _bad, "do": _do, "enough": _enough,
    "changes": _changes, "new_threats": _new_threats, "focus": _focus, "privacy": _privacy,
}  # fmt: skip
