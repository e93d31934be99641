"""`app.workshops`: start a workshop, go on with the running one, look back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd

from workbench.analysis.frames import DAY, FLAG, MOMENT, TEXT, WHOLE, frame
from workbench.errors import UsageError, unknown
from workbench.ledger import ConflictError
from workbench.model import Attendance, Card, Review, Scenario, StepRun, Workshop, added
from workbench.workshop.agenda import Agenda, agenda, agendas
from workbench.workshop.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.appview import AppView

TABLE = {
    "id": TEXT, "name": TEXT, "agenda": TEXT, "state": TEXT, "step": TEXT, "started": MOMENT, "people": WHOLE,
    "cards": WHOLE, "scenarios": WHOLE, "next_on": DAY, "verdict": TEXT, "roles_only": FLAG,
}  # fmt: skip
_STEPS = ["agenda", "title", "step", "step_title", "kind", "minutes", "question", "output"]


class Workshops:
    """The workshops of one app."""

    def __init__(self, app: AppView) -> None:
        self._app = app
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        """What tells the time (UTC); another one can be put in its place."""

    def start(
        self,
        template: str = "full",
        *,
        actor: str | None = None,
        why: str = "workshop",
        in_scope: str | None = None,
        out_of_scope: str | None = None,
        roles_only: bool = False,
    ) -> Session:
        """Start a workshop in the first step of its agenda and return it.

        Parameters
        ----------
        template : id of an agenda: full, short, micro, privacy, or one of the workspace's own in templates/agendas
        actor : who facilitates (declared); else as for every change of the workspace
        roles_only : keep nobody's name, only roles

        Raises
        ------
        UsageError
            If there is no such agenda, or a workshop of this app is still open.
        """
        plan = agenda(template, self._app.workspace.path)
        self._refuse_second()
        who, now = actor or self._app.workspace.config.who(), self.clock()
        record = Workshop(
            id=self._free_id(now), name=f"{plan.title}, {now:%Y-%m-%d}", app=self._app.id, template=plan.id, why=why,
            steps=(StepRun(step=plan.steps[0].id, started=now),), in_scope=in_scope, out_of_scope=out_of_scope,
            roles_only=roles_only or None, by="facilitator" if roles_only else who, at=now,
        )  # fmt: skip
        try:
            self._app.workspace.commit([added(record)], why=why, actor=who)
        except ConflictError:
            self._refuse_second()
            raise
        return self._session(record.id, actor)

    def open(self, *, actor: str | None = None) -> Session:
        """Return the workshop that is running.

        Raises
        ------
        UsageError
            If none is.
        """
        running = self._running()
        if not running:
            raise UsageError(f"no workshop of “{self._app.name}” is open; start one: app.workshops.start(“full”)")
        return self._session(running[-1].id, actor)

    def of(self, workshop: str, *, actor: str | None = None) -> Session:
        """Return a workshop by its id, or the end of it, such as 2026-03-31; also a closed one.

        Raises
        ------
        UsageError
            If this app has none with that id.
        """
        known = [w.id for w in self._all()]
        found = [i for i in known if workshop in (i, i.rpartition("/")[2])]
        if not found:
            raise unknown("workshop of this app", workshop, known)
        return self._session(found[0], actor)

    @property
    def table(self) -> pd.DataFrame:
        """Return one row a workshop of this app, oldest first.

        Columns
        -------
        id, name, state, next_on, roles_only : state is open or closed; next_on is when to meet again
        agenda, step, started : id of its agenda; id of the step it is in, or was in last; when it began
        people, cards, scenarios : how many
        verdict : good, follow_up or stop
        """
        return frame(TABLE, [self._row(record) for record in self._all()])

    @property
    def agendas(self) -> pd.DataFrame:
        """Return one row a step of each agenda: agenda, title, step, step_title, kind, minutes, question, output."""
        plans = agendas(self._app.workspace.path).values()
        rows = [(p.id, p.title, s.id, s.title, s.kind, s.minutes, s.question, s.output) for p in plans for s in p.steps]
        return pd.DataFrame(rows, columns=_STEPS)

    def agenda(self, template: str) -> Agenda:
        """Return an agenda by its id.

        Raises
        ------
        UsageError
            If there is none, or its file is wrong (with file and line).
        """
        return agenda(template, self._app.workspace.path)

    def _session(self, workshop: str, actor: str | None) -> Session:
        return Session(self._app, workshop, actor=actor, clock=self.clock)

    def _all(self) -> list[Workshop]:
        own = (w for w in self._app.workspace.ledger.model().of(Workshop) if w.app == self._app.id)
        return sorted(own, key=lambda w: (w.steps[0].started, w.id))

    def _running(self) -> list[Workshop]:
        return [w for w in self._all() if w.state == "open"]

    def _refuse_second(self) -> None:
        for record in self._running():
            raise UsageError(
                f"the workshop {record.id} is still open; go on with app.workshops.open(), or close it first"
            )

    def _free_id(self, now: datetime) -> str:
        """Return the id by the day; the second of a day gets a number."""
        day = f"workshop:{self._app.id}/{now:%Y-%m-%d}"
        taken = {w.id for w in self._all()}
        return next(i for i in (day, *(f"{day}-{n}" for n in range(2, len(taken) + 3))) if i not in taken)

    def _row(self, record: Workshop) -> dict[str, object]:
        model = self._app.workspace.ledger.model()
        own = [e for cls in (Attendance, Card, Scenario, Review) for e in model.of(cls) if e.workshop == record.id]
        count = {cls: sum(isinstance(e, cls) for e in own) for cls in (Attendance, Card, Scenario)}
        reviews = [e for e in own if isinstance(e, Review)]
        return {
            **{name: getattr(record, name) for name in ("id", "name", "state", "next_on", "roles_only")},
            "agenda": record.template,
            "step": record.steps[-1].step,
            "started": record.steps[0].started,
            "people": count[Attendance],
            "cards": count[Card],
            "scenarios": count[Scenario],
            "verdict": reviews[-1].verdict if reviews else None,
        }
