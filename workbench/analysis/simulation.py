"""What the biggest risks may cost in a year, as a distribution: how often is Poisson, how much each time is lognormal.

An estimate is a range that somebody is 90 % sure of; a lognormal distribution is fitted to it. How often something
happens is itself uncertain, so each simulated year draws its rate first. Method: the usual FAIR-style simulation; the
fit is mu = (ln low + ln high) / 2, sigma = (ln high - ln low) / 3.29, for 3.29 standard deviations hold 90 %.

All money is in the unit of the risk scheme. These are ranges that people gave, and no measurements.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    Losses = npt.NDArray[np.float64]

WIDTH_OF_90_PERCENT = 3.29
TRIALS = 10_000
# More events a year than this are no single risk any more; it also bounds the memory of a simulation.
MOST_EVENTS = 1_000.0
# Beyond any sum in any currency; with the greatest width, it keeps means finite.
MOST_LOSS = 1e18
# An upper end a million times the lower one says that one does not know.
WIDEST = 1e6
SUMMARY = ("id", "name", "mean", "p50", "p90", "p95", "chance_of_any", "expected")
TORNADO = ("id", "name", "input", "at_low", "at_high", "width")
_STEPS_OF_CURVE = 120


class EstimateError(ValueError):
    """A range or an effect cannot be used; says what was given and what was expected."""


@dataclass(frozen=True)
class Estimate:
    """A range that somebody is 90 % sure of.

    Raises
    ------
    EstimateError
        If it is not two positive, finite numbers, the lower first, or the upper is more than a million times the lower.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (0 < self.low <= self.high < math.inf):
            raise EstimateError(
                f"{self.low} to {self.high} is no range; expected two positive numbers, the lower first"
            )
        if self.high / self.low > WIDEST:
            raise EstimateError(
                f"{self.low:g} to {self.high:g} is too wide; expected an upper end of at most {WIDEST:,.0f} times the lower"
            )

    @property
    def mu(self) -> float:
        """Mean of the logarithm."""
        return (math.log(self.low) + math.log(self.high)) / 2

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm."""
        return (math.log(self.high) - math.log(self.low)) / WIDTH_OF_90_PERCENT

    @property
    def median(self) -> float:
        """The value that is as often above as below: the geometric middle of the range."""
        return math.exp(self.mu)

    @property
    def mean(self) -> float:
        """The expected value; above the median, because the upper end is farther away."""
        return math.exp(self.mu + self.sigma**2 / 2)


def estimate(name: Literal["frequency", "loss"], low: float, high: float) -> Estimate:
    """Return a range of how often a year, or how much each time, as a risk may have it.

    Raises
    ------
    EstimateError
        If it is no range, or reaches beyond what any single risk can be.
    """
    made = Estimate(low, high)
    if problem := _beyond(name, made):
        raise EstimateError(problem)
    return made


def _beyond(name: str, given: Estimate) -> str | None:
    if name == "frequency" and given.high > MOST_EVENTS:
        return f"{given.high:g} times a year; at most {MOST_EVENTS:g}: split it into smaller risks"
    if name == "loss" and given.high > MOST_LOSS:
        return f"{given.high:g} each time; at most {MOST_LOSS:g}"
    return None


@dataclass(frozen=True)
class Uncertain:
    """A risk with ranges in place of levels.

    Raises
    ------
    EstimateError
        If an effect is not between 0 and 1, it is meant to happen more than a thousand times a year, or to cost beyond all sums.
    """

    id: str
    name: str
    frequency: Estimate
    """Times a year, before controls."""
    loss: Estimate
    """Each time, before controls, in the unit of the scheme."""
    prevented: float = 0.0
    """Part of the events that controls keep from happening, 0 to 1."""
    softened: float = 0.0
    """Part of each loss that controls take away, 0 to 1."""

    def __post_init__(self) -> None:
        for name in ("prevented", "softened"):
            if not 0 <= (part := getattr(self, name)) <= 1:
                raise EstimateError(f"{name} is {part} for {self.id!r}; expected a part between 0 and 1")
        if problem := _beyond("frequency", self.frequency) or _beyond("loss", self.loss):
            raise EstimateError(f"{self.id!r}: {problem}")

    @property
    def expected(self) -> float:
        """The mean yearly loss in closed form: expected frequency times expected loss, less what controls take."""
        return self.frequency.mean * (1 - self.prevented) * self.loss.mean * (1 - self.softened)


@dataclass(frozen=True)
class Simulation:
    """Simulated years of several risks."""

    risks: tuple[Uncertain, ...]
    trials: int
    seed: int
    losses: Losses = field(repr=False, compare=False)
    """Loss of each risk (row) in each simulated year (column)."""

    @property
    def total(self) -> Losses:
        """Loss of all risks together in each year. They are taken as independent of each other."""
        total: Losses = self.losses.sum(axis=0)
        return total

    @property
    def summary(self) -> pd.DataFrame:
        """Return one row a risk, the dearest first, and "all together" last.

        Columns
        -------
        id, name : of the risk
        mean, p50, p90, p95 : of the yearly loss: average, and what it stays below in 50, 90, 95 of 100 years
        chance_of_any : part of the years in which it happens at all
        expected : the mean in closed form, to compare the simulated mean with
        """
        each = zip(self.risks, self.losses, strict=True)
        rows = [_row(risk.id, risk.name, years, risk.expected) for risk, years in each]
        rows.sort(key=lambda row: -row["mean"])
        expected = sum(risk.expected for risk in self.risks)
        whole = [_row("", "all together", self.total, expected)] if self.risks else []
        return pd.DataFrame(rows + whole, columns=list(SUMMARY))

    def exceedance(self, risk: str | None = None) -> pd.DataFrame:
        """Return how probable it is that a year costs at least so much; of one risk, or of all together.

        Columns
        -------
        loss : amount, evenly spaced on a logarithmic scale over what was simulated
        chance : part of the years that cost at least that much

        Raises
        ------
        KeyError
            If there is no such risk in the simulation.
        """
        years = np.sort(self.total if risk is None else self.losses[self._place(risk)])
        some = years[years > 0]
        if not some.size:
            return pd.DataFrame({"loss": [0.0], "chance": [0.0]})
        amounts = np.geomspace(some[0], some[-1], _STEPS_OF_CURVE)
        amounts[-1] = some[-1]  # the last step of geomspace may lie a rounding above the largest loss
        reached = years.size - np.searchsorted(years, amounts, side="left")
        return pd.DataFrame({"loss": amounts, "chance": reached / years.size})

    def _place(self, risk: str) -> int:
        for place, each in enumerate(self.risks):
            if each.id == risk:
                return place
        raise KeyError(f"no risk {risk!r} in this simulation; it has {', '.join(each.id for each in self.risks)}")


def simulate(risks: Sequence[Uncertain], *, trials: int = TRIALS, seed: int = 0) -> Simulation:
    """Return simulated years of the risks.

    Each risk draws from a stream of its own that follows from the seed and its id: another risk more or less, or other
    controls, change nothing in the draws of the rest, so that two simulations can be compared year by year.

    Raises
    ------
    EstimateError
        If two risks have the same id, or `trials` is no positive whole number.
    """
    if trials < 1:
        raise EstimateError(f"{trials} simulated years; expected at least 1, and 10,000 for steady figures")
    ids = [risk.id for risk in risks]
    if doubled := sorted({each for each in ids if ids.count(each) > 1}) if len(set(ids)) < len(ids) else []:
        raise EstimateError(f"two risks have the id {doubled[0]!r}; each may be in a simulation once")
    losses = np.zeros((len(risks), trials))
    for row, risk in zip(losses, risks, strict=True):
        row[:] = _years(risk, trials, np.random.default_rng([seed, _stream(risk.id)]))
    return Simulation(tuple(risks), trials, seed, losses)


def _years(risk: Uncertain, trials: int, chance: np.random.Generator) -> Losses:
    rates = np.minimum(chance.lognormal(risk.frequency.mu, risk.frequency.sigma, trials), 10 * MOST_EVENTS)
    events = chance.poisson(rates)
    amounts = chance.lognormal(risk.loss.mu, risk.loss.sigma, int(events.sum())) * (1 - risk.softened)
    # Which events controls keep away is drawn event by event: the others stay what they are without the controls.
    amounts[chance.random(amounts.size) < risk.prevented] = 0
    years = np.repeat(np.arange(trials), events)
    return np.bincount(years, weights=amounts, minlength=trials).astype(np.float64, copy=False)


def _stream(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big")


def _dearest(row: dict[str, Any]) -> float:
    return -float(row["mean"])


def _row(id_: str, name: str, years: Losses, expected: float) -> dict[str, Any]:
    p50, p90, p95 = np.quantile(years, (0.5, 0.9, 0.95)).tolist()
    mean, some = float(years.mean()), float(np.count_nonzero(years) / years.size)
    return {
        "id": id_, "name": name, "mean": mean, "p50": p50, "p90": p90, "p95": p95, "chance_of_any": some,
        "expected": expected,
    }  # fmt: skip


def tornado(risks: Sequence[Uncertain]) -> pd.DataFrame:
    """Return how far each single guess moves the expected yearly loss of all risks together, the farthest first.

    Columns
    -------
    id, name : of the risk
    input : how often, or how much each time
    at_low, at_high : expected yearly loss of all together if that guess is at the lower or upper end of its range
    width : the difference
    """
    whole = sum(risk.expected for risk in risks)
    rows = [row for risk in risks for row in _swings(risk, whole)]
    rows.sort(key=_widest)
    return pd.DataFrame(rows, columns=list(TORNADO))


def _widest(row: dict[str, Any]) -> float:
    return -float(row["width"])


def _swings(risk: Uncertain, whole: float) -> Iterator[dict[str, Any]]:
    others = whole - risk.expected
    often = [replace(risk, frequency=Estimate(end, end)) for end in (risk.frequency.low, risk.frequency.high)]
    dear = [replace(risk, loss=Estimate(end, end)) for end in (risk.loss.low, risk.loss.high)]
    for label, ends in (("how often", often), ("how much each time", dear)):
        low, high = (others + end.expected for end in ends)
        yield {"id": risk.id, "name": risk.name, "input": label, "at_low": low, "at_high": high, "width": high - low}
