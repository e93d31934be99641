"""Two people, one record: whether it is still as somebody saw it when they decided to change it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from workbench.analysis.recording import DecisionError, record_id
from workbench.model import Action, Element, Mitigation, Question, ThreatDecision

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.model import Model

Said = dict[str, Any]
"""What people said about one thing, by field, as JSON data; what nobody said is not in it."""
_FIELDS: Mapping[type[Element], tuple[str, ...]] = {
    ThreatDecision: ("status", "owner", "due", "likelihood", "impact", "confidence", "expires_on"),
    Mitigation: ("name", "status", "owner", "due", "strength", "acts_on", "evidence"),
    Question: ("state", "owner", "due", "answer"),
    Action: ("name", "state", "owner", "due", "evidence"),
}
_ASKED = "question:"


class ChangedMeanwhileError(DecisionError):
    """Somebody else has changed what is to be changed; nothing was written.

    `more` has for each such thing its `id`, `name`, who changed it (`by`, `at`, `why`) and `fields`: what was seen and
    what it is now.
    """

    def __init__(self, more: list[Said]) -> None:
        self.more = more
        names = "; ".join(f"{each['by'] or 'Somebody'} changed “{each['name']}”" for each in more)
        super().__init__(f"{names} since you looked. Nothing was saved: choose which version counts.", "seen")


def said(model: Model, thing: str) -> Said:
    """Return what people have said about a finding, question, mitigation or action, given by its id."""
    record = _record(model, thing)
    fields = _FIELDS.get(type(record), ()) if record is not None else ()
    found = {name: _json(getattr(record, name)) for name in fields}
    answer = _answer(model, thing)
    return {name: value for name, value in (found | answer).items() if value not in (None, ())}


def unchanged(model: Model, seen: Mapping[str, Said]) -> None:
    """Check that things, by their ids, are still as somebody saw them, in the words of `said`.

    Raises
    ------
    ChangedMeanwhileError
        If one is not.
    """
    different = [_difference(model, thing, was) for thing, was in seen.items() if said(model, thing) != was]
    if different:
        raise ChangedMeanwhileError(different)


def _difference(model: Model, thing: str, was: Said) -> Said:
    now, record = said(model, thing), _record(model, thing)
    changed = sorted(f for f in was.keys() | now.keys() if was.get(f) != now.get(f))
    at = getattr(record, "at", None)
    return {
        "id": thing,
        "name": record.name if record is not None else thing,
        "by": getattr(record, "by", None),
        "at": at.isoformat() if at is not None else None,
        "why": getattr(record, "why", None),
        "fields": {f: [was.get(f), now.get(f)] for f in changed},
    }


def _record(model: Model, thing: str) -> Element | None:
    is_finding = "@" in thing and not thing.startswith(_ASKED) and thing not in model
    return model.get(record_id("decision", thing) if is_finding else thing)


def _answer(model: Model, thing: str) -> Said:
    """Return the value of the property that a rule's question asks for."""
    name, at, element = thing.removeprefix(_ASKED).partition("@")
    asked = model.get(element) if at and thing.startswith(_ASKED) else None
    if asked is None:
        return {}
    key = name.removeprefix("settings.")
    return {"answer": _json(getattr(asked, name, None) if key == name else asked.settings.get(key))}


def _json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
