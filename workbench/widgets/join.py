"""Join: one person's own page in a workshop. It can write cards and vote, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from workbench.errors import UsageError
from workbench.widgets.panel import Panel
from workbench.widgets.plain import plain, rows
from workbench.widgets.workshop_steps import ballots, cards, counted, scales

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.appview import AppView
    from workbench.workshop import Participant, Session

# What the page may ask for, by the participant's own names.
_ASKED = frozenset({"write", "dot", "rate", "is_true", "confidence"})
_WRITTEN_IN = frozenset({"wrong", "privacy", "focus", "new_threats"})


class Join(Panel):
    """The page of somebody who takes part: who it is is declared by himself.

    Parameters
    ----------
    app : AppView
        The app that the room looks at.
    actor : str, optional
        The person; without it the page asks.
    """

    bundle: ClassVar[str] = "join"

    def __init__(self, app: AppView, *, actor: str | None = None, projector: bool = False) -> None:
        self._named = actor
        super().__init__(app, actor=actor or "participant", projector=projector)

    def do_enter(self, name: str) -> None:
        """Say who one is; where names are not kept, this is the role that was given out."""
        said = name.strip()
        if not said:
            raise UsageError("a name is needed to vote; write yours, or one that the room knows you by")
        if self._session is not None:
            self._session.as_participant(said)  # refuses who has no such role
        self._named = self.actor = said
        self.refresh()

    def do_leave(self) -> None:
        """Let somebody else sit down here."""
        self._named, self.actor = None, "participant"
        self.refresh()

    def do_more_prompts(self, after: int, method: str | None = None) -> list[dict[str, Any]]:
        """Return the next prompt cards."""
        session = self._session
        return plain(session.prompts(method=method, after=after)) if session is not None else []

    def _method(self, name: str) -> Callable[..., Any] | None:
        return self._asked_of_participant(name) if name in _ASKED else super()._method(name)

    def _asked_of_participant(self, name: str) -> Callable[..., Any]:
        person = self._participant
        if person is None:
            raise UsageError("say who you are first, while a workshop is running")
        method = getattr(person, name)

        def ask(**given: Any) -> None:
            method(*((given.pop("flow"), given.pop("value")) if name == "is_true" else ()), **given)

        return ask

    @property
    def _session(self) -> Session | None:
        plans = self.app.workshops.table
        return self.app.workshops.open(actor=self.actor) if (plans["state"] == "open").any() else None

    @property
    def _participant(self) -> Participant | None:
        session = self._session
        return session.as_participant(self._named) if session is not None and self._named else None

    def _state(self) -> dict[str, Any]:
        session = self._session
        if session is None:
            return {"phase": "waiting"}
        if self._named is None:
            return {"phase": "name", "names": self._names(session), "roles_only": bool(session.record.roles_only)}
        step = session.step
        return {
            "phase": "open",
            "who": self._named,
            "step": plain(step.model_dump()),
            "ends": session.ends.isoformat(),
            "extended": session.record.steps[-1].extended,
            "body": self._body(session, step.kind),
        }

    def _names(self, session: Session) -> list[str]:
        return [str(name) for name in session.attendance["name"]]

    def _body(self, session: Session, kind: str) -> dict[str, Any]:
        who = str(self._named)
        if kind in _WRITTEN_IN:
            method = "linddun" if kind == "privacy" else None
            return {"writes": True, "prompts": plain(session.prompts(method=method)), **cards(session, who)}
        if kind == "bad":
            left = session.dots_left(who)
            voting = {"items": ballots(session, who), "dots_each": session.dots_each, "dots_left": left}
            return {"votes": voting | {"scales": scales(session)}}
        if kind == "picture":
            flows = rows(self.app.flows, ("id", "source", "target", "data"))
            return {"flows": [f | {"true": counted(session.votes(f["id"], by=who))} for f in flows]}
        return {"confidence": counted(session.votes("confidence", by=who))} if kind == "enough" else {}
