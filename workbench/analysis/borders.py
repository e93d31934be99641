"""Where data lies and which borders it crosses, three-valued: unknown stays unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.model import ORDERS, DataField, Service, Store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.model import Element, Flow, Model

OUTSIDE = frozenset({"internet", "third_party"})
_CLASSES = ORDERS["classification"]


def outside(model: Model, element: Element | None) -> bool | None:
    """Tell whether an element lies in the internet or with a third party; None if no boundary says so."""
    if element is None:
        return None
    around = model.boundaries_around(element)
    if any(boundary.kind in OUTSIDE for boundary in around):
        return True
    if isinstance(element, Service | Store) and element.third_party is not None:
        return element.third_party
    return False if any(boundary.kind is not None for boundary in around) else None


def crosses(model: Model, flow: Flow) -> bool | None:
    """Tell whether source and target lie in different boundaries; None if one of them lies in none."""
    source, target = model.get(flow.source_id), model.get(flow.target_id)
    if source is None or target is None or source.boundary is None or target.boundary is None:
        return None
    return source.boundary != target.boundary


def leaves(model: Model, flow: Flow) -> bool | None:
    """Tell whether a flow goes from inside to the internet or a third party."""
    source, target = outside(model, model.get(flow.source_id)), outside(model, model.get(flow.target_id))
    if source is True or target is False:
        return False
    return True if source is False and target is True else None


def class_of(field: DataField) -> str | None:
    """Return the classification that counts: the confirmed one, else the suggested one."""
    return field.classification or field.suggested


def highest_class(model: Model, data: Iterable[str]) -> str | None:
    """Return the highest classification of some data fields; None if none of them has one."""
    fields = [field for i in data if isinstance(field := model.get(i), DataField)]
    known = [value for field in fields if (value := class_of(field)) is not None]
    return max(known, key=_CLASSES.index, default=None)
