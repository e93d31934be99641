"""An answer as the model has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.editor import Editor
    from workbench.forms.form import Answer, Field

    Values = Mapping[str, Answer]

DATA = frozenset({"data"})


def answers(values: Values) -> Iterable[tuple[str, Answer]]:
    """Return the answers, without the id of what they are about."""
    return ((name, value) for name, value in values.items() if name != "id")


def is_nothing(value: Answer) -> bool:
    """Return whether an answer is "don't know"."""
    return value is None or value in ("", [])


def stored(editor: Editor, field: Field, value: Answer) -> Any:
    """Return an answer as the model has it; data that is not there yet has no id.

    Raises
    ------
    UsageError
        If it names an element that is not there.
    """
    if is_nothing(value):
        return field.nothing
    match field.sort:
        case "number":
            return int(value)  # type: ignore[arg-type]
        case "text":
            return f"{value}".strip()
        case "element":
            return editor.find(f"{value}", nouns=field.refers).id
        case "data":
            held = (editor.known(name.strip(), nouns=DATA) for name in value)  # type: ignore[union-attr]
            return tuple(e.id if e else None for e in held)
        case _:
            return tuple(value) if isinstance(value, list) else value


def comparable(editor: Editor, field: Field, value: Answer) -> Any:
    """Return what two answers have in common that say the same, in whatever words; also of names that are gone."""
    if field.sort == "data" and isinstance(value, list):
        return frozenset(_id_or_name(editor, name) for name in value)
    if field.several and isinstance(value, list):
        return frozenset(value)
    try:
        return stored(editor, field, value)
    except ValueError:
        return value


def _id_or_name(editor: Editor, name: str) -> str:
    try:
        held = editor.known(name.strip(), nouns=DATA)
    except UsageError:
        return name
    return held.id if held else name.strip().casefold()
