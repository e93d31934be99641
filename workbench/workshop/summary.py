"""What people take home: one page of what was modelled, found and decided, in words; the same for each format."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench import diagrams
from workbench.analysis.bands import UNRATED
from workbench.analysis.frames import records
from workbench.analysis.scenarios import RULE
from workbench.model import (
    Action,
    Assumption,
    Attendance,
    Decision,
    Feature,
    Mitigation,
    Parked,
    Question,
    Review,
    RiskAcceptance,
    ThreatDecision,
    Vote,
)
from workbench.reports.cells import words
from workbench.reports.story import Table
from workbench.workshop import counting
from workbench.workshop.counting import RATED
from workbench.workshop.page import Section, Summary, with_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.model import Model
    from workbench.model.records import Record
    from workbench.workshop.redact import Redactor
    from workbench.workshop.session import Session

MOST = 8
"""More stories than that are no summary."""
_OPEN_END = "nobody yet"
_VERDICTS = {
    "good": "Good to go on.", "follow_up": "Go on, with what was decided here.", "stop": "Stop until this is solved.",
}  # fmt: skip
_RESPONSES = {"false_positive": "does not apply", "open": "to be decided"}


def summary(session: Session, redactor: Redactor) -> Summary:
    """Return the summary of a workshop, with placeholders for what the redactor leaves out."""
    told = _Told(session)
    whole = told.summary(redactor)
    return with_texts(whole, redactor.text) if redactor.kinds else whole


class _Told:
    """Gathers what a workshop said."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._model = session.model
        self._app = session.app
        self._record = session.record
        self._threats = {row["id"]: row for row in records(session.app.threats)}
        self._votes = [v for v in self._model.of(Vote) if v.workshop == session.id]

    def summary(self, redactor: Redactor) -> Summary:
        return Summary(
            title=f"Workshop on {self._app.name}",
            facts=tuple(self._facts()),
            sections=(
                self._present(), self._modelled(), self._wrong(), self._decided(), self._actions(), self._questions(),
                self._assumptions(), self._disagreements(), self._parked(), self._sure(),
            ),
            svg=self._svg(redactor),
            head=self._app.workspace.ledger.head,
            redacted=tuple(sorted(redactor.kinds)),
        )  # fmt: skip

    def _facts(self) -> Iterator[tuple[str, str]]:
        record, agenda = self._record, self._session.agenda
        yield "Agenda", f"{agenda.title} ({agenda.minutes} minutes)"
        yield "Held on", f"{record.steps[0].started:%Y-%m-%d}"
        yield "Took", f"{round((self._ended - record.steps[0].started).total_seconds() / 60)} minutes"
        if record.in_scope:
            yield "In scope", record.in_scope
        if record.out_of_scope:
            yield "Out of scope", record.out_of_scope
        yield "State", "closed" if record.state == "closed" else "still open: this page is not final"
        yield "Next time", f"{record.next_on:%Y-%m-%d}" if record.next_on else "no date yet"

    @cached_property
    def _ended(self) -> datetime:
        """Return when the workshop was closed, or now."""
        return next((r.at for r in self._of(Review) if r.at is not None), datetime.now(UTC))

    def _of(self, cls: type[Any]) -> list[Any]:
        """Return the records of a kind that were made in this workshop."""
        return [r for r in self._model.of(cls) if r.workshop == self._session.id]

    def _during(self, cls: type[Any]) -> list[Any]:
        """Return the records of a kind that were made in this workshop, or on this app while it ran."""
        began = self._record.steps[0].started

        def fits(record: Record) -> bool:
            meanwhile = record.app == self._app.id and record.at is not None and began <= record.at <= self._ended
            return record.workshop == self._session.id or (record.workshop is None and meanwhile)

        return [record for record in self._model.of(cls) if fits(record)]

    def _present(self) -> Section:
        people = {a.name: ", ".join(a.roles) for a in self._of(Attendance)}
        # Whoever voted was there, whether or not somebody noted it.
        people |= {v.by: "took part" for v in self._votes if v.by and not v.tally and v.by not in people}
        if self._record.roles_only:
            count = Counter(role for a in self._of(Attendance) for role in (a.roles or ("guest",)))
            says = tuple(f"{number} {role}" for role, number in sorted(count.items()))
            return Section("people", "Who was here", says, nothing="Nobody was noted.")
        rows = tuple((name, roles) for name, roles in sorted(people.items()))
        return Section(
            "people", "Who was here", tables=(Table("", ("Name", "Role"), rows),), nothing="Nobody was noted."
        )

    def _modelled(self) -> Section:
        features = [f for f in self._model.of(Feature) if f.app == self._app.id]
        rows = tuple(
            (
                f.name,
                words(f.value),
                words(f.benefits),
                words(f.harmed or (f.nobody_harmed and f"Nobody: {f.nobody_harmed}")),
            )
            for f in features
        )
        table = Table("Value and harm", ("What it does", "Good for", "For whom", "Who could be harmed"), rows)
        return Section("model", "What are we working on?", tuple(self._checked()), (table,))

    def _checked(self) -> Iterator[str]:
        elements = self._app.elements
        counts = elements["noun"].value_counts()
        parts = [("step", "process"), ("way in", "entry_point"), ("store", "store"), ("outside system", "service"),
                 ("flow", "flow"), ("kind of data", "data")]  # fmt: skip
        said = [
            f"{counts[noun]} {one if counts[noun] == 1 else _several(one)}" for one, noun in parts if noun in counts
        ]
        yield f"The picture shows {', '.join(said) or 'nothing yet'}."
        flows = sorted({v.about for v in self._votes if v.kind == "true"})
        doubted = [self._model[flow].name for flow in flows if flow in self._model and self._is_doubted(flow)]
        if flows:
            yield f"Flows that the room checked: {len(flows)}; as drawn: {len(flows) - len(doubted)}."
        if doubted:
            yield f"Not as drawn, or not known to everybody: {'; '.join(doubted)}."

    def _is_doubted(self, flow: str) -> bool:
        seen = counting.count(self._votes, flow, revealed=True).kinds["true"]
        return bool((seen.counts or {}).get(0) or seen.dont_know)

    def _wrong(self) -> Section:
        every = [row for i, row in self._threats.items() if self._talked_about(i, row)]
        rows = tuple(self._threat(row) for row in every[:MOST])
        more = [f"… and {len(every) - MOST} more, all of them in the report."] if len(every) > MOST else []
        rest = sum(row["status"] == "open" for row in self._threats.values())
        says = (*more, f"Open for the app as a whole: {rest}.")
        columns = ("What could happen", "Where", "How often", "How bad", "Together", "Dots")
        return Section("wrong", "What can go wrong?", says, (Table("", columns, rows),))

    def _talked_about(self, finding: str, row: dict[str, Any]) -> bool:
        if any(vote.about == finding for vote in self._votes):
            return True
        scenario = self._model.get(finding.partition("@")[2]) if row["rule"] == RULE else None
        return getattr(scenario, "workshop", None) == self._session.id

    def _threat(self, row: dict[str, Any]) -> tuple[str, ...]:
        scheme = self._app.workspace.scheme
        bands = (scheme.likelihood.bands, scheme.impact.bands)
        levels = (row["inherent_likelihood"], row["inherent_impact"])
        said = [b[n - 1].name if n is not None else UNRATED for b, n in zip(bands, levels, strict=True)]
        dots = counting.count(self._votes, row["id"], revealed=True).dots
        return row["title"], words(row["element_name"]), *said, row["severity"] or UNRATED, str(dots or "")

    def _decided(self) -> Section:
        decisions = self._of(Decision)
        rows = tuple(
            (d.text or d.name, words(d.why), words(d.decided_by), words(d.dissent), words(d.revisit_on))
            for d in decisions
        )
        table = Table("", ("What", "Why", "Who", "Who sees it differently", "Look again on"), rows)
        responses = Table(
            "What becomes of the findings", ("Finding", "Response", "Why", "Until"), tuple(self._responses())
        )
        nothing = "No decision was written down."
        return Section("decisions", "What we decided", tables=(table, responses), nothing=nothing)

    def _responses(self) -> Iterator[tuple[str, ...]]:
        taken = {record.finding for record in (*self._during(ThreatDecision), *self._during(RiskAcceptance))}
        for finding, row in self._threats.items():
            if finding in taken and row["status"] != "open":
                response = _RESPONSES.get(row["status"], row["status"]).replace("_", " ")
                yield row["title"], response, words(row["why"]), words(row["expires_on"])

    def _actions(self) -> Section:
        rows = tuple((a["what"], a["owner"] or _OPEN_END, words(a["due"]) or "no date") for a in actions(self._session))
        return Section(
            "actions", "Who does what by when", tables=(Table("", ("What", "Who", "By"), rows),),
            nothing="Nothing to do was written down.",
        )  # fmt: skip

    def _questions(self) -> Section:
        own = {q.id for q in self._of(Question)}
        asked = [row for row in records(self._app.questions) if row["id"] in own]
        rows = tuple((row["text"], row["owner"] or _OPEN_END, words(row["due"])) for row in asked)
        more = len(self._app.questions) - len(rows)
        says = (f"Besides these, {more} come from the picture itself; they are in the report.",) if more else ()
        table = Table("", ("Question", "Who can say", "By"), rows)
        return Section("questions", "What we do not know", says, (table,), "No question is open.")

    def _assumptions(self) -> Section:
        rows = tuple((a.name, words(a.owner), words(a.review_on)) for a in self._during(Assumption))
        table = Table("", ("Taken for true", "Who answers for it", "Look again on"), rows)
        return Section(
            "assumptions", "What we take for true", tables=(table,), nothing="No assumption was written down."
        )

    def _disagreements(self) -> Section:
        says = tuple(
            sentence for about in dict.fromkeys(v.about for v in self._votes) for sentence in self._apart(about)
        )
        return Section("disagreements", "Where we see it differently", says, nothing="No votes lay far apart.")

    def _apart(self, about: str) -> Iterator[str]:
        if not self._session.votes(about).revealed:
            return
        for kind in RATED:
            seen = counting.count(self._votes, about, revealed=True).kinds.get(kind)
            if seen is not None and seen.disagreement:
                title = self._threats[about]["title"] if about in self._threats else about
                agreed = self._threats.get(about, {}).get(f"inherent_{kind}")
                end = f"; we went on with {agreed}" if agreed is not None else ""
                yield f"{title}: {kind} from {seen.lowest} to {seen.highest}{end}."

    def _parked(self) -> Section:
        state = {"parked": "still parked", "dropped": "dropped"}
        rows = tuple(
            (p.name, f"goes to {p.owner}" if p.state == "routed" else state[p.state], words(p.due), words(p.why))
            for p in self._of(Parked)
        )
        table = Table("", ("Parked", "What becomes of it", "By", "Why"), rows)
        return Section("parked", "Parking lot", tables=(table,), nothing="Nothing was parked.")

    def _sure(self) -> Section:
        seen = self._session.votes("confidence")
        confidence = seen.kinds.get("confidence")
        says: list[str] = []
        if confidence is not None and confidence.counts is not None:
            voted = [f"{n} said {value}" for value, n in confidence.counts.items() if n]
            voted += [f"{confidence.dont_know} could not say"] if confidence.dont_know else []
            says.append(
                f"How sure are we that we saw what matters, from 1 (not at all) to 5 (fully)? {', '.join(voted)}."
            )
        verdict = next((r.verdict for r in self._of(Review) if r.verdict), None)
        says += [_VERDICTS[verdict]] if verdict else []
        return Section("sure", "Did we do a good enough job?", tuple(says), nothing="There was no vote on it.")

    def _svg(self, redactor: Redactor) -> str:
        model: Model = redactor.model(self._app.model)
        threats = self._app.threats
        opened = threats[threats["status"] == "open"]
        opened = opened.assign(title=[redactor.text(title) for title in opened["title"]]) if redactor.kinds else opened
        placed = model.placements(self._app.id)
        positions = {i: (float(p.x), float(p.y)) for i, p in placed.items() if p.x is not None and p.y is not None}
        return diagrams.svg(model, self._app.id, opened, positions)


def actions(session: Session) -> list[dict[str, Any]]:
    """Return what is to be done after a workshop: its actions, and the mitigations that were planned in it."""
    told = _Told(session)
    titles = {row["id"]: row["title"] for row in told._threats.values()}  # noqa: SLF001 - of this module
    found = [*told._during(Action), *(m for m in told._during(Mitigation) if m.status == "planned")]  # noqa: SLF001
    return [
        {
            "what": record.name,
            "owner": record.owner,
            "due": record.due,
            "state": getattr(record, "state", None) or record.status,
            "about": tuple(name for link in record.links if (name := titles.get(link) or _name(session, link))),
            "why": record.why,
        }
        for record in found
    ]


def _name(session: Session, link: str) -> str:
    element = session.model.get(link)
    return element.name if element is not None and not isinstance(element, Parked) else ""


def _several(one: str) -> str:
    return {"way in": "ways in", "kind of data": "kinds of data"}.get(one, f"{one}s")
