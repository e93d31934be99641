"""The way through an agenda: who is there, which step it is, how much time is left."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from workbench.analysis.frames import LIST, MOMENT, TEXT, frame
from workbench.errors import UsageError
from workbench.model import Attendance, StepRun
from workbench.workshop.desk import Desk, said_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from workbench.model import Workshop
    from workbench.workshop.agenda import Step

ATTENDANCE = {"id": TEXT, "name": TEXT, "roles": LIST, "at": MOMENT}


class Course(Desk):
    """Attendance, scope, steps and timer."""

    def attend(self, name: str | None = None, *, roles: Iterable[str] = ()) -> Attendance:
        """Note that somebody is here; called again, his roles are replaced.

        In a workshop that keeps roles only, the name is not stored: the result's `name` is the role (“owner”,
        “guest 2”) under which this person writes and votes.

        Parameters
        ----------
        roles : of facilitator, scribe, timekeeper, explainer, owner, challenger, voice, guest

        Raises
        ------
        UsageError
            If there is no name where names are kept.
        DecisionError
            If a role is none of these.
        """
        given = tuple(roles)
        if self.record.roles_only:
            return self._again(lambda: self._present(self._label(given), given))
        return self._present(said_in_words(name or "", "a name"), given)

    @property
    def attendance(self) -> pd.DataFrame:
        """Return one row a person who is or was here.

        Columns
        -------
        id, name, roles (tuple), at : name is the role where names are not kept
        """
        fields = ("id", "name", "roles", "at")
        return frame(ATTENDANCE, [{f: getattr(a, f) for f in fields} for a in self._of(Attendance)])

    def scope(self, *, in_scope: str | None = None, out_of_scope: str | None = None) -> None:
        """Say in words what is looked at today, and what is not."""
        given = {"in_scope": in_scope, "out_of_scope": out_of_scope}
        said = {name: text for name, text in given.items() if text is not None}
        self._amend(lambda record: record.changed(**said), "scope of the workshop", in_step=False)

    @property
    def step(self) -> Step:
        """Return the step of the agenda that the workshop is in.

        Raises
        ------
        UsageError
            If somebody has taken the step out of the agenda's file meanwhile.
        """
        agenda = self.agenda
        return agenda.steps[agenda.place(self.record.steps[-1].step)]

    @property
    def timer(self) -> int:
        """Return the seconds left in this step, from the ledger alone; below 0 when it takes longer; 0 when closed."""
        if not self.is_open:
            return 0
        return math.ceil((self.ends - self._clock()).total_seconds())

    @property
    def ends(self) -> datetime:
        """Return when the time of this step is over (UTC), with what it was extended by."""
        run = self.record.steps[-1]
        return run.started + timedelta(minutes=self.step.minutes + run.extended)

    def next(self, *, seen: str | None = None) -> Step:
        """Go to the step after this one and return it.

        Parameters
        ----------
        seen : id of the step that the one who asks has in sight; without it the one that it is now

        Raises
        ------
        UsageError
            If this is the last one, or not the one that was seen.
        ConflictError
            If somebody else has moved on meanwhile.
        """
        return self._move(1, seen)

    def back(self, *, seen: str | None = None) -> Step:
        """Go to the step before this one and return it; its time starts anew.

        Raises
        ------
        UsageError
            If this is the first one, or not the one that was seen.
        ConflictError
            If somebody else has moved on meanwhile.
        """
        return self._move(-1, seen)

    def go(self, step: str, *, seen: str | None = None) -> Step:
        """Go to a step by its id and return it; its time starts anew. Nothing happens if it is this one.

        Raises
        ------
        UsageError
            If the agenda has no such step, or this is not the one that was seen.
        ConflictError
            If somebody else has moved on meanwhile.
        """
        self._refuse_closed()
        agenda, record = self.agenda, self._at_step(seen)
        target = agenda.steps[agenda.place(step)]
        if target.id != record.steps[-1].step:
            self._enter(target, record)
        return target

    def extend(self, minutes: int = 5) -> None:
        """Give this step more minutes, which the ledger keeps.

        Raises
        ------
        UsageError
            If it is no whole number from 1 to 120.
        """
        if minutes not in range(1, 121):
            raise UsageError(f"got {minutes!r} minutes; give a whole number from 1 to 120")

        def longer(record: Workshop) -> Workshop:
            *before, now = record.steps
            return record.changed(steps=(*before, now.changed(extended=now.extended + minutes)))

        self._amend(longer, f"{minutes} more minutes for “{self.step.title}”")

    def _at_step(self, seen: str | None) -> Workshop:
        """Return the workshop's record, if it is in the step that was seen."""
        record = self.record
        if seen not in {None, record.steps[-1].step}:
            raise UsageError(
                f"somebody else was quicker: “{self.step.title}” is the step now; go on from there if you still want to"
            )
        return record

    def _move(self, by: int, seen: str | None) -> Step:
        self._refuse_closed()
        agenda, record = self.agenda, self._at_step(seen)
        place = agenda.place(record.steps[-1].step) + by
        if not 0 <= place < len(agenda.steps):
            where = "last step; close the workshop with close()" if by > 0 else "first step"
            raise UsageError(f"“{self.step.title}” is the {where}")
        self._enter(agenda.steps[place], record)
        return agenda.steps[place]

    def _enter(self, step: Step, seen: Workshop) -> None:
        run = StepRun(step=step.id, started=self._clock())
        self._amend(lambda record: record.changed(steps=(*record.steps, run)), f"on to “{step.title}”", seen=seen)

    def _label(self, roles: tuple[str, ...]) -> str:
        """Return the first role, with a number if somebody else has it."""
        role = roles[0] if roles else "guest"
        taken = {a.name for a in self._of(Attendance)}
        numbered = (role if n == 1 else f"{role} {n}" for n in range(1, len(taken) + 2))
        return next(label for label in numbered if label not in taken)

    def _present(self, name: str, roles: tuple[str, ...]) -> Attendance:
        fields: dict[str, Any] = {"app": self.app.id, "workshop": self.id, "at": self._clock()}
        change = self._put(Attendance, self._own_id("attendance", name), fields | {"name": name, "roles": roles})
        self._write([change], f"{name} is here")
        return change.after  # type: ignore[return-value]
