"""Where data of other elements enters what a step of a canvas app does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from workbench.model import Use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.model.elements import Sink
    from workbench.platforms.power_apps.acts import Act
    from workbench.platforms.power_apps.controls import Control
    from workbench.platforms.power_apps.names import Names, Origin

    class Building(Protocol):
        """What knows the elements."""

        names: Names

        def origin_id(self, origin: Origin) -> str | None:
            """Return the id of the element that a value comes from."""


def uses_of(build: Building, control: Control, act: Act) -> Iterator[Use]:
    """Yield the places in which an act takes values, by what is done with them."""
    for number, places in enumerate(act.call.arguments):
        into = _into(act, number)
        for origin in build.names.origins(control, act.formula, places) if into else ():
            element = build.origin_id(origin)
            if element is not None and into is not None:
                yield Use(origin=element, field=_field(origin), into=into, safe=_safe(act, places, into))


def _into(act: Act, number: int) -> Sink | None:
    """Return what the argument of that number is used for; None for one that is no value."""
    if act.kind == "launch":
        return "url" if number == 0 else "parameter"
    if act.kind == "table":
        # Values of records are bound by the connector, never joined into a query.
        return "parameter" if number else None
    if "call_model" in act.effects:
        return "prompt"
    if "send_mail" in act.effects:
        return "recipient" if number == 0 else "mail"
    return "message" if "send_message" in act.effects else "parameter"


def _safe(act: Act, places: range, into: Sink) -> bool | None:
    if act.kind == "table":
        return True
    if into == "url":
        begins = act.formula.begins(places)
        return True if "://" in begins and "/" in begins.partition("://")[2] else None
    return None


def _field(origin: Origin) -> str | None:
    return f"{origin.name}.{origin.field}".rstrip(".")[:200] if origin.kind == "input" else origin.field[:200] or None
