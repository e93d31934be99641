"""Triage: tables of threats, mitigations, questions and actions in which people decide, by mouse or keyboard."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from workbench.analysis.decide import RISKY
from workbench.analysis.meanwhile import said, unchanged
from workbench.analysis.recording import DecisionError
from workbench.analysis.words import change_in_words, name_lookup
from workbench.ledger import ConflictError
from workbench.widgets import triage_rows
from workbench.widgets.panel import Panel
from workbench.widgets.triage_reasons import reasons

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbench.analysis.meanwhile import Said
    from workbench.ledger import Batch
    from workbench.model import Model

_LOOKED_AT = 60
_RECORDS = frozenset({"threat_decision", "acceptance", "mitigation", "question", "action"})
_DAYS = frozenset({"due", "expires_on"})


class Triage(Panel):
    """Threats, mitigations, questions and actions of an app, to decide about; `selection` can be tied to a canvas."""

    bundle: ClassVar[str] = "triage"
    selection = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """Ids of the elements that the selected rows are about."""

    def _state(self) -> dict[str, Any]:
        last = self._last_step()
        return {
            "me": self.actor,
            "today": self.app.snapshot.today.isoformat(),
            "tables": triage_rows.tables(self.app),
            "people": triage_rows.people(self.app),
            "scales": triage_rows.scales(self.app),
            "risky": sorted(RISKY),
            "undo": self._words(last) if last else None,
        }

    def do_explain(self, thing: str) -> dict[str, Any]:
        """Return why a finding, question, mitigation or action is there, in sections of sentences."""
        return reasons(self.app, thing)

    def do_decide(self, findings: list[str], seen: Mapping[str, Said] | None = None, **fields: Any) -> None:
        """Decide about findings: status, owner, due, likelihood, impact, confidence, expires_on, mitigation; `why`."""
        if set(fields) <= {"mitigation", "why"}:
            self.do_mitigate(findings, **fields)
            return
        call = self.app.accept if fields.get("status") == "accepted" and fields.get("expires_on") else self.app.decide
        if call == self.app.accept:
            fields.pop("status")
        self._change(call, findings, seen, fields)

    def do_mitigate(self, findings: list[str], mitigation: str, **fields: Any) -> None:
        """Link a mitigation, by catalogue id, its title or own words, to findings."""
        self.app.mitigate(findings, mitigation.strip(), actor=self.actor, **_fields(fields))

    def do_reconsider(self, mitigations: list[str], seen: Mapping[str, Said] | None = None, **fields: Any) -> None:
        """Bring mitigations up to date: status, evidence, owner, due."""
        self._change(self.app.reconsider, mitigations, seen, fields)

    def do_answer(
        self, questions: list[str], value: Any, seen: Mapping[str, Said] | None = None, why: str = ""
    ) -> None:
        """Answer questions; no value, or "don't know", parks them."""
        self._change(self.app.answer, questions, seen, {"value": value, "why": why})

    def do_route(self, questions: list[str], seen: Mapping[str, Said] | None = None, **fields: Any) -> None:
        """Give questions to somebody, set a date, park or drop them."""
        self._change(self.app.route, questions, seen, fields)

    def do_action(self, text: str, **fields: Any) -> None:
        """Write down something to do: owner, due, and ids of what it is about as `links`."""
        self.app.action(text, actor=self.actor, **_fields(fields))

    def do_amend(self, actions: list[str], seen: Mapping[str, Said] | None = None, **fields: Any) -> None:
        """Bring actions up to date: state, owner, due, evidence, name."""
        self._change(self.app.amend, actions, seen, fields)

    def do_undo(self) -> str:
        """Take back the newest decision of this person that stands, and return it in words."""
        last = self._last_step()
        if last is None:
            raise DecisionError(f"there is no decision of {self.actor} left to undo here")
        ledger = self.app.workspace.ledger
        ledger.undo(actor=self.actor, why="taken back in the triage tables", batch=last.number)
        return self._words(last)

    def _change(
        self, call: Callable[..., None], things: list[str], seen: Mapping[str, Said] | None, fields: dict[str, Any]
    ) -> None:
        looked, model = seen or {}, self.app.workspace.model
        given = {thing: looked[thing] for thing in things if thing in looked and not self._wrote(model, thing)}
        try:
            call(things, actor=self.actor, seen=given, **_fields(fields))
        except ConflictError:
            # Somebody was faster by less than a second: say what they did, as if it had been earlier.
            unchanged(self.app.workspace.model, given)
            raise
        model = self.app.workspace.model
        self._own = {**self._own, **{thing: said(model, thing) for thing in things}}

    _own: Mapping[str, Said] = {}

    def _wrote(self, model: Model, thing: str) -> bool:
        """Tell whether what is said about a thing now was last said here: one does not stand in one's own way."""
        return thing in self._own and said(model, thing) == self._own[thing]

    def _last_step(self) -> Batch | None:
        ledger = self.app.workspace.ledger
        undone = ledger.undone()
        steps = [b for b in ledger.batches(limit=_LOOKED_AT) if b.undoes is None and b.number not in undone]
        return next((b for b in reversed(steps) if b.actor == self.actor and self._decides(b)), None)

    def _words(self, step: Batch) -> str:
        first, *rest = step.changes
        words = change_in_words(first, name_lookup(self.app.workspace.model))
        return f"{words}, and {len(rest)} more" if rest else words

    def _decides(self, batch: Batch) -> bool:
        """Tell whether a step is a decision or answer about this app, and no import or drawing."""
        return all(
            self.app.id in (c.id, getattr(c.after or c.before, "app", None))
            and (c.noun in _RECORDS or c.action == "changed")
            for c in batch.changes
        )


def _fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields as calls take them: days as dates, empty text as unknown; a missing `why` is left out."""
    fields = {name: _day(name, value) if name in _DAYS else value for name, value in given.items()}
    why = fields.pop("why", None) or ""
    return {name: None if value == "" else value for name, value in fields.items()} | {"why": why}


def _day(name: str, value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except (TypeError, ValueError):
        raise DecisionError(f"{value!r} is no day; give it like 2026-01-31", name) from None
