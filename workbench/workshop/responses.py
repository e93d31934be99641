"""What a room settles on: how big a risk is, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.analysis import bearing, decide
from workbench.errors import UsageError
from workbench.model import Change
from workbench.workshop.ballots import Ballots
from workbench.workshop.counting import RATED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


class Responses(Ballots):
    """Settled ratings and responses: decisions on findings that remember in which workshop they were taken."""

    def settle(
        self, about: str, *, likelihood: int | None = None, impact: int | None = None, why: str, by: str | None = None
    ) -> None:
        """Write down what the room agreed on after its votes were shown; it counts as the rating from then on.

        Raises
        ------
        UsageError
            If votes on it are still hidden.
        DecisionError
            If the reason is missing or a level does not fit.
        """
        finding = self._finding(about)
        seen = self.votes(finding)
        if not seen.revealed and any(kind in seen.kinds for kind in RATED):
            raise UsageError(f"{seen.voted} votes on {about} are still hidden; show them first: reveal(…)")
        levels: dict[str, Any] = {
            name: level for name, level in zip(RATED, (likelihood, impact), strict=True) if level is not None
        }
        levels["scheme"] = self.app.workspace.scheme
        self._respond(decide.decide(self.model, finding, **self._by(by), why=why, **levels), why)

    def respond(
        self,
        about: str,
        status: str | None = None,
        *,
        why: str,
        mitigation: str | None = None,
        owner: str | None = None,
        due: date | None = None,
        expires_on: date | None = None,
        by: str | None = None,
    ) -> None:
        """Write down what becomes of a finding or scenario, as one step.

        Parameters
        ----------
        status : mitigated, monitored, accepted, avoided, transferred, false_positive or open; None leaves it as it is
        mitigation : what is planned against it: an id of the catalogue, or words of one's own
        owner, due : who does it, by when
        expires_on : until when an acceptance holds

        Raises
        ------
        DecisionError
            If the reason or the end of an acceptance is missing, or the scheme does not let this person accept it.
        """
        finding, who = self._finding(about), self._by(by)
        more: dict[str, Any] = {name: value for name, value in (("owner", owner), ("due", due)) if value is not None}
        changes: list[Change] = []
        if mitigation is not None:
            library = self.app.workspace.library
            changes += decide.mitigate(self.model, finding, mitigation, **who, why=why, library=library, **more)
        if status == "accepted":
            changes += decide.accept(self.model, finding, **who, why=why, expires_on=expires_on, **self._judged())
        elif status is not None or mitigation is None:
            changes += decide.decide(self.model, finding, status, **who, why=why, **more, **self._judged())
        self._respond(changes, why)

    def _judged(self) -> dict[str, Any]:
        return bearing.judged(self.app.workspace.now.threats, self.app.workspace.scheme)

    def _by(self, by: str | None) -> dict[str, Any]:
        return {"actor": self._who(by), "at": self._clock()}

    def _respond(self, changes: Iterable[Change], why: str) -> None:
        self._write(map(self._here, changes), why)

    def _here(self, change: Change) -> Change:
        """Return a Change whose record remembers this workshop."""
        if change.after is None:
            return change
        return Change(
            noun=change.noun, id=change.id, before=change.before, after=change.after.changed(workshop=self.id)
        )
