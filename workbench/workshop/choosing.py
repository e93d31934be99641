"""Which places of an app to talk about first, and with which cards: few at once, the riskiest first, more on demand."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.analysis.bands import SEVERITIES, UNRATED
from workbench.analysis.borders import Borders
from workbench.analysis.frames import records
from workbench.model import ELEMENTS, ORDERS, App, Boundary, DataField, Flow
from workbench.workshop.prompts import METHODS, decks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from workbench.model import Element, Model
    from workbench.workshop.prompts import Prompt

MOST = 7
"""More cards at once are not read."""
_TOGETHER = 3
"""So many places are talked about in turn."""


@dataclass(frozen=True)
class HotSpot:
    """A place of the app, and what makes it worth talking about."""

    element: Element
    worst: int
    """Place of the worst open finding's severity in the scale, from 1; 0 if none is open or rated."""
    open: int
    exposure: int
    """Place in the scale of exposure, from 1; 0 if unknown or of no kind that has one."""
    crossings: int
    """Flows at it (or the flow itself) that cross a trust boundary."""

    @property
    def rank(self) -> tuple[Any, ...]:
        """Return what places are ordered by, the first to talk about lowest."""
        return -self.worst, -self.exposure, -self.crossings, -self.open, self.element.noun, self.element.id

    @property
    def because(self) -> tuple[str, ...]:
        """Return why, in words."""
        worst = SEVERITIES[self.worst - 1] if self.worst else UNRATED
        return tuple(
            text
            for text, holds in (
                (f"{self.open} open finding{'' if self.open == 1 else 's'}, the worst {worst}", self.open),
                (f"reachable from: {ORDERS['exposure'][self.exposure - 1]}", self.exposure),
                (f"{self.crossings} flow{'' if self.crossings == 1 else 's'} across a trust boundary", self.crossings),
            )
            if holds
        )


@dataclass(frozen=True)
class Suggestion:
    """A card for one place of the app."""

    prompt: str
    """Id of the card."""
    method: str
    """stride, linddun or incident."""
    name: str
    ask: str
    """The question, with the name of the element."""
    element: str
    """Id of the element."""
    element_name: str
    because: tuple[str, ...]
    """Why this place, in words."""
    story: str | None = None
    """Of an incident: what happened to others."""
    year: str | None = None
    source: str | None = None


class Chooser:
    """Ranks the places of one app and deals cards."""

    def __init__(self, model: Model, app: str, threats: pd.DataFrame) -> None:
        self._model = model
        self._app = app
        self._open = [row for row in records(threats) if row["status"] == "open"]

    @cached_property
    def spots(self) -> list[HotSpot]:
        """Return all places, the first to talk about first."""
        elements = [e for e in self._model if isinstance(e, ELEMENTS) and not isinstance(e, App | DataField)]
        return sorted((self._spot(element) for element in elements), key=lambda spot: spot.rank)

    def deal(
        self, element: str | None = None, *, method: str | None = None, most: int = MOST, after: int = 0
    ) -> list[Suggestion]:
        """Return at most `most` cards for an element, or for the places where there is most to say."""
        spots = [s for s in self.spots if element is None or s.element.id == element]
        dealt = list(self._dealt(spots, METHODS if method is None else (method,)))
        return dealt[after : after + most]

    def _dealt(self, spots: Sequence[HotSpot], methods: Sequence[str]) -> Iterator[Suggestion]:
        """Yield cards a few places at a time, in turn, so that one place does not take them all."""
        hands = [(spot, hand) for spot in spots if (hand := self._hand(spot, methods))]
        for start in range(0, len(hands), _TOGETHER):
            yield from self._in_turn(hands[start : start + _TOGETHER])

    def _in_turn(self, hands: Sequence[tuple[HotSpot, list[tuple[str, Prompt]]]]) -> Iterator[Suggestion]:
        used: Counter[str] = Counter()
        while any(hand for _, hand in hands):
            for spot, hand in hands:
                if hand:
                    # The card that was asked least so far: not the same question three times in a row.
                    number = min(range(len(hand)), key=lambda n, cards=hand: (used[cards[n][1].id], n))  # type: ignore[misc]
                    method, card = hand.pop(number)
                    used[card.id] += 1
                    yield _suggestion(spot, method, card)

    def _hand(self, spot: HotSpot, methods: Sequence[str]) -> list[tuple[str, Prompt]]:
        """Return the cards that fit a place: one story first, then what its findings point to, then the others."""
        fitting = {m: [p for p in decks()[m].prompts if p.asked(spot.element) is not None] for m in methods}
        stories = [("incident", card) for card in fitting.get("incident", [])[:1]]
        if not self._holds_personal(spot.element):
            fitting.pop("linddun", None)
        pointed = self._pointed_to(spot.element.id)
        cards = [(m, card) for m in methods if m != "incident" for card in fitting.get(m, [])]
        return [*stories, *sorted(cards, key=lambda c: -len(pointed[c[0]] & set(c[1].categories)))]

    def _pointed_to(self, element: str) -> defaultdict[str, set[str]]:
        """Return the categories of the open findings at a place, by method."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for row in self._open:
            if row["element"] == element:
                found["stride"] |= set(row["stride"])
                found["linddun"] |= set(row["linddun"])
        return found

    def _holds_personal(self, element: Element) -> bool:
        """Tell whether data about people is here, confirmed or suggested."""
        fields: list[str] = [*getattr(element, "data", ())]
        if not isinstance(element, Flow):
            ends = (*self._model.flows_from.get(element.id, ()), *self._model.flows_to.get(element.id, ()))
            fields += [i for flow in ends for i in flow.data]
        held = (self._model.get(i) for i in fields)
        return any(isinstance(f, DataField) and (f.personal is True or _suggested(f)) for f in held)

    @cached_property
    def _borders(self) -> Borders:
        return Borders(self._model)

    def _crosses(self, flows: Iterable[Flow]) -> int:
        return sum(self._borders.get("flow", "crosses_boundary", flow.id) is True for flow in flows)

    def _spot(self, element: Element) -> HotSpot:
        found = [row for row in self._open if row["element"] == element.id]
        ends = (*self._model.flows_from.get(element.id, ()), *self._model.flows_to.get(element.id, ()))
        flows = [element] if isinstance(element, Flow) else [] if isinstance(element, Boundary) else ends
        exposure = getattr(element, "exposure", None)
        return HotSpot(
            element=element,
            worst=max((SEVERITIES.index(r["severity"]) + 1 for r in found if r["severity"] is not None), default=0),
            open=len(found),
            exposure=ORDERS["exposure"].index(exposure) + 1 if exposure in ORDERS["exposure"] else 0,
            crossings=self._crosses(flows),
        )


def _suggested(field: DataField) -> bool:
    return field.personal is None and field.personal_suggested is True


def _suggestion(spot: HotSpot, method: str, card: Prompt) -> Suggestion:
    return Suggestion(
        prompt=card.id,
        method=method,
        name=card.name,
        ask=card.asked(spot.element) or card.ask,
        element=spot.element.id,
        element_name=spot.element.name,
        because=spot.because,
        story=card.story,
        year=card.year,
        source=card.source,
    )
