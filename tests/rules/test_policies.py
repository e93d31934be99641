"""Connections held against the data policies of their platform."""

from __future__ import annotations

from datetime import date
from typing import Any

import builders as b
import pytest

from workbench.model import App, Connection, Model, Policy
from workbench.places import share
from workbench.platforms import settings as declared
from workbench.rules import evaluate, facts, load_library
from workbench.rules.policies import applies

TODAY = date(2026, 1, 1)
SETTINGS = {key: setting.kind for key, setting in declared().items()}
COMPANY = Policy(
    id="policy:company", name="Company data", scope="all", business=("shared_sharepointonline", "http"),
    non_business=("shared_rss",), blocked=("shared_dropbox",), default_group="non_business",
)  # fmt: skip
ID = "3a1b5c7d-9e0f-4a2b-8c4d-6e8f0a1b3c5d"


def made(*connectors: str, policies: tuple[Policy, ...] = (COMPANY,), **app: Any) -> Model:
    """Return the model of an app with connections to those connectors."""
    own = b.app(**{"platform": "power-apps"} | app)
    return b.model(own, *policies, *(b.connection(c, connector=c) for c in connectors))


def columns(model: Model, noun: str = "connection") -> Any:
    """Return the frame of a noun."""
    return facts(model, today=TODAY).frame(noun)


@pytest.mark.parametrize(
    ("connector", "group", "blocked", "unsorted"),
    [
        ("shared_sharepointonline", "business", False, False),
        ("Http", "business", False, False),
        ("shared_rss", "non_business", False, False),
        ("shared_dropbox", "blocked", True, False),
        ("shared_twitter", "non_business", False, True),
    ],
)
def test_a_connector_has_the_group_that_the_policy_gives_it(
    connector: str, group: str, blocked: bool, unsorted: bool
) -> None:  # fmt: skip
    """Named in a group, or in none and in the group of all others."""
    row = columns(made(connector)).iloc[0]
    assert (row["dlp_group"], row["dlp_blocked"], row["dlp_unclassified"]) == (group, blocked, unsorted)
    assert row["blocked_by"] == (("Company data",) if blocked else ())
    assert row["unsorted_by"] == (("Company data",) if unsorted else ())


def test_nothing_is_known_without_a_policy() -> None:
    """No finding, and no question that an answer to would help."""
    model = made("shared_dropbox", "shared_sharepointonline", policies=())
    assert columns(model)["dlp_blocked"].isna().all()
    assert columns(model, "app")["dlp_mixed"].isna().all()
    result = evaluated(model)
    assert not [rule for rule in result.findings["rule"] if rule.startswith("PA-DLP")]
    assert "environment_name" not in set(result.questions["column"])


def evaluated(model: Model) -> Any:
    """Return what the shipped rules say."""
    library = load_library([share("data")], settings=SETTINGS)
    return evaluate(facts(model, today=TODAY, settings=SETTINGS), library)


def test_findings_name_the_policy() -> None:
    """Mixed, blocked and unsorted connectors are told with the policy and the services."""
    result = evaluated(made("shared_sharepointonline", "shared_rss", "shared_dropbox", "shared_twitter"))
    because = dict(zip(result.findings["rule"], result.findings["because"], strict=True))
    assert "kept apart by: Company data" in because["PA-DLP-MIX"]
    assert "business connectors: shared_sharepointonline" in because["PA-DLP-MIX"]
    assert "other connectors: shared_rss, shared_twitter" in because["PA-DLP-MIX"]
    assert "blocked by: Company data" in because["PA-DLP-BLOCKED"]
    assert "unsorted by: Company data" in because["PA-DLP-UNCLASSIFIED"]


def test_policies_are_for_their_platform_only() -> None:
    """An n8n workflow with a connection of that name is no matter of theirs."""
    model = made("shared_dropbox", "shared_sharepointonline", platform="n8n")
    assert not columns(model)["dlp_blocked"].iloc[0]
    assert not columns(model, "app")["dlp_mixed"].iloc[0]


def test_what_starts_a_flow_is_no_service() -> None:
    """No policy sorts it, so it mixes with nothing."""
    model = made("shared_logicflows", "shared_sharepointonline")
    assert not columns(model, "app")["dlp_mixed"].iloc[0]
    assert not columns(model)["dlp_unclassified"].any()


@pytest.mark.parametrize(
    ("scope", "environments", "own", "holds"),
    [
        ("all", (), None, True),
        ("only", ("Sales",), "sales", True),
        ("only", ("Sales",), "Finance", False),
        ("only", ("Sales",), None, None),
        ("only", (ID,), "Finance", None),
        ("only", (ID,), ID.upper(), True),
        ("except", ("Sales",), "Sales", False),
        ("except", ("Sales",), "Finance", True),
        ("except", (), "Finance", True),
        ("except", ("Sales",), None, None),
        (None, (), "Finance", None),
    ],
)
def test_where_a_policy_holds(scope: Any, environments: tuple[str, ...], own: str | None, holds: bool | None) -> None:
    """By the environment's name or id; where only the other of the two is known, nobody can tell."""
    policy = COMPANY.changed(scope=scope, environments=environments)
    assert applies(policy, App(id="a", name="a", platform="power-apps", environment_name=own)) is holds


def test_one_question_where_the_environment_decides() -> None:
    """Of an app whose environment nobody knows, it is asked once, however many connections it has."""
    policy = COMPANY.changed(scope="only", environments=("Sales",))
    model = made("shared_dropbox", "shared_twitter", "shared_sharepointonline", policies=(policy,))
    questions = evaluated(model).questions
    asked = questions[questions["column"] == "environment_name"]
    assert len(asked) == 1
    assert set(asked["rules"].iloc[0]) >= {"PA-DLP-BLOCKED", "PA-DLP-MIX", "PA-DLP-UNCLASSIFIED"}


def test_a_policy_that_surely_holds_is_enough() -> None:
    """What another one says that may hold as well changes nothing."""
    other = COMPANY.changed(id="policy:sales", name="Sales", scope="only", environments=("Sales",), blocked=())
    row = columns(made("shared_dropbox", policies=(COMPANY, other))).iloc[0]
    assert (row["dlp_blocked"], row["blocked_by"]) == (True, ("Company data",))


def test_a_custom_connector_is_sorted_by_its_address() -> None:
    """Where a policy has patterns for addresses, its default says nothing of a custom connector."""
    policy = COMPANY.changed(custom_patterns=("business https://*",))
    own = Connection(
        id="orders/connection:own", name="Own", app="orders", connector="shared_own-5f0123456789",
        settings={"power_apps.custom_connector": True},
    )  # fmt: skip
    model = b.model(b.app(platform="power-apps"), policy, own)
    assert columns(model)["dlp_unclassified"].isna().all()
