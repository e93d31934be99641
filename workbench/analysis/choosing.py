"""How levels are chosen by the words of a scheme: the highest of the picked anchors is the impact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from workbench.analysis.recording import DecisionError
from workbench.analysis.scheme import SchemeError
from workbench.analysis.simulation import EstimateError, estimate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.analysis.scheme import Scheme
    from workbench.model import ThreatDecision
    from workbench.model.records import Range

_CHOSEN = frozenset({"likelihood", "impact", "picks", "frequency", "loss"})


def chosen(given: Mapping[str, Any], scheme: Scheme | None) -> dict[str, Any]:
    """Return the fields of a decision with the impact that follows from the picks, and the scheme they were chosen by.

    Raises
    ------
    DecisionError
        If a pick does not fit the scheme, an impact is given beside picks, or there are picks without a scheme.
    """
    fields = dict(given)
    if picks := fields.get("picks"):
        if fields.get("impact") is not None:
            raise DecisionError("the impact follows from the picks; leave out one of both", "impact")
        fields["impact"] = _highest(picks, scheme)
    elif "impact" in fields:
        # A level that was chosen as such has no picks behind it any more.
        fields["picks"] = {}
    if scheme is not None and _CHOSEN & fields.keys():
        fields["scheme"] = scheme.reference
    return fields


def refuse_unusable(decision: ThreatDecision) -> None:
    """Refuse ranges that no simulation could use.

    Raises
    ------
    DecisionError
        If one is too wide or reaches beyond what any single risk can be.
    """
    if decision.frequency is not None:
        _refuse_range("frequency", decision.frequency)
    if decision.loss is not None:
        _refuse_range("loss", decision.loss)


def _refuse_range(name: Literal["frequency", "loss"], given: Range) -> None:
    try:
        estimate(name, given.low, given.high)
    except EstimateError as error:
        raise DecisionError(f"{name}: {error}", name) from error


def _highest(picks: Mapping[str, int], scheme: Scheme | None) -> int:
    if scheme is None:
        raise DecisionError("picks are levels of a scheme's anchors; give the scheme", "picks")
    try:
        return scheme.impact_of(picks)[0]
    except SchemeError as error:
        raise DecisionError(f"{error}", "picks") from error


def in_words(decision: ThreatDecision, scheme: Scheme) -> list[str]:
    """Return how the impact was picked, and whether the levels were chosen by the words of another scheme."""
    return [*_picked(decision.picks, scheme), *_elsewhere(decision, scheme)]


def _picked(picks: Mapping[str, Any], scheme: Scheme) -> list[str]:
    anchors = {anchor.name: anchor for anchor in scheme.impact.anchors}
    known = {name: level for name, level in picks.items() if name in anchors}
    if not known:
        return []
    parts = [f"{name} {level} ({anchors[name].levels[level - 1]})" for name, level in known.items()]
    return [f"The impact is the highest of what was picked, by {scheme.impact_of(known)[1]}: {'; '.join(parts)}."]


def _elsewhere(decision: ThreatDecision, scheme: Scheme) -> list[str]:
    if decision.scheme in (None, scheme.reference):
        return []
    return [f"These levels were chosen by another scheme ({decision.scheme}); it is now {scheme.reference}."]
