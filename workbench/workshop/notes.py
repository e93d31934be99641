"""What a workshop writes down beside the picture: value and harm, parked points, decisions, assumptions, actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from workbench.analysis import decide as deciding
from workbench.analysis.frames import DAY, LIST, TEXT, WHOLE, frame
from workbench.analysis.purposing import asked_for_harm
from workbench.analysis.recording import several
from workbench.analysis.scenarios import standing
from workbench.editor import Editor
from workbench.errors import UsageError, unknown
from workbench.model import Action, Decision, Feature, Parked, Question, replaced, slug
from workbench.workshop.desk import Desk, said_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    import pandas as pd

    from workbench.model.records import Record

R = TypeVar("R", bound="Record")
PARKED = {"id": TEXT, "text": TEXT, "by": TEXT, "state": TEXT, "owner": TEXT, "due": DAY, "why": TEXT}
FEATURES = {
    "id": TEXT, "name": TEXT, "value": TEXT, "worth": WHOLE, "does": LIST, "enables": LIST, "benefits": TEXT,
    "harmed": TEXT, "nobody_harmed": TEXT, "owner": TEXT, "scenarios": LIST,
}  # fmt: skip


class Notes(Desk):
    """Features, parking lot, decisions, assumptions, questions, actions: each by one call from anywhere."""

    def feature(
        self,
        name: str,
        *,
        value: str | None = None,
        worth: int | None = None,
        does: str | Iterable[str] = (),
        enables: str | Iterable[str] = (),
        benefits: str | None = None,
        harmed: str | None = None,
        nobody_harmed: str | None = None,
        owner: str | None = None,
        by: str | None = None,
    ) -> Feature:
        """Write down something that the app does for people, or bring it up to date, and return it.

        As long as nobody says who could be harmed, nor why nobody could, it is an open question.

        Parameters
        ----------
        value, benefits : what it is good for, and for whom
        worth : how much that is, 1 (nice to have) to 5 (vital)
        does : collect, automate, integrate, decide, show
        enables : ids or names of the elements that it needs
        harmed, nobody_harmed : who could be harmed and how; or why nobody could
        owner : who answers for it

        Raises
        ------
        UsageError
            If there is no name, no such element, or both somebody and nobody is harmed.
        DecisionError
            If a value does not fit.
        """
        if harmed and nobody_harmed:
            raise UsageError("say who could be harmed, or why nobody could; not both")
        given = {"value": value, "benefits": benefits, "harmed": harmed, "nobody_harmed": nobody_harmed, "owner": owner}
        said = {key: text for key, text in given.items() if text}
        finder = Editor(self.model, self.app.id)
        needed = tuple(finder.find(element).id for element in several(enables))
        fields = self._said(by, name=said_in_words(name, "a feature"), **said)
        fields |= {"worth": worth} if worth is not None else {}
        fields |= {"enables": needed} if needed else {}
        fields |= {"does": tuple(several(does))} if does else {}
        fields |= {"nobody_harmed": None} if harmed else {"harmed": None} if nobody_harmed else {}
        change = self._put(Feature, f"feature:{self.app.id}/{slug(name)}", fields)
        asked = asked_for_harm(self.model, change.after, self._said(None))  # type: ignore[arg-type]
        self._write([change, *asked], "value and harm", by=by)
        return change.after  # type: ignore[return-value]

    @property
    def features(self) -> pd.DataFrame:
        """Return one row a feature of this app.

        Columns
        -------
        id, name, value, worth, does (tuple), enables (tuple of ids), benefits, harmed, nobody_harmed, owner : as they were said
        scenarios : tuple of the ids of scenarios about it; a harm without one has no story yet: start from it with
            scenario(about=id, harm=…)
        """
        told = list(standing(self.model))
        rows = [
            {name: getattr(feature, name, None) for name in FEATURES}
            | {"scenarios": tuple(s.id for s in told if feature.id in s.links)}
            for feature in self.model.of(Feature)
            if feature.app == self.app.id
        ]
        return frame(FEATURES, rows)

    def park(self, text: str, *, by: str | None = None) -> Parked:
        """Put something on the parking lot and return it; it leaves with an owner, or dropped.

        Raises
        ------
        UsageError
            If there are no words.
        """
        fields = self._said(by, name=said_in_words(text, "a parked point"))
        return self._numbered(Parked, f"parked:{self.id}/", fields, "parked")

    @property
    def parked(self) -> pd.DataFrame:
        """Return the parking lot: id, text, by, state (parked, routed or dropped), owner, due, why."""
        fields = ("id", "by", "state", "owner", "due", "why")
        rows = [{f: getattr(p, f) for f in fields} | {"text": p.name} for p in self._of(Parked)]
        return frame(PARKED, sorted(rows, key=lambda row: _number(row["id"])))

    def route(self, item: str | Parked, *, owner: str, due: date | None = None) -> Action:
        """Give a parked point to somebody, with a date if there is one; it becomes an action, which is returned.

        Raises
        ------
        UsageError
            If there is no such point, or no owner.
        """
        found = self._parked(item)
        who = said_in_words(owner, "the owner of a parked point")
        action = self._put(
            Action,
            f"action:{self.app.id}/{self._tail}-parked-{found.id.rpartition('/')[2]}",
            self._said(None, name=found.name, owner=who, due=due, links=(found.id,), state="open"),
        )
        self._write([replaced(found, found.changed(state="routed", owner=who, due=due)), action], f"{who} takes it")
        return action.after  # type: ignore[return-value]

    def drop_parked(self, item: str | Parked, *, why: str) -> None:
        """Drop a parked point with the reason.

        Raises
        ------
        UsageError
            If there is no such point, or no reason.
        """
        found = self._parked(item)
        said = said_in_words(why, "dropping a parked point")
        self._write([replaced(found, found.changed(state="dropped", why=said))], said)

    def decide(
        self,
        text: str,
        *,
        why: str,
        who: str | Iterable[str] = (),
        dissent: str | None = None,
        revisit_on: date | None = None,
        about: str | Iterable[str] = (),
    ) -> Decision:
        """Write down a decision and return it.

        Parameters
        ----------
        who : who decided; the one who writes if it is left out
        dissent : who disagreed, and why
        about : ids of findings, elements or records that it is about

        Raises
        ------
        UsageError
            If there are no words, or no reason.
        """
        fields = {
            "name": said_in_words(text, "a decision"), "text": text.strip(), "why": said_in_words(why, "a reason"),
            "decided_by": tuple(several(who)) or (self._who(None),), "dissent": dissent, "revisit_on": revisit_on,
        }  # fmt: skip
        return self._note(Decision, text, fields, several(about))

    def assume(self, text: str, *, owner: str | None = None, review_on: date | None = None,
               about: str | Iterable[str] = (), by: str | None = None) -> None:  # fmt: skip
        """Write down what is taken for true; `about` are ids of findings, elements or decisions that rest on it.

        Raises
        ------
        DecisionError
            If there are no words.
        """
        said = {"actor": self._who(by), "at": self._clock(), "links": tuple(several(about)), "workshop": self.id}
        more = {name: value for name, value in (("owner", owner), ("review_on", review_on)) if value is not None}
        self._write(deciding.assume(self.model, self.app.id, text, **said, **more), "an assumption", by=by)  # type: ignore[arg-type]

    def ask(self, text: str, *, owner: str | None = None, due: date | None = None, about: str | Iterable[str] = (),
            by: str | None = None) -> Question:  # fmt: skip
        """Write down a question to somebody and return it; without an owner it goes to the owner of what it is about.

        Raises
        ------
        UsageError
            If there are no words.
        """
        fields = {"name": said_in_words(text, "a question"), "owner": owner, "due": due, "state": "open"}
        return self._note(Question, text, fields, several(about) or [self.app.id], by)

    def action(self, text: str, *, owner: str | None = None, due: date | None = None, about: str | Iterable[str] = (),
               by: str | None = None) -> Action:  # fmt: skip
        """Write down something to do and return it; `about` are ids of findings, elements or records.

        Raises
        ------
        UsageError
            If there are no words.
        """
        fields = {"name": said_in_words(text, "an action"), "owner": owner, "due": due, "state": "open"}
        return self._note(Action, text, fields, several(about), by)

    def _note(
        self, cls: type[R], text: str, fields: Mapping[str, object], about: Iterable[str], by: str | None = None
    ) -> R:
        """Write a record of the app under its own words: said twice, it is one record, and what was said stays."""
        record = f"{cls.noun}:{self.app.id}/{slug(text)}"
        links = tuple(dict.fromkeys([*getattr(self.model.get(record), "links", ()), *about]))
        said = {name: value for name, value in fields.items() if value is not None}
        change = self._put(cls, record, self._said(by, **said, links=links))
        self._write([change], f"{cls.noun} in the workshop", by=by)
        return change.after  # type: ignore[return-value]

    def _parked(self, item: str | Parked) -> Parked:
        name = item if isinstance(item, str) else item.id
        found = self.model.get(name)
        if not isinstance(found, Parked) or found.workshop != self.id:
            raise unknown("parked point of this workshop", name, [p.id for p in self._of(Parked)])
        return found


def _number(record: str) -> int:
    tail = record.rpartition("/")[2]
    return int(tail) if tail.isdecimal() else 0
