"""Fill forms in: read what is known, check what was typed, save it as one step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.editor import Editor
from workbench.errors import UsageError
from workbench.forms.form import DONT_KNOW, form
from workbench.model import ORDERS, Boundary, Flow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from workbench.capture import Capture
    from workbench.forms.form import Answer, Field, Form
    from workbench.model import Element

    Values = Mapping[str, Answer]

_DATA, _BOUNDARY = frozenset({"data"}), frozenset({"boundary"})
_LONGEST = 2000
_MOST = 1_000_000
# A suggestion counts for risk until somebody has said something.
_SUGGESTED = {"classification": "suggested", "personal": "personal_suggested"}


def read(app: Capture, element: str | None, kind: str | None = None) -> dict[str, Answer]:
    """Return what is known about an element, given by id or name, as a form has it; None is not known.

    `kind` names the form where it is not that of the element's noun (`owner`), or the empty form of a new element.

    Raises
    ------
    UsageError
        If there is no such element or form.
    """
    editor = Editor(app.snapshot.model, app.id)
    if element is None:
        return {f.name: [] if f.sort == "data" else None for f in form(kind or "").fields}
    found = editor.find(element)
    asked = form(kind or found.noun)
    return {"id": found.id} | {f.name: _shown(editor, f, getattr(found, f.name)) for f in asked.fields}


def check(app: Capture, kind: str, values: Values) -> dict[str, str]:
    """Return what is wrong with the answers, by field, in plain words; nothing if they can be saved."""
    asked, editor = form(kind), Editor(app.snapshot.model, app.id)
    problems = {name: problem for name, value in _answers(values) if (problem := _wrong(asked, editor, name, value))}
    if "id" in values:
        problems |= _gone(asked, editor, values["id"])
        return problems or (_circle(app, editor, values) if asked.noun == Boundary.noun else {})
    missing = [f for f in asked.fields if f.required and values.get(f.name) in (None, "", [])]
    problems |= {f.name: f"{f.label} is missing; nothing can be made without it." for f in missing}
    return problems or _twin(asked, editor, values)


def risky(app: Capture, kind: str, values: Values) -> list[str]:
    """Return the fields whose change touches what is known about risk, so that a reason must be given.

    Saying for the first time what nobody knew needs none.
    """
    if "id" not in values:
        return []
    asked, editor = form(kind), Editor(app.snapshot.model, app.id)
    element = editor.find(f"{values['id']}")
    fields = [asked.field(name) for name, _ in _answers(values)]
    return [f.name for f in fields if f.risk and _is_changed(editor, element, f, values[f.name])]


def save(
    app: Capture, kind: str, values: Values, *, why: str = "", actor: str | None = None
) -> str:  # fmt: skip
    """Save a form as one step and return the element's id; fields that are not in `values` stay as they are.

    `values` with an `id` are about that element, those without make a new one.

    Raises
    ------
    UsageError
        If an answer does not fit, or the reason is missing; nothing is saved.
    """
    problems = check(app, kind, values)
    if problems:
        raise UsageError("\n".join(problems.values()))
    asked = form(kind)
    needs = risky(app, kind, values)
    if needs and not why.strip():
        labels = ", ".join(asked.field(name).label for name in needs)
        raise UsageError(f"Say why: it changes what was known about {labels}, and so how big a risk looks.")
    with app.edit(why=why or f"form: {asked.title}", actor=actor) as edit:
        return _apply(edit, asked, values).id


def choices(app: Capture, kind: str, field: str) -> list[tuple[str, str]]:
    """Return (id, name) of the elements that can be named in a field, by name."""
    asked = form(kind).field(field)
    nouns = _DATA if asked.sort == "data" else asked.refers
    found = [(e.id, e.name) for e in app.snapshot.model.own(app.id) if e.noun in nouns]
    return sorted(found, key=lambda pair: (pair[1].casefold(), pair[0]))


# --- what is shown ---


def _shown(editor: Editor, field: Field, value: Any) -> Answer:
    if field.sort == "element":
        return _named(editor, field.refers, value) if value is not None else None
    if field.sort == "data":
        return [_named(editor, _DATA, i) for i in value]
    return list(value) if isinstance(value, tuple) else value


def _named(editor: Editor, nouns: frozenset[str], element_id: str) -> str:
    """Return the name of an element, or its id where the name could mean another."""
    found = editor.known(element_id)
    try:
        return found.name if found and editor.known(found.name, nouns=nouns) is found else element_id
    except UsageError:
        return element_id


# --- what is wrong ---


def _answers(values: Values) -> Iterable[tuple[str, Answer]]:
    return ((name, value) for name, value in values.items() if name != "id")


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


def _twin(asked: Form, editor: Editor, values: Values) -> dict[str, str]:
    name = values.get("name")
    if asked.noun is None or not isinstance(name, str):
        return {}
    if editor.known(name.strip(), nouns=frozenset({asked.noun})) is not None:
        return {"name": f"There is a {asked.title.lower()} of the name {name.strip()!r} already; change that one."}
    return {}


def _wrong(asked: Form, editor: Editor, name: str, value: Answer) -> str | None:
    field = asked.field(name)
    if value is None or value in ("", []):
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
    return None


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


# --- what is saved ---


def _is_changed(editor: Editor, element: Element, field: Field, value: Answer) -> bool:
    """Return whether an answer changes what was known; a suggestion counts as known where the answer weakens it."""
    known, said = getattr(element, field.name), _stored(editor, field, value)
    if known == field.nothing:
        return field.name in _SUGGESTED and _is_weaker(said, getattr(element, _SUGGESTED[field.name], None))
    return bool(known != said)


def _is_weaker(said: Any, suggested: Any) -> bool:
    if said is None or suggested is None:
        return False
    scale: Sequence[Any] = (False, True) if isinstance(said, bool) else ORDERS["classification"]
    return scale.index(said) < scale.index(suggested)


def _stored(editor: Editor, field: Field, value: Answer) -> Any:
    """Return an answer as the model has it; data that is not there yet has no id."""
    if value is None or value in ("", []):
        return field.nothing
    match field.sort:
        case "number":
            return int(value)  # type: ignore[arg-type]
        case "text":
            return f"{value}".strip()
        case "element":
            return editor.find(f"{value}", nouns=field.refers).id
        case "data":
            held = (editor.known(name.strip(), nouns=_DATA) for name in value)  # type: ignore[union-attr]
            return tuple(e.id if e else None for e in held)
        case _:
            return tuple(value) if isinstance(value, list) else value


def _apply(edit: Editor, asked: Form, values: Values) -> Element:
    fields = {name: _final(edit, asked.field(name), value) for name, value in _answers(values)}
    if asked.noun == Flow.noun and {"source_id", "target_id"} <= fields.keys():
        ends = edit.find(fields["source_id"]), edit.find(fields["target_id"])
        fields["name"] = f"{ends[0].name} → {ends[1].name}"
        made = f"{values['id']}" if "id" in values else edit.flow(ends[0].id, ends[1].id).id
        return edit.set(made, **fields)
    if "id" in values:
        return edit.set(f"{values['id']}", **fields)
    return getattr(edit, f"{asked.noun}")(fields.pop("name"), **fields)  # type: ignore[no-any-return]


def _final(edit: Editor, field: Field, value: Answer) -> Any:
    if field.sort == "data":
        return tuple(dict.fromkeys(edit.data(name.strip()).id for name in value or ()))  # type: ignore[union-attr]
    return _stored(edit, field, value)
