"""`ws.reviews.quarterly`: walk a quarter's review of an app, area by area, and keep what people found."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from workbench import tables
from workbench.analysis import checking
from workbench.analysis.frames import LIST, MOMENT, TEXT, WHOLE, frame
from workbench.analysis.recording import put
from workbench.display import Sentences
from workbench.errors import UsageError
from workbench.ledger import ConflictError
from workbench.model import NAME_LENGTH, FocusVerdict, Review, ReviewPlan, added, element_id
from workbench.planning import PARTS, Quarter
from workbench.review import areas as parts
from workbench.review import evidence as proof
from workbench.review import sheets
from workbench.review.by_hand import used_by
from workbench.review.look import AreaLook, Looks
from workbench.review.planner import Plan, plan_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd

    from workbench.model import FocusArea, Verdict
    from workbench.review.sheets import Sheet
    from workbench.review.view import ReviewView
    from workbench.workspace import Workspace

NOTEBOOK = "20-quarterly-review.ipynb"
FOUND = {
    "app": TEXT, "quarter": TEXT, "area": TEXT, "name": TEXT, "verdict": TEXT, "reason": TEXT, "by": TEXT, "at": MOMENT,
    "elements": WHOLE, "evidence": LIST,
}  # fmt: skip
_WORST = ("good", "follow_up", "stop")


class Quarterly:
    """The quarterly reviews of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    def open(
        self,
        app: str = "",
        *,
        exports: Sequence[str] = (),
        as_of: str | None = None,
        since: str | None = None,
        run: str | None = None,
    ) -> QuarterlyView:
        """Bring an app's exports in again and begin, or go on with, this quarter's review of it.

        Without a name it is the app that is due first. What is looked at stands from now on; planning again does not
        change it.
        """
        review = self._ws.reviews.open(app, exports=exports, as_of=as_of, since=since, run=run)
        quarter = Quarter.of(review.app.snapshot.today)
        if not isinstance(self._ws.model.get(plan_id(review.app.id, quarter)), ReviewPlan):
            self._begin(review.app.id, quarter)
        plan = self._ws.reviews.planner.plan(review.app.id, str(quarter))
        return QuarterlyView(self._ws, review, plan)

    def _begin(self, app: str, quarter: Quarter) -> None:
        who = self._ws.config.who()
        record = self._ws.reviews.planner.plan(app, str(quarter)).as_record().changed(by=who, at=datetime.now(UTC))
        # Somebody else may have begun meanwhile: then it is theirs, and as good.
        with suppress(ConflictError):
            self._ws.commit([added(record)], why=f"quarterly review of {quarter} begun", actor=who)

    def table(self, app: str | None = None) -> pd.DataFrame:
        """Return one row a verdict on a focus area, newest first.

        Columns
        -------
        app, quarter, area, name : area is the key that stays the same from quarter to quarter
        verdict, reason, by, at : good, follow_up or stop; who said so, when and why
        elements, evidence : how many elements were looked at; tuple of name and SHA-256 of each file
        """
        wanted = self._ws.app(app).id if app else None
        held = [v for v in self._ws.model.of(FocusVerdict) if wanted in (None, v.app)]
        rows = [_found(v) for v in sorted(held, key=lambda v: (v.quarter, f"{v.at}", v.id), reverse=True)]
        return frame(FOUND, rows)


@dataclass(frozen=True)
class QuarterlyView:
    """One quarter's review of one app."""

    workspace: Workspace
    review: ReviewView
    """The app now and at the last review, and what is different."""
    plan: Plan

    @property
    def app(self) -> str:
        """Return the id of the app."""
        return self.plan.app

    @property
    def says(self) -> Sentences:
        """Return what is looked at and why, in sentences."""
        return self.plan.says

    @property
    def looks(self) -> Looks:
        """Return the areas with what is open and what changed in each."""
        return Looks(self.area(number) for number in range(1, len(self.plan.areas) + 1))

    def area(self, number: int) -> AreaLook:
        """Return one area, by its number in the plan.

        Raises
        ------
        UsageError
            If there is no such number.
        """
        area = self._area(number)
        inside = set(area.elements)
        threats, changes = self.review.app.threats, self.review.changes
        elements = tables.elements(self.workspace.model, self.app)
        return AreaLook(
            number, area, parts.asks(area.key),
            threats[(threats["status"] == "open") & threats["element"].isin(inside)].reset_index(drop=True),
            changes[changes["id"].isin(inside)].reset_index(drop=True),
            elements[elements["id"].isin(inside)].reset_index(drop=True),
            self._in_words(area),
            used_by(self.workspace)(inside),
        )  # fmt: skip

    def verdict(
        self,
        number: int,
        says: str,
        *,
        why: str,
        evidence: proof.Given = (),
        owner: str | None = None,
        due: date | None = None,
        actor: str | None = None,
    ) -> str:
        """Say what was found in an area: good, follow_up or stop; the latter two open an action. Returns a sentence.

        Raises
        ------
        analysis.recording.DecisionError
            If the verdict is none of these, or the reason is missing; nothing is recorded then.
        UsageError
            If there is no such area, or a file of evidence cannot be kept.
        """
        area, ws, at = self._area(number), self.workspace, datetime.now(UTC)
        who = actor or ws.config.who()
        given = checking.verdict(says, why, who, at, f"the verdict on “{area.name}”")
        kept = proof.keep(ws, evidence)
        owner = owner or self.review.app.element.owner
        changes = [
            put(ws.model, FocusVerdict, self._id(area), self._said(area, given) | {"evidence": kept}),
            *checking.follow(ws.model, self.app, area.name, given, links=(self._id(area),), owner=owner, due=due),
        ]
        ws.commit(changes, why=why, actor=who)
        return f"{number}. {area.name}: {self._in_words(area)}"

    @property
    def checks(self) -> pd.DataFrame:
        """Return the looks by hand of this app that wait; columns in analysis.checking.checks."""
        found: pd.DataFrame = self.workspace.reviews.checks.table(self.app, waiting=True)
        return found

    @property
    def access(self) -> pd.DataFrame:
        """Return the accesses of this app that have to be attested; columns in analysis.attesting.accesses."""
        found: pd.DataFrame = self.workspace.reviews.access.table(self.app, waiting=True)
        return found

    @property
    def to_judge(self) -> Sheet:
        """Return the areas that wait for a verdict, for `wb.Verdicts`."""
        return sheets.of_areas(self)

    @property
    def to_check(self) -> Sheet:
        """Return the looks by hand that wait, for `wb.Verdicts`."""
        return sheets.of_checks(self)

    @property
    def to_attest(self) -> Sheet:
        """Return the accesses that have to be attested, for `wb.Verdicts`."""
        return sheets.of_access(self)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Return the names of the areas without a verdict."""
        return tuple(area.name for area in self.plan.areas if self._held(area) is None)

    def finish(self, *, why: str = "quarterly review") -> Sentences:
        """Record the review, with the worst verdict of its areas, if each has one; returns what it did, in words.

        Where one is missing, nothing is recorded but that the notebook ran to its end: people go on with it.
        """
        if self.waiting:
            self._report()
            count = f"{len(self.waiting)} of {len(self.plan.areas)} areas wait for a verdict"
            return Sentences([f"Not done yet: {count}: {', '.join(self.waiting)}."])
        ws, now = self.workspace, datetime.now(UTC)
        held = [v for area in self.plan.areas if (v := self._held(area)) is not None]
        record = Review(
            id=element_id(self.app, "review", f"{self.plan.quarter}"), name=f"Quarterly review of {self.plan.app_name}",
            app=self.app, by=ws.config.who(), at=now, why=why, ledger_sequence=self.review.sequence,
            template=NOTEBOOK,
            links=tuple(dict.fromkeys(i for v in held for i in v.links)),
            verdict=max((v.verdict.says for v in held), key=_WORST.index, default="good"),
        )  # fmt: skip
        ws.commit([put(ws.model, Review, record.id, dict(record))], why=why, remember=lambda _: self._finished())
        told = f"{record.verdict}".replace("_", " ")
        return Sentences([f"Recorded the review of {self.plan.app_name} for {self.plan.quarter}: {told}."])

    def _report(self) -> None:
        for key, value in self._finished().items():
            self.workspace.ledger.set_meta(key, value)

    def _finished(self) -> dict[str, str | None]:
        """Return the finish record of the run that executes this notebook, if one does."""
        found: dict[str, str | None] = self.workspace.reviews.finish_record(self.review, self.review.facts)
        return found

    def _area(self, number: int) -> FocusArea:
        if not 1 <= number <= len(self.plan.areas):
            raise UsageError(f"there is no area {number}; this review has {len(self.plan.areas)}, numbered from 1")
        return self.plan.areas[number - 1]

    def _id(self, area: FocusArea) -> str:
        return element_id(self.app, "look", f"{self.plan.quarter}/{area.key}")

    def _held(self, area: FocusArea) -> FocusVerdict | None:
        held = self.workspace.model.get(self._id(area))
        return held if isinstance(held, FocusVerdict) else None

    def _in_words(self, area: FocusArea) -> str:
        held = self._held(area)
        if held is None:
            return "none yet"
        return f"{held.verdict.says.replace('_', ' ')}, said {held.verdict.by}: {held.verdict.reason}"

    def _said(self, area: FocusArea, given: Verdict) -> dict[str, Any]:
        # Only what was there when the review was opened was looked at, also if the plan is older.
        links = tuple(i for i in self._then_in(area) if i in self.workspace.model)
        return {
            "name": f"{area.name}, {self.plan.quarter}"[:NAME_LENGTH], "app": self.app, "quarter": f"{self.plan.quarter}",
            "area": area.key, "verdict": given, "links": links, "by": given.by, "at": given.at, "why": given.reason,
            "ledger_sequence": self.review.sequence,
        }  # fmt: skip

    def _then_in(self, area: FocusArea) -> tuple[str, ...]:
        rules, model = self.workspace.config.planner, self.review.app.snapshot.model
        found = parts.areas(model, self.app, rules.most_areas * rules.quarters - PARTS)
        return next((a.elements for a in found if a.key == area.key), tuple(i for i in area.elements if i in model))


def _found(held: FocusVerdict) -> dict[str, Any]:
    said = held.verdict
    return {
        "app": held.app, "quarter": held.quarter, "area": held.area, "name": held.name, "verdict": said.says,
        "reason": said.reason, "by": said.by, "at": said.at, "elements": len(held.links),
        "evidence": tuple(e.in_words for e in held.evidence),
    }  # fmt: skip
