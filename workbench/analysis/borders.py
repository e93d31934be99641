"""Where data lies and which borders it crosses: the facts that rules go by, looked up by element."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from workbench.rules import facts, vocabulary

if TYPE_CHECKING:
    from workbench.model import Model


class Borders:
    """Facts of a model by column and element id, each computed when it is first asked for; None is unknown."""

    def __init__(self, model: Model) -> None:
        # None of these facts depends on the day.
        self._facts = facts(model, today=date.max)
        self._columns: dict[tuple[str, str], dict[str, Any]] = {}

    def get(self, noun: str, column: str, element_id: str) -> Any:
        """Return a fact of an element, such as `leaves` of a flow or `outside` of a store."""
        if noun not in vocabulary.FRAMES:
            return None
        key = (noun, column)
        if key not in self._columns:
            values = self._facts.column(noun, column).array()
            missing = values.isna().tolist()
            known = [None if gone else value for value, gone in zip(values.tolist(), missing, strict=True)]
            self._columns[key] = dict(zip(self._facts.ids(noun), known, strict=True))
        return self._columns[key].get(element_id)
