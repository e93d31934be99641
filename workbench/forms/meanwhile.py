"""Two people, one form: what each of them changed, and where they were at the same field."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workbench.editor import Editor
from workbench.forms.errors import Both
from workbench.forms.form import form
from workbench.forms.reading import read
from workbench.forms.stored import answers, comparable

if TYPE_CHECKING:
    from datetime import datetime

    from workbench.capture import Capture
    from workbench.forms.stored import Values


def own(app: Capture, kind: str, values: Values, opened: Values) -> Values:
    """Return the answers that differ from those with which a form was opened, and the id."""
    asked, editor = form(kind), Editor(app.snapshot.model, app.id)

    def is_same(name: str) -> bool:
        field = asked.field(name)
        return bool(
            comparable(editor, field, values[name]) == comparable(editor, field, opened.get(name))
        )  # fmt: skip

    return {name: value for name, value in values.items() if name == "id" or not is_same(name)}


def meanwhile(app: Capture, kind: str, values: Values, opened: Values) -> tuple[Both, ...]:
    """Return the fields that somebody has changed here and somebody else has changed since, to something else.

    `opened` are the answers as they were read when the form was opened.
    """
    asked, editor = form(kind), Editor(app.snapshot.model, app.id)
    element = editor.known(f"{values.get('id') or ''}")
    if element is None:
        return ()
    now = read(app, element.id, kind, ids=True)
    found = []
    for name, yours in answers(own(app, kind, values, opened)):
        field = asked.field(name)
        was, mine, theirs = (comparable(editor, field, each) for each in (opened.get(name), yours, now[name]))
        if theirs not in (was, mine):
            said = _last_said(app, element.id, name)
            found.append(Both(name, field.label, opened.get(name), yours, now[name], said.by, said.at, said.why))
    return tuple(found)


class _Said(NamedTuple):
    by: str | None = None
    at: datetime | None = None
    why: str | None = None


def _last_said(app: Capture, element_id: str, field: str) -> _Said:
    """Return who made a field what it is, when and why."""
    found = _Said()
    for entry in app.workspace.ledger.entries(element_id):
        if entry.change.action == "added" or field in entry.change.fields:
            found = _Said(entry.actor, entry.at, entry.why)
    return found
