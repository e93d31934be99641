"""JSON and SARIF have the form that other programs rely on."""

from __future__ import annotations

import json
from typing import Any

from builders import app, entry, model
from contents import HEAD, content, empty
from payloads import ALL, hostile
from pictures import orders, register, threat

from workbench.model import Model, Source
from workbench.reports import render


def told(format_: str, **given: Any) -> dict[str, Any]:
    """Return a report as data; NaN and Infinity are refused."""

    def refuse(word: str) -> None:
        raise ValueError(word)

    found: dict[str, Any] = json.loads(render(content(**given), format_), parse_constant=refuse)
    return found


def run(**given: Any) -> dict[str, Any]:
    """Return the run of a SARIF log."""
    log = told("sarif", **given)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    assert len(log["runs"]) == 1
    only: dict[str, Any] = log["runs"][0]
    return only


def test_json_has_its_documented_keys() -> None:
    """A program finds the same keys in every report."""
    data = told("json")
    keys = ["format", "version", "generated", "app", "title", "ledger", "scheme", "tables", "numbers", "model"]
    assert list(data) == keys
    assert list(json.loads(render(empty(), "json"))) == keys
    assert (data["format"], data["version"], data["app"]) == ("threat-workbench-report", 1, "orders")
    assert data["ledger"] == {"sequence": 42, "hash": HEAD.hash, "at": "2026-11-24T12:30:00+00:00"}


def test_json_holds_every_column_of_every_row() -> None:
    """Lists are lists, unknown is null, dates are ISO 8601, numbers are numbers."""
    data = told("json")
    rows = data["tables"]["threats"]
    assert [row["id"] for row in rows] == list(content().threats["id"])
    assert set(rows[0]) == set(content().threats.columns)
    assert rows[0]["stride"] == ["S", "T"]
    assert rows[0]["due"] is None
    assert rows[0]["score"] == 50
    assert data["tables"]["mitigations"][0]["due"] == "2026-10-01"
    assert rows[-1]["decided_at"] == "2026-11-01T00:00:00+00:00"


def test_json_gives_the_model_back() -> None:
    """The model in a report is the model."""
    assert Model.from_json(told("json")["model"]) == orders()


def test_json_loses_no_text() -> None:
    """Hidden characters are in it as they were: programs read it, not people."""
    found = register(*(threat(f"NC-{i:03}", "x", title=text) for i, text in enumerate(ALL)))
    assert [row["title"] for row in told("json", threats=found)["tables"]["threats"]] == list(ALL)


def test_sarif_has_what_the_standard_requires() -> None:
    """Required properties of run, tool, rules, results and locations; indexes point where they say."""
    found = run()
    driver = found["tool"]["driver"]
    assert driver["name"] == "Threat Workbench"
    ids = [rule["id"] for rule in driver["rules"]]
    assert ids == sorted(set(ids))
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}
        assert 0 <= float(rule["properties"]["security-severity"]) <= 10
    assert len(found["results"]) == len(content().threats)
    for result in found["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["message"]["text"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert result["kind"] == "fail"
        logical = result["locations"][0]["logicalLocations"][0]
        assert logical["fullyQualifiedName"]
    assert found["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}


def test_sarif_fingerprints_are_the_ids_of_findings() -> None:
    """Viewers match results of two runs by them."""
    prints = [r["partialFingerprints"]["threatWorkbenchFinding/v1"] for r in run()["results"]]
    assert prints == list(content().threats["id"])


def test_sarif_levels_follow_severity() -> None:
    """Critical and High are errors, Medium a warning, Low a note."""
    levels = {r["properties"]["severity"]: r["level"] for r in run()["results"]}
    assert levels == {"Critical": "error", "High": "error", "Medium": "warning", "Low": "note"}


def test_sarif_decided_findings_are_suppressed_with_the_reason() -> None:
    """An accepted risk does not break a build, and says why; an open one is not suppressed."""
    results = run()["results"]
    closed = [r for r in results if r["properties"]["status"] != "open"]
    assert [r["suppressions"][0]["justification"] for r in closed] == ["accepted Card data never leaves Stripe"]
    assert all("suppressions" not in r for r in results if r not in closed)


def test_sarif_points_into_the_export() -> None:
    """The file as an address, and the pointer within it."""
    door = entry("hook").changed(source=Source(file="my flow #1.json", pointer="/nodes/0"))
    found = run(model=model(app(), door), threats=register(threat("NC-1", door.id)))
    place = found["results"][0]["locations"][0]
    assert place["physicalLocation"]["artifactLocation"] == {"uri": "my%20flow%20%231.json"}
    assert place["physicalLocation"]["region"]["startLine"] == 1
    assert place["properties"] == {"pointer": "/nodes/0"}


def test_sarif_weaknesses_are_a_taxonomy() -> None:
    """Results and rules refer to entries that are there."""
    found = run()
    known = {taxon["id"] for taxon in found["taxonomies"][0]["taxa"]}
    assert found["taxonomies"][0]["name"] == "CWE"
    assert {t["id"] for r in found["results"] for t in r["taxa"]} == known == {"306"}
    assert {rel["target"]["id"] for rule in found["tool"]["driver"]["rules"] for rel in rule["relationships"]} == known


def test_sarif_messages_have_no_links_and_no_placeholders_of_names() -> None:
    """Brackets and braces of names are escaped as the standard says."""
    name = "[click](javascript:x) {0}"
    found = run(threats=register(threat("NC-1", "x", title=name, element_name=name)))
    assert found["results"][0]["message"]["text"].startswith("\\[click\\](javascript:x) {{0}}")


def test_hostile_models_give_valid_reports() -> None:
    """Any name can be written and read again."""
    assert told("sarif", model=hostile())["version"] == "2.1.0"
    assert told("json", model=hostile())["version"] == 1
