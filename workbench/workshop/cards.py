"""Cards that people write in silence, and the scenarios that they become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.analysis.frames import FLAG, LIST, MOMENT, TEXT, frame
from workbench.analysis.recording import changed, several
from workbench.analysis.scenarios import SLOTS, finding_of, sentence
from workbench.editor import Editor
from workbench.errors import UsageError, unknown
from workbench.model import Card, Scenario, replaced
from workbench.workshop.desk import Desk, said_in_words
from workbench.workshop.prompts import categories

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

CARDS = {
    "id": TEXT, "text": TEXT, "by": TEXT, "prompt": TEXT, "about": LIST, "state": TEXT, "scenario": TEXT, "at": MOMENT,
}  # fmt: skip
SCENARIOS = {
    "id": TEXT, "finding": TEXT, "name": TEXT, "sentence": TEXT, "state": TEXT, **dict.fromkeys(SLOTS, TEXT),
    "about": LIST, "prompt": TEXT, "by": TEXT, "mine": FLAG,
}  # fmt: skip
SHARED = "cards"


class Cards(Desk):
    """Silent writing, sharing, keeping and dropping; the scenario builder."""

    def write(
        self, text: str, *, by: str | None = None, prompt: str | None = None, about: str | Iterable[str] = ()
    ) -> Card:
        """Write a card and return it. Nobody else sees its text before `share_cards`.

        Parameters
        ----------
        by : who writes; the facilitator's actor if it is left out
        prompt : id of the prompt card that it answers
        about : ids or names of elements

        Raises
        ------
        UsageError
            If there are no words, or there is no such element or prompt.
        """
        words = said_in_words(text, "a card")
        categories(prompt)  # refuses a card that does not exist
        said = self._said(by, name=words, prompt=prompt, links=self._elements(about))
        # One row of numbers a person, so that people who write at the same time do not wait for each other.
        return self._numbered(Card, f"{self._own_id('card', said['by'])}-", said, "a card")

    @property
    def are_shared(self) -> bool:
        """Tell whether everybody may see the cards."""
        return SHARED in self.record.revealed or not self.is_open

    @property
    def cards(self) -> pd.DataFrame:
        """Return one row a card, in the order in which they were written.

        Columns
        -------
        id, at, prompt, about (tuple of ids), state : state is written, kept or dropped
        text, by : unknown until cards are shared
        scenario : id of what the card became
        """
        return self.cards_for(None)

    def cards_for(self, reader: str | None) -> pd.DataFrame:
        """Return the cards as one person may see them: his own with their text, the others' once they are shared."""
        became = {link: s.id for s in self._of(Scenario) for link in s.links}
        shown = self.are_shared
        rows = [
            {
                **{name: getattr(card, name) for name in ("id", "prompt", "state", "at")},
                "text": card.name if shown or (reader is not None and card.by == reader) else None,
                "by": card.by if shown or (reader is not None and card.by == reader) else None,
                "about": card.links,
                "scenario": became.get(card.id),
            }
            for card in sorted(self._of(Card), key=lambda c: (c.at is None, c.at, c.id))
        ]
        return frame(CARDS, rows)

    def share_cards(self) -> None:
        """Show the cards to everybody, also those that are still to be written."""
        if not self.are_shared:
            self._amend(_with_revealed(SHARED), "cards are shared", in_step=False)

    def keep(self, card: str | Card, **slots: Any) -> Scenario:
        """Make a card a scenario and return it: a draft, or complete if all slots are given.

        Parameters
        ----------
        card : its id
        slots : fields of model.Scenario: actor, access, action, asset, harm; name (else the card's text)

        Raises
        ------
        UsageError
            If there is no such card, or it is kept or dropped already.
        """
        found = self._card(card)
        scenario = f"scenario:{self.app.id}/{self._tail}-{found.id.rpartition('/')[2]}"
        fields = {"name": found.name, "prompt": found.prompt, **slots}
        links = (*found.links, found.id)
        said = self._said(None, links=links, **fields) | {"by": found.by}
        change = self._put(Scenario, scenario, self._completed(said))
        self._write([replaced(found, found.changed(state="kept")), change], "a card becomes a scenario")
        return change.after  # type: ignore[return-value]

    def drop(self, card: str | Card, *, why: str = "set aside") -> None:
        """Set a card aside; it stays on record.

        Raises
        ------
        UsageError
            If there is no such card, or it is kept or dropped already.
        """
        found = self._card(card)
        self._write([replaced(found, found.changed(state="dropped", why=why))], why)

    def scenario(
        self,
        name: str = "",
        *,
        about: str | Iterable[str] = (),
        prompt: str | None = None,
        by: str | None = None,
        **slots: Any,
    ) -> Scenario:
        """Build a scenario without a card and return it; its sentence is its name if none is given.

        Parameters
        ----------
        slots : actor, access, action, asset, harm; what is left out is open, and the scenario a draft
        about : ids or names of elements or features; actor and asset that name an element are linked as well

        Raises
        ------
        UsageError
            If there is neither a name nor a slot, or an element or prompt does not exist.
        """
        if not name.strip() and not any((slots.get(slot) or "").strip() for slot in SLOTS):
            raise UsageError(f"a scenario needs a name, or at least one of {', '.join(SLOTS)}")
        fields = {"name": name.strip() or sentence(slots), "prompt": prompt, "links": self._elements(about), **slots}
        return self._numbered(
            Scenario, f"scenario:{self.app.id}/{self._tail}-", self._completed(self._said(by, **fields)), "a scenario"
        )

    def reword(self, scenario: str, **slots: Any) -> Scenario:
        """Fill or change the slots (or name) of a scenario and return it.

        Raises
        ------
        UsageError
            If there is no such scenario.
        DecisionError
            If a field is unknown.
        """
        before = self._scenario(scenario)
        after = changed(
            before, self._completed({"links": before.links, **before.model_dump(include=set(SLOTS)), **slots})
        )
        self._write([replaced(before, after)], "a scenario in better words")
        return after

    def dismiss(self, scenario: str, *, why: str) -> None:
        """Set a scenario aside with the reason; it no longer counts as a finding.

        Raises
        ------
        UsageError
            If there is no such scenario, or no reason.
        """
        before = self._scenario(scenario)
        said = {"state": "dismissed", "why": said_in_words(why, "setting a scenario aside")}
        self._write([replaced(before, before.changed(**said))], why)

    @property
    def scenarios(self) -> pd.DataFrame:
        """Return one row a scenario of this app that is not dismissed.

        Columns
        -------
        id, finding : finding is the id under which it is rated and decided on
        name, sentence, actor, access, action, asset, harm, prompt, by
        state : draft or complete
        about : tuple of the ids that it is linked to
        mine : it comes from this workshop
        """
        own = [s for s in self.model.of(Scenario) if s.app == self.app.id and s.state != "dismissed"]
        fields = ("id", "name", "state", "prompt", "by", *SLOTS)
        rows = [
            {f: getattr(s, f) for f in fields}
            | {"finding": finding_of(s), "sentence": sentence(s), "about": s.links, "mine": s.workshop == self.id}
            for s in own
        ]
        return frame(SCENARIOS, rows)

    def _completed(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return a scenario's fields with what follows from them: state, links to what it names, categories."""
        slots = {slot: (fields.get(slot) or "").strip() or None for slot in SLOTS}
        named = [i for slot in ("actor", "asset") if (text := slots[slot]) and (i := self._named(text))]
        return {
            **fields,
            **slots,
            **categories(fields.get("prompt")),
            "state": "complete" if all(slots.values()) else "draft",
            "links": tuple(dict.fromkeys([*fields["links"], *named])),
        }

    def _elements(self, about: str | Iterable[str]) -> tuple[str, ...]:
        finder = Editor(self.model, self.app.id)
        return tuple(finder.find(name).id for name in several(about))

    def _named(self, text: str) -> str | None:
        """Return the id of the one element of the app that has this name, if there is one."""
        try:
            return Editor(self.model, self.app.id).find(text).id
        except UsageError:
            return None

    def _card(self, card: str | Card) -> Card:
        name = card if isinstance(card, str) else card.id
        found = self.model.get(name)
        if not isinstance(found, Card) or found.workshop != self.id:
            raise unknown("card of this workshop", name, [c.id for c in self._of(Card)])
        if found.state != "written":
            raise UsageError(f"the card “{found.name:.80}” is {found.state} already")
        return found

    def _scenario(self, scenario: str) -> Scenario:
        name = scenario.removeprefix("SCENARIO@")
        found = self.model.get(name)
        if not isinstance(found, Scenario) or found.app != self.app.id:
            raise unknown("scenario of this app", name, [s.id for s in self.model.of(Scenario) if s.app == self.app.id])
        return found


def _with_revealed(*about: str) -> Any:
    return lambda record: record.changed(revealed=tuple(dict.fromkeys((*record.revealed, *about))))
