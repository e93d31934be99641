"""Two people, one record: whether it is still as somebody saw it when they decided to change it."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from workbench.analysis.recording import DecisionError, record_id
from workbench.model import Action, Mitigation, Question, ThreatDecision

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.model import Element, Model
    from workbench.model.records import Record

Said = dict[str, Any]
"""What people said about one thing, by field, as JSON data; what nobody said, or what holds anyway, is not in it."""
_DECISION = ("status", "owner", "due", "likelihood", "impact", "confidence", "expires_on")
_RECORDS: Mapping[str, tuple[type[Record], tuple[str, ...]]] = {
    "mitigation:": (Mitigation, ("name", "status", "owner", "due", "strength", "acts_on", "evidence")),
    "question:": (Question, ("state", "owner", "due", "answer")),
    "action:": (Action, ("name", "state", "owner", "due", "evidence")),
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
    record, anyway = _record(model, thing), _anyway(thing)
    found = {name: _json(getattr(record, name)) for name in anyway} if record is not None else {}
    return {name: value for name, value in (found | _answer(model, thing)).items() if value != anyway[name]}


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
    now, record, anyway = said(model, thing), _record(model, thing), _anyway(thing)
    changed = sorted(f for f in was.keys() | now.keys() if was.get(f) != now.get(f))
    at = getattr(record, "at", None)
    return {
        "id": thing,
        "name": record.name if record is not None else thing,
        "by": getattr(record, "by", None),
        "at": at.isoformat() if at is not None else None,
        "why": getattr(record, "why", None),
        "fields": {f: [was.get(f, anyway.get(f)), now.get(f, anyway.get(f))] for f in changed},
    }


def _kind(thing: str) -> tuple[type[Record], tuple[str, ...]]:
    return next((kind for start, kind in _RECORDS.items() if thing.startswith(start)), (ThreatDecision, _DECISION))


def _anyway(thing: str) -> Said:
    """Return what holds while nobody has said anything, for each field that is compared."""
    return _defaults(*_kind(thing))


@cache
def _defaults(cls: type[Record], names: tuple[str, ...]) -> Said:
    fields = {name: cls.model_fields[name] for name in names}
    return {name: None if field.is_required() else field.get_default() for name, field in fields.items()}


def _record(model: Model, thing: str) -> Element | None:
    return model.get(record_id("decision", thing) if _kind(thing)[0] is ThreatDecision else thing)


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
    # An empty list is what nobody has filled yet.
    return (list(value) or None) if isinstance(value, tuple) else value
