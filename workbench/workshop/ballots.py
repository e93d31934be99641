"""Votes: dots, blind ratings, “is this true?”, confidence; shown together, settled by people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.analysis.decisions import app_of
from workbench.analysis.frames import FLAG, SEVERITY, TEXT, WHOLE, frame, records
from workbench.analysis.scenarios import RULE
from workbench.editor import Editor
from workbench.errors import UsageError, unknown
from workbench.model import NAME_LENGTH, Flow, Question, Scenario, Vote, replaced, slug
from workbench.workshop import counting
from workbench.workshop.counting import RATED, Votes
from workbench.workshop.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import EllipsisType

    import pandas as pd

    from workbench.model import Change

ITEMS = {
    "id": TEXT, "title": TEXT, "element_name": TEXT, "severity": SEVERITY, "dots": WHOLE, "voted": WHOLE,
    "revealed": FLAG, "disagreement": FLAG, "likelihood": WHOLE, "impact": WHOLE,
}  # fmt: skip
CONFIDENCE = "confidence"
_MOST = 7
_FLOWS = frozenset({"flow"})


class Ballots(Desk):
    """Voting. Values stay hidden until they are revealed; one's own is never hidden from oneself."""

    def dot(self, about: str, *, by: str | None = None, dots: int = 1) -> None:
        """Put dots on a finding or scenario, in place of those that this person had there; 0 takes them away.

        Raises
        ------
        UsageError
            If there is no such finding, or the person has not so many dots left.
        """
        finding, who = self._finding(about), self._who(by)
        counting.checked("dot", dots)
        left = self.dots_left(who, apart_from=finding)
        if dots > left:
            raise UsageError(f"{who} has {self.dots_each} dots, {left} of them left for this; {dots} were asked for")
        self._vote({"dot": dots}, finding, who)

    def dots_left(self, by: str, *, apart_from: str | None = None) -> int:
        """Return how many dots a person can still give; those on `apart_from` count as not given."""
        mine = (v for v in self._of(Vote) if v.kind == "dot" and v.by == by and not v.tally and v.about != apart_from)
        return self.dots_each - sum(vote.value or 0 for vote in mine)

    @property
    def dots_each(self) -> int:
        """Return how many dots each person has."""
        return counting.dots_each(len(self.items))

    def rate(
        self,
        about: str,
        *,
        likelihood: int | EllipsisType | None = ...,
        impact: int | EllipsisType | None = ...,
        by: str | None = None,
    ) -> None:
        """Vote on how often and how bad, 1 to 5 each; None is “don't know”. What is left out stays as it was.

        Raises
        ------
        UsageError
            If there is no such finding or scenario, a value is not on the scale, or none is given.
        """
        given = {"likelihood": likelihood, "impact": impact}
        said = {kind: value for kind, value in given.items() if not isinstance(value, type(...))}
        if not said:
            raise UsageError("a rating needs likelihood or impact: 1 to 5, or None for “don't know”")
        self._vote(said, self._finding(about), self._who(by))

    def is_true(self, flow: str, value: bool | None, *, by: str | None = None) -> None:  # noqa: FBT001 - what is asked
        """Vote on whether a flow (id or name) is how it really works: True, False, or None for “don't know”.

        When it is revealed, a no or “don't know” becomes a question to the flow's owner.

        Raises
        ------
        UsageError
            If there is no such flow.
        """
        self._vote({"true": None if value is None else int(value)}, self._flow(flow), self._who(by))

    def confidence(self, value: int | None, *, by: str | None = None) -> None:
        """Vote on how sure one is that what matters was seen: 1 not at all, 5 fully.

        Raises
        ------
        UsageError
            If the value is not on the scale.
        """
        self._vote({CONFIDENCE: value}, self.id, self._who(by))

    def tally(self, about: str, kind: str, counts: Mapping[int | None, int]) -> None:
        """Note hands that were counted in the room; they count beside the votes that people gave themselves.

        Parameters
        ----------
        about : a finding, scenario or flow; “confidence” for the vote at the end
        kind : dot, likelihood, impact, confidence or true
        counts : for each value how many hands; None is “don't know”, for true 1 is yes and 0 is no

        Raises
        ------
        UsageError
            If about, kind, a value or a number does not fit.
        """
        hands = counting.tally(kind, counts)
        target = self._target(about)
        said = self._said(None, kind=kind, about=target, tally=hands, value=None, name=f"hands on {kind}")
        self._write([self._put(Vote, f"vote:{self.id}/{kind}/{target}/~hands", said)], f"hands on {kind}")

    def reveal(self, *about: str) -> None:
        """Show the votes on findings, scenarios, flows or “confidence” to everybody, all at once.

        A flow that somebody called not true, or did not know, becomes a question to its owner.

        Raises
        ------
        UsageError
            If one of them does not exist.
        """
        targets = [i for i in map(self._target, about) if not self._is_revealed(i)]
        if not targets:
            return

        def shown() -> None:
            record = self.record
            after = record.changed(revealed=tuple(dict.fromkeys((*record.revealed, *targets))))
            doubts = [change for target in targets for change in self._doubts(target)]
            self._write([replaced(record, after), *doubts], "votes are shown")

        self._again(shown, tries=2)

    def votes(self, about: str, *, by: str | None = None) -> Votes:
        """Return the votes on something as `by` may see them: how many voted, and once revealed for what.

        There are no averages: counts of each value, lowest, highest, spread, and whether people disagree.

        Raises
        ------
        UsageError
            If there is no such finding, scenario or flow.
        """
        target = self._target(about)
        return counting.count(self._of(Vote), target, revealed=self._is_revealed(target), reader=by)

    @property
    def items(self) -> pd.DataFrame:
        """Return what the room can vote on: its scenarios, what was voted on, and at most seven of the worst findings.

        Columns
        -------
        id, title, element_name, severity : as in app.threats; severity is unknown until it is rated
        dots, voted : dots on it; how many people have rated it
        revealed, disagreement : whether the ratings are shown; whether they lie apart (unknown until then)
        likelihood, impact : as they stand in the register
        """
        votes = self._of(Vote)
        chosen = self._chosen({v.about for v in votes})
        return frame(ITEMS, sorted((self._item(row, votes) for row in chosen), key=lambda row: -row["dots"]))

    def _chosen(self, voted: set[str]) -> Iterator[dict[str, object]]:
        rules: set[object] = set()
        for row in records(self.app.threats):
            if row["rule"] == RULE or row["id"] in voted:
                yield row
            elif row["status"] == "open" and row["rule"] not in rules and len(rules) < _MOST:
                rules.add(row["rule"])
                yield row

    def _item(self, row: Mapping[str, object], votes: list[Vote]) -> dict[str, object]:
        about = str(row["id"])
        seen = counting.count(votes, about, revealed=self._is_revealed(about))
        rated = max((seen.kinds[kind].voted for kind in RATED if kind in seen.kinds), default=0)
        return {
            **{name: row[name] for name in ("id", "title", "element_name", "severity")},
            "likelihood": row["inherent_likelihood"],
            "impact": row["inherent_impact"],
            "dots": seen.dots,
            "voted": rated,
            "revealed": seen.revealed,
            "disagreement": seen.disagreement,
        }

    def _vote(self, said: Mapping[str, int | None], about: str, who: str) -> None:
        for kind, value in said.items():
            counting.checked(kind, value)
        changes = [
            self._put(
                Vote,
                f"vote:{self.id}/{kind}/{about}/{slug(who)}",
                self._said(who, kind=kind, about=about, value=value, name=f"{kind} vote"),
            )
            for kind, value in said.items()
        ]
        self._write(changes, "a vote", by=who)

    def _is_revealed(self, about: str) -> bool:
        record = self.record
        return about in record.revealed or record.state == "closed"

    def _doubts(self, flow_id: str) -> Iterator[Change]:
        """Yield the question to a flow's owner, if somebody called the flow not true or did not know."""
        flow = self.model.get(flow_id)
        seen = counting.count(self._of(Vote), flow_id, revealed=True).kinds.get("true")
        if not isinstance(flow, Flow) or seen is None or seen.counts is None:
            return
        said = [(seen.counts[0], "no"), (seen.dont_know or 0, "“don't know”")]
        told = [f"{number} of {seen.voted} said {word}" for number, word in said if number]
        if told:
            text = f"Does “{flow.name}” really work as drawn? In the workshop {' and '.join(told)}."
            fields = self._said(None, name=text[:NAME_LENGTH], links=(flow.id,), state="open", answer=None)
            yield self._put(Question, f"question:{self.app.id}/true-{slug(flow.id)}", fields)

    def _target(self, about: str) -> str:
        if about in (CONFIDENCE, self.id):
            return self.id
        return self._finding(about) if "@" in about or about.startswith("scenario:") else self._flow(about)

    def _flow(self, name: str) -> str:
        return Editor(self.model, self.app.id).find(name, nouns=_FLOWS).id

    def _finding(self, about: str) -> str:
        """Return the id of a finding of this app; a scenario may be given by its own id."""
        finding = f"{RULE}@{about}" if about.startswith("scenario:") else about
        rule, _, target = finding.partition("@")
        element = self.model.get(target)
        of_scenario = isinstance(element, Scenario)
        if not rule or element is None or of_scenario != (rule == RULE) or app_of(element) not in (self.app.id, None):
            raise unknown("finding of this app", about, self.app.threats["id"])
        return finding
