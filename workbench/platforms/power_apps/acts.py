"""What formulas do outside the app: write records, ask connectors, start flows, open addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.platforms.connectors import Connector, known
from workbench.platforms.power_apps.formula import Call, Formula, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.platforms.power_apps.names import Names
    from workbench.platforms.power_apps.sources import Source

_WRITES = {
    "Patch": "write", "Update": "write", "UpdateIf": "write", "Collect": "write", "ClearCollect": "write",
    "Remove": "delete", "RemoveIf": "delete", "Relate": "write", "Unrelate": "write",
}  # fmt: skip
_BEHAVIOUR = "On"


@dataclass(frozen=True)
class Act:
    """One thing that a formula does outside the app."""

    kind: str
    """table, connector, flow or launch."""
    effects: tuple[str, ...]
    source: Source | None
    formula: Formula
    call: Call
    operation: str = ""


def acts(names: Names, formula: Formula) -> Iterator[Act]:
    """Yield what a formula does, in the order of its calls."""
    for call in formula.calls:
        head = names.sources.get(call.path[0])
        if len(call.path) == 1:
            yield from _of_function(names, formula, call)
        elif head is not None and head.kind == "flow":
            yield Act("flow", (), head, formula, call)
        elif head is not None and head.kind == "connector":
            yield Act("connector", effects_of(head, call.path[1]), head, formula, call, call.path[1])


def _of_function(names: Names, formula: Formula, call: Call) -> Iterator[Act]:
    name = call.path[0]
    if name == "Launch" and call.arguments:
        yield Act("launch", (), None, formula, call)
    elif name == "SubmitForm" and call.arguments:
        form = next((names.controls.get(path[0]) for path in formula.within(call.arguments[0])), None)
        inner = parse(form.rules.get("DataSource", "")) if form is not None else parse("")
        yield from _written(formula, call, "write", _table(names, inner, range(len(inner.tokens))))
    elif name in _WRITES and call.arguments:
        yield from _written(formula, call, _WRITES[name], _table(names, formula, call.arguments[0]))


def _written(formula: Formula, call: Call, effect: str, source: Source | None) -> Iterator[Act]:
    if source is not None:
        yield Act("table", (effect,), source, formula, call)


def _table(names: Names, formula: Formula, places: range) -> Source | None:
    """Return the table that a part of a formula names first."""
    source = next((names.sources.get(path[0]) for path in formula.within(places)), None)
    return source if source is not None and source.kind == "table" else None


def effects_of(source: Source, operation: str) -> tuple[str, ...]:
    """Return what an operation of a connector does, from its name; where that says nothing, it calls the system."""
    connector = known(source.connector)
    if operation.lower().startswith("convert") and (connector is None or connector.noun == "service"):
        return ("read",)
    if connector is not None:
        return connector.effects(operation, operation) or ("read",)
    return _ANY.effects(operation) or ("call_http",)


_ANY = Connector("", "", (), "service", "api", None, None, None)


def read(names: Names, formula: Formula) -> list[Source]:
    """Return the tables that a formula reads: those it names, but where it only writes."""
    targets = {
        call.arguments[0].start
        for call in formula.calls
        if len(call.path) == 1
        and call.arguments
        and (call.path[0] in _WRITES or call.path[0] in {"Refresh", "Defaults"})
    }
    found = (names.sources.get(path[0]) for place, path in formula.reads if place not in targets)
    return list(dict.fromkeys(source for source in found if source is not None and source.kind == "table"))


def is_behaviour(rule: str) -> bool:
    """Tell whether a property runs when something happens, in place of showing something."""
    return rule.startswith(_BEHAVIOUR) and rule[2:3].isupper()
