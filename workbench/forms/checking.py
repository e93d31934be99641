"""What is wrong with answers, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.editor import Editor
from workbench.errors import UsageError
from workbench.forms.form import DONT_KNOW, form
from workbench.forms.stored import answers, is_nothing
from workbench.model import NODES, Boundary, Flow

if TYPE_CHECKING:
    from workbench.capture import Capture
    from workbench.forms.form import Answer, Field, Form
    from workbench.forms.stored import Values
    from workbench.model import Element

_BOUNDARY = frozenset({"boundary"})
_LONGEST = 2000
_MOST = 1_000_000


def check(app: Capture, kind: str, values: Values) -> dict[str, str]:
    """Return what is wrong with the answers, by field, in plain words; nothing if they can be saved."""
    asked, editor = form(kind), Editor(app.snapshot.model, app.id)
    problems = {name: problem for name, value in answers(values) if (problem := _wrong(asked, editor, name, value))}
    if "id" in values:
        problems |= _gone(asked, editor, values["id"])
        return problems or (_circle(app, editor, values) if asked.noun == Boundary.noun else {})
    missing = [f for f in asked.fields if f.required and is_nothing(values.get(f.name))]
    problems |= {f.name: f"{f.label} is missing; nothing can be made without it." for f in missing}
    return problems or _twin_problem(app, asked, values)


def twin(app: Capture, kind: str, values: Values) -> str | None:
    """Return the id of what is there already, where the answers would make it a second time."""
    asked, editor = form(kind), Editor(app.snapshot.model, app.id)
    if asked.noun is None or "id" in values:
        return None
    try:
        if asked.noun == Flow.noun:
            source, target = (
                editor.known(f"{values.get(end) or ''}", nouns=NODES) for end in ("source_id", "target_id")
            )
            held: Element | None = editor.between(source, target) if source and target else None
        else:
            held = editor.known(f"{values.get('name') or ''}".strip(), nouns=frozenset({asked.noun}))
    except UsageError:
        # Two have that name: no way to say which one is meant, but there is one.
        return None
    return held.id if held else None


def _twin_problem(app: Capture, asked: Form, values: Values) -> dict[str, str]:
    held = twin(app, asked.id, values)
    if held is None:
        return {}
    if asked.noun == Flow.noun:
        return {"target_id": "There is a data flow between these two already; change that one."}
    name = f"{values['name']}".strip()
    return {"name": f"There is a {asked.title.lower()} of the name {name!r} already; change that one."}


def _gone(asked: Form, editor: Editor, element_id: Answer) -> dict[str, str]:
    found = editor.known(f"{element_id}")
    if found is None or asked.noun not in (None, found.noun):
        return {"id": f"There is no {asked.title.lower()} {element_id!r} any more; somebody may have removed it."}
    return {}


def _circle(app: Capture, editor: Editor, values: Values) -> dict[str, str]:
    """Return the problem of a boundary that would lie within itself."""
    outer = editor.known(f"{values.get('boundary') or ''}", nouns=_BOUNDARY)
    around = [outer, *app.snapshot.model.boundaries_around(outer)] if outer else []
    if any(b.id == values.get("id") for b in around if b):
        return {"boundary": "A trust boundary cannot lie within itself, nor within one that it holds."}
    return {}


def _wrong(asked: Form, editor: Editor, name: str, value: Answer) -> str | None:
    field = asked.field(name)
    if is_nothing(value):
        return f"{field.label} cannot be empty." if field.required else None
    match field.sort:
        case "text":
            return _wrong_text(field, value)
        case "number":
            return None if _is_number(value) else f"{field.label}: {value!r} is no whole number such as 30."
        case "choice" | "yes_no":
            return _wrong_choice(field, value)
        case "element":
            return _wrong_name(editor, field, value)
        case _:
            return _wrong_list(field, value)


def _wrong_text(field: Field, value: Answer) -> str | None:
    if not isinstance(value, str) or len(value) > _LONGEST:
        return f"{field.label} is a text of at most {_LONGEST:,} characters."
    return f"{field.label} cannot be empty." if field.required and not value.strip() else None


def _is_number(value: Answer) -> bool:
    number = int(value) if isinstance(value, str) and value.strip().isdecimal() else value
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= _MOST


def _wrong_choice(field: Field, value: Answer) -> str | None:
    # True is equal to 1 in Python, but nobody chose 1.
    if any(type(value) is type(c.value) and value == c.value for c in field.choices):
        return None
    words = ", ".join(c.words for c in field.choices)
    return f"{field.label}: {value!r} is none of the choices: {words}, {DONT_KNOW}."


def _wrong_name(editor: Editor, field: Field, value: Answer) -> str | None:
    try:
        found = editor.known(f"{value}", nouns=field.refers)
    except UsageError as error:
        return f"{field.label}: {error}."
    if found is None or found.noun not in field.refers:
        return f"{field.label}: there is nothing called {value!r} to choose; add it first."
    return None


def _wrong_list(field: Field, value: Answer) -> str | None:
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        return f"{field.label} is a list of names."
    if any(len(v) > _LONGEST for v in value):
        return f"{field.label}: a name has at most {_LONGEST:,} characters."
    wrong = [v for v in value if field.choices and v not in {c.value for c in field.choices}]
    return f"{field.label}: {wrong[0]!r} is none of the choices." if wrong else None
