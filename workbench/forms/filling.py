"""Save forms, each as one step; nothing that somebody else said meanwhile is overwritten unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench import quick
from workbench.capture import once_more
from workbench.editor import Editor
from workbench.errors import UsageError
from workbench.forms.checking import check
from workbench.forms.errors import FormConflictError, FormError
from workbench.forms.form import form
from workbench.forms.meanwhile import meanwhile, own
from workbench.forms.stored import DATA, answers, is_nothing, stored
from workbench.model import ORDERS, Flow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.capture import Capture
    from workbench.forms.form import Answer, Field, Form
    from workbench.forms.stored import Values
    from workbench.model import Element

# A suggestion counts for risk until somebody has said something.
_SUGGESTED = {"classification": "suggested", "personal": "personal_suggested"}
# What a new name most likely is where it tells nothing itself.
_USUAL = ("process", "service", "boundary", "connection")


def risky(app: Capture, kind: str, values: Values) -> list[str]:
    """Return the fields whose change touches what is known about risk, so that a reason must be given.

    Saying for the first time what nobody knew needs none.
    """
    asked, editor = form(kind), Editor(app.snapshot.model, app.id)
    element = editor.known(f"{values.get('id') or ''}")
    if element is None:
        return []
    fields = [asked.field(name) for name, _ in answers(values)]
    return [f.name for f in fields if f.risk and _is_changed(editor, element, f, values[f.name])]


def suggested(app: Capture, element: str) -> dict[str, Answer]:
    """Return what is likely about an element where nobody has said anything: for data, what its name suggests."""
    found = Editor(app.snapshot.model, app.id).find(element)
    likely = {name: getattr(found, source, None) for name, source in _SUGGESTED.items()}
    return {name: value for name, value in likely.items() if value is not None and getattr(found, name) is None}


def save(
    app: Capture, kind: str, values: Values, *, opened: Values | None = None, why: str = "", actor: str | None = None
) -> str:  # fmt: skip
    """Save a form as one step and return the element's id; fields that are not in `values` stay as they are.

    `values` with an `id` are about that element, those without make a new one. `opened` are the answers as they were
    `read` when somebody began: only what differs from them is saved, so that what others said meanwhile stays.

    Raises
    ------
    FormError
        If an answer does not fit, or the reason is missing; nothing is saved.
    FormConflictError
        If somebody else has changed the same fields since; nothing is saved.
    """

    def step() -> str:
        both = meanwhile(app, kind, values, opened) if opened is not None else ()
        if both:
            raise FormConflictError(both)
        said = own(app, kind, values, opened) if opened is not None and "id" in values else values
        return _saved(app, form(kind), said, why, actor)

    return once_more(step)


def make(app: Capture, kind: str, field: str, name: str, *, why: str = "", actor: str | None = None) -> str:
    """Make what a field is to name and is not there yet, as one step, and return its id; what is there is used.

    What it is follows from the field, and from the name where the field allows several: `Stock table` is a store.

    Raises
    ------
    UsageError
        If the field names no elements, or the name is empty or means several.
    """
    asked, wanted = form(kind).field(field), " ".join(name.split())
    nouns = DATA if asked.sort == "data" else asked.refers
    if not nouns or not wanted:
        raise UsageError(f"{asked.label}: {name!r} cannot be made here; give the name of something that is to be there")

    def step() -> str:
        with app.edit(why=why or f"form: {asked.label} “{wanted}”", actor=actor) as edit:
            return (edit.known(wanted, nouns=nouns) or _made(edit, nouns, wanted)).id

    return once_more(step)


def _made(edit: Editor, nouns: frozenset[str], name: str) -> Element:
    guessed = quick.guess(name)
    if guessed is not None and guessed.kind.noun in nouns:
        return getattr(edit, guessed.kind.noun)(name, **guessed.fields)  # type: ignore[no-any-return]
    noun = next((n for n in _USUAL if n in nouns), min(nouns))
    return getattr(edit, noun)(name)  # type: ignore[no-any-return]


def _saved(app: Capture, asked: Form, values: Values, why: str, actor: str | None) -> str:
    problems = check(app, asked.id, values)
    needs = [] if problems else risky(app, asked.id, values)
    if needs and not why.strip():
        labels = ", ".join(asked.field(name).label for name in needs)
        problems["why"] = f"Say why: it changes what was known about {labels}, and so how big a risk looks."
    if problems:
        raise FormError(problems)
    with app.edit(why=why or f"form: {asked.title}", actor=actor) as edit:
        return _apply(edit, asked, values).id


def _is_changed(editor: Editor, element: Element, field: Field, value: Answer) -> bool:
    """Return whether an answer changes what was known; a suggestion counts as known where the answer weakens it."""
    known = getattr(element, field.name)
    try:
        said = stored(editor, field, value)
    except ValueError:
        # What does not fit changes nothing; `check` says so.
        return False
    if known == field.nothing:
        return field.name in _SUGGESTED and _is_weaker(said, getattr(element, _SUGGESTED[field.name], None))
    if field.sort == "data":
        # To name one more is to say what nobody had said, as in quick entry.
        return not set(known) <= set(said)
    return bool(known != said)


def _is_weaker(said: Any, suggested: Any) -> bool:
    if said is None or suggested is None:
        return False
    scale: Sequence[Any] = (False, True) if isinstance(said, bool) else ORDERS["classification"]
    return said in scale and scale.index(said) < scale.index(suggested)


def _apply(edit: Editor, asked: Form, values: Values) -> Element:
    fields = {name: _final(edit, asked.field(name), value) for name, value in answers(values)}
    if "id" not in values:
        return _new(edit, asked, {name: value for name, value in fields.items() if not is_nothing(values[name])})
    element = edit.find(f"{values['id']}")
    if isinstance(element, Flow) and fields.keys() & {"source_id", "target_id"}:
        ends = (edit.find(fields.get(end, getattr(element, end))) for end in ("source_id", "target_id"))
        fields["name"] = " → ".join(end.name for end in ends)
    return edit.set(element.id, **fields)


def _new(edit: Editor, asked: Form, fields: dict[str, Any]) -> Element:
    """Add an element of which only what is known is said, so that suggestions for the rest stand."""
    if asked.noun == Flow.noun:
        return edit.flow(fields.pop("source_id"), fields.pop("target_id"), **fields)
    if asked.noun is None:
        raise UsageError(f"{asked.title} is about something that is there; give its id")
    return getattr(edit, asked.noun)(fields.pop("name"), **fields)  # type: ignore[no-any-return]


def _final(edit: Editor, field: Field, value: Answer) -> Any:
    if field.sort == "data":
        return tuple(dict.fromkeys(edit.data(name.strip()).id for name in value or ()))  # type: ignore[union-attr]
    return stored(edit, field, value)
