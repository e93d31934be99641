"""A trace of a rating in plain sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.analysis.bands import SEVERITIES, money

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_STATUS = {
    "planned": "is planned, so it does not count yet",
    "in_place": "is in place but untested",
    "verified": "is in place and verified",
    "failed": "failed its test, so it does not count",
}
_BOTH = "how often it happens and how bad it is"
_SIDE = {"likelihood": "how often it happens", "impact": "how bad it is", "both": _BOTH}


def finding(story: str, because: Sequence[str], way: Sequence[str], trace: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the sentences that say why a finding is there (`way` has names, if there is one), and its severity."""
    path = [f"The way: {' → '.join(way)}."] if way else []
    return [story, f"Because: {'; '.join(because)}.", *path, *explain(trace)]


def explain(trace: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the sentences that say why a risk has its severity: what was chosen, what lowers it, what is left."""
    steps = {step["step"]: step for step in trace}
    scheme = steps["scheme"]
    if None in (steps["choice"]["likelihood"], steps["choice"]["impact"]):
        return [*steps["choice"]["reasons"], "Nobody has said yet how often it would happen and how bad it would be."]
    sentences = [*steps["choice"]["reasons"], *_before(scheme, steps["inherent"])]
    controls = steps["controls"]["controls"]
    if not controls:
        return [*sentences, "No mitigation is recorded, so the risk is the same now as before."]
    sentences += [*map(_control, controls), *_families(controls)]
    sentences.append(_after("Now", scheme, steps["current"]))
    return [*sentences, _after("When all that is planned works", scheme, steps["target"])]


def _before(scheme: Mapping[str, Any], step: Mapping[str, Any]) -> Iterator[str]:
    often, bad = _bands(scheme, step)
    yield (
        f"If nothing is done: likelihood {step['likelihood']}, {often['name']} ({often['low']:g} to {often['high']:g} "
        f"times a year), and impact {step['impact']}, {bad['name']} ({money(bad['low'])} to {money(bad['high'])} each "
        "time)."
    )
    yield (
        f"The middles of the two bands, {step['frequency']:.2g} times a year and {money(step['loss'])} each time, make "
        f"about {money(step['midpoint_loss'])} a year. {_limit(scheme, step)}"
    )


def _limit(scheme: Mapping[str, Any], step: Mapping[str, Any]) -> str:
    severity, limits, result = step["severity"], scheme["limits"], f"{step['severity']} (score {step['score']})"
    if severity == SEVERITIES[0]:
        return f"That is under {money(limits[SEVERITIES[1]])}, where {SEVERITIES[1]} begins: {result}."
    return f"That is at or over {money(limits[severity])}, where {severity} begins: {result}."


def _control(control: Mapping[str, Any]) -> str:
    lapsed = f"was verified, but {control['lapsed']}: it counts as untested" if "lapsed" in control else None
    return (
        f"“{control['name']}” is a {control['kind']} control on {_SIDE[control['acts_on']]} (up to "
        f"{control['strength']:.0%} off). It {lapsed or _STATUS[control['status']]}: {control['strength'] * control['now']:.0%} "
        "today."
    )


def _families(controls: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a sentence for each family of several controls."""
    for family in dict.fromkeys(control["family"] for control in controls):
        members = [f"“{control['name']}”" for control in controls if control["family"] == family]
        if len(members) > 1:
            together = " and ".join(members)
            yield f"{together} would fail for the same reason ({family}), so only the strongest of them counts."


def _after(when: str, scheme: Mapping[str, Any], step: Mapping[str, Any]) -> str:
    often, bad = _bands(scheme, step)
    return (
        f"{when}: {step['likelihood_effect']:.0%} off how often and {step['impact_effect']:.0%} off how bad leave "
        f"{step['frequency']:.2g} times a year and {money(step['loss'])} each time: likelihood {step['likelihood']} "
        f"({often['name']}), impact {step['impact']} ({bad['name']}): {step['severity']} (score {step['score']})."
    )


def _bands(scheme: Mapping[str, Any], step: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    return scheme["likelihood"][step["likelihood"] - 1], scheme["impact"][step["impact"] - 1]
