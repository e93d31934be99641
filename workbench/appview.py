"""AppView: one app of a workspace, as tables to read and calls to change it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import tables
from workbench.analysis import decide, register
from workbench.editor import Editor
from workbench.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    import pandas as pd

    from workbench.ledger import Batch
    from workbench.model import App, Change, Model
    from workbench.snapshot import Snapshot
    from workbench.workspace import Workspace


class AppView:
    """One app: always the newest state, because it asks the workspace each time."""

    def __init__(self, workspace: Workspace, app_id: str, at: Snapshot | None = None) -> None:
        self.workspace = workspace
        self.id = app_id
        self._at = at

    def __repr__(self) -> str:
        return f"<AppView {self.name!r} ({self.id}): {len(self.model)} elements>"

    @property
    def snapshot(self) -> Snapshot:
        """Return what the tables below are read from."""
        return self._at or self.workspace.now

    def as_of(self, moment: datetime | date | int) -> AppView:
        """Return the app as it was at a time or ledger sequence; it can be read, not changed."""
        return AppView(self.workspace, self.id, self.workspace.as_of(moment))

    @property
    def element(self) -> App:
        """Return the App element itself."""
        return self.snapshot.model[self.id]  # type: ignore[return-value]

    @property
    def name(self) -> str:
        """Return the app's name."""
        return self.element.name

    @property
    def model(self) -> Model:
        """Return the part of the model that belongs to this app, with the boundaries around it."""
        return self.snapshot.model.of_app(self.id)

    @property
    def elements(self) -> pd.DataFrame:
        """Return one row an element; columns in tables.elements."""
        return tables.elements(self.model, self.id)

    @property
    def flows(self) -> pd.DataFrame:
        """Return one row a data flow; columns in tables.flows."""
        return tables.flows(self.model, self.id)

    @property
    def entry_points(self) -> pd.DataFrame:
        """Return one row an entry point; columns in tables.entry_points."""
        return tables.entry_points(self.model, self.id)

    @property
    def boundaries(self) -> pd.DataFrame:
        """Return one row a trust boundary; columns in tables.boundaries."""
        return tables.boundaries(self.model, self.id)

    @property
    def connections(self) -> pd.DataFrame:
        """Return one row a connection; columns in tables.connections."""
        return tables.connections(self.model, self.id)

    @property
    def data(self) -> pd.DataFrame:
        """Return one row a data field; columns in tables.data."""
        return tables.data(self.model, self.id)

    @property
    def threats(self) -> pd.DataFrame:
        """Return one row a finding; columns in analysis.register.threats."""
        return _of_app(self.snapshot.threats, self.id)

    @property
    def threat_groups(self) -> pd.DataFrame:
        """Return one row a rule that found something, however many steps it found; see analysis.register.grouped."""
        return register.grouped(self.threats)

    @property
    def mitigations(self) -> pd.DataFrame:
        """Return one row a mitigation; columns in analysis.register.mitigations."""
        return _of_app(self.snapshot.mitigations, self.id)

    @property
    def questions(self) -> pd.DataFrame:
        """Return one row an open question; columns in analysis.register.questions."""
        return _of_app(self.snapshot.questions, self.id)

    @property
    def question_groups(self) -> pd.DataFrame:
        """Return one row a question that one answer may settle for several elements."""
        return register.grouped_questions(self.questions)

    @property
    def assumptions(self) -> pd.DataFrame:
        """Return one row an assumption; columns in analysis.register.assumptions."""
        return _of_app(self.snapshot.assumptions, self.id)

    @property
    def orphans(self) -> pd.DataFrame:
        """Return one row a decision whose finding is gone."""
        return _of_app(self.snapshot.orphans, self.id)

    @property
    def history(self) -> pd.DataFrame:
        """Return who changed what in this app, when and why; columns in tables.history."""
        return tables.history(b for b in self.workspace.ledger.batches() if _touches(b, self.id))

    @contextmanager
    def edit(self, *, why: str, actor: str | None = None) -> Iterator[Editor]:
        """Change the app in a `with` block; all of it is saved as one step when the block ends well, nothing if not."""
        self._writable()
        editor = Editor(self.workspace.model, self.id)
        yield editor
        self._commit(editor.changes(), why, actor)

    def undo(self, *, why: str = "undo", actor: str | None = None) -> Batch:
        """Take back the newest step of this app that has not been taken back.

        Raises
        ------
        UsageError
            If there is none.
        """
        self._writable()
        ledger = self.workspace.ledger
        undone = {b.undoes for b in ledger.batches()}
        steps = [b for b in ledger.batches() if b.undoes is None and b.number not in undone and _touches(b, self.id)]
        if not steps:
            raise UsageError(f"there is no step of {self.id!r} left to undo")
        return ledger.undo(actor=actor or self.workspace.config.who(), why=why, batch=steps[-1].number)

    def decide(self, finding: str | Sequence[str], status: str, *, why: str, actor: str | None = None, **fields: Any) -> None:
        """Record what is to be done about one or more findings; `fields` are those of model.ThreatDecision."""
        self._record(decide.decide, finding, status, why=why, actor=actor, **fields)

    def accept(self, finding: str | Sequence[str], *, why: str, expires_on: date, actor: str | None = None) -> None:
        """Accept the risk of findings until a date; afterwards they are open again."""
        self._record(decide.accept, finding, expires_on=expires_on, why=why, actor=actor)

    def mitigate(self, finding: str | Sequence[str], mitigation: str, *, why: str, actor: str | None = None, **fields: Any) -> None:
        """Link a mitigation (catalogue id or own name) to findings; `fields` are those of model.Mitigation."""
        library = self.workspace.library
        self._record(decide.mitigate, finding, mitigation, library=library, why=why, actor=actor, **fields)

    def answer(self, question: str | Sequence[str], value: Any, *, why: str = "answered", actor: str | None = None) -> None:
        """Answer one or more questions by their ids: sets the property they ask for."""
        self._record(decide.answer, question, value, why=why, actor=actor)

    def confirm(self, fields: str | Sequence[str], classification: str, *, why: str, actor: str | None = None) -> None:
        """Confirm the classification of data fields (ids or names)."""
        ids = [Editor(self.workspace.model, self.id).find(f, nouns={"data"}).id for f in _several(fields)]
        self._record(decide.confirm_class, ids, classification, why=why, actor=actor)

    def assume(self, text: str, *, why: str, actor: str | None = None, **fields: Any) -> None:
        """Write down an assumption; `fields` are those of model.Assumption."""
        self._record(decide.assume, self.id, text, why=why, actor=actor, **fields)

    def why(self, element: str) -> pd.DataFrame:
        """Return every change of an element, finding decision or setting, with who, when and why; columns of tables.history."""
        found = element if element in self.workspace.model else Editor(self.workspace.model, self.id).find(element).id
        return tables.history(b for b in self.workspace.ledger.batches() if any(c.id == found for c in b.changes))

    def diagram(self, path: str | Path) -> Path:
        """Write the data-flow diagram: `.svg`, or `.html` for a page that one can share."""
        from workbench.reporting import write_diagram  # noqa: PLC0415 - layout and pyvis load when asked for

        return write_diagram(self, Path(path))

    def report(self, path: str | Path) -> Path:
        """Write this app's report; the file's ending picks the format."""
        return self.workspace.report(path, app=self.id)

    def _record(self, function: Any, first: Any, *more: Any, why: str, actor: str | None, **fields: Any) -> None:
        self._writable()
        who = actor or self.workspace.config.who()
        ids = _several(first) if function is not decide.assume else first
        now = datetime.now(UTC)
        changes = function(self.workspace.model, ids, *more, actor=who, why=why, at=now, **fields)
        self._commit(changes, why, who)

    def _commit(self, changes: Sequence[Change], why: str, actor: str | None) -> None:
        self.workspace.commit(changes, why=why, actor=actor)

    def _writable(self) -> None:
        if self._at is not None:
            raise UsageError("this is the app as it was at an earlier time; change the newest state: ws.app(...)")


def _several(given: str | Sequence[str]) -> list[str]:
    return [given] if isinstance(given, str) else list(given)


def _of_app(frame: pd.DataFrame, app: str) -> pd.DataFrame:
    return frame[frame["app"] == app].reset_index(drop=True)


def _touches(batch: Batch, app: str) -> bool:
    return any(c.id == app or getattr(c.after or c.before, "app", None) == app for c in batch.changes)
