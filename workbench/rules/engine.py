"""Rules over facts: findings, questions, and what a more specific finding hides."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.rules import explain
from workbench.rules.adjust import Adjusted
from workbench.rules.columns import STRING, Codes
from workbench.rules.derived import WAYS
from workbench.rules.fields import CONFIDENCES
from workbench.rules.folding import folded_by
from workbench.rules.questions import Questions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.rules.columns import Bools
    from workbench.rules.facts import Facts
    from workbench.rules.library import Library
    from workbench.rules.rule import Rule

    Fired = Mapping[tuple[str, str], Bools]

FINDING_COLUMNS = (
    "id", "rule", "element", "noun", "app", "because", "path", "confidence", "likelihood", "impact", "raised",
)  # fmt: skip
FOLDED_COLUMNS = ("id", "rule", "element", "noun", "app", "by")
# What a step has whether it is switched on or not.
_ALSO_OFF = frozenset({"enabled", "secret_count", "secret_kinds"})
_INTEGERS = {"likelihood", "impact"}
_TUPLES = {"because", "path", "raised", "rules", "by"}


@dataclass(frozen=True)
class Evaluation:
    """What the rules say of a model; three tables, so that nothing is silently dropped."""

    findings: pd.DataFrame
    """id, rule, element, noun, app, because, path, confidence, likelihood, impact, raised; by rule, then element."""
    questions: pd.DataFrame
    """id, element, noun, app, column, text, rules, likelihood, impact."""
    folded: pd.DataFrame
    """Findings that a more specific one on the same element stands for: id, rule, element, noun, app, by."""


def evaluate(facts: Facts, library: Library) -> Evaluation:
    """Return what the rules of a library say of the facts of a model.

    A rule is applied to the elements that take part: disabled steps, and what only concerns them, are left out unless
    the rule asks for `enabled` itself, or for secrets: a key typed into a step that is off can be copied all the same.
    """
    with _collection_later():
        return _evaluate(facts, library)


@contextmanager
def _collection_later() -> Iterator[None]:
    """Keep the garbage collector from looking at the whole model each time that facts have made some more tuples."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _evaluate(facts: Facts, library: Library) -> Evaluation:
    fired: dict[tuple[str, str], Bools] = {}
    questions = Questions(facts)
    for rule, noun in _applications(facts, library):
        rows = _looked_at(rule, noun, facts)
        if not np.count_nonzero(rows):
            continue
        truth = rule.conditions[noun].truth(facts.table(noun))
        fired[rule.id, noun] = truth.true & rows
        open_rows = truth.unknown & rows
        if np.count_nonzero(open_rows):
            questions.add(rule, noun, open_rows)
    folds = folded_by(facts, library, fired)
    findings: dict[str, list[Any]] = {name: [] for name in FINDING_COLUMNS}
    for (rule_id, noun), mask in fired.items():
        hidden = folds.get((rule_id, noun))
        left = np.flatnonzero(mask if hidden is None else mask & ~hidden.rows)
        if len(left):
            _extend(findings, library[rule_id], noun, facts, left)
    return Evaluation(_frame(findings), _frame(questions.rows()), _frame(_folded(facts, fired, folds)))


def _applications(facts: Facts, library: Library) -> Iterator[tuple[Rule, str]]:
    for rule in library:
        for noun in rule.on:
            if facts.ids(noun):
                yield rule, noun


def _looked_at(rule: Rule, noun: str, facts: Facts) -> Bools:
    return facts.part(_rows, noun, rule.platform, not rule.columns.isdisjoint(_ALSO_OFF))


def _rows(facts: Facts, noun: str, platforms: tuple[str, ...], also_off: bool) -> Bools:  # noqa: FBT001 - part of a key
    rows = np.ones(len(facts.ids(noun)), dtype=np.bool_) if also_off else facts.active(noun)
    if not platforms:
        return rows
    platform = facts.column(noun, "platform")
    assert isinstance(platform, Codes)  # noqa: S101 - the vocabulary says so
    return rows & platform.where(frozenset(platforms).__contains__).true


def _extend(findings: dict[str, list[Any]], rule: Rule, noun: str, facts: Facts, rows: Any) -> None:
    table, condition = facts.table(noun), rule.conditions[noun]
    elements, size = facts.elements(noun), len(facts.ids(noun))
    found = [elements[row] for row in rows.tolist()]
    adjusted = Adjusted(rule, table, rows)
    own = CONFIDENCES.index(rule.confidence)
    reasons = explain.reasons(condition, table, rows, size)
    doubts = explain.doubts(reasons, table, rows)
    findings["id"] += [f"{rule.id}@{element.id}" for element in found]
    findings["rule"] += [rule.id] * len(found)
    findings["element"] += [element.id for element in found]
    findings["noun"] += [noun] * len(found)
    findings["app"] += [element.id if noun == "app" else element.app for element in found]
    findings["because"] += explain.because(reasons, table, rows)
    findings["path"] += _paths(rule, noun, facts, rows)
    findings["confidence"] += [CONFIDENCES[max(0, min(own, 2 - doubt))] for doubt in doubts.tolist()]
    findings["likelihood"] += adjusted.likelihood.tolist()
    findings["impact"] += adjusted.impact.tolist()
    findings["raised"] += adjusted.raised


def _paths(rule: Rule, noun: str, facts: Facts, rows: Any) -> list[tuple[str, ...]]:
    """Return the path to show: a rule that names none shows that of the first column in its condition that has one."""
    names = [rule.path] if rule.path else [t.column.name for t in rule.conditions[noun].tests()]
    name = next((n for n in names if (noun, n) in WAYS), None)
    if name is None:
        return [()] * len(rows)
    return [facts.path(noun, name, row) for row in rows.tolist()]


def _folded(facts: Facts, fired: Fired, folds: Mapping[tuple[str, str], Any]) -> dict[str, list[Any]]:
    result: dict[str, list[Any]] = {name: [] for name in FOLDED_COLUMNS}
    for (rule_id, noun), hidden in folds.items():
        elements = facts.elements(noun)
        for row in np.flatnonzero(fired[rule_id, noun] & hidden.rows).tolist():
            element = elements[row]
            app = element.id if noun == "app" else element.app
            values = (f"{rule_id}@{element.id}", rule_id, element.id, noun, app, hidden.by(row))
            for name, value in zip(FOLDED_COLUMNS, values, strict=True):
                result[name].append(value)
    return result


def _frame(columns: dict[str, list[Any]]) -> pd.DataFrame:
    rows = len(next(iter(columns.values())))
    return pd.DataFrame({name: _array(name, values) for name, values in columns.items()}, index=range(rows), copy=False)


def _array(name: str, values: list[Any]) -> Any:
    if name in _INTEGERS:
        return pd.arrays.IntegerArray(np.array(values, dtype=np.int64), np.zeros(len(values), dtype=np.bool_))
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array if name in _TUPLES else pd.array(array, dtype=STRING)
