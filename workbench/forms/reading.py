"""What is known about an element, as a form has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.editor import Editor
from workbench.errors import UsageError
from workbench.forms.form import form
from workbench.forms.stored import DATA

if TYPE_CHECKING:
    from workbench.capture import Capture
    from workbench.forms.form import Answer, Field, Form
    from workbench.model import Element


def read(app: Capture, element: str | None, kind: str | None = None, *, ids: bool = False) -> dict[str, Answer]:
    """Return what is known about an element, given by id or name, as a form has it; None is not known.

    `kind` names the form where it is not that of the element's noun (`owner`), or the empty form of a new element.
    Other elements are given by name, or all of them by id if `ids`.

    Raises
    ------
    UsageError
        If there is no such element or form.
    """
    editor = Editor(app.snapshot.model, app.id)
    if element is None:
        return {f.name: [] if f.several else None for f in form(kind or "").fields}
    found = editor.find(element)
    return {"id": found.id} | answers_of(editor, found, form(kind or found.noun), ids=ids)


def answers_of(editor: Editor, element: Element, asked: Form, *, ids: bool = True) -> dict[str, Answer]:
    """Return what an element says as a form has it, also of one that is no longer there."""
    return {f.name: _shown(editor, f, getattr(element, f.name), ids=ids) for f in asked.fields}


def choices(app: Capture, kind: str, field: str) -> list[tuple[str, str]]:
    """Return (id, name) of the elements that can be named in a field, by name."""
    asked = form(kind).field(field)
    nouns = DATA if asked.sort == "data" else asked.refers
    found = [(e.id, e.name) for e in app.snapshot.model.own(app.id) if e.noun in nouns]
    return sorted(found, key=lambda pair: (pair[1].casefold(), pair[0]))


def _shown(editor: Editor, field: Field, value: Any, *, ids: bool) -> Answer:
    if field.sort == "element" and not ids:
        return _named(editor, field.refers, value) if value is not None else None
    if field.sort == "data" and not ids:
        return [_named(editor, DATA, i) for i in value]
    return list(value) if isinstance(value, tuple) else value


def _named(editor: Editor, nouns: frozenset[str], element_id: str) -> str:
    """Return the name of an element, or its id where the name could mean another."""
    found = editor.known(element_id)
    try:
        return found.name if found and editor.known(found.name, nouns=nouns) is found else element_id
    except UsageError:
        return element_id
