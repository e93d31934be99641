"""Data policies of the Power Platform in the shapes in which they are written down."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

import workbench as wb
from workbench import platforms
from workbench.model import Model, Policy
from workbench.places import share
from workbench.platforms import power_platform_policy
from workbench.platforms.draft import Document, RefusedError

if TYPE_CHECKING:
    from pathlib import Path

API = "/providers/Microsoft.PowerApps/apis/"
LISTED = {
    "name": "p1", "displayName": "Company data", "environmentType": "OnlyEnvironments", "environments": [{"name": "Test1"}],
    "defaultConnectorsClassification": "Blocked",
    "connectorGroups": [
        {"classification": "Confidential", "connectors": [{"id": f"{API}shared_sql"}]},
        {"classification": "General", "connectors": [{"id": f"{API}shared_RSS"}]},
        {"classification": "Blocked", "connectors": [{"id": f"{API}shared_dropbox"}]},
    ],
}  # fmt: skip
FLAT = {
    "id": "p1", "display_name": "Company data", "environment_type": "OnlyEnvironments", "environments": ["Test1"],
    "default_connectors_classification": "Blocked", "business_connectors": [{"id": f"{API}shared_sql"}],
    "non_business_connectors": [{"id": f"{API}shared_rss"}], "blocked_connectors": [{"id": f"{API}shared_dropbox"}],
}  # fmt: skip
OLDER = {
    "name": "p1",
    "properties": {"displayName": "Company data", "definition": {
        "apiGroups": {
            "hbi": {"apis": [{"id": f"{API}shared_sql"}]}, "lbi": {"apis": [{"id": f"{API}shared_rss"}]},
            "blocked": {"apis": [{"id": f"{API}shared_dropbox"}]},
        },
        "defaultApiGroup": "blocked",
        "constraints": {"environmentFilter1": {"parameters": {"filterType": "include", "environments": [{"name": "Test1"}]}}},
    }},
}  # fmt: skip
STATE = {"values": {"root_module": {"resources": [
    {"type": "powerplatform_environment", "values": {"display_name": "x"}},
    {"type": "powerplatform_data_loss_prevention_policy", "values": FLAT},
]}}}  # fmt: skip


def read(content: Any) -> list[Policy]:
    """Return the policies in some content."""
    drafts = power_platform_policy.read(Document("policy.json", content, ""))
    return [e for d in drafts for e in d.elements if isinstance(e, Policy)]


@pytest.mark.parametrize("content", [{"value": [LISTED]}, [LISTED], LISTED, FLAT, {"policies": [FLAT]}, OLDER, STATE])
def test_all_shapes_say_the_same(content: Any) -> None:
    """Groups, default, and the environments in which it holds."""
    assert power_platform_policy.matches(content)
    (policy,) = read(content)
    assert (policy.id, policy.name) == ("policy:power-platform/p1", "Company data")
    assert (policy.business, policy.non_business, policy.blocked) == (
        ("shared_sql",),
        ("shared_rss",),
        ("shared_dropbox",),
    )
    assert (policy.scope, policy.environments, policy.default_group) == ("only", ("Test1",), "blocked")


@pytest.mark.parametrize(
    "content",
    [
        {}, [], "x", None, {"value": []}, {"value": [{"name": "flow"}]}, {"nodes": [], "connections": {}},
        {"business_connectors": "x"}, {"connectorGroups": "x"}, {"properties": {"definition": {"actions": {}}}},
        {"resources": [{"type": "Microsoft.Logic/workflows", "properties": {}}]},
    ],
)  # fmt: skip
def test_other_content_is_no_policy(content: Any) -> None:
    """Exports of others, and what only looks a little like one."""
    assert not power_platform_policy.matches(content)
    with pytest.raises(RefusedError, match="not-a-policy"):
        power_platform_policy.read(Document("x.json", content, ""))


def test_what_is_missing_is_unknown() -> None:
    """Without a default and a scope, nobody guesses them; odd groups are told."""
    drafts = power_platform_policy.read(
        Document("policy.json", {"connectorGroups": [{"classification": "Odd", "connectors": [{"id": 7}, None]}]}, "")
    )
    (policy,) = (e for e in drafts[0].elements if isinstance(e, Policy))
    assert (policy.name, policy.scope, policy.default_group, policy.business) == ("policy", None, None, ())
    assert "unknown was passed over" in drafts[0].notes[0].text


def test_rules_for_custom_connectors_keep_their_order() -> None:
    """The first pattern that fits decides."""
    patterns = [
        {"order": 2, "host_url_pattern": "*", "data_group": "Blocked"},
        {"order": 1, "host_url_pattern": "https://*.rowan.example", "data_group": "Business"},
    ]
    (policy,) = read(FLAT | {"custom_connectors_patterns": patterns})
    assert policy.custom_patterns == ("business https://*.rowan.example", "blocked *")


@pytest.mark.parametrize("name", ["company-data.json", "finance-terraform.json"])
def test_samples_give_their_expected_model(name: str) -> None:
    """The sample policies read as the models in data/expected say."""
    found = platforms.read_files([share("data", "samples", "power-platform-policy", name)], key=b"a key for tests")
    expected = json.loads(share("data", "expected", "power-platform-policy", name).read_text())
    assert Model(found.drafts[0].elements).to_json() == expected


def test_the_corpus_holds_rules_about_policies_and_no_policy(corpus: Path, tmp_path: Path) -> None:
    """ScubaGear's files are code and text, and are listed as unknown; the policy that its tests use is read as it is."""
    folder = corpus / "powerplatform-policy"
    assert len(platforms.read_files([folder], key=b"k").unrecognised) == 4
    code = next(folder.rglob("PowerPlatformBaseConfig.rego")).read_text()
    inside = re.search(r"DlpPolicies := (\{.*?\n\})", code, re.DOTALL)
    assert inside is not None
    (tmp_path / "dlp.json").write_text(inside.group(1))
    (draft,) = platforms.read_files([tmp_path / "dlp.json"], key=b"k").drafts
    (policy,) = (e for e in draft.elements if isinstance(e, Policy))
    assert (policy.name, policy.scope) == ("Block Third-Party Connectors", "only")
    assert (policy.environments, policy.business) == (("Default-Test Id", "Test1"), ("shared_powervirtualagents",))


def test_a_workspace_holds_flows_and_apps_against_its_policies(tmp_path: Path) -> None:
    """Policies are imported like apps, without being one; again, nothing changes."""
    ws = wb.init(tmp_path / "w")
    report = ws.import_files(
        [share("data", "samples", "power-platform-policy"), share("data", "samples", "power-apps")]
    )
    table = report.table()
    assert set(table["file"]) >= {"company-data.json", "finance-terraform.json"}
    assert {name for name in ws.threats["rule"] if name.startswith("PA-DLP")} == {
        "PA-DLP-BLOCKED", "PA-DLP-MIX", "PA-DLP-UNCLASSIFIED",
    }  # fmt: skip
    again = ws.import_files([share("data", "samples", "power-platform-policy")]).table()
    assert set(again["result"]) == {"as it was"}
    assert [p.name for p in ws.model.of(Policy)] == ["Company data", "Finance environment"]
