"""Open questions: what findings wait for, once for each element and field however many rules wait."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.rules import vocabulary
from workbench.rules.columns import exact
from workbench.rules.graph import app_of
from workbench.rules.settle import Settling

if TYPE_CHECKING:
    from workbench.rules.columns import Bools
    from workbench.rules.conditions import Test
    from workbench.rules.facts import Facts
    from workbench.rules.rule import Rule
    from workbench.rules.vocabulary import Column

COLUMNS = ("id", "element", "noun", "app", "column", "text", "rules", "likelihood", "impact")


class Questions:
    """Collects who waits for what; each rule is a bit."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._rules: list[Rule] = []
        self._waiting: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
        self._settling = Settling(facts)

    def add(self, rule: Rule, noun: str, rows: Bools) -> None:
        """Note what the rule waits for in those rows of a frame."""
        if not self._rules or self._rules[-1] is not rule:
            self._rules.append(rule)
        for test, waiting in rule.conditions[noun].waits(self._facts.table(noun), rows):
            for column in (test.column, test.other):
                if column is not None:
                    self._wait(rule, noun, column, self._unknown(noun, column, test, waiting))

    def _unknown(self, noun: str, column: Column, test: Test, rows: Bools) -> list[int]:
        if test.other is not None:
            rows = rows & ~exact(self._facts.column(noun, column.name))
        return np.flatnonzero(rows).tolist()

    def _wait(self, rule: Rule, noun: str, column: Column, rows: list[int]) -> None:
        bit = 1 << (len(self._rules) - 1)
        if column.ask or column.name in rule.ask:
            waiting = self._waiting[noun, column.name]
            for row in rows:
                waiting[row] = waiting.get(row, 0) | bit
        elif column.derived and rows:
            self._settling.add(noun, column.name, rows, bit)

    def _settle(self) -> None:
        place: dict[str, dict[str, int]] = {}
        for (element_id, field), bits in self._settling.found().items():
            noun = self._facts.model[element_id].noun
            if noun not in place:
                place[noun] = {i: n for n, i in enumerate(self._facts.ids(noun))}
            waiting = self._waiting[noun, field]
            row = place[noun][element_id]
            waiting[row] = waiting.get(row, 0) | bits

    def rows(self) -> dict[str, list[Any]]:
        """Return the columns of the table of questions."""
        self._settle()
        table: dict[str, list[Any]] = {name: [] for name in COLUMNS}
        for (noun, column), waiting in sorted(self._waiting.items()):
            # Rows for which the same rules wait share one answer to "which, how bad, in whose words".
            answers = {bits: _summary(self._of(bits), noun, column) for bits in set(waiting.values())}
            for row in sorted(waiting):
                element = self._facts.elements(noun)[row]
                about = (f"question:{column}@{element.id}", element.id, noun, app_of(element), column)
                for name, value in zip(COLUMNS, (*about, *answers[waiting[row]]), strict=True):
                    table[name].append(value)
        return table

    def _of(self, bits: int) -> list[Rule]:
        return [rule for i, rule in enumerate(self._rules) if bits >> i & 1]


def _summary(rules: list[Rule], noun: str, column: str) -> tuple[str, tuple[str, ...], int, int]:
    worst = max(rules, key=lambda r: (r.likelihood * r.impact, r.impact, column in r.ask, r.id))
    asking = [r for r in rules if column in r.ask]
    wording = max(asking, key=lambda r: (r.likelihood * r.impact, r.impact, r.id)) if asking else None
    known = vocabulary.columns(noun).get(column)
    text = wording.ask[column] if wording else known.ask if known else ""
    return text, tuple(sorted({r.id for r in rules})), worst.likelihood, worst.impact
