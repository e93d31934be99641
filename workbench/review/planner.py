"""`ws.reviews.planner`: which few areas of an app a quarter's review looks at, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from workbench.analysis.frames import FLAG, LIST, TEXT, WHOLE, frame
from workbench.display import Sentences
from workbench.model import NAME_LENGTH, App, DataField, EntryPoint, FocusArea, ReviewPlan, Service, element_id
from workbench.planning import PARTS, Quarter
from workbench.review.areas import Area, areas
from workbench.review.picking import Candidate, pick
from workbench.review.urgency import Urgencies, Urgency

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.model import Model
    from workbench.planning import PlanSettings
    from workbench.workspace import Workspace

PLAN = {
    "quarter": TEXT, "app": TEXT, "app_name": TEXT, "area": TEXT, "name": TEXT, "picked": FLAG, "minutes": WHOLE,
    "because": LIST, "score": WHOLE, "risk": WHOLE, "change": WHOLE, "age": WHOLE, "elements": LIST, "latest": TEXT,
}  # fmt: skip
_WIDE = frozenset({"organisation", "everyone", "public"})
_SENSITIVE = ("restricted", "confidential")
_SYSTEMS = 8


@dataclass(frozen=True)
class Plan:
    """What one quarter's review of an app looks at, and why."""

    app: str
    app_name: str
    quarter: Quarter
    minutes: int
    areas: tuple[FocusArea, ...]
    """Most urgent first."""
    size: tuple[str, ...]
    """Why it is as long as it is."""
    table: pd.DataFrame
    """One row an area of the app, also those that are not looked at; columns in `Planner.table`."""
    late: tuple[str, ...] = ()
    """Names of areas that are past their turn and do not fit."""

    @property
    def says(self) -> Sentences:
        """Return the plan in sentences."""
        many = len(self.areas)
        count = "1 area" if many == 1 else f"{many} areas"
        lines = [f"{self.quarter}, {self.app_name}: {count} in {self.minutes} minutes. {'; '.join(self.size)}."]
        lines += [f"{n}. {a.name}: {'; '.join(a.because)}." for n, a in enumerate(self.areas, 1)]
        if self.late:
            lines.append(f"Past their turn, and no time for them: {', '.join(self.late)}. Give [planner] more minutes.")
        return Sentences(lines)

    def _repr_html_(self) -> str:
        return self.says._repr_html_()

    def as_record(self) -> ReviewPlan:
        """Return the plan as what the history keeps."""
        return ReviewPlan(
            id=plan_id(self.app, self.quarter), name=f"Review of {self.app_name} in {self.quarter}"[:NAME_LENGTH], app=self.app,
            quarter=str(self.quarter), minutes=self.minutes, areas=self.areas, size=self.size,
        )  # fmt: skip


class Planner:
    """Plans the quarterly reviews of a workspace. Nothing is written; the same state gives the same plan."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace
        self._seen: tuple[int, Mapping[str, Quarter]] | None = None

    @property
    def apps(self) -> list[str]:
        """Return the ids of the apps that reviews are for: those that are not retired."""
        return [app.id for app in self._ws.model.apps if app.lifecycle != "retired"]

    def plan(self, app: str, quarter: str | None = None) -> Plan:
        """Return what a quarter's review of an app looks at; a review that has begun keeps its plan.

        Parameters
        ----------
        app : str
            Id or name.
        quarter : str, optional
            Such as 2026-Q4; default: today's.

        Raises
        ------
        UsageError
            If there is no such app, or the quarter is written otherwise.
        """
        view, when = self._ws.app(app), self._quarter(quarter)
        return _Planning(self._ws, view.id, when, self._arrived).plan()

    def table(self, app: str | None = None, quarter: str | None = None) -> pd.DataFrame:
        """Return one row an area of one app, or of all in use: those to look at first, then by urgency.

        Columns
        -------
        quarter, app, app_name, area, name : area is the key that stays the same from quarter to quarter
        picked, minutes : whether it is looked at in this quarter, and for how long
        because : tuple of reasons in words
        score, risk, change, age : points; score is the sum of the others
        elements : tuple of ids
        latest : the quarter in which it has its turn at the latest
        """
        chosen = [self._ws.app(app).id] if app else self.apps
        tables = [self.plan(each, quarter).table for each in chosen]
        return pd.concat(tables, ignore_index=True) if tables else frame(PLAN, [])

    def _quarter(self, quarter: str | None) -> Quarter:
        return Quarter.parse(quarter) if quarter else Quarter.of(self._ws.now.today)

    @property
    def _arrived(self) -> Mapping[str, Quarter]:
        """Return the quarter in which each element came into the model."""
        head = self._ws.ledger.head.sequence
        if self._seen is None or self._seen[0] != head:
            ages = self._ws.ledger.ages().items()
            self._seen = head, {i: Quarter.of(age.added_at.date()) for i, age in ages}
        return self._seen[1]


class _Planning:
    """One plan in the making."""

    def __init__(self, workspace: Workspace, app: str, quarter: Quarter, arrived: Mapping[str, Quarter]) -> None:
        self._ws, self._app, self._quarter = workspace, app, quarter
        self._model, self._rules = workspace.now.model, workspace.config.planner
        urgencies = Urgencies(workspace, app, quarter, arrived)
        most_systems = self._rules.most_areas * self._rules.quarters - PARTS
        self._areas = {area.key: area for area in areas(self._model, app, most_systems)}
        self._urgent = {key: urgencies.of(area) for key, area in self._areas.items()}

    def plan(self) -> Plan:
        begun = self._model.get(plan_id(self._app, self._quarter))
        if isinstance(begun, ReviewPlan):
            return self._made(begun.areas, begun.minutes, begun.size, self._late(begun.areas))
        grown, size = scope(self._model, self._app, self._rules)
        found = [Candidate(key, u.last, u.score) for key, u in self._urgent.items()]
        choice = pick(
            found, self._quarter.number, areas=grown, most=self._rules.most_areas, quarters=self._rules.quarters
        )
        chosen = tuple(self._focus(self._areas[key], turn=key in choice.turn) for key in choice.picked)
        many = len(chosen)
        if many > grown:
            size = (*size, f"{many - grown} more, so that each of the {len(found)} areas has its turn in time")
        return self._made(chosen, self._rules.length(many), size, choice.late)

    def _late(self, chosen: tuple[FocusArea, ...]) -> tuple[str, ...]:
        past = self._quarter.number - self._rules.quarters
        taken = {area.key for area in chosen}
        return tuple(key for key, urgent in self._urgent.items() if key not in taken and urgent.last <= past)

    def _focus(self, area: Area, *, turn: bool) -> FocusArea:
        because = self._urgent[area.key].because
        if turn:
            words = "a quarter" if self._rules.quarters == 1 else f"{self._rules.quarters} quarters"
            because = (f"it is its turn, because nothing is left out for longer than {words}", *because)
        return FocusArea(
            key=area.key, name=area.name, minutes=self._rules.area_minutes, because=because, elements=area.elements
        )

    def _made(self, chosen: tuple[FocusArea, ...], minutes: int, size: tuple[str, ...], late: tuple[str, ...]) -> Plan:
        element = self._model[self._app]
        picked = {area.key: area for area in chosen}
        ranked = sorted(self._areas.values(), key=lambda a: (a.key not in picked, -self._urgent[a.key].score, a.key))
        rows = [self._row(area, self._urgent[area.key], picked.get(area.key)) for area in ranked]
        names = tuple(self._areas[key].name for key in late)
        return Plan(self._app, element.name, self._quarter, minutes, chosen, size, frame(PLAN, rows), names)

    def _row(self, area: Area, urgent: Urgency, focus: FocusArea | None) -> dict[str, object]:
        return {
            "quarter": str(self._quarter), "app": self._app, "app_name": self._model[self._app].name, "area": area.key,
            "name": area.name, "picked": focus is not None, "minutes": focus.minutes if focus else None,
            "because": focus.because if focus else urgent.because, "score": urgent.score, "risk": urgent.risk,
            "change": urgent.change, "age": urgent.age, "elements": area.elements,
            "latest": str(Quarter(urgent.last + self._rules.quarters)),
        }  # fmt: skip


def plan_id(app: str, quarter: Quarter) -> str:
    """Return the id of the plan of an app's review in a quarter."""
    return element_id(app, "plan", str(quarter))


def scope(model: Model, app: str, rules: PlanSettings) -> tuple[int, tuple[str, ...]]:
    """Return how many areas a review of an app looks at, by how much it has grown, and why."""
    grown = list(_growth(model, app))
    many = min(rules.most_areas, rules.areas + sum(more for more, _ in grown))
    return many, (f"{rules.areas} areas for a small app", *(f"{more} more, because {why}" for more, why in grown))


def _growth(model: Model, app: str) -> Iterator[tuple[int, str]]:
    """Yield what makes a review longer: many users, sensitive data, many systems. What nobody knows adds nothing."""
    own = [e for e in model.own(app) if app in (e.app, e.id)]
    element = model[app]
    if isinstance(element, App) and element.shared_with in _WIDE:
        yield 1, f"it is open to {element.shared_with.replace('organisation', 'the whole organisation')}"
    elif any(isinstance(e, EntryPoint) and e.exposure == "internet" for e in own):
        yield 1, "anyone on the internet can reach it"
    held = {e.classification or e.suggested for e in own if isinstance(e, DataField)}
    sensitive = next((data for data in _SENSITIVE if data in held), None)
    if sensitive:
        yield 1, f"it handles {sensitive} data"
    systems = sum(isinstance(e, Service) for e in own)
    if systems >= _SYSTEMS:
        yield systems // _SYSTEMS, f"it is connected with {systems} systems"
