"""The threats as SARIF 2.1.0, for tools that show or gate on findings."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from workbench.analysis.scenarios import RULE
from workbench.reports.cells import rows, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.model import Model
    from workbench.reports.content import Content

SUFFIXES = (".sarif", ".sarif.json")

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Mapping[str, str] = {"Critical": "error", "High": "error", "Medium": "warning", "Low": "note"}
# How code scanning sorts: a number in the style of CVSS that stands for our severity, nothing measured.
_SCORES: Mapping[str, str] = {"Critical": "9.5", "High": "8.0", "Medium": "5.5", "Low": "2.0"}
_SUPPRESSED = frozenset({"accepted", "false_positive", "transferred", "avoided", "mitigated"})
# What stands for the rule of a scenario; each result has its own words.
_TOLD: dict[str, Any] = {
    "title": "People think that this could happen",
    "story": "A scenario that somebody wrote down, in a workshop or elsewhere.",
    **dict.fromkeys(("group", "stride", "owasp", "owasp_old", "linddun", "mitigations_suggested"), ()),
}
_KINDS: Mapping[str, str] = {"app": "module", "process": "function", "data": "variable", "store": "resource"}


def render(content: Content) -> bytes:
    """Return the SARIF log: one run, one rule a threat rule, one result a finding."""
    found = list(rows(content.threats))
    first = {row["rule"]: row for row in reversed(found)}
    rules = {rule: number for number, rule in enumerate(sorted(first))}
    cwes = sorted({int(n) for row in found for n in row["cwe"] or ()})
    run = {
        "tool": {"driver": _driver(first, rules, found)},
        "taxonomies": [_taxonomy(cwes)],
        "automationDetails": {"id": f"threat-workbench/{content.app.id if content.app else 'all'}/"},
        "columnKind": "utf16CodeUnits",
        "results": [_result(row, rules[row["rule"]], content.model) for row in found],
        "properties": {
            "ledgerSequence": content.head.sequence,
            "ledgerHash": content.head.hash,
            "riskScheme": content.scheme.id,
            "generated": content.generated.isoformat(),
        },
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return (json.dumps(log, ensure_ascii=True, allow_nan=False, indent=2) + "\n").encode()


def _driver(
    first: Mapping[str, dict[str, Any]], rules: Mapping[str, int], found: Iterable[dict[str, Any]]
) -> dict[str, Any]:
    worst: dict[str, str] = {}
    for row in found:
        order = list(_LEVELS)
        known = [s for s in (worst.get(row["rule"]), row["severity"]) if s is not None]
        worst |= {row["rule"]: min(known, key=order.index)} if known else {}
    return {
        "name": "Threat Workbench",
        "semanticVersion": _version(),
        "rules": [_rule(first[rule] | (_TOLD if rule == RULE else {}), worst.get(rule, "")) for rule in rules],
        "supportedTaxonomies": [{"name": "CWE", "index": 0}],
    }


def _rule(row: Mapping[str, Any], severity: str) -> dict[str, Any]:
    advice = "; ".join(words(m) for m in row["mitigations_suggested"] or ())
    tags = [
        "security",
        *(words(t) for name in ("group", "stride", "owasp", "owasp_old", "linddun") for t in row[name] or ()),
    ]
    return {
        "id": row["rule"],
        "shortDescription": {"text": _text(row["title"])},
        "fullDescription": {"text": _text(row["story"])},
        "help": {"text": _text(f"{words(row['story'])} What helps: {advice}" if advice else words(row["story"]))},
        "defaultConfiguration": {"level": _LEVELS.get(severity, "warning")},
        "relationships": [{"target": _cwe(n), "kinds": ["relevant"]} for n in row["cwe"] or ()],
        "properties": {"tags": list(dict.fromkeys(tags)), "security-severity": _SCORES.get(severity, "5.5")},
    }


def _result(row: Mapping[str, Any], index: int, model: Model) -> dict[str, Any]:
    because = "; ".join(words(b) for b in row["because"] or ())
    result: dict[str, Any] = {
        "ruleId": row["rule"],
        "ruleIndex": index,
        "level": _LEVELS.get(row["severity"], "warning"),
        "kind": "fail",
        "message": {
            "text": _text(f"{words(row['title'])}: {words(row['element_name'])}" + (f" ({because})" if because else ""))
        },
        "locations": [_location(row, model)],
        "partialFingerprints": {"threatWorkbenchFinding/v1": row["id"]},
        "taxa": [_cwe(n) for n in row["cwe"] or ()],
        "properties": {name: row[name] for name in ("severity", "status", "confidence", "score")},
    }
    if row["status"] in _SUPPRESSED:
        why = " ".join(part for part in (words(row["status"]), words(row["why"])) if part)
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
    return result


def _location(row: Mapping[str, Any], model: Model) -> dict[str, Any]:
    element = model.get(row["element"])
    logical = {
        "name": words(row["element_name"]),
        "fullyQualifiedName": row["element"],
        "kind": _KINDS.get(row["noun"], "object"),
    }
    location: dict[str, Any] = {"logicalLocations": [logical]}
    if element is not None and element.source is not None:
        # An export has no lines that mean anything; viewers want one, and the pointer says where it is.
        where = {"artifactLocation": {"uri": quote(element.source.file, safe="/")}, "region": {"startLine": 1}}
        location |= {"physicalLocation": where, "properties": {"pointer": element.source.pointer}}
    return location


def _taxonomy(cwes: Iterable[int]) -> dict[str, Any]:
    return {
        "name": "CWE",
        "organization": "MITRE",
        "shortDescription": {"text": "Common Weakness Enumeration"},
        "isComprehensive": False,
        "taxa": [{"id": str(n)} for n in cwes],
    }


def _cwe(number: int) -> dict[str, Any]:
    return {"id": str(number), "toolComponent": {"name": "CWE", "index": 0}}


def _text(text: Any) -> str:
    """Return text for a SARIF message, in which `[…](…)` is a link and `{0}` a placeholder."""
    plain = words(text) or "(no text)"
    return plain.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace("{", "{{").replace("}", "}}")


def _version() -> str:
    try:
        return version("threat-workbench")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "0.0.0"
