"""Values, Model, Change and diff. This room imports nothing of ours."""

from workbench.model.base import NAME_LENGTH, ORDERS, Element, FrozenDict, Secret, Source, Value
from workbench.model.change import Change, added, invert, removed, replaced
from workbench.model.controls import ControlTest
from workbench.model.elements import (
    Actor,
    App,
    Boundary,
    Connection,
    DataField,
    EntryPoint,
    Flow,
    Process,
    Service,
    Store,
    Use,
)
from workbench.model.goals import Goal, Harm
from workbench.model.ids import element_id, slug
from workbench.model.model import Model, ModelError, diff
from workbench.model.nouns import ELEMENTS, NODES, NOUNS, POLICIES, RECORDS, element_from_json, element_to_json
from workbench.model.policies import Policy
from workbench.model.records import (
    Action,
    Assumption,
    Decision,
    Mitigation,
    Question,
    Record,
    Review,
    RiskAcceptance,
    Scenario,
    ThreatDecision,
)
from workbench.model.reviewing import (
    Approval,
    Attestation,
    Check,
    Evidence,
    FocusArea,
    FocusVerdict,
    Release,
    ReviewPlan,
    Verdict,
)
from workbench.model.schema import json_schema
from workbench.model.sessions import Attendance, Card, Feature, Parked, Placement, StepRun, Vote, Workshop

__all__ = [
    "ELEMENTS", "NAME_LENGTH", "NODES", "NOUNS", "ORDERS", "POLICIES", "RECORDS", "Action", "Actor", "App", "Approval",
    "Assumption", "Attendance", "Attestation", "Boundary", "Card", "Change", "Check", "Connection", "ControlTest",
    "DataField", "Decision", "Element", "EntryPoint", "Evidence", "Feature", "Flow", "FocusArea", "FocusVerdict",
    "FrozenDict", "Goal", "Harm", "Mitigation", "Model", "ModelError", "Parked", "Placement", "Policy", "Process",
    "Question", "Record", "Release", "Review", "ReviewPlan", "RiskAcceptance", "Scenario", "Secret", "Service",
    "Source", "StepRun", "Store", "ThreatDecision", "Use", "Value", "Verdict", "Vote", "Workshop", "added", "diff",
    "element_from_json", "element_id", "element_to_json", "invert", "json_schema", "removed", "replaced", "slug",
]  # fmt: skip
