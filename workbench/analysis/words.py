"""Values and Changes in words that people use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.model import Change, Element, Model

    Names = Callable[[str], str]

_NOUNS = {
    "entry_point": "entry point",
    "data": "data field",
    "threat_decision": "decision",
    "acceptance": "acceptance",
    "control_test": "test",
    "check": "check by hand",
    "review_plan": "plan of a review",
    "focus_verdict": "verdict on a focus area",
}
# Changes of these say nothing to a reader: they move with every export.
_SILENT = frozenset({"source"})
# Votes may be blind: the history says that somebody voted, not what.
_KEPT_BACK = {"vote": frozenset({"value", "tally"})}


def noun_in_words(noun: str) -> str:
    """Return a noun as people say it."""
    return _NOUNS.get(noun, noun)


def name_lookup(*models: Model) -> Names:
    """Return the function from an id to the element's name in the first model that has it; other text stays."""

    def name(text: str) -> str:
        for model in models:
            element = model.get(text)
            if element is not None:
                return element.name or text
        return text

    return name


def value_in_words(value: Any, names: Names = str) -> str:
    """Return a field's value as people say it; None is unknown, and ids become names."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, BaseModel):
        return ", ".join(f"{key} {value_in_words(item, names)}" for key, item in value if item is not None)
    if isinstance(value, dict):
        return ", ".join(f"{key} = {value_in_words(item)}" for key, item in sorted(value.items())) or "nothing"
    if isinstance(value, tuple | list):
        return ", ".join(value_in_words(item, names) for item in value) or "nothing"
    return names(value) if isinstance(value, str) else str(value)


def fields_in_words(change: Change, names: Names = str) -> Iterator[tuple[str, str, str]]:
    """Yield (field, before, after) for each field that a Change replaces; settings one by one."""
    for name in change.fields:
        before, after = getattr(change.before, name), getattr(change.after, name)
        if name == "settings":
            for key in sorted(before.keys() | after.keys()):
                if before.get(key) != after.get(key):
                    yield f"settings.{key}", value_in_words(before.get(key)), value_in_words(after.get(key))
        elif name not in _SILENT | _KEPT_BACK.get(change.noun, frozenset()):
            yield name, value_in_words(before, names), value_in_words(after, names)


def change_in_words(change: Change, names: Names = str) -> str:
    """Return a Change as one sentence."""
    subject = f"{noun_in_words(change.noun)} “{_title(change.after or change.before)}”"
    if change.action != "changed":
        return f"{subject} {change.action}"
    parts = [f"{name.replace('_', ' ')} from {old} to {new}" for name, old, new in fields_in_words(change, names)]
    otherwise = "changed" if change.noun in _KEPT_BACK else "read again from its export"
    return f"{subject}: {'; '.join(parts) or otherwise}"


def _title(element: Element | None) -> str:
    return "" if element is None else element.name or element.id
