"""The register: findings with what people decided about them and how big the risk is.

Findings are derived and never stored; decisions are stored under the finding's stable id. Both meet here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from workbench.analysis import choosing, risk, scenarios
from workbench.analysis.bands import SEVERITIES
from workbench.analysis.decisions import Decisions, State, app_of, owner_of
from workbench.analysis.frames import CONFIDENCE, DAY, LIST, MOMENT, NUMBER, SEVERITY, TEXT, WHOLE, frame, records
from workbench.analysis.listings import actions, assumptions, mitigations, orphans
from workbench.analysis.questions import grouped_questions, questions
from workbench.analysis.standing import in_words
from workbench.model import ORDERS, Scenario

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from workbench.analysis.scheme import Scheme
    from workbench.model import Mitigation, Model
    from workbench.rules import Evaluation, Library, Rule

__all__ = [
    "GROUPED", "THREATS", "actions", "assumptions", "grouped", "grouped_questions", "mitigations", "orphans",
    "questions", "rating", "threats",
]  # fmt: skip

THREATS = {
    "id": TEXT, "rule": TEXT, "title": TEXT, "element": TEXT, "element_name": TEXT, "noun": TEXT, "app": TEXT,
    "status": TEXT, "severity": SEVERITY, "inherent_likelihood": WHOLE, "inherent_impact": WHOLE,
    "inherent": SEVERITY, "current": SEVERITY, "target": SEVERITY, "score": WHOLE, "confidence": CONFIDENCE,
    "group": LIST, "stride": LIST, "owasp": LIST, "owasp_old": LIST, "linddun": LIST, "cwe": LIST, "capec": LIST,
    "attack": LIST, "because": LIST, "path": LIST, "story": TEXT, "mitigations_suggested": LIST, "mitigations": LIST,
    "owner": TEXT, "decided_by": TEXT, "decided_at": MOMENT, "why": TEXT, "due": DAY, "expires_on": DAY,
    "app_name": TEXT, "current_likelihood": WHOLE, "current_impact": WHOLE, "first_seen": DAY,
    "yearly_loss": NUMBER,
}  # fmt: skip
GROUPED = {
    "rule": TEXT, "title": TEXT, "app": TEXT, "app_name": TEXT, "severity": SEVERITY, "score": WHOLE, "count": WHOLE,
    "open": WHOLE, "elements": LIST, "findings": LIST, "confidence": CONFIDENCE, "group": LIST, "owners": LIST,
    "statuses": LIST, "story": TEXT, "mitigations_suggested": LIST, "due": DAY,
}  # fmt: skip
_OF_RULE = ("group", "stride", "owasp", "owasp_old", "linddun", "cwe", "capec", "attack")


def threats(
    model: Model,
    evaluation: Evaluation,
    library: Library,
    scheme: Scheme,
    today: date,
    *,
    first_seen: Mapping[str, date] | None = None,
) -> pd.DataFrame:
    """Return one row a finding, open ones first, then by severity, score, low confidence (cheap to learn) and age.

    Columns
    -------
    id, rule, title, story : the finding (rule@element) and what its rule says
    element, element_name, noun, app, app_name : where it is; element and app are ids
    status : open, mitigated, monitored, accepted, transferred, avoided or false_positive; an acceptance past its date
        is open, and so is what is monitored after the day to look again
    severity, score : of the risk as it is now (Low to Critical; score = 10 log10 of the loss in its cell); these and the
        next are unknown for a scenario of people's that nobody has rated yet
    inherent_likelihood, inherent_impact, inherent : levels 1 to 5 and severity before mitigations
    current_likelihood, current_impact, current : as things are; verified mitigations count fully, untested ones half
    target : severity when all that is planned works
    yearly_loss : frequency x loss as things are, as the rating's trace has them, in the unit of the scheme; what every
        sum of losses adds up
    confidence : low, medium or high; apart from severity
    group, stride, owasp, owasp_old, linddun, cwe, capec, attack : tuples of the categories of its rule
    because, path : tuples of the facts that made it fire and of the ids on the way, where there is one
    mitigations_suggested, mitigations : tuples of titles from the library, and of what was decided with its status
    owner : of the decision, else of the element, else of its app
    decided_by, decided_at, why, expires_on : of the decision
    first_seen : day on which the finding was first seen, if that is given (finding id to date); see sightings.Sightings
    due : of the decision; of open findings without one the scheme's deadline for the current severity, counted from
        `first_seen`, or from the end of an acceptance; unknown if the scheme has no deadline
    """
    register = _Register(model, library, scheme, today, first_seen or {})
    rows = [register.row(finding) for finding in records(evaluation.findings)]
    return frame(THREATS, sorted(rows, key=register.rank))


def rating(
    model: Model, evaluation: Evaluation, library: Library, scheme: Scheme, finding: str, *, today: date
) -> risk.Rating:
    """Return the rating of one finding, with the trace that says why.

    Raises
    ------
    KeyError
        If there is no such finding.
    """
    found = evaluation.findings[evaluation.findings["id"] == finding]
    if found.empty:
        raise KeyError(f"no rule finds {finding!r} in this model; ids look like NC-013@app/entry:name")
    row = records(found)[0]
    register = _Register(model, library, scheme, today, {})
    return register.rate(row, register.decisions.state(finding, row["element"], today))


def grouped(threats: pd.DataFrame) -> pd.DataFrame:
    """Return one row an app and rule, however many elements it found; the worst of them first.

    Columns
    -------
    rule, title, app, app_name, group, story, mitigations_suggested : as in `threats`
    severity, score, confidence : the highest among the open findings, or among all if none is open
    count, open : findings, and those of them that are open
    elements, findings : tuples of element names and of finding ids
    owners, statuses : tuples of the different owners and statuses
    due : the earliest day by which one of the open findings has to be treated
    """
    groups: dict[tuple[str | None, str], list[dict[str, Any]]] = {}
    for row in records(threats):
        # Each scenario is a threat of its own.
        rule = row["id"] if row["rule"] == scenarios.RULE else row["rule"]
        groups.setdefault((row["app"], rule), []).append(row)
    rows = [_group(members) for members in groups.values()]
    return frame(GROUPED, sorted(rows, key=lambda row: (row["open"] == 0, *_worst_first(row), row["rule"])))


@dataclass(frozen=True)
class _Said:
    """What a rule says, once for all its findings."""

    title: str
    story: str
    categories: dict[str, tuple[Any, ...]]
    suggested: tuple[str, ...]


class _Register:
    """What rows of the register are made from."""

    def __init__(
        self, model: Model, library: Library, scheme: Scheme, today: date, first_seen: Mapping[str, date]
    ) -> None:
        self.decisions = Decisions(model, today)
        self._model, self._library, self._scheme, self._today = model, library, scheme, today
        self._first_seen = first_seen
        self._rules: dict[str, _Said] = {}
        # Most findings share a cell and have no mitigation: rate each case once.
        self._ratings: dict[tuple[int | None, int | None, tuple[Mitigation, ...]], risk.Rating] = {}

    def row(self, finding: dict[str, Any]) -> dict[str, Any]:
        state = self.decisions.state(finding["id"], finding["element"], self._today)
        return self._finding(finding) | self._risk(finding, state) | self._decided(finding, state)

    def rank(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return what rows are ordered by."""
        confidence = ORDERS["level"].index(row["confidence"])
        seen = self._first_seen.get(row["id"], date.max)
        return row["status"] != "open", *_worst_first(row), confidence, seen, row["id"]

    def rate(self, finding: dict[str, Any], state: State) -> risk.Rating:
        """Return the rating of a finding with the reasons for its likelihood and impact."""
        controls = self.decisions.mitigations(finding["id"])
        return _rated(*_chosen(finding, state), controls, self._scheme, _reasons(finding, state, self._scheme))

    def _finding(self, finding: dict[str, Any]) -> dict[str, Any]:
        element = self._model.get(finding["element"])
        said = self._said(finding)
        app = self._model.get(finding["app"] or app_of(element))
        return {
            **{key: finding[key] for key in ("id", "rule", "element", "noun", "because", "path")},
            **said.categories,
            "element_name": (element.name or element.id) if element else finding["element"],
            "app": app.id if app else finding["app"],
            "app_name": app.name if app else finding["app"],
            "title": said.title,
            "story": said.story,
            "mitigations_suggested": said.suggested,
        }

    def _risk(self, finding: dict[str, Any], state: State) -> dict[str, Any]:
        case = (*_chosen(finding, state), self.decisions.mitigations(finding["id"]))
        rated = self._ratings.get(case)
        if rated is None:
            rated = self._ratings[case] = _rated(*case, self._scheme)
        likelihood, impact, _ = case
        return {
            "inherent_likelihood": likelihood,
            "inherent_impact": impact,
            "inherent": getattr(rated.inherent, "severity", None),
            "current_likelihood": getattr(rated.current, "likelihood", None),
            "current_impact": getattr(rated.current, "impact", None),
            "current": getattr(rated.current, "severity", None),
            "severity": getattr(rated.current, "severity", None),
            "target": getattr(rated.target, "severity", None),
            "score": getattr(rated.current, "score", None),
            "yearly_loss": rated.yearly_loss,
        }

    def _decided(self, finding: dict[str, Any], state: State) -> dict[str, Any]:
        decision = state.decision
        controls = self.decisions.mitigations(finding["id"])
        return {
            "status": state.status,
            "confidence": (decision.confidence if decision else None) or finding["confidence"],
            "mitigations": tuple(f"{m.name} ({in_words(m)})" for m in controls),
            "owner": state.owner or owner_of(self._model, self._model.get(finding["element"])),
            "decided_by": state.by,
            "decided_at": state.at,
            "why": state.why,
            "due": state.due or self._deadline(finding, state),
            "expires_on": state.expires_on,
            "first_seen": self._first_seen.get(finding["id"]),
        }

    def _deadline(self, finding: dict[str, Any], state: State) -> date | None:
        seen = self._first_seen.get(finding["id"])
        days = self._scheme.deadlines.get(self._risk(finding, state)["severity"])
        if state.status != "open" or seen is None or days is None:
            return None
        # What was accepted or monitored until a day and is open again had no deadline before that day.
        return max(seen, state.expires_on or seen) + timedelta(days=days)

    def _said(self, finding: dict[str, Any]) -> _Said:
        if finding["rule"] != scenarios.RULE:
            return self._rule(finding["rule"])
        told = self._model[finding["id"].partition("@")[2]]
        assert isinstance(told, Scenario)  # noqa: S101 - what `scenarios.findings` makes
        categories = {name: tuple(getattr(told, name, ())) for name in _OF_RULE}
        return _Said(scenarios.title(told), scenarios.title(told), categories, suggested=())

    def _rule(self, rule_id: str) -> _Said:
        if rule_id not in self._rules:
            rule = self._library.rules[rule_id]
            self._rules[rule_id] = _Said(
                title=rule.title,
                story=rule.story,
                categories={name: tuple(getattr(rule, name)) for name in _OF_RULE},
                suggested=tuple(self._suggested(rule)),
            )
        return self._rules[rule_id]

    def _suggested(self, rule: Rule) -> Iterable[str]:
        for mitigation_id in rule.mitigations:
            mitigation = self._library.mitigations.get(mitigation_id)
            yield mitigation.title if mitigation is not None else mitigation_id


def _rated(
    likelihood: int | None,
    impact: int | None,
    controls: tuple[Mitigation, ...],
    scheme: Scheme,
    reasons: Sequence[str] = (),
) -> risk.Rating:
    if likelihood is None or impact is None:
        return risk.unrated(likelihood, impact, scheme, reasons=reasons)
    return risk.rate(likelihood, impact, controls, scheme, reasons=reasons)


def _chosen(finding: dict[str, Any], state: State) -> tuple[int | None, int | None]:
    """Return likelihood and impact: a person's where given, else the rule's with what the facts raise."""
    decision = state.decision
    likelihood = (decision.likelihood if decision else None) or finding["likelihood"]
    return likelihood, (decision.impact if decision else None) or finding["impact"]


def _reasons(finding: dict[str, Any], state: State, scheme: Scheme) -> list[str]:
    raised = [f"{why} ({by:+d})" for why, by in finding["raised"] or ()]
    counting = f", counting: {'; '.join(raised)}" if raised else ""
    levels = f"likelihood {finding['likelihood']} and impact {finding['impact']}"
    told = finding["rule"] == scenarios.RULE
    reasons = [] if told else [f"The library says {levels} for {finding['rule']}{counting}."]
    decision = state.decision
    for name in ("likelihood", "impact"):
        level = getattr(decision, name, None)
        if decision is not None and level is not None:
            who, why = decision.by or "Somebody", decision.why or "no reason given"
            reasons.append(f"{who} set the {name} to {level}: {why}.")
    return [*reasons, *(choosing.in_words(decision, scheme) if decision is not None else ())]


def _worst_first(row: Mapping[str, Any]) -> tuple[int, int]:
    """Return what puts the worst first; what nobody has rated comes last."""
    if row["severity"] is None:
        return 1, 0
    return -SEVERITIES.index(row["severity"]), -row["score"]


def _group(members: list[dict[str, Any]]) -> dict[str, Any]:
    opened = [row for row in members if row["status"] == "open"]
    worst = min(opened or members, key=_worst_first)
    return {
        **{key: worst[key] for key in ("rule", "title", "app", "severity", "score", "group", "story")},
        "app_name": worst.get("app_name") or worst["app"],
        "mitigations_suggested": worst["mitigations_suggested"],
        "confidence": _highest([row["confidence"] for row in opened or members]),
        "count": len(members),
        "open": len(opened),
        "elements": tuple(row["element_name"] for row in members),
        "findings": tuple(row["id"] for row in members),
        "owners": tuple(dict.fromkeys(row["owner"] for row in members if row["owner"] is not None)),
        "statuses": tuple(dict.fromkeys(row["status"] for row in members)),
        "due": min((row["due"] for row in opened if row["due"] is not None), default=None),
    }


def _highest(values: Iterable[str | None]) -> str | None:
    known = [value for value in values if value is not None]
    return max(known, key=ORDERS["level"].index, default=None)
