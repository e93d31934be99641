"""One workshop: everything that a page, a notebook or a script can do in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import UsageError
from workbench.model import NAME_LENGTH, Parked, Review, Vote, added, replaced
from workbench.workshop import leaving
from workbench.workshop.cards import Cards
from workbench.workshop.looking import Looking
from workbench.workshop.notes import Notes
from workbench.workshop.participant import Participant
from workbench.workshop.responses import Responses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path
    from typing import Literal

    from workbench.model import Change


class Session(Looking, Cards, Responses, Notes):
    """A workshop of one app. Every call is one step of the ledger; every property is read from it anew.

    Any number of kernels may hold a Session of the same workshop. Who says something is `by` (declared), else the
    session's `actor`. After `close` everything can be read and nothing written.
    """

    def __repr__(self) -> str:
        record = self.record
        step = self.step.title if record.state == "open" else "closed"
        return f"<Workshop {self.id}: {step}>"

    def as_participant(self, name: str) -> Participant:
        """Return what one person may do: write cards and vote, nothing else.

        Raises
        ------
        UsageError
            If names are not kept and this is no role that `attend` gave.
        """
        return Participant(self, self._who(name))

    @property
    def before_closing(self) -> list[str]:
        """Return what is still to be done before the workshop can be closed, one sentence each."""
        left = [p for p in self._of(Parked) if p.state == "parked"]
        return [
            f"“{p.name}” is still parked: give it an owner with route(), or drop it with drop_parked()" for p in left
        ]

    def close(
        self,
        *,
        next_on: date | None = None,
        verdict: Literal["good", "follow_up", "stop"] | None = None,
        why: str = "workshop",
    ) -> Review:
        """Close the workshop: write down its review, show all votes, ask the owners of flows that were doubted.

        Parameters
        ----------
        next_on : when to meet again
        verdict : good (go on), follow_up (go on, with what was decided) or stop

        Raises
        ------
        UsageError
            If a parked point has no owner and was not dropped; they are listed.
        """
        if left := self.before_closing:
            raise UsageError("the workshop cannot be closed yet:\n" + "\n".join(f"- {sentence}" for sentence in left))
        return self._again(lambda: self._closed(next_on, verdict, why), tries=2)

    def summary(self, path: str | Path, *, redact: Iterable[str] = ()) -> Path:
        """Write what people take home on one page, `.html` (with the picture) or `.md`, and return its path.

        Parameters
        ----------
        redact : of hosts, people: their names are replaced by placeholders, the same ones in each file; people are
            those whom a field of the model or of a record names, hosts also what looks like one

        Raises
        ------
        UsageError
            If the ending is another, or something else is to be left out.
        """
        return leaving.write_summary(self, path, redact)

    def actions_csv(self, path: str | Path, *, redact: Iterable[str] = ()) -> Path:
        """Write actions and planned mitigations (what, owner, due, state, about, why) as CSV that runs no formula."""
        return leaving.write_actions(self, path, redact)

    def calendar(self, path: str | Path, *, redact: Iterable[str] = ()) -> Path:
        """Write the date of the next review as an iCalendar file that calendars open.

        Raises
        ------
        UsageError
            If no date was agreed on yet.
        """
        return leaving.write_calendar(self, path, redact)

    def _closed(self, next_on: date | None, verdict: str | None, why: str) -> Review:
        record, agenda = self.record, self.agenda
        review = Review.model_validate({
            "id": f"{self.app.id}/review:workshop-{self._tail}",
            "name": f"Workshop on {self.app.name}: {agenda.title}"[:NAME_LENGTH],
            **self._said(None, why=why, verdict=verdict, template=f"{agenda.id} {agenda.version}"),
            "ledger_sequence": self.app.workspace.ledger.head.sequence,
        })  # fmt: skip
        closed = replaced(record, record.changed(state="closed", next_on=next_on))
        self._write([closed, added(review), *self._all_doubts()], why)
        return review

    def _all_doubts(self) -> Iterator[Change]:
        flows = sorted({vote.about for vote in self._of(Vote) if vote.kind == "true"})
        return (change for flow in flows if not self._is_revealed(flow) for change in self._doubts(flow))
