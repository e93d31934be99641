"""Where data lies and which borders it crosses: the facts that rules go by, looked up by element."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from workbench.rules import facts, vocabulary
from workbench.rules.columns import Codes

if TYPE_CHECKING:
    from workbench.model import Model
    from workbench.rules import Facts


class Borders:
    """Facts of a model by column and element id, each computed when it is first asked for; None is unknown."""

    def __init__(self, model: Model, known: Facts | None = None) -> None:
        """Take the model, and its facts if somebody has them already."""
        # None of these facts depends on the day.
        self._facts = known if known is not None else facts(model, today=date.max)
        self._columns: dict[tuple[str, str], dict[str, Any]] = {}

    def get(self, noun: str, column: str, element_id: str) -> Any:
        """Return a fact of an element, such as `leaves` of a flow or `outside` of a store."""
        if noun not in vocabulary.FRAMES:
            return None
        key = (noun, column)
        if key not in self._columns:
            self._columns[key] = dict(zip(self._facts.ids(noun), self._values(noun, column), strict=True))
        return self._columns[key].get(element_id)

    def _values(self, noun: str, column: str) -> list[Any]:
        data = self._facts.column(noun, column)
        if vocabulary.columns(noun)[column].kind == "list" and isinstance(data, Codes):
            return data.objects().tolist()  # type: ignore[no-any-return]
        values = data.array()
        missing = values.isna().tolist()
        return [None if gone else value for value, gone in zip(values.tolist(), missing, strict=True)]
