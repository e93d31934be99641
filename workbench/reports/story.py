"""What a report tells, in the order of the four questions; shared by the formats that people read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.analysis import register
from workbench.analysis.bands import SEVERITIES, UNRATED
from workbench.model import DataField, Element, EntryPoint, Flow, Process, Service, Store
from workbench.reports.cells import rows, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.reports.content import Content

# Which columns of the tables people get to see; all of them are in the JSON and XLSX reports.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "entry_points": ("name", "kind", "starts", "authentication", "exposure", "data"),
    "connections": ("name", "connector", "service", "identity", "authentication", "access", "owner"),
    "data": ("name", "classification", "confirmed", "personal", "stores", "leaves"),
    "boundaries": ("name", "kind", "inside", "elements"),
    "elements": ("name", "noun", "kind", "boundary", "owner"),
}
_PARTS = frozenset({"actor", "service", "process", "store"})  # the others have tables of their own
TITLES: Mapping[str, str] = {
    "entry_points": "Where it can be started",
    "connections": "Connections and whose rights they carry",
    "data": "Data",
    "boundaries": "Trust boundaries",
    "elements": "Steps, stores, people and outside systems",
}
_APP = ("platform", "purpose", "owner", "deputy", "criticality", "environment", "lifecycle", "shared_with", "runs_as")
_CATEGORIES = {"stride": "STRIDE", "linddun": "LINDDUN", "owasp": "OWASP Citizen Development",
               "owasp_old": "OWASP Low-Code", "cwe": "CWE", "capec": "CAPEC", "attack": "ATT&CK"}  # fmt: skip
_NO_LABELS: Mapping[str, str] = {}
# Columns of fixed words, written for programs with underscores.
_CODED = frozenset(
    {"kind", "noun", "status", "state", "authentication", "identity", "exposure", "access", "shared_with", "runs_as"}
)
# What the model holds, in one word and in several.
_COUNTED: tuple[tuple[type[Element], str, str], ...] = (
    (Process, "step", "steps"), (EntryPoint, "way to start it", "ways to start it"),
    (Store, "data store", "data stores"),
    (Service, "outside system", "outside systems"), (Flow, "data flow", "data flows"),
    (DataField, "kind of data", "kinds of data"),
)  # fmt: skip
_MOST_HISTORY = 15


@dataclass(frozen=True)
class Table:
    """A table as words, ready to be written."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Group:
    """One threat of one app, with everything that it was found at."""

    row: Mapping[str, Any]
    findings: tuple[Mapping[str, Any], ...]

    @property
    def categories(self) -> str:
        """Return the ids of frameworks, such as `STRIDE S, T; CWE 306`."""
        first = self.findings[0]
        found = ((label, [words(v) for v in first.get(name) or ()]) for name, label in _CATEGORIES.items())
        return "; ".join(f"{label} {', '.join(ids)}" for label, ids in found if ids)


class Story:
    """A Content in sentences and tables of words."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self._findings = {row["id"]: row for row in rows(content.threats)}

    @cached_property
    def facts(self) -> list[tuple[str, str]]:
        """Return what is known of the app, as label and value; what is not known is said."""
        app = self.content.app
        if app is None:
            return [("Apps", ", ".join(words(a.name) for a in self.content.model.apps))]
        return [(_label(name), _cell(name, getattr(app, name)) or "not known") for name in _APP]

    @cached_property
    def inventory(self) -> str:
        """Return how much is in the model, as one sentence."""
        counts = [(len(self.content.model.of(cls)), one, several) for cls, one, several in _COUNTED]
        return ", ".join(f"{count} {one if count == 1 else several}" for count, one, several in counts)

    @cached_property
    def severities(self) -> list[tuple[str, int]]:
        """Return how many open findings there are of each severity, the worst first, and of those not rated, if any."""
        count = Counter(row["severity"] or UNRATED for row in self._findings.values() if row["status"] == "open")
        return [(name, count[name]) for name in (*reversed(SEVERITIES), UNRATED) if name != UNRATED or count[name]]

    @cached_property
    def groups(self) -> list[Group]:
        """Return the threats, one group a rule and app, the worst open ones first."""
        grouped = rows(register.grouped(self.content.threats))
        return [Group(row, tuple(self._findings[i] for i in row["findings"])) for row in grouped]

    @property
    def open_groups(self) -> list[Group]:
        """Return the groups with an open finding."""
        return [group for group in self.groups if group.row["open"]]

    @cached_property
    def decided(self) -> Table:
        """Return what people decided about findings that are no longer open."""
        columns = ("title", "element_name", "status", "severity", "decided_by", "decided_at", "why", "expires_on")
        closed = [row for row in self._findings.values() if row["status"] != "open"]
        return _table("Decisions", closed, columns)

    @cached_property
    def mitigations(self) -> Table:
        """Return the mitigations."""
        columns = ("name", "status", "strength", "owner", "due", "overdue", "evidence", "threats")
        return _table("Mitigations", rows(self.content.mitigations), columns)

    @cached_property
    def overdue(self) -> int:
        """Return how many mitigations are past their date."""
        return sum(1 for row in rows(self.content.mitigations) if row.get("overdue") is True)

    @cached_property
    def questions(self) -> Table:
        """Return the open questions, grouped where one answer may serve several elements."""
        grouped = register.grouped_questions(self.content.questions)
        return _table("Open questions", rows(grouped), ("text", "elements", "severity", "owners"))

    @cached_property
    def assumptions(self) -> Table:
        """Return the assumptions."""
        columns = ("name", "state", "owner", "review_on", "overdue", "evidence")
        return _table("Assumptions", rows(self.content.assumptions), columns)

    @cached_property
    def orphans(self) -> Table:
        """Return decisions whose finding is gone."""
        return self._given(
            "orphans", ("finding", "element_name", "status", "by", "why", "gone"), "Decisions whose finding is gone"
        )

    @cached_property
    def history(self) -> Table:
        """Return the newest steps of the ledger."""
        table = self._given("history", ("number", "at", "actor", "why", "what"), "Newest changes")
        return Table(table.title, table.columns, table.rows[-_MOST_HISTORY:][::-1])

    @cached_property
    def flows(self) -> Table:
        """Return the flows that the diagram numbers."""
        model, numbers = self.content.model, self.content.numbers
        found = sorted((f for f in model.of(Flow) if f.id in numbers), key=lambda f: numbers[f.id])
        return _table("Flows with a number in the diagram", (self._flow(f) for f in found), _FLOW)

    @cached_property
    def model_tables(self) -> list[Table]:
        """Return the tables of the model that were given and are not empty."""
        tables = (self._given(name, columns, TITLES[name]) for name, columns in COLUMNS.items())
        return [table for table in tables if table.rows]

    @cached_property
    def coverage(self) -> list[tuple[str, int, int]]:
        """Return how far the work is: a statement, how many it holds for, of how many."""
        model = self.content.model
        fields, flows = model.of(DataField), model.of(Flow)
        found, measures = list(self._findings.values()), list(rows(self.content.mitigations))
        claims = list(rows(self.content.assumptions))
        statements = [
            ("Apps with an owner and a deputy", sum(bool(a.owner and a.deputy) for a in model.apps), len(model.apps)),
            (
                "Kinds of data whose class a person has confirmed",
                sum(f.classification is not None for f in fields),
                len(fields),
            ),
            (
                "Flows of which we know whether they are encrypted",
                sum(f.encrypted is not None for f in flows),
                len(flows),
            ),
            (
                "Findings that somebody has decided about",
                sum(row["decided_by"] is not None for row in found),
                len(found),
            ),
            (
                "Mitigations that have been verified",
                sum(row.get("status") == "verified" for row in measures),
                len(measures),
            ),
            (
                "Assumptions that have been confirmed",
                sum(row.get("state") == "confirmed" for row in claims),
                len(claims),
            ),
        ]
        return [statement for statement in statements if statement[2]]

    def _flow(self, flow: Flow) -> dict[str, Any]:
        model = self.content.model
        encrypted = {True: "yes", False: "no", None: "not known"}[flow.encrypted]
        both = " (and back)" if flow.two_way else ""
        return {
            "no.": self.content.numbers[flow.id],
            "from": _name(model.get(flow.source_id), flow.source_id),
            "to": _name(model.get(flow.target_id), flow.target_id) + both,
            "data": tuple(_name(model.get(i), i) for i in flow.data),
            "protocol": flow.protocol,
            "encrypted": encrypted,
            "authentication": flow.authentication,
            "connection": _name(model.get(flow.connection), flow.connection or ""),
        }

    def _given(self, name: str, columns: tuple[str, ...], title: str) -> Table:
        table = self.content.tables.get(name)
        found = rows(table) if table is not None else iter(())
        shown = (row for row in found if name != "elements" or row["noun"] in _PARTS)
        return _table(title, shown, columns, {"elements": "Parts"} if name == "boundaries" else {})


_FLOW = ("no.", "from", "to", "data", "protocol", "encrypted", "authentication", "connection")


def _table(
    title: str, records: Iterable[Mapping[str, Any]], columns: tuple[str, ...], labels: Mapping[str, str] = _NO_LABELS
) -> Table:
    body = tuple(tuple(_cell(column, row.get(column)) for column in columns) for row in records)
    return Table(title, tuple(labels.get(column) or _label(column) for column in columns), body)


def _cell(column: str, value: Any) -> str:
    text = words(value)
    return text.replace("_", " ") if column in _CODED else text


def _name(element: Element | None, otherwise: str) -> str:
    return element.name if element is not None else otherwise


_LABELS: Mapping[str, str] = {
    "element_name": "Where", "decided_by": "By", "decided_at": "When", "expires_on": "Until", "review_on": "Review on",
    "shared_with": "Who may open it", "runs_as": "Runs with the rights of", "text": "Question", "elements": "Where",
    "owners": "Who can say", "leaves": "Leaves the organisation", "noun": "What", "threats": "Against findings",
    "inside": "Inside of", "number": "Step", "gone": "What became of it",
}  # fmt: skip


def _label(column: str) -> str:
    return _LABELS.get(column, column.replace("_", " ").capitalize())
