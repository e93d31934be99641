"""Who may leave a risk as it is, and for how long: the rules for what is accepted or monitored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.analysis.bands import SEVERITIES, UNRATED
from workbench.analysis.recording import DecisionError
from workbench.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    import pandas as pd

    from workbench.analysis.scheme import Scheme
    from workbench.model import Change, Element

# Until when what has this status is left as it is.
_UNTIL = {"accepted": "expires_on", "monitored": "due"}
DAYS = frozenset(_UNTIL.values())
_LEVELS = frozenset({"likelihood", "impact", "picks"})


def judged(threats: pd.DataFrame, scheme: Scheme) -> dict[str, Any]:
    """Return how severe each finding of a register is, and by which scheme: what a decision is checked against."""
    severities = dict(zip(threats["id"], threats["severity"].astype(str), strict=True))
    return {"severities": severities, "scheme": scheme}


def with_status(before: Element | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is given; another day for what is accepted or monitored is to say so again, until that day."""
    status = getattr(before, "status", None)
    again = "status" not in given and _UNTIL.get(status or "") in given
    return dict(given) | ({"status": status} if again else {})


def refuse_unborne(
    finding: str,
    given: Mapping[str, Any],
    before: Element | None,
    *,
    actor: str,
    today: date,
    severities: Mapping[str, str] | None,
    scheme: Scheme | None,
) -> None:
    """Refuse to leave a risk as it is without an end, without somebody who watches it, or against the scheme.

    `before` is what was decided about it until now.

    Raises
    ------
    DecisionError
        If something is missing, this person may not do so, or not for so long.
    """
    status = given.get("status", getattr(before, "status", None))
    if status == "monitored" and given.keys() & {"status", "owner", "due"}:
        refuse_unwatched(_watching(before, given))
    if given.get("status") not in _UNTIL:
        return
    place = _UNTIL[given["status"]]
    if given.get(place) is None:
        raise DecisionError("an acceptance needs the day on which it ends; give expires_on", place)
    if both := sorted(_LEVELS & given.keys()):
        # Who may bear it follows from the severity, and that from the levels.
        raise DecisionError(f"rate it first, then leave it as it is; give {', '.join(both)} in a step before", both[0])
    refuse_unallowed([finding], given[place], today, actor, severities=severities, scheme=scheme, place=place)


def refuse_edited(changes: Iterable[Change]) -> None:
    """Refuse decisions about risks among what was edited by hand: nobody would have looked who may, and why.

    Raises
    ------
    UsageError
        If there is one.
    """
    for change in changes:
        if change.noun in ("threat_decision", "acceptance"):
            raise UsageError(f"{change.id!r} is a decision about a risk; change it by app.decide(…) or app.accept(…)")


def _watching(before: Element | None, given: Mapping[str, Any]) -> dict[str, Any]:
    # An owner stays the one who watches; the day to look again is said anew whenever the status is.
    stays = ("owner",) if "status" in given else ("owner", "due")
    return {name: getattr(before, name, None) for name in stays} | dict(given)


def refuse_unallowed(
    findings: Iterable[str],
    until: date,
    today: date,
    actor: str,
    *,
    severities: Mapping[str, str] | None,
    scheme: Scheme | None,
    place: str,
) -> None:
    """Refuse to leave risks as they are until a day that is not to come, or against the scheme's rules of acceptance.

    What is monitored is not treated either, so that the same rules hold for it. `place` names the field with the day.

    Raises
    ------
    DecisionError
        If the day is not in the future, a risk is not rated or not found, or this person may not do so, or not for so long.
    """
    if until <= today:
        what = "end of the acceptance" if place == "expires_on" else "day to look again"
        raise DecisionError(f"got {until} as the {what}; give a day after {today}", place)
    for finding in findings:
        if scheme is None or severities is None:
            continue
        if finding not in severities:
            raise DecisionError(f"{finding!r} is no finding as things are; ids are in the table of threats")
        if severities[finding] not in SEVERITIES:
            raise DecisionError(f"{finding} is {UNRATED} yet; say how likely and how bad it is before you leave it be")
        _refuse_severity(scheme, severities[finding], actor, (until - today).days, place)


def _refuse_severity(scheme: Scheme, severity: str, actor: str, days: int, place: str) -> None:
    rule = scheme.acceptance.get(severity)  # type: ignore[call-overload]
    if rule is None:
        return
    what = "accept" if place == "expires_on" else "monitor"
    if rule.by and actor not in rule.by:
        raise DecisionError(f"{actor!r} may not {what} {severity} risks; ask {', '.join(rule.by)}")
    if rule.days is not None and days > rule.days:
        raise DecisionError(f"{severity} risks can be {what}ed for {rule.days} days; {days} were asked for", place)


def refuse_unwatched(given: Mapping[str, Any]) -> None:
    """Refuse to monitor a risk that nobody watches, or without a day to look again.

    Raises
    ------
    DecisionError
        If owner or due is missing.
    """
    if not given.get("owner"):
        raise DecisionError("what is monitored needs somebody who watches it; give its owner", "owner")
    if given.get("due") is None:
        raise DecisionError("what is monitored needs the day on which somebody looks again; give due", "due")
