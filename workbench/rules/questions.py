"""Open questions: what findings wait for, once for each element and field however many rules wait."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.rules import vocabulary

if TYPE_CHECKING:
    from workbench.rules.columns import Bools
    from workbench.rules.conditions import Test
    from workbench.rules.facts import Facts
    from workbench.rules.rule import Rule

COLUMNS = ("id", "element", "noun", "app", "column", "text", "rules", "likelihood", "impact")


class Questions:
    """Collects who waits for what."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._waiting: dict[tuple[str, str], list[tuple[Rule, Bools]]] = defaultdict(list)

    def add(self, rule: Rule, noun: str, rows: Bools) -> None:
        """Note what the rule waits for in those rows of a frame."""
        for test, waiting in rule.conditions[noun].waits(self._facts.table(noun), rows):
            for column in (test.column, test.other):
                if column is not None and waiting.any():
                    self._wait(rule, noun, column, waiting, test)

    def _wait(self, rule: Rule, noun: str, column: vocabulary.Column, rows: Bools, test: Test) -> None:
        if test.other is not None:
            rows = rows & ~self._facts.column(noun, column.name).known
        if column.ask or column.name in rule.ask:
            self._waiting[noun, column.name].append((rule, rows))
        elif column.derived:
            for other, name, mask in self._facts.settled_by(noun, column.name, rows):
                self._waiting[other, name].append((rule, mask))

    def rows(self) -> dict[str, list[Any]]:
        """Return the columns of the table of questions."""
        table: dict[str, list[Any]] = {name: [] for name in COLUMNS}
        for (noun, column), waiting in sorted(self._waiting.items(), key=lambda item: item[0]):
            _extend(table, self._facts, noun, column, waiting)
        return table


def _extend(
    table: dict[str, list[Any]], facts: Facts, noun: str, column: str, waiting: list[tuple[Rule, Bools]]
) -> None:
    masks = np.array([mask for _, mask in waiting])
    rows = np.flatnonzero(masks.any(axis=0))
    # Rows for which the same rules wait share one answer to "which, how bad, in whose words".
    patterns, inverse = np.unique(masks[:, rows], axis=1, return_inverse=True)
    answers = [_summary([r for (r, _), w in zip(waiting, p, strict=True) if w], noun, column) for p in patterns.T]
    elements = facts.elements(noun)
    for row, answer in zip(rows.tolist(), inverse.ravel().tolist(), strict=True):
        element = elements[row]
        app = element.id if noun == "app" else element.app
        values = (f"question:{column}@{element.id}", element.id, noun, app, column, *answers[answer])
        for name, value in zip(COLUMNS, values, strict=True):
            table[name].append(value)


def _summary(rules: list[Rule], noun: str, column: str) -> tuple[str, tuple[str, ...], int, int]:
    worst = max(rules, key=lambda r: (r.likelihood * r.impact, r.impact, column in r.ask, r.id))
    asking = [r for r in rules if column in r.ask]
    wording = max(asking, key=lambda r: (r.likelihood * r.impact, r.impact, r.id)) if asking else None
    known = vocabulary.columns(noun).get(column)
    text = wording.ask[column] if wording else known.ask if known else ""
    return text, tuple(sorted({r.id for r in rules})), worst.likelihood, worst.impact
