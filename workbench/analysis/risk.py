"""How big a risk is: before anything is done, now, and when all that is planned works; with the steps that led there.

A rating takes the middles of the chosen likelihood and impact bands, lowers them by the mitigations, and maps the
result back to bands, so that it can never come out above where it started.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Literal

from workbench.analysis.bands import LEVELS, Grid, Severity, level_of, score
from workbench.analysis.explain import explain
from workbench.analysis.scheme import Scheme, SchemeError, load_scheme
from workbench.analysis.standing import Lapsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from workbench.model import Mitigation

__all__ = [
    "Level",
    "Rating",
    "Scheme",
    "SchemeError",
    "TraceError",
    "explain",
    "load_scheme",
    "rate",
    "recompute",
    "unrated",
]

View = Literal["now", "target"]
Step = dict[str, Any]

_INHERENT = "frequency and loss are the geometric middles of the bands: √(low x high)"
_LOWERED = (
    "of each family the strongest control counts; effect = 1 - product of (1 - strength), at most the cap; "
    "frequency and loss x (1 - effect), mapped back to bands"
)


class TraceError(ValueError):
    """A trace does not hold together: a step says something else than its inputs give."""


@dataclass(frozen=True)
class Level:
    """A place in the matrix, and the yearly loss in the middle of that cell."""

    likelihood: int
    impact: int
    severity: Severity
    midpoint_loss: float
    score: int


@dataclass(frozen=True)
class Rating:
    """A risk before anything is done (inherent), as things are (current), and with all that is planned (target)."""

    inherent: Level | None
    """This and the next two are None for what nobody has rated yet."""
    current: Level | None
    target: Level | None
    trace: list[Step] = field(compare=False, repr=False)
    """JSON data: the scheme's figures, what was chosen and why, the controls, and each result with its formula."""

    @property
    def yearly_loss(self) -> float | None:
        """Return frequency x loss as things are, as the trace has them before they are mapped back to bands.

        The one measure of every sum of losses; unknown for what nobody has rated yet.
        """
        return next((step["frequency"] * step["loss"] for step in self.trace if step["step"] == "current"), None)


def rate(
    likelihood: int,
    impact: int,
    mitigations: Iterable[Mitigation],
    scheme: Scheme,
    *,
    reasons: Sequence[str] = (),
) -> Rating:
    """Return the rating of a risk; `reasons` say where likelihood and impact come from and are kept in the trace.

    Raises
    ------
    ValueError
        If likelihood or impact is not 1 to 5.
    """
    for name, level in (("likelihood", likelihood), ("impact", impact)):
        if level not in range(1, LEVELS + 1):
            raise ValueError(f"{name} {level!r} is not on the scale; give a level from 1 to {LEVELS}")
    choice = {"step": "choice", "likelihood": int(likelihood), "impact": int(impact), "reasons": list(reasons)}
    controls = {"step": "controls", "controls": [_control(m, scheme) for m in mitigations]}
    return _follow(scheme.figures, choice, controls, scheme.grid)


def unrated(likelihood: int | None, impact: int | None, scheme: Scheme, *, reasons: Sequence[str] = ()) -> Rating:
    """Return the rating of what people have not rated, or only in part."""
    choice = {"step": "choice", "likelihood": likelihood, "impact": impact, "reasons": list(reasons)}
    return Rating(None, None, None, [scheme.figures, choice])


def recompute(trace: Sequence[Step]) -> Rating:
    """Return the rating that follows from the inputs in a trace alone.

    Raises
    ------
    TraceError
        If a step is missing, or says something else than its inputs give.
    """
    try:
        scheme, choice, controls = trace[:3]
        grid = Grid.model_validate({key: scheme[key] for key in ("likelihood", "impact", "limits")})
        rating = _follow(scheme, choice, controls, grid)
    except (KeyError, TypeError, ValueError) as error:
        raise TraceError(f"this is not a whole trace of a rating: {error}") from error
    for said, follows in zip_longest(trace, rating.trace):
        if said != follows:
            raise TraceError(_difference(said or {}, follows or {}))
    return rating


def _difference(said: Step, follows: Step) -> str:
    step = follows.get("step") or said.get("step")
    keys = sorted(key for key in said.keys() | follows.keys() if said.get(key) != follows.get(key))
    parts = [f"{key} is {said.get(key)!r:.80} where the inputs give {follows.get(key)!r:.80}" for key in keys]
    return f"step {step!r} of the trace does not follow: {'; '.join(parts)}"


def _follow(figures: Step, choice: Step, controls: Step, grid: Grid) -> Rating:
    likelihood, impact = choice["likelihood"], choice["impact"]
    middles = grid.likelihood[likelihood - 1].middle, grid.impact[impact - 1].middle
    inherent = _level(grid, likelihood, impact)
    now, now_step = _lowered("now", middles, (controls["controls"], figures["cap"]), grid)
    target, target_step = _lowered("target", middles, (controls["controls"], figures["cap"]), grid)
    start = _result("inherent", _INHERENT, *middles, inherent)
    return Rating(inherent, now, target, [figures, choice, controls, start, now_step, target_step])


def _lowered(
    view: View, middles: tuple[float, float], controls: tuple[Sequence[Mapping[str, Any]], float], grid: Grid
) -> tuple[Level, Step]:
    effects = {f"{side}_effect": _effect(side, view, *controls) for side in ("likelihood", "impact")}
    frequency, loss = (middle * (1 - effect) for middle, effect in zip(middles, effects.values(), strict=True))
    level = _level(grid, level_of(frequency, grid.likelihood), level_of(loss, grid.impact))
    return level, _result("current" if view == "now" else view, _LOWERED, frequency, loss, level) | effects


def _effect(side: str, view: View, controls: Sequence[Mapping[str, Any]], cap: float) -> float:
    """Return the part that all controls together take away from one side."""
    strongest: dict[str, float] = {}
    for control in controls:
        if control["acts_on"] in (side, "both"):
            effect = control["strength"] * control[view]
            strongest[control["family"]] = max(effect, strongest.get(control["family"], 0.0))
    return min(cap, 1 - math.prod(1 - effect for effect in strongest.values()))


def _control(mitigation: Mitigation, scheme: Scheme) -> Step:
    controls = scheme.controls
    reached = mitigation.status if mitigation.status == "failed" else "verified"
    lapsed = {"lapsed": mitigation.lapsed} if isinstance(mitigation, Lapsed) else {}
    return lapsed | {
        "id": mitigation.id,
        "name": mitigation.name,
        # Without a family it is its own.
        "family": mitigation.family or mitigation.id,
        "acts_on": mitigation.acts_on,
        "kind": mitigation.strength,
        "strength": controls.strengths[mitigation.strength].value,
        "status": mitigation.status,
        "now": controls.statuses[mitigation.status].factor,
        "target": controls.statuses[reached].factor,
    }


def _level(grid: Grid, likelihood: int, impact: int) -> Level:
    loss = grid.loss(likelihood, impact)
    return Level(likelihood, impact, grid.severity(likelihood, impact), loss, score(loss))


def _result(step: str, formula: str, frequency: float, loss: float, level: Level) -> Step:
    return {
        "step": step,
        "formula": formula,
        "frequency": frequency,
        "loss": loss,
        "likelihood": level.likelihood,
        "impact": level.impact,
        "midpoint_loss": level.midpoint_loss,
        "severity": level.severity,
        "score": level.score,
    }
