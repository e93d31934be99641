"""Short ways to say what the rules found, without running any."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.rules import Evaluation, Library, Mitigation, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.model import Element

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
_FINDING = ("id", "rule", "element", "noun", "app", "because", "path", "confidence", "likelihood", "impact", "raised")
_QUESTION = ("id", "element", "noun", "app", "column", "text", "rules", "likelihood", "impact")
_FOLDED = ("id", "rule", "element", "noun", "app", "by")


def rule(rule_id: str = "NC-013", **fields: Any) -> Rule:
    """Return a rule with what the register reads of it."""
    given: dict[str, Any] = {
        "id": rule_id,
        "title": f"Title of {rule_id}",
        "story": f"Story of {rule_id}",
        "on": ("entry_point",),
        "conditions": {},
        "likelihood": 4,
        "impact": 4,
        "group": ("access_control",),
        "stride": ("S", "T"),
        "mitigations": ("check-signature",),
        "examples": (),
        "owasp": ("CD-SEC-05",),
        "cwe": (306,),
    }
    return Rule(**(given | fields))


def library(*rules: Rule, **fields: Any) -> Library:
    """Return a library of some rules, NC-013 and NC-027 if none are given, and one mitigation."""
    chosen = rules or (rule(), rule("NC-027", group=("data_leakage", "misconfiguration"), impact=3))
    check = Mitigation("check-signature", "Check the signature", "How", "strong", "likelihood", "callers", "Callers")
    return Library({r.id: r for r in chosen}, {check.id: check}, **fields)


def finding(element: Element, rule_id: str = "NC-013", **fields: Any) -> dict[str, Any]:
    """Return a row of findings: the rule at the element, likelihood 4, impact 4."""
    given = {
        "id": f"{rule_id}@{element.id}",
        "rule": rule_id,
        "element": element.id,
        "noun": element.noun,
        "app": element.id if element.noun == "app" else element.app,
        "because": ("authentication = none",),
        "path": (),
        "confidence": "high",
        "likelihood": 4,
        "impact": 4,
        "raised": (),
    }
    return given | fields


def question(element: Element, column: str, **fields: Any) -> dict[str, Any]:
    """Return a row of questions: one about a column of an element."""
    given = {
        "id": f"question:{column}@{element.id}",
        "element": element.id,
        "noun": element.noun,
        "app": element.id if element.noun == "app" else element.app,
        "column": column,
        "text": f"What about {column}?",
        "rules": ("NC-013",),
        "likelihood": 4,
        "impact": 4,
    }
    return given | fields


def evaluation(
    findings: Iterable[dict[str, Any]] = (),
    questions: Iterable[dict[str, Any]] = (),
    folded: Iterable[dict[str, Any]] = (),
) -> Evaluation:
    """Return what the rules would say."""
    return Evaluation(_frame(_FINDING, findings), _frame(_QUESTION, questions), _frame(_FOLDED, folded))


def _frame(columns: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(columns), dtype=object)
