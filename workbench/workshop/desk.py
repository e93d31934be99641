"""The desk of a session: where its records are read and written, each call one step of the ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from workbench.analysis.recording import put
from workbench.errors import UsageError, unknown
from workbench.ledger import ConflictError
from workbench.model import Attendance, Workshop, replaced, slug
from workbench.workshop.agenda import agenda

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from workbench.appview import AppView
    from workbench.model import Change, Model
    from workbench.model.records import Record
    from workbench.workshop.agenda import Agenda

R = TypeVar("R", bound="Record")
T = TypeVar("T")
_TRIES = 5


class NotOpenError(UsageError):
    """The workshop is closed; nothing was written."""


class Desk:
    """A workshop of an app, read anew each time, because other kernels write to it too."""

    def __init__(
        self,
        app: AppView,
        workshop: str,
        *,
        actor: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.app = app
        self.id = workshop
        self.actor = actor or app.workspace.config.who()
        """Who says what nobody else is named for."""
        self._clock = clock

    @property
    def record(self) -> Workshop:
        """Return the workshop as it is now.

        Raises
        ------
        UsageError
            If it is not in the model.
        """
        found = self.model.get(self.id)
        if not isinstance(found, Workshop):
            raise unknown("workshop of this app", self.id, [w.id for w in self.model.of(Workshop)])
        return found

    @property
    def model(self) -> Model:
        """Return the newest model of all apps."""
        return self.app.workspace.ledger.model()

    @property
    def is_open(self) -> bool:
        """Tell whether one can still write."""
        return self.record.state == "open"

    @property
    def agenda(self) -> Agenda:
        """Return the agenda that the workshop follows."""
        return agenda(self.record.template or "", self.app.workspace.path)

    def _of(self, cls: type[R]) -> list[R]:
        """Return this workshop's records of one kind."""
        return [record for record in self.model.of(cls) if record.workshop == self.id]

    def _who(self, by: str | None) -> str:
        """Return who says something; where names are not kept, only somebody's role will do."""
        if not self.record.roles_only:
            return (by or self.actor).strip()
        present = [a.name for a in self._of(Attendance)]
        if by is not None and by not in present:
            raise unknown("role in this workshop", by, present, "Names are not kept here; attend() gives a role.")
        return by or "facilitator"

    def _said(self, by: str | None = None, **fields: Any) -> dict[str, Any]:
        """Return the fields that each record of the workshop has."""
        return {"app": self.app.id, "workshop": self.id, "by": self._who(by), "at": self._clock(), **fields}

    def _put(self, cls: type[Record], record: str, fields: Mapping[str, Any]) -> Change:
        """Return the Change that adds a record or brings it up to date."""
        return put(self.model, cls, record, fields)

    def _write(self, changes: Iterable[Change], why: str, *, by: str | None = None) -> None:
        """Write Changes as one step.

        Raises
        ------
        NotOpenError
            If the workshop has been closed.
        """
        self._refuse_closed()
        other = None if by in (None, self.actor) else by
        self.app.workspace.commit(
            list(changes), why=why, actor=self.actor, on_behalf_of=other, remember=lambda _: self._refuse_closed()
        )

    def _refuse_closed(self) -> dict[str, str | None]:
        """Refuse to write to a closed workshop; asked for once more while nobody else can write."""
        if not self.is_open:
            raise NotOpenError(f"the workshop {self.id} is closed; start another: app.workshops.start(…)")
        return {}

    def _again(self, attempt: Callable[[], T], tries: int = _TRIES) -> T:
        """Return what an attempt gives; one that somebody else was quicker than reads again and tries again."""
        for _ in range(tries - 1):
            try:
                return attempt()
            except ConflictError:
                continue
        return attempt()

    def _numbered(self, cls: type[R], prefix: str, fields: Mapping[str, Any], why: str) -> R:
        """Add a record under the next free number after a prefix, and return it."""

        def attempt() -> R:
            taken = [i.removeprefix(prefix) for i in (e.id for e in self.model.of(cls)) if i.startswith(prefix)]
            number = 1 + max((int(n) for n in taken if n.isdecimal()), default=0)
            change = self._put(cls, f"{prefix}{number}", fields)
            self._write([change], why, by=fields.get("by"))
            return change.after  # type: ignore[return-value]

        return self._again(attempt)

    def _amend(
        self,
        change: Callable[[Workshop], Workshop],
        why: str,
        *,
        in_step: bool = True,
        seen: Workshop | None = None,
    ) -> None:
        """Change the workshop's own record, once more if somebody else has changed it and it still makes sense.

        With `in_step` it makes sense only while the workshop is in the step that it was in when it was `seen`.

        Raises
        ------
        ConflictError
            If it does not.
        """
        seen = seen or self.record
        try:
            self._write([replaced(seen, change(seen))], why)
        except ConflictError:
            now = self.record
            if in_step and _step(now) != _step(seen):
                raise
            self._write([replaced(now, change(now))], why)

    @property
    def _tail(self) -> str:
        """Return the part of the id that tells the app's workshops apart."""
        return self.id.rpartition("/")[2]

    def _own_id(self, kind: str, key: str) -> str:
        return f"{kind}:{self.id}/{slug(key)}"


def _step(record: Workshop) -> tuple[str, datetime] | None:
    return (record.steps[-1].step, record.steps[-1].started) if record.steps else None


def said_in_words(text: str, what: str) -> str:
    """Return a text without space around it.

    Raises
    ------
    UsageError
        If nothing is left.
    """
    if not text.strip():
        raise UsageError(f"{what} needs words; say it in a sentence")
    return text.strip()
