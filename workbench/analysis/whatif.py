"""What would help most: how much of the yearly loss each mitigation would take away if it were known to work.

Only open, rated findings count. A mitigation is tried on every finding that it is planned for or that the library
suggests it for. The yearly loss of a finding is frequency x loss of its rating (analysis.risk), the same that the
register, the portfolio and the backlog add up, so that what is promised here is what they would say.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.analysis import risk
from workbench.analysis.decisions import Decisions
from workbench.analysis.frames import LIST, NUMBER, TEXT, WHOLE, frame, records
from workbench.analysis.worth import Effect
from workbench.model import Mitigation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    import pandas as pd

    from workbench.analysis.scheme import Scheme
    from workbench.model import Model
    from workbench.rules import Library

WHATIF = {
    "mitigation": TEXT, "title": TEXT, "status": TEXT, "findings": WHOLE, "apps": LIST, "takes_away": NUMBER,
    "left": NUMBER, "share": NUMBER, "cost": NUMBER, "net": NUMBER,
}  # fmt: skip
_NOT_DECIDED = "not decided"
Controls = tuple[Mitigation, ...]


@dataclass(frozen=True)
class _Finding:
    id: str
    app: str
    likelihood: int
    impact: int


@dataclass
class _Candidate:
    """A mitigation as it would be if it were verified, and where."""

    control: Mitigation
    status: str
    findings: list[_Finding]
    costs: dict[str, float | None]
    """What it costs a year in each of the apps, as recorded there."""

    @property
    def key(self) -> str:
        return self.control.catalogue or self.control.id

    def cost(self, findings: Collection[str] | None) -> float | None:
        """Return what it costs a year in the apps where it acts on these findings, or on any."""
        apps = {finding.app for finding in self.findings if findings is None or finding.id in findings}
        return _sum(cost for app, cost in self.costs.items() if app in apps) if apps else None


class WhatIf:
    """The open findings of a model, and the mitigations that could still be brought about against them.

    Parameters
    ----------
    threats
        The register (analysis.register.threats), of all apps or of some.
    """

    def __init__(
        self, model: Model, threats: pd.DataFrame, library: Library, scheme: Scheme, today: date | None = None
    ) -> None:
        self._decisions, self._library, self._scheme = Decisions(model, today), library, scheme
        self._rows = [row for row in records(threats) if row["status"] == "open" and row["score"] is not None]
        self._losses: dict[tuple[int, int, Controls], float] = {}

    @property
    def yearly_loss(self) -> float:
        """The yearly loss of all open findings as things are, in the unit of the scheme."""
        return sum(self._loss(finding, self._today[finding.id]) for finding in self._findings)

    def table(self, costs: Mapping[str, float] | None = None) -> pd.DataFrame:
        """Return one row a mitigation, the one that takes away most first.

        `costs` are what mitigations cost a year, by id; they go before what is recorded with the mitigations.

        Columns
        -------
        mitigation, title : id in the catalogue (or of the record, for one of the team's own), and its title
        status : not decided, or the least that has been done about it: failed, planned, in_place
        findings, apps : how many open findings it acts on, and the ids of their apps
        takes_away, left : of the yearly loss, if it alone were verified from now on
        share : `takes_away` as a part of all, 0 to 1
        cost, net : what it costs a year, and `takes_away` minus that; unknown where nobody has said what it costs
        """
        return self._framed(self._ranked(self._today), costs=costs)

    def best(self, count: int = 3, costs: Mapping[str, float] | None = None) -> pd.DataFrame:
        """Return the mitigations to begin with: each takes away most of what those before it leave.

        Columns as in `table`; `left` is what all up to that row together leave, and `takes_away` what it adds.

        Raises
        ------
        ValueError
            If `count` is below 1.
        """
        if count < 1:
            raise ValueError(f"the best {count} mitigations; expected at least 1")
        controls, chosen = dict(self._today), []
        left = self.yearly_loss
        for _ in range(count):
            ranked = [one for one in self._ranked(controls) if one[1] > 0]
            if not ranked:
                break
            candidate, cut = ranked[0]
            left -= cut
            chosen.append((candidate, cut, left))
            for finding in candidate.findings:
                controls[finding.id] = _with(controls[finding.id], candidate.control)
        return self._framed([(c, cut) for c, cut, _ in chosen], [left for *_, left in chosen], costs)

    def costs(
        self, given: Mapping[str, float] | None = None, findings: Collection[str] | None = None
    ) -> dict[str, float | None]:
        """Return what each mitigation costs a year: as `given` by its id, else as recorded with it in its apps.

        None where nobody has said so, in one of the apps at least.

        Parameters
        ----------
        findings
            Ids of the findings that are reckoned with: only the apps in which a mitigation acts on one of them count.
            All if none are given.

        Raises
        ------
        ValueError
            If a given cost is below 0, or of no mitigation that is asked about here.
        """
        said = dict(given or {})
        keys = {candidate.key for candidate in self._candidates}
        if wrong := [key for key, cost in said.items() if key not in keys or not cost >= 0]:
            raise ValueError(
                f"no cost of a mitigation here: {wrong[0]!r}: {said[wrong[0]]!r}; expected ids from `table()` with "
                "what they cost a year, 0 or more"
            )
        return {candidate.key: said.get(candidate.key, candidate.cost(findings)) for candidate in self._candidates}

    def effects(self, finding: str) -> list[Effect]:
        """Return what could be brought about against an open finding, each with what all controls then take away."""
        for each, row in zip(self._findings, self._rows, strict=True):
            if each.id == finding:
                return [self._effect(each, *possible) for possible in self._possible(each, row["rule"])]
        return []

    def _effect(self, finding: _Finding, control: Mitigation, status: str) -> Effect:
        controls = _with(self._today[finding.id], control)
        now = self._current(finding, controls)
        effects = now["likelihood_effect"], now["impact_effect"]
        return Effect(control.catalogue or control.id, control.name, status, *effects)

    def _current(self, finding: _Finding, controls: Controls) -> Mapping[str, Any]:
        trace = risk.rate(finding.likelihood, finding.impact, controls, self._scheme).trace
        return next(step for step in trace if step["step"] == "current")

    @cached_property
    def _findings(self) -> list[_Finding]:
        return [
            _Finding(row["id"], row["app"] or "", row["inherent_likelihood"], row["inherent_impact"])
            for row in self._rows
        ]

    @cached_property
    def _today(self) -> dict[str, Controls]:
        return {finding.id: self._decisions.mitigations(finding.id) for finding in self._findings}

    @cached_property
    def _candidates(self) -> list[_Candidate]:
        found: dict[str, _Candidate] = {}
        for finding, row in zip(self._findings, self._rows, strict=True):
            for control, status in self._possible(finding, row["rule"]):
                key = control.catalogue or control.id
                candidate = found.setdefault(key, _Candidate(control, status, [], {}))
                if control.cost is not None or finding.app not in candidate.costs:
                    candidate.costs[finding.app] = control.cost
                candidate.findings.append(finding)
                candidate.status = min(candidate.status, status, key=_PROGRESS.index)
        return list(found.values())

    def _possible(self, finding: _Finding, rule: str) -> Iterator[tuple[Mitigation, str]]:
        linked = self._today[finding.id]
        for control in linked:
            if control.status != "verified":
                known_to_work = {name: getattr(control, name) for name in Mitigation.model_fields} | {
                    "status": "verified"
                }
                yield Mitigation.model_validate(known_to_work), control.status
        known = {control.catalogue for control in linked}
        suggested = self._library.rules[rule].mitigations if rule in self._library.rules else ()
        for each in suggested:
            entry = self._library.mitigations.get(each)
            if entry is not None and each not in known:
                yield Mitigation(
                    id=f"mitigation:{each}", name=entry.title, catalogue=each, family=entry.family,
                    strength=entry.strength, acts_on=entry.acts_on, status="verified",
                ), _NOT_DECIDED  # fmt: skip

    def _ranked(self, controls: dict[str, Controls]) -> list[tuple[_Candidate, float]]:
        cuts = [(candidate, self._cut(candidate, controls)) for candidate in self._candidates]
        return sorted(cuts, key=lambda one: (-one[1], one[0].control.catalogue or one[0].control.id))

    def _cut(self, candidate: _Candidate, controls: dict[str, Controls]) -> float:
        return sum(
            self._loss(f, controls[f.id]) - self._loss(f, _with(controls[f.id], candidate.control))
            for f in candidate.findings
        )

    def _loss(self, finding: _Finding, controls: Controls) -> float:
        case = (finding.likelihood, finding.impact, controls)
        if case not in self._losses:
            rated = risk.rate(finding.likelihood, finding.impact, controls, self._scheme)
            self._losses[case] = rated.yearly_loss or 0.0
        return self._losses[case]

    def _framed(
        self,
        cuts: Iterable[tuple[_Candidate, float]],
        left: Sequence[float] | None = None,
        costs: Mapping[str, float] | None = None,
    ) -> pd.DataFrame:
        whole, known = self.yearly_loss, self.costs(costs)
        rows = [
            {
                "mitigation": candidate.key,
                "title": candidate.control.name,
                "status": candidate.status,
                "findings": len(candidate.findings),
                "apps": tuple(sorted({f.app for f in candidate.findings})),
                "takes_away": cut,
                "left": whole - cut if left is None else left[place],
                "share": cut / whole if whole else 0.0,
                "cost": (cost := known[candidate.key]),
                "net": None if cost is None else cut - cost,
            }
            for place, (candidate, cut) in enumerate(cuts)
        ]
        return frame(WHATIF, rows)


_PROGRESS = (_NOT_DECIDED, "failed", "planned", "in_place", "verified")


def _sum(costs: Iterable[float | None]) -> float | None:
    total = 0.0
    for cost in costs:
        if cost is None:
            return None
        total += cost
    return total


def _with(controls: Controls, control: Mitigation) -> Controls:
    """Return the controls with one more; the same one in another state gives way to it."""
    same = control.catalogue
    others = tuple(c for c in controls if c.id != control.id and (same is None or c.catalogue != same))
    return (*others, control)
