"""What people type as an answer, turned into the type of the field that it fills."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.analysis.recording import DecisionError
from workbench.rules import vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.model import Element
    from workbench.rules.vocabulary import Column

_YES = frozenset({"yes", "y", "true", "1", "on", "ja", "oui", "si", "sí"})
_NO = frozenset({"no", "n", "false", "0", "off", "nein", "non"})
_DONT_KNOW = frozenset({"", "?", "unknown", "don't know", "dont know", "do not know", "not sure", "no idea"})


def is_unknown(value: Any) -> bool:
    """Tell whether somebody said that they do not know."""
    return value is None or (isinstance(value, str) and value.strip().lower().replace("\u2019", "'") in _DONT_KNOW)


def column_of(element: Element, name: str) -> Column:
    """Return the field of an element that an answer fills.

    Raises
    ------
    DecisionError
        If the element has no such field, or it follows from others and cannot be said.
    """
    known = vocabulary.columns(element.noun) if element.noun in vocabulary.FRAMES else {}
    column = known.get(name)
    if column is None:
        fields = ", ".join(sorted(c.name for c in known.values() if not c.derived))
        raise DecisionError(f"{element.noun} “{element.name}” has no field {name!r}; it has {fields}")
    if column.derived:
        raise DecisionError(f"{name!r} of “{element.name}” follows from other facts; answer the questions about those")
    return column


def convert(value: Any, column: Column) -> Any:
    """Return an answer as a value of the column: text such as "yes", "30" or "confidential, restricted" fits too.

    Raises
    ------
    DecisionError
        If it does not fit; the message lists what does.
    """
    if column.kind == "boolean":
        return _flag(value, column)
    if column.kind == "integer":
        return _number(value, column)
    if column.kind == "list":
        parts = re.split(r"[,;\n]", value) if isinstance(value, str) else list(value)
        return tuple(_word(part, column) for part in parts if str(part).strip())
    return _word(value, column)


def setting(value: Any) -> Any:
    """Return an answer as a setting: yes and no as booleans, digits as a number, else the text."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.lower() in _YES - {"1"} or text.lower() in _NO - {"0"}:
        return text.lower() in _YES
    return int(text) if re.fullmatch(r"-?\d{1,15}", text) else text


def _flag(value: Any, column: Column) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in _YES or text in _NO:
        return text in _YES
    raise _misfit(value, column, ("yes", "no"))


def _number(value: Any, column: Column) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    # "30 days" and "1,000" are how people write numbers.
    found = re.fullmatch(r"\s*(-?\d{1,3}(?:[ ,_']\d{3})+|-?\d{1,15})\s*(?:days?|d)?\s*", str(value))
    if found is None:
        raise _misfit(value, column, ("a whole number, such as 30",))
    return int(re.sub(r"[ ,_']", "", found[1]))


def _word(value: Any, column: Column) -> str:
    text = str(value).strip()
    options = column.values or column.order
    if not options:
        return text
    plain = re.sub(r"[\s-]+", "_", text.lower())
    if plain not in options:
        raise _misfit(value, column, options)
    return plain


def _misfit(value: Any, column: Column, options: Sequence[str]) -> DecisionError:
    what = f"{column.name.replace('_', ' ')}" + (f" ({column.doc.rstrip('.')})" if column.doc else "")
    return DecisionError(f"got {value!r:.80} for {what}; expected {' or '.join(options)}, or “don't know”")
