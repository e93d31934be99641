"""How a decision becomes a Change: ids of records, values that fit, reasons that may not be missing."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from workbench.analysis.decisions import app_of
from workbench.errors import plain
from workbench.model import NAME_LENGTH, Change, added, replaced, slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.model import Element, Model
    from workbench.model.records import Record

E = TypeVar("E", bound="Element")
_LONGEST_ID = 480


class DecisionError(ValueError):
    """A decision or answer cannot be recorded; says what was given, what was expected and what to do.

    `place` names the field that is missing or wrong, where it is one.
    """

    def __init__(self, message: str, place: str | None = None) -> None:
        super().__init__(message)
        self.place = place


def several(given: str | Iterable[str]) -> list[str]:
    """Return one id or several as a list without repetition."""
    return [given] if isinstance(given, str) else list(dict.fromkeys(given))


def record_id(kind: str, key: str) -> str:
    """Return the stable id of the record of a kind about something, short enough for any key."""
    text = f"{kind}:{key}"
    if len(text) <= _LONGEST_ID:
        return text
    return f"{text[: _LONGEST_ID - 17]}~{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def in_words(
    model: Model, kind: type[Record], app: str | None, text: str, *, needs: str, said: Mapping[str, Any]
) -> Change:
    """Return the Change that writes down a record which is its words: the same ones in the same app are one record.

    Raises
    ------
    DecisionError
        If there are no words, with what it `needs`, or a value does not fit.
    """
    if not text.strip():
        raise DecisionError(needs)
    return put(model, kind, record_of(kind, app, text), {"name": text.strip(), "app": app, **said})


def record_of(kind: type[Record], app: str | None, text: str) -> str:
    """Return the id of the record of a kind that is its words."""
    return record_id(kind.noun, f"{app or 'all'}/{slug(text)}")


def reason(why: str | None, what: str) -> None:
    """Refuse a decision without a reason.

    Raises
    ------
    DecisionError
        If `why` says nothing.
    """
    if not (why or "").strip():
        raise DecisionError(f"{what:.300} needs a reason, because it changes how big the risk looks; say why", "why")


def app_and_name(model: Model, finding: str) -> tuple[str | None, str]:
    """Return the app of a finding's element, and a name for what is recorded about the finding.

    Raises
    ------
    DecisionError
        If this is no finding's id, or its element is not in the model.
    """
    rule, at, element_id = finding.partition("@")
    if not (rule and at and element_id):
        raise DecisionError(f"{finding!r} is no id of a finding; expected one like NC-013@app/entry:name")
    element = model.get(element_id)
    if element is None:
        raise DecisionError(f"{finding!r} is about {element_id!r}, which is not in the model; look at the newest state")
    return app_of(element), f"{rule} at {element.name or element.id}"[:NAME_LENGTH]


def put(model: Model, cls: type[Record], record: str, fields: Mapping[str, Any]) -> Change:
    """Return the Change that adds a record, or brings it up to date if it is there.

    Raises
    ------
    DecisionError
        If a field is unknown or its value does not fit.
    """
    before = model.get(record)
    if before is not None:
        return replaced(before, changed(before, fields))
    try:
        return added(cls.model_validate({"id": record, **fields}))
    except ValidationError as error:
        raise misfit(error, record) from None


def changed(element: E, fields: Mapping[str, Any]) -> E:
    """Return `element` with some fields replaced.

    Raises
    ------
    DecisionError
        If a field is unknown or its value does not fit.
    """
    try:
        return element.changed(**fields)
    except ValidationError as error:
        raise misfit(error, element.id) from None


def misfit(error: ValidationError, where: str) -> DecisionError:
    """Return the error in words: each field, what was given, what was expected."""
    parts = [
        f"{'.'.join(map(str, e['loc']))}: {plain(e['type'], e['msg'])} (got {e['input']!r:.80})" for e in error.errors()
    ]
    fields = {str(e["loc"][0]) for e in error.errors() if e["loc"]}
    return DecisionError(f"{where}: {'; '.join(parts)}", fields.pop() if len(fields) == 1 else None)
