"""Conditions that let a value through only in a form in which it can do no harm."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workbench.platforms.n8n.expressions import parse
from workbench.platforms.n8n.values import chosen, mapping, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.platforms.n8n.lineage import Lineage
    from workbench.platforms.n8n.nodes import Node
    from workbench.platforms.n8n.sinks import Taken
    from workbench.platforms.n8n.workflow import Workflow

# Letters and digits still say whom to call, whom to write to and what to tell a model.
_FORM_HELPS_IN = frozenset({"sql", "nosql", "command", "code", "expression", "html", "path", "table_file", "log"})
_PATTERN = re.compile(
    r"\^(?:(?:\[(?:\\[wd.-]|[\w.-]){1,100}\]|\\[wd.-]|[\w-])(?:[+*?]|\{\d{0,4},?\d{0,4}\})?){1,100}\$", re.ASCII
)
_CLASS = re.compile(r"\[[^\]]+\]")
_HARMFUL = " \t\r\n;|&$`'\"<>(){}[]\\/*?!#~%=@,:^+"
_LONGEST = 200
# More conditions than that on one value are no workflow that people make.
_MOST = 100


@dataclass(frozen=True)
class Guard:
    """A condition, and what it says about which values."""

    values: frozenset[tuple[str, tuple[str, ...]]]
    """(key of the node, field) of each value that it looks at."""
    fixed: bool
    """It lets only one text through, not all of a form."""
    behind: frozenset[str]
    """Keys of the steps that run only if it holds."""

    def covers(self, node: Node, taken: Taken) -> bool:
        """Tell whether a value that enters a step has passed it, and can do no harm there for that."""
        known = (taken.origin.node, taken.origin.path) in self.values
        return known and node.key in self.behind and (self.fixed or taken.sink in _FORM_HELPS_IN)


def guards_of(workflow: Workflow, lineage: Lineage) -> list[Guard]:
    """Return the conditions of a workflow that keep harmful text out."""
    found = [
        (node, reference, fixed)
        for node in workflow.nodes
        if node.stem in {"if", "filter"} and not node.disabled
        for left, fixed in _kept_out(node)
        for reference in parse(left).references
    ]
    guards = []
    for node, reference, fixed in found[:_MOST]:
        values = frozenset((o.node, o.path) for o in lineage.origins(node, reference) if not o.encodings)
        guards.append(Guard(values, fixed, _only_behind(workflow, node)))
    return guards


def checked(guards: list[Guard], node: Node, taken: list[Taken]) -> list[Taken]:
    """Return what a step takes, with what conditions before it have made safe marked so."""
    return [replace(t, safe=True) if any(g.covers(node, t) for g in guards) else t for t in taken]


def _kept_out(node: Node) -> Iterator[tuple[str, bool]]:
    """Yield (expression, whether it must be one fixed text) for each condition that has to hold."""
    conditions = list(_conditions(node))
    if len(conditions) > 1 and not _all_must_hold(node):
        return
    for left, operation, right in conditions:
        if not (isinstance(left, str) and isinstance(right, str)) or right.startswith("="):
            continue
        if operation in {"equal", "equals"} or (operation == "regex" and _is_plain(right)):
            yield left, operation != "regex"


def _conditions(node: Node) -> Iterator[tuple[Any, str, Any]]:
    """Yield (left side, operation, right side) of each condition, in the newer and in the older form."""
    given = mapping(node.parameters.get("conditions"))
    for row in rows(given.get("conditions")):
        yield row.get("leftValue"), chosen(mapping(row.get("operator")).get("operation")), row.get("rightValue")
    for kind in ("string", "number", "boolean", "dateTime"):
        for row in rows(given.get(kind)):
            yield row.get("value1"), chosen(row.get("operation"), "equal"), row.get("value2")


def _all_must_hold(node: Node) -> bool:
    combined = mapping(node.parameters.get("conditions")).get("combinator", node.parameters.get("combineOperation"))
    return chosen(combined, "and") in {"and", "all"}


def _is_plain(pattern: str) -> bool:
    """Tell whether a regular expression matches whole texts, of letters, digits and a few harmless signs only."""
    body = re.sub(r"^/(.*)/[giu]*$", r"\1", pattern[: _LONGEST + 1])
    if len(body) > _LONGEST or not _PATTERN.fullmatch(body):
        return False
    return not any(re.fullmatch(c, sign) for c in _CLASS.findall(body) for sign in _HARMFUL)


def _only_behind(workflow: Workflow, guard: Node) -> frozenset[str]:
    """Return the steps that nothing leads to but the first output of a condition."""
    after: Mapping[str, list[str]] = {n.key: [] for n in workflow.nodes}
    entered = set()
    for wire in workflow.wires:
        if wire.type == "main":
            entered.add(wire.target)
            if (wire.source, wire.output) != (guard.key, 0):
                after[wire.source].append(wire.target)
    waiting = [n.key for n in workflow.nodes if n.key not in entered]
    seen = set(waiting)
    while waiting:
        fresh = [key for key in after[waiting.pop()] if key not in seen]
        seen.update(fresh)
        waiting += fresh
    return frozenset(entered - seen)
