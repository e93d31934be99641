"""What a participant's own page may do: write cards and vote."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import EllipsisType

    import pandas as pd

    from workbench.model import Card
    from workbench.workshop.agenda import Step
    from workbench.workshop.counting import Votes
    from workbench.workshop.session import Session


class Participant:
    """One person in a workshop. His name is declared, not verified; all that he writes is in that name."""

    def __init__(self, session: Session, name: str) -> None:
        self._session = session
        self.name = name

    def __repr__(self) -> str:
        return f"<Participant {self.name} of {self._session.id}>"

    @property
    def is_open(self) -> bool:
        """Tell whether one can still write and vote."""
        return self._session.is_open

    @property
    def step(self) -> Step:
        """Return the step of the agenda that the workshop is in."""
        return self._session.step

    @property
    def timer(self) -> int:
        """Return the seconds left in this step."""
        return self._session.timer

    @property
    def items(self) -> pd.DataFrame:
        """Return what can be voted on; columns in `Session.items`."""
        return self._session.items

    @property
    def cards(self) -> pd.DataFrame:
        """Return the cards: one's own with their text, the others' once they are shared."""
        return self._session.cards_for(self.name)

    @property
    def dots_left(self) -> int:
        """Return how many dots this person can still give."""
        return self._session.dots_left(self.name)

    def votes(self, about: str) -> Votes:
        """Return the votes on something: one's own, the others' once they are revealed."""
        return self._session.votes(about, by=self.name)

    def write(self, text: str, *, prompt: str | None = None, about: str | Iterable[str] = ()) -> Card:
        """Write a card; see `Session.write`."""
        return self._session.write(text, by=self.name, prompt=prompt, about=about)

    def dot(self, about: str, *, dots: int = 1) -> None:
        """Put dots on a finding or scenario; see `Session.dot`."""
        self._session.dot(about, by=self.name, dots=dots)

    def rate(
        self, about: str, *, likelihood: int | EllipsisType | None = ..., impact: int | EllipsisType | None = ...
    ) -> None:
        """Vote on how often and how bad; see `Session.rate`."""
        self._session.rate(about, likelihood=likelihood, impact=impact, by=self.name)

    def is_true(self, flow: str, value: bool | None) -> None:  # noqa: FBT001 - yes or no is what is asked
        """Vote on whether a flow is how it really works; see `Session.is_true`."""
        self._session.is_true(flow, value, by=self.name)

    def confidence(self, value: int | None) -> None:
        """Vote on how sure one is; see `Session.confidence`."""
        self._session.confidence(value, by=self.name)
