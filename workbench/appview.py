"""AppView: one app of a workspace, as tables to read and calls to change it."""

from __future__ import annotations

import importlib
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import tables
from workbench.ageing import stamped
from workbench.analysis import acting, bearing, controls, decide, explain, meanwhile, questions, register
from workbench.capture import Capture
from workbench.display import Sentences
from workbench.editor import Editor
from workbench.errors import UsageError, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    import networkx as nx
    import pandas as pd

    from workbench.ledger import Batch
    from workbench.model import App, Change, Model
    from workbench.reporting import Picture
    from workbench.snapshot import Snapshot
    from workbench.workspace import Workspace

    Ids = str | Sequence[str]


class AppView(Capture):
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
        return tables.elements(self.model, self.id, stamped(self.workspace, self.snapshot, self.id))

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
    def graph(self) -> nx.MultiDiGraph[str]:
        """Return what flows join as a networkx graph; attributes of nodes and edges in graph.graph."""
        from workbench.graph import graph  # noqa: PLC0415 - networkx loads when asked for

        return graph(self.model)

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
        """Return one row a mitigation; columns in analysis.listings.mitigations."""
        return _of_app(self.snapshot.mitigations, self.id)

    @property
    def questions(self) -> pd.DataFrame:
        """Return one row an open question; columns in analysis.questions.questions."""
        return _of_app(self.snapshot.questions, self.id)

    @property
    def question_groups(self) -> pd.DataFrame:
        """Return one row a question that one answer may settle for several elements."""
        return questions.grouped_questions(self.questions)

    @property
    def assumptions(self) -> pd.DataFrame:
        """Return one row an assumption; columns in analysis.listings.assumptions."""
        return _of_app(self.snapshot.assumptions, self.id)

    @property
    def actions(self) -> pd.DataFrame:
        """Return one row an action; columns in analysis.listings.actions."""
        return _of_app(self.snapshot.actions, self.id)

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
        changes = editor.changes()
        bearing.refuse_edited(changes)
        self._commit(changes, why, actor)

    def decide(
        self, finding: Ids, status: str | None = None, *, why: str, actor: str | None = None, **fields: Any
    ) -> None:
        """Record what is to be done about findings; `fields` are those of model.ThreatDecision, and `mitigation`.

        `picks={"people": 3, "duty": 4}` says how bad it is by the anchors of the risk scheme: the highest counts.

        This and the calls below also take `seen`: the ids of what is changed, with what was said about each when one
        looked (`analysis.meanwhile.said`).

        Raises
        ------
        analysis.decide.DecisionError
            If something is missing or does not fit, or (ChangedMeanwhileError) is no longer as it was `seen`.
        """
        bears = status is not None or bearing.DAYS & fields.keys()
        more = (self._judged() if bears else {"scheme": self.workspace.scheme}) | {"library": self.workspace.library}
        self._record(decide.decide, _several(finding), status, why=why, actor=actor, **more, **fields)

    def accept(self, finding: Ids, *, why: str, expires_on: date, actor: str | None = None, **fields: Any) -> None:
        """Accept the risk of findings until a day; afterwards they are open again.

        Raises
        ------
        analysis.decide.DecisionError
            If the scheme does not let this actor accept a risk that severe, or for that long.
        """
        more = self._judged() | {"library": self.workspace.library, "expires_on": expires_on}
        self._record(decide.accept, _several(finding), why=why, actor=actor, **more, **fields)

    def mitigate(
        self, finding: Ids, mitigation: str, *, why: str = "", actor: str | None = None, **fields: Any
    ) -> None:
        """Link a mitigation (catalogue id or own name) to findings; `fields` are those of model.Mitigation."""
        more = {"library": self.workspace.library} | fields
        self._record(decide.mitigate, _several(finding), mitigation, why=why, actor=actor, **more)

    def reconsider(self, mitigation: Ids, *, why: str = "", actor: str | None = None, **fields: Any) -> None:
        """Bring mitigations up to date, by their ids: status, evidence, owner, due."""
        self._record(decide.reconsider, _several(mitigation), why=why, actor=actor, **fields)

    def record_test(
        self, mitigation: Ids, result: str, *, why: str = "", actor: str | None = None, **fields: Any
    ) -> None:
        """Record a test of mitigations, by their ids: passed (with evidence) or failed; on, next_on, evidence.

        What passed counts fully until `next_on` (else for the days of the risk scheme), what failed not at all.
        """
        more = {"days": self.workspace.scheme.controls.test_days} | fields
        self._record(controls.record_test, _several(mitigation), result, why=why, actor=actor, **more)

    def answer(self, question: Ids, value: Any, *, why: str = "", actor: str | None = None, **fields: Any) -> None:
        """Answer questions by their ids, in words or values; "don't know" parks them."""
        self._record(decide.answer, _several(question), value, why=why, actor=actor, **fields)

    def route(self, question: Ids, *, why: str = "", actor: str | None = None, **fields: Any) -> None:
        """Give questions to somebody: owner, due; or park or drop them: state."""
        self._record(decide.route, _several(question), why=why, actor=actor, **fields)

    def confirm(self, data: Ids, classification: str | None = None, *, why: str = "", actor: str | None = None) -> None:
        """Confirm the class of data fields (ids or names): the given one, or what was suggested."""
        finder = Editor(self.workspace.model, self.id)
        ids = [finder.find(field, nouns=frozenset({"data"})).id for field in _several(data)]
        self._record(decide.confirm_class, ids, classification, why=why, actor=actor)

    def action(self, text: str, *, why: str = "", actor: str | None = None, **fields: Any) -> None:
        """Write down something to do; `fields` are those of model.Action, such as owner, due and links."""
        self._record(acting.action, self.id, text, why=why, actor=actor, **fields)

    def amend(self, action: Ids, *, why: str = "", actor: str | None = None, **fields: Any) -> None:
        """Bring actions up to date, by their ids: state, owner, due, evidence."""
        self._record(acting.amend, _several(action), why=why, actor=actor, **fields)

    def assume(self, text: str, *, why: str = "", actor: str | None = None, **fields: Any) -> None:
        """Write down an assumption; `fields` are those of model.Assumption."""
        self._record(decide.assume, self.id, text, why=why, actor=actor, **fields)

    def settle(self, assumption: str, state: str, *, why: str, actor: str | None = None) -> None:
        """Call an assumption confirmed, false or open; when false, what rests on it is open again."""
        self._record(decide.settle, assumption, state, why=why, actor=actor)

    def explain(self, finding: str) -> list[str]:
        """Return the sentences that say why a finding is there and why its risk is what it is.

        Raises
        ------
        UsageError
            If there is no such finding in this app.
        """
        rows = self.threats[self.threats["id"] == finding]
        if rows.empty:
            raise unknown("finding of this app", finding, self.threats["id"])
        row = rows.iloc[0]
        names = [self.snapshot.model[i].name for i in row["path"] or () if i in self.snapshot.model]
        return Sentences(explain.finding(row["story"], row["because"], names, self.snapshot.rating(finding).trace))

    def why(self, element: str) -> pd.DataFrame:
        """Return every change of an element or decision, with who, when and why; columns in tables.history."""
        found = element if element in self.workspace.model else Editor(self.workspace.model, self.id).find(element).id
        return tables.history(b for b in self.workspace.ledger.batches() if any(c.id == found for c in b.changes))

    @cached_property
    def workshops(self) -> Any:
        """Return the workshops of this app (workshop.Workshops), loaded when first used.

        Raises
        ------
        UsageError
            If this is the app as it was at an earlier time.
        """
        self._writable()
        # By name, because that room lies to the right of this one and imports it.
        return importlib.import_module("workbench.workshop").Workshops(self)

    @property
    def risk(self) -> Any:
        """Return questions about the risk of this app (risk.Risk): what would help most, what a year may cost."""
        return importlib.import_module("workbench.risk").Risk(self.workspace, self.id)

    def drift(self, path: str | Path) -> pd.DataFrame:
        """Return how an export differs in meaning from the model, without importing it; see analysis.drift.between.

        Raises
        ------
        UsageError
            If the file cannot be read or does not hold one app.
        """
        from workbench.drifting import from_model  # noqa: PLC0415 - imports this room

        return from_model(self, Path(path))

    def picture(self) -> Picture:
        """Return the data-flow diagram to look at in a notebook."""
        from workbench.reporting import Picture  # noqa: PLC0415 - layout loads when asked for

        return Picture.of(self)

    def diagram(self, path: str | Path) -> Path:
        """Write the data-flow diagram: `.svg`, or `.html` for a page that one can share."""
        from workbench.reporting import write_diagram  # noqa: PLC0415 - layout and pyvis load when asked for

        return write_diagram(self, Path(path))

    def report(self, path: str | Path) -> Path:
        """Write this app's report; the file's ending picks the format."""
        return self.workspace.report(path, app=self.id)

    def _judged(self) -> dict[str, Any]:
        # Of all apps, because one may decide on another's finding from here.
        return bearing.judged(self.workspace.now.threats, self.workspace.scheme)

    def _record(self, function: Any, *given: Any, why: str, actor: str | None, **fields: Any) -> None:
        self._writable()
        who, model = actor or self.workspace.config.who(), self.workspace.model
        # Of the model that the Changes are made from: what is written in between, the ledger notices.
        meanwhile.unchanged(model, fields.pop("seen", {}))
        changes = function(model, *given, actor=who, why=why, at=datetime.now(UTC), **fields)
        self._commit(changes, why or function.__name__, who)

    def _commit(self, changes: Sequence[Change], why: str, actor: str | None) -> None:
        self.workspace.commit(changes, why=why, actor=actor)

    def _writable(self) -> None:
        if self._at is not None:
            raise UsageError("this is the app as it was at an earlier time; change the newest state: ws.app(...)")


def _several(given: Ids) -> list[str]:
    return [given] if isinstance(given, str) else list(given)


def _of_app(frame: pd.DataFrame, app: str) -> pd.DataFrame:
    return frame[frame["app"] == app].reset_index(drop=True)


def _touches(batch: Batch, app: str) -> bool:
    return any(c.id == app or getattr(c.after or c.before, "app", None) == app for c in batch.changes)
