"""Who may leave a risk as it is, and for how long: the rules for what is accepted or monitored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.analysis.bands import SEVERITIES, UNRATED
from workbench.analysis.recording import DecisionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from workbench.analysis.scheme import Scheme

BORNE = ("accepted", "monitored")


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
        If the day is not in the future, a risk is not rated, or this person may not do so, or not for so long.
    """
    if until <= today:
        what = "end of the acceptance" if place == "expires_on" else "day to look again"
        raise DecisionError(f"got {until} as the {what}; give a day after {today}", place)
    for finding in findings:
        if scheme is None or severities is None or finding not in severities:
            continue
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
