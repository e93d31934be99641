"""Workshop: the facilitator's page. It shows the step of the agenda, and does what the room says."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

import ipywidgets

from workbench.errors import UsageError
from workbench.widgets.canvas import Canvas
from workbench.widgets.forms import Forms
from workbench.widgets.linked import link
from workbench.widgets.panel import Panel
from workbench.widgets.plain import plain, rows
from workbench.widgets.quickentry import QuickEntry
from workbench.widgets.workshop_steps import body

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workbench.appview import AppView
    from workbench.workshop import Session

# What the page may ask the session for, by the session's own names.
_ASKED = frozenset({
    "attend", "scope", "next", "back", "go", "extend", "feature", "write", "share_cards", "keep", "drop", "scenario",
    "reword", "dismiss", "dot", "rate", "tally", "reveal", "settle", "respond", "is_true", "park", "route",
    "drop_parked", "decide", "assume", "ask", "action", "confidence", "close",
})  # fmt: skip
_DAYS = frozenset({"due", "next_on", "revisit_on", "review_on", "expires_on"})
_PICTURE_STEPS = frozenset({"picture", "changes", "focus", "privacy"})


class Stage(Panel):
    """The agenda, its timer, and what the step is about."""

    bundle: ClassVar[str] = "workshop"
    describes = False
    """The forms stand below the picture: what is known about each thing, in plain words."""

    @property
    def session(self) -> Session:
        """Return the workshop that is running.

        Raises
        ------
        UsageError
            If none is.
        """
        found: Session = self.app.workshops.open(actor=self.actor)
        return found

    def do_start(self, template: str, *, roles_only: bool = False, in_scope: str = "", out_of_scope: str = "") -> None:
        """Start a workshop."""
        more = {"in_scope": in_scope.strip() or None, "out_of_scope": out_of_scope.strip() or None}
        self.app.workshops.start(template, actor=self.actor, roles_only=roles_only, **more)

    def do_describe(self, on: bool) -> None:  # noqa: FBT001 - as the browser calls it
        """Show the forms below the picture, or hide them."""
        self.describes = on
        self.refresh()

    def do_more_prompts(self, after: int, method: str | None = None) -> list[dict[str, Any]]:
        """Return the next prompt cards."""
        return plain(self.session.prompts(method=method, after=after))  # type: ignore[no-any-return]

    def do_leave(self, redact: Sequence[str] = (), workshop: str | None = None) -> list[str]:
        """Write summary, actions and the next date into the workspace's reports, and return where they are."""
        session = self.app.workshops.of(workshop, actor=self.actor) if workshop else self.session
        folder = self.app.workspace.path / "reports"
        stem = session.id.partition(":")[2].replace("/", "-")
        made = [session.summary(folder / f"{stem}.html", redact=redact),
                session.summary(folder / f"{stem}.md", redact=redact),
                session.actions_csv(folder / f"{stem}-actions.csv", redact=redact)]  # fmt: skip
        if session.record.next_on is not None:
            made.append(session.calendar(folder / f"{stem}-next.ics", redact=redact))
        return [str(path.relative_to(self.app.workspace.path)) for path in made]

    def _method(self, name: str) -> Callable[..., Any] | None:
        return self._asked_of_session(name) if name in _ASKED else super()._method(name)

    def _asked_of_session(self, name: str) -> Callable[..., Any]:
        method = getattr(self.session, name)

        def ask(**given: Any) -> None:
            said: dict[str, Any] = {key: _day(value) if key in _DAYS else value for key, value in given.items()}
            if name == "tally":
                said["counts"] = {None if value == "?" else int(value): n for value, n in said["counts"].items()}
            about = said.pop("about", ()) if name == "reveal" else ()
            method(*about, **said)

        return ask

    def _state(self) -> dict[str, Any]:
        plans = self.app.workshops.table
        running = plans[plans["state"] == "open"]
        if running.empty:
            return self._before(plans)
        session = self.session
        record, step = session.record, session.step
        agenda = session.agenda
        return {
            "phase": "open",
            "workshop": session.id,
            "agenda": {"title": agenda.title, "minutes": agenda.minutes},
            "steps": [{"id": s.id, "title": s.title, "minutes": s.minutes} for s in agenda.steps],
            "step": plain(step.model_dump()),
            "ends": session.ends.isoformat(),
            "extended": record.steps[-1].extended,
            "people": rows(session.attendance, ("id", "name", "roles")),
            "roles_only": bool(record.roles_only),
            "in_scope": record.in_scope,
            "out_of_scope": record.out_of_scope,
            "parked": rows(session.parked),
            "describes": self.describes if step.kind in _PICTURE_STEPS else None,
            "body": body(session, step.kind),
        }

    def _before(self, plans: Any) -> dict[str, Any]:
        known = self.app.workshops.agendas
        agendas = [
            {"id": name, "title": part["title"].iloc[0], "minutes": int(part["minutes"].sum()),
             "steps": [{"title": s["step_title"], "minutes": int(s["minutes"])} for s in rows(part)]}
            for name, part in known.groupby("agenda", sort=False)
        ]  # fmt: skip
        earlier = rows(plans, ("id", "name", "started", "people", "next_on", "verdict"))
        return {"phase": "before", "agendas": agendas, "earlier": earlier[::-1]}


class Workshop(ipywidgets.VBox):  # type: ignore[misc]
    """The page of a workshop: the stage, and the picture with quick entry and forms where the step is about the picture.

    What is selected in the picture opens in the forms, and the other way round.

    Parameters
    ----------
    app : AppView
        The app that the room looks at.
    actor : str, optional
        Who facilitates, as declared.
    projector : bool
        Big text, to be read from the back of a room.
    """

    def __init__(self, app: AppView, *, actor: str | None = None, projector: bool = False) -> None:
        self.stage = Stage(app, actor=actor, projector=projector)
        self.quick = QuickEntry(app, actor=actor, projector=projector)
        self.canvas = Canvas(app, actor=actor, projector=projector)
        self.forms = Forms(app, actor=actor, projector=projector)
        link(self.canvas, self.forms)
        super().__init__([self.stage, self.quick, self.canvas, self.forms])
        self.stage.observe(lambda _: self._arrange(), "view")
        self._arrange()

    def _arrange(self) -> None:
        described = self.stage.view.get("describes")
        drawn = described is not None
        for panel, shown in ((self.quick, drawn), (self.canvas, drawn), (self.forms, bool(described))):
            panel.layout.display = "" if shown else "none"
            panel.asleep = not shown
            if shown:
                panel.catch_up()


def _day(value: Any) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise UsageError(f"got {value!r} as a day; write it as year-month-day, such as 2026-03-31") from error
