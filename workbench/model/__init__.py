"""Values, Model, Change and diff. This room imports nothing of ours."""

from workbench.model.base import ORDERS, Element, FrozenDict, Secret, Source, Value
from workbench.model.change import Change, added, invert, removed, replaced
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
from workbench.model.schema import json_schema
from workbench.model.sessions import Attendance, Card, Feature, Parked, Placement, StepRun, Vote, Workshop

__all__ = [
    "ELEMENTS", "NODES", "NOUNS", "ORDERS", "POLICIES", "RECORDS", "Action", "Actor", "App", "Assumption", "Attendance",
    "Boundary", "Card", "Change", "Connection", "DataField", "Decision", "Element", "EntryPoint", "Feature", "Flow",
    "FrozenDict", "Goal", "Harm", "Mitigation", "Model", "ModelError", "Parked", "Placement", "Policy", "Process",
    "Question", "Record",
    "Review", "RiskAcceptance", "Scenario", "Secret", "Service", "Source", "StepRun", "Store", "ThreatDecision",
    "Use", "Value", "Vote", "Workshop", "added", "diff", "element_from_json", "element_id", "element_to_json",
    "invert", "json_schema", "removed", "replaced", "slug",
]  # fmt: skip
