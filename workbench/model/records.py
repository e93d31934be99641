"""What people add: scenarios, answers, decisions, mitigations, reviews. Each has owner, state, dates, links."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from workbench.model.base import Element, FrozenDict, Settings, Value


class Record(Element):
    """Something that a person wrote down."""

    by: str | None = None
    """Who said so (declared)."""
    at: datetime | None = None
    why: str | None = None
    links: tuple[str, ...] = ()
    """Ids of elements, findings or records it is about."""
    workshop: str | None = None
    """Id of the workshop in which it was said."""


class Scenario(Record):
    """Who, with what access, does what, to which asset, leading to what harm."""

    noun: ClassVar[str] = "scenario"

    actor: str | None = None
    access: str | None = None
    action: str | None = None
    asset: str | None = None
    harm: str | None = None
    state: Literal["draft", "complete", "dismissed"] = "draft"
    prompt: str | None = None
    """Id of the prompt card that it answers."""
    group: tuple[str, ...] = ()
    """As of rules: access_control, data_leakage, misconfiguration."""
    stride: tuple[str, ...] = ()
    linddun: tuple[str, ...] = ()


class Assumption(Record):
    """Something taken for true; when it proves false, the risks that rest on it reopen."""

    noun: ClassVar[str] = "assumption"

    state: Literal["open", "confirmed", "false"] = "open"
    evidence: str | None = None
    review_on: date | None = None


class Question(Record):
    """What was decided about an open question: routed, parked or answered outside the model's fields."""

    noun: ClassVar[str] = "question"

    state: Literal["open", "parked", "answered", "dropped"] = "open"
    answer: str | None = None
    due: date | None = None


class Range(Value):
    """A range that somebody is 90 % sure of; given as such, or as its two ends."""

    low: float = Field(gt=0, allow_inf_nan=False)
    high: float = Field(gt=0, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _from_ends(cls, given: Any) -> Any:
        match given:
            case [low, high]:
                return {"low": low, "high": high}
        return given

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"{self.low:g} to {self.high:g} is upside down; give the lower end first")
        return self


class ThreatDecision(Record):
    """What people decided about a finding, kept under the finding's stable id (the only link)."""

    noun: ClassVar[str] = "threat_decision"

    finding: str
    """rule-id@element-id"""
    status: Literal["open", "mitigated", "monitored", "accepted", "transferred", "avoided", "false_positive"] = "open"
    """Monitored: watched by its owner, who looks again by `due`; afterwards it is open again."""
    likelihood: int | None = Field(default=None, ge=1, le=5)
    impact: int | None = Field(default=None, ge=1, le=5)
    picks: Settings = FrozenDict()
    """Level that was picked for each anchor of the scheme (people, work, duty); the highest is the impact."""
    confidence: Literal["low", "medium", "high"] | None = None
    frequency: Range | None = None
    """How often a year it would happen without mitigations, for the simulation of the biggest risks."""
    loss: Range | None = None
    """What it would cost each time without mitigations, in the unit of the risk scheme."""
    scheme: str | None = None
    """Id, version and hash of the risk scheme by whose words levels or ranges were chosen."""
    due: date | None = None
    expires_on: date | None = None


class Mitigation(Record):
    """A control against threats, n:m through `links` to finding ids."""

    noun: ClassVar[str] = "mitigation"

    catalogue: str | None = None
    """Id in the mitigation catalogue, if it came from there."""
    family: str | None = None
    """Mitigations of one family are not independent: only the strongest counts."""
    status: Literal["planned", "in_place", "verified", "failed"] = "planned"
    strength: Literal["weak", "medium", "strong"] = "medium"
    acts_on: Literal["likelihood", "impact", "both"] = "likelihood"
    due: date | None = None
    evidence: str | None = None
    cost: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    """What it costs a year, all in all, in the unit of the risk scheme."""


class RiskAcceptance(Record):
    """A person allowed to do so takes a risk on, until a date."""

    noun: ClassVar[str] = "acceptance"

    finding: str
    expires_on: date | None = None
    """Mandatory in practice: an acceptance without it is a finding of its own."""


class Decision(Record):
    """A choice and its reason."""

    noun: ClassVar[str] = "decision"

    text: str | None = None
    decided_by: tuple[str, ...] = ()
    dissent: str | None = None
    """Who disagreed, and why."""
    revisit_on: date | None = None


class Action(Record):
    """Something to do, with an owner and a date."""

    noun: ClassVar[str] = "action"

    state: Literal["open", "done", "dropped"] = "open"
    due: date | None = None
    evidence: str | None = None


class Review(Record):
    """A finished look at an app: when, by whom, at which place in the ledger."""

    noun: ClassVar[str] = "review"

    ledger_sequence: int | None = None
    template: str | None = None
    verdict: Literal["good", "follow_up", "stop"] | None = None
