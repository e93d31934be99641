"""What the names in formulas stand for: tables, connectors, what people typed, variables that hold these."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workbench.platforms.power_apps.formula import Call, Formula, Path, parse
from workbench.platforms.values import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from workbench.platforms.power_apps.controls import Control
    from workbench.platforms.power_apps.sources import Source

# Chains of variables are followed this far.
_DEEPEST = 30
_MOST_CONDITIONS = 20
_SETTERS = frozenset({"Set", "UpdateContext", "Collect", "ClearCollect", "Navigate", "With"})
_ROW = frozenset({"ThisItem", "ThisRecord"})
_INPUTS = words(
    "text textinput text_input richtexteditor peninput slider rating toggleswitch checkbox datepicker addmedia camera "
    "microphone barcodescanner number numberinput attachments"
)
_ROWS = ("Items", "DataSource", "Item")
_PROFILE = frozenset({"myprofile", "myprofilev2", "myprofile_v2"})


@dataclass(frozen=True, order=True)
class Origin:
    """Where a value comes from."""

    kind: str
    """table, connector, flow, input (what somebody typed) or user (who is signed in)."""
    name: str
    field: str = ""


class Names:
    """What each name of one app stands for."""

    def __init__(self, controls: Iterable[Control], sources: Mapping[str, Source]) -> None:
        self.controls = {control.name: control for control in controls}
        self.sources = sources
        self._given: dict[str, list[tuple[Control, Formula, range]]] = defaultdict(list)
        self._decided: dict[str, list[tuple[Control, Formula, range]]] = defaultdict(list)
        self._known: dict[str, frozenset[Origin]] = {}
        self._by_user: dict[str, bool] = {}
        for control, formula in self.formulas():
            conditions = [call.arguments[0] for call in _conditions(formula)]
            for name, places in _assigned(formula):
                self._given[name].append((control, formula, places))
                self._decided[name] += [(control, formula, condition) for condition in conditions]

    def formulas(self) -> Iterator[tuple[Control, Formula]]:
        """Yield every formula with its control."""
        for control in self.controls.values():
            for _, rule in sorted(control.rules.items()):
                yield control, parse(rule)

    def origins(self, control: Control, formula: Formula, places: range, depth: int = 0) -> frozenset[Origin]:
        """Return where the values in a part of a formula at `control` come from."""
        found: set[Origin] = set()
        for path in formula.within(places):
            found |= self._of_path(control, path, depth)
        if any(call.path == ("User",) and _inside(call.arguments, places, formula) for call in formula.calls):
            found.add(Origin("user", "User"))
        return frozenset(found)

    def about_user(self, control: Control, formula: Formula, places: range) -> bool:
        """Tell whether a part of a formula depends on who is signed in, also by a variable that was set under an If."""
        if any(origin.kind == "user" for origin in self.origins(control, formula, places)):
            return True
        return any(self._decided_by_user(path[0]) for path in formula.within(places) if path[0] not in self.controls)

    def _decided_by_user(self, name: str) -> bool:
        if name not in self._by_user:
            given = self._decided.get(name, ())
            self._by_user[name] = any(o.kind == "user" for where in given for o in self.origins(*where))
        return self._by_user[name]

    def _of_path(self, control: Control, path: Path, depth: int) -> frozenset[Origin]:
        name, rest = path[0], ".".join(path[1:])
        if name in _ROW:
            return _with_field(self._row_of(control, depth), rest)
        source = self.sources.get(name)
        if source is not None and source.kind in {"table", "connector", "flow"}:
            user = source.kind == "connector" and rest.partition(".")[0].lower() in _PROFILE
            return frozenset({Origin("user", name) if user else Origin(source.kind, name, rest)})
        if name in self.controls:
            return self._of_control(self.controls[name], rest, depth)
        return _with_field(self._of_variable(name, depth), rest) if name in self._given else frozenset()

    def _of_control(self, control: Control, rest: str, depth: int) -> frozenset[Origin]:
        if control.kind in _INPUTS:
            return frozenset({Origin("input", control.name, rest)})
        return _with_field(self._rows_of(control, depth), rest.removeprefix("Selected."))

    def _row_of(self, control: Control, depth: int) -> frozenset[Origin]:
        """Return what the row is that a control in a gallery or form shows."""
        around = (self.controls[name] for name in reversed(control.above) if name in self.controls)
        nearest = next((c for c in (control, *around) if any(p in c.rules for p in _ROWS)), None)
        return self._rows_of(nearest, depth) if nearest is not None else frozenset()

    def _rows_of(self, control: Control, depth: int) -> frozenset[Origin]:
        key = f"\0{control.name}"
        if key not in self._known:
            self._known[key] = frozenset()
            # In them ThisItem is a row of what lies around.
            outside = replace(control, rules={})
            given = [(outside, formula, range(len(formula.tokens))) for formula in _rows_rules(control)]
            self._known[key] = self._gathered(given, depth)
        return self._known[key]

    def _of_variable(self, name: str, depth: int) -> frozenset[Origin]:
        if name not in self._known:
            self._known[name] = frozenset()
            self._known[name] = self._gathered(self._given[name], depth)
        return self._known[name]

    def _gathered(self, given: Iterable[tuple[Control, Formula, range]], depth: int) -> frozenset[Origin]:
        if depth > _DEEPEST:
            return frozenset()
        return frozenset(
            o for control, formula, places in given for o in self.origins(control, formula, places, depth + 1)
        )


def _rows_rules(control: Control) -> list[Formula]:
    return [parse(control.rules[name]) for name in _ROWS if name in control.rules]


def _with_field(origins: frozenset[Origin], field: str) -> frozenset[Origin]:
    return frozenset(Origin(o.kind, o.name, field or o.field) for o in origins)


def _conditions(formula: Formula) -> list[Call]:
    return [call for call in formula.calls if call.path in {("If",), ("Switch",)} and call.arguments][:_MOST_CONDITIONS]


def _assigned(formula: Formula) -> Iterator[tuple[str, range]]:
    """Yield (name, places of its value) of the variables and collections that a formula fills."""
    for call in formula.calls:
        if call.path[-1] not in _SETTERS or len(call.path) > 1 or not call.arguments:
            continue
        first = formula.within(call.arguments[0])
        if call.path[0] in {"Set", "Collect", "ClearCollect"} and len(call.arguments) > 1 and first:
            yield first[0][0], range(call.arguments[1].start, call.arguments[-1].stop)
        elif call.path[0] in {"UpdateContext", "With", "Navigate"}:
            record = call.arguments[-1 if call.path[0] == "Navigate" else 0]
            for label in formula.labels(record):
                yield label, record


def _inside(arguments: tuple[range, ...], places: range, formula: Formula) -> bool:
    """Tell whether a call without arguments, such as User(), may stand in a part of a formula."""
    return bool(arguments) or any(formula.tokens[place].text == "User" for place in places)
