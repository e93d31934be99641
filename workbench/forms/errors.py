"""What a form refuses, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from workbench.forms.form import Answer


@dataclass(frozen=True)
class Both:
    """A field that two people have changed, each in their own way."""

    field: str
    label: str
    was: Answer
    """What it was when the form was opened."""
    yours: Answer
    theirs: Answer
    """What it is now."""
    by: str | None = None
    """Who made it so."""
    at: datetime | None = None
    why: str | None = None


class FormError(UsageError):
    """Answers do not fit; nothing was saved."""

    place = "fields"

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("\n".join(problems.values()))
        self.problems = dict(problems)
        """What is wrong, by field; `why` for a missing reason, `id` for an element that is gone."""

    @property
    def more(self) -> Any:
        """Return the problems."""
        return self.problems


class FormConflictError(UsageError):
    """Somebody else has changed the same fields since the form was opened; nothing was saved."""

    place = "meanwhile"

    def __init__(self, both: Sequence[Both]) -> None:
        who = ", ".join(sorted({each.by or "somebody" for each in both}))
        labels = ", ".join(each.label for each in both)
        super().__init__(
            f"Changed by {who} since you opened the form: {labels}. Nothing was saved: choose which counts."
        )
        self.both = tuple(both)

    @property
    def more(self) -> Any:
        """Return both versions as JSON data, by field."""
        return {
            each.field: {**vars(each), "at": each.at.isoformat() if each.at is not None else None} for each in self.both
        }
