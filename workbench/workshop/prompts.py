"""Prompt cards as data (data/prompts/): questions in plain words, by kind of element, and stories of what happened."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from workbench.errors import unknown
from workbench.model import Value
from workbench.places import share
from workbench.workshop import files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.model import Element

FOLDER = ("data", "prompts")
METHODS = ("stride", "linddun", "incident")
_NAME = "{name}"


class Prompt(Value):
    """One card."""

    id: str = Field(min_length=1, max_length=60)
    name: str = Field(min_length=1, max_length=80)
    categories: tuple[str, ...] = ()
    """Letters of STRIDE, or parts of LINDDUN."""
    group: tuple[Literal["access_control", "data_leakage", "misconfiguration"], ...] = Field(min_length=1)
    ask: str = Field(min_length=1, max_length=300)
    """The question; {name} stands for the name of an element."""
    on: dict[str, str] = Field(default_factory=dict)
    """Noun, or noun.kind, to the question in the words of that kind of element."""
    where: tuple[dict[str, Any], ...] = ()
    """Of a story: a noun and the values of fields that it fits; any of the entries will do."""
    year: str | None = None
    story: str | None = None
    source: str | None = None

    def asked(self, element: Element) -> str | None:
        """Return the question about an element; None if the card does not fit it."""
        if self.where:
            return self._with_name(self.ask, element) if any(_fits(element, w) for w in self.where) else None
        kind = f"{element.noun}.{getattr(element, 'kind', None)}"
        text = self.on.get(kind) or self.on.get(element.noun)
        return None if text is None else self._with_name(text, element)

    @staticmethod
    def _with_name(text: str, element: Element) -> str:
        # No str.format: what stands in a name is nobody's template.
        return text.replace(_NAME, element.name)


class Deck(Value):
    """The cards of one method."""

    method: Literal["stride", "linddun", "incident"]
    title: str
    prompts: tuple[Prompt, ...] = Field(min_length=1)


@cache
def decks() -> Mapping[str, Deck]:
    """Return the shipped cards by method: stride, linddun, incident.

    Raises
    ------
    UsageError
        If a file is wrong; with file and line.
    """
    found = [files.read(Deck, path, "data/prompts/stride.yaml") for path in sorted(share(*FOLDER).glob("*.yaml"))]
    return {deck.method: deck for deck in found}


@cache
def prompts() -> Mapping[str, tuple[str, Prompt]]:
    """Return (method, card) by the id of the card."""
    return {prompt.id: (method, prompt) for method, deck in decks().items() for prompt in deck.prompts}


def categories(prompt: str | None) -> dict[str, tuple[str, ...]]:
    """Return what a scenario takes over from the card that it answers: group, and stride or linddun.

    Raises
    ------
    UsageError
        If there is no such card.
    """
    if prompt is None:
        return {}
    if prompt not in prompts():
        raise unknown("prompt card", prompt, prompts())
    method, card = prompts()[prompt]
    return {"group": card.group, "linddun" if method == "linddun" else "stride": card.categories}


def _fits(element: Element, where: Mapping[str, Any]) -> bool:
    fields = {name: values for name, values in where.items() if name != "noun"}
    return element.noun == where["noun"] and all(getattr(element, n, None) in values for n, values in fields.items())
