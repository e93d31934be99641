"""Answers to questions, and confirmed classes of data, as Changes of the elements they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.analysis.answers import column_of, convert, is_unknown, setting
from workbench.analysis.decisions import app_of
from workbench.analysis.recording import DecisionError, changed, put, reason, several
from workbench.model import NAME_LENGTH, ORDERS, DataField, Question, replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from workbench.model import Change, Element, Model

_CLASSES = ORDERS["classification"]
_SETTINGS = "settings."


def answer(
    model: Model,
    questions: str | Iterable[str],
    value: Any,
    *,
    actor: str,
    at: datetime,
    why: str = "",
) -> list[Change]:
    """Return the Changes that answer one or more questions: they set the property that is asked for.

    `value` may be text as people type it. "don't know" parks the questions. Changing what was already known needs
    `why`.

    Raises
    ------
    DecisionError
        If a question's element or field is not there, the value does not fit, or the reason is missing.
    """
    said = {"by": actor, "at": at, "why": why or None}
    if is_unknown(value):
        return [_noted(model, q, said | {"state": "parked", "answer": "don't know"}) for q in several(questions)]
    answered: dict[str, Element] = {}
    notes: list[Change] = []
    for question in several(questions):
        if not question.startswith("question:"):
            _own(model, question)
        else:
            element, name = _asked(model, question)
            answered[element.id] = _filled(answered.get(element.id, element), name, value, why)
        if question in model:
            notes.append(_noted(model, question, said | {"state": "answered", "answer": f"{value}"}))
    return [replaced(model[i], e) for i, e in answered.items() if e != model[i]] + notes


def route(
    model: Model,
    questions: str | Iterable[str],
    *,
    actor: str,
    at: datetime,
    why: str = "",
    **fields: Any,
) -> list[Change]:
    """Return the Changes that give questions to somebody, set a date, or park or drop them; dropping needs `why`.

    `fields` are those of model.Question: owner, due, state; None takes away what was said before.

    Raises
    ------
    DecisionError
        If a question's element is not there, a value does not fit, or the reason is missing.
    """
    if fields.get("state") == "dropped":
        reason(why, "dropping a question")
    said = {"by": actor, "at": at, "why": why or None}
    return [_noted(model, question, fields | said) for question in several(questions)]


def confirm_class(
    model: Model,
    data: str | Iterable[str],
    classification: str | None = None,
    *,
    actor: str,
    at: datetime,
    why: str = "",
    personal: bool | None = None,
) -> list[Change]:
    """Return the Changes that confirm the class of data fields: the given one, or what was suggested for each.

    Raises
    ------
    DecisionError
        If one is no data field, there is no class to confirm, or it is lowered without a reason.
    """
    del actor, at  # who and when are in the ledger's batch, as for every element
    changes = []
    for field_id in several(data):
        field = model.get(field_id)
        if not isinstance(field, DataField):
            raise DecisionError(f"there is no data field {field_id!r}; ids are in the table of data")
        after = _confirmed(field, classification, personal, why)
        changes += [replaced(field, after)] if after != field else []
    return changes


def _confirmed(field: DataField, classification: str | None, personal: bool | None, why: str) -> DataField:  # noqa: FBT001 - passed on
    held = field.classification or field.suggested
    wanted = convert(classification, column_of(field, "classification")) if classification is not None else held
    if wanted is None:
        raise DecisionError(f"nothing was suggested for “{field.name}”; give one of {', '.join(_CLASSES)}")
    was_personal = field.personal if field.personal is not None else field.personal_suggested
    lowered = held is not None and _CLASSES.index(wanted) < _CLASSES.index(held)
    if lowered or (personal is False and was_personal):
        reason(why, f"calling “{field.name}” less sensitive than before")
    fields: dict[str, Any] = {"classification": wanted}
    return changed(field, fields if personal is None else fields | {"personal": personal})


def _asked(model: Model, question: str) -> tuple[Element, str]:
    """Return the element and field that a question is about."""
    name, at, element_id = question.removeprefix("question:").partition("@")
    if not (question.startswith("question:") and name and at):
        raise DecisionError(f"{question!r} is no id of a question; expected one like question:encrypted@app/flow:a>b")
    element = model.get(element_id)
    if element is None:
        raise DecisionError(
            f"{question!r} is about {element_id!r}, which is not in the model; look at the newest state"
        )
    return element, name


def _own(model: Model, question: str) -> None:
    if not isinstance(model.get(question), Question):
        raise DecisionError(f"there is no question {question!r}; ids are in the table of questions")


def _filled(element: Element, name: str, value: Any, why: str) -> Element:
    if name.startswith(_SETTINGS):
        key = name.removeprefix(_SETTINGS)
        before, after = element.settings.get(key), setting(value)
        fields: dict[str, Any] = {"settings": {**element.settings, key: after}}
    else:
        before, after = getattr(element, name, None), convert(value, column_of(element, name))
        fields = {name: after}
    if before not in (None, (), after):
        reason(why, f"changing {name.replace('_', ' ')} of “{element.name}” from {before!r} to {after!r}")
    return changed(element, fields)


def _noted(model: Model, question: str, fields: Mapping[str, Any]) -> Change:
    """Return the Change of what is recorded about a question."""
    if question in model:
        return put(model, Question, question, fields)
    element, name = _asked(model, question)
    title = f"{name.removeprefix(_SETTINGS).replace('_', ' ')} of {element.name or element.id}"[:NAME_LENGTH]
    return put(model, Question, question, {"name": title, "app": app_of(element), "links": (element.id,), **fields})
