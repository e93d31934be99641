"""Where the formulas of an app, and not the store, decide who sees or does what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from workbench.platforms.power_apps.acts import acts, is_behaviour
from workbench.platforms.power_apps.formula import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.platforms.power_apps.controls import Control
    from workbench.platforms.power_apps.names import Names
    from workbench.platforms.power_apps.sources import Source

    class Building(Protocol):
        """What knows the elements."""

        names: Names

        def element_of(self, source: Source) -> str | None:
            """Return the id of the store or service of a source."""


_CHOOSING = frozenset({"Filter", "LookUp", "Search", "CountIf", "CountRows"})
_SHOWING = ("Visible", "DisplayMode")


def guarded_stores(build: Building) -> list[str]:
    """Return the ids of the stores of which the app itself decides by who is signed in what people see or do."""
    names = build.names
    sources = [source for control in names.controls.values() for source in _of_control(names, control)]
    found = (build.element_of(source) for source in sources)
    return sorted({identity for identity in found if identity is not None})


def _of_control(names: Names, control: Control) -> Iterator[Source]:
    for _, rule in sorted(control.rules.items()):
        formula = parse(rule)
        for call in formula.calls:
            if call.path[0] in _CHOOSING and len(call.path) == 1 and len(call.arguments) > 1:
                chosen = range(call.arguments[1].start, call.arguments[-1].stop)
                first = [names.sources.get(path[0]) for path in formula.within(call.arguments[0])[:1]]
                if (
                    first
                    and first[0] is not None
                    and first[0].kind == "table"
                    and names.about_user(control, formula, chosen)
                ):
                    yield first[0]
    if _hidden(names, control):
        yield from _acted_on(names, control)


def _hidden(names: Names, control: Control) -> bool:
    """Tell whether a control, or what it lies in, is only shown or switched on for some of those who are signed in."""
    for name in (control.name, *control.above):
        around = names.controls.get(name)
        for rule in _SHOWING if around is not None else ():
            formula = parse(around.rules.get(rule, ""))  # type: ignore[union-attr]
            if formula.tokens and names.about_user(around, formula, range(len(formula.tokens))):  # type: ignore[arg-type]
                return True
    return False


def _acted_on(names: Names, control: Control) -> Iterator[Source]:
    for name, rule in sorted(control.rules.items()):
        for act in acts(names, parse(rule)) if is_behaviour(name) else ():
            if act.kind == "table" and act.source is not None:
                yield act.source
