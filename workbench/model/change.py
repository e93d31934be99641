"""One type for the edit, the undo step, the audit entry and the drift item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from pydantic import Field, SerializeAsAny, field_validator, model_validator

from workbench.model.base import Element, Value
from workbench.model.nouns import NOUNS, element_from_json

if TYPE_CHECKING:
    from collections.abc import Iterable


class Change(Value):
    """An element before and after; None before means it is new, None after that it goes."""

    noun: str
    id: str = Field(min_length=1)
    before: SerializeAsAny[Element] | None = None
    after: SerializeAsAny[Element] | None = None

    @field_validator("before", "after", mode="before")
    @classmethod
    def _typed(cls, value: Any, info: Any) -> Any:
        return element_from_json(info.data.get("noun", ""), value) if isinstance(value, dict) else value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.noun not in NOUNS:
            raise ValueError(f"unknown noun {self.noun!r}; expected one of {', '.join(NOUNS)}")
        if self.before is None and self.after is None:
            raise ValueError(f"a Change of {self.id!r} needs a before or an after")
        for element in (self.before, self.after):
            if element is not None and (element.id != self.id or element.noun != self.noun):
                raise ValueError(f"a Change of {self.noun} {self.id!r} holds {element.noun} {element.id!r}")
        return self

    @property
    def action(self) -> str:
        """Return added, removed or changed."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the names of the fields that differ; empty for an element added or removed."""
        if self.before is None or self.after is None:
            return ()
        return tuple(f for f in type(self.after).model_fields if getattr(self.before, f) != getattr(self.after, f))

    def inverted(self) -> Change:
        """Return the Change that takes this one back."""
        return Change(noun=self.noun, id=self.id, before=self.after, after=self.before)


def added(element: Element) -> Change:
    """Return the Change that adds `element`."""
    return Change(noun=element.noun, id=element.id, after=element)


def removed(element: Element) -> Change:
    """Return the Change that removes `element`."""
    return Change(noun=element.noun, id=element.id, before=element)


def replaced(before: Element, after: Element) -> Change:
    """Return the Change from `before` to `after`, which must have the same id and noun."""
    return Change(noun=before.noun, id=before.id, before=before, after=after)


def invert(changes: Iterable[Change]) -> list[Change]:
    """Return the Changes that undo `changes`, last first."""
    return [change.inverted() for change in reversed(list(changes))]
