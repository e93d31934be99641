"""The arithmetic of a rating: bands of likelihood and impact, and the severity that follows from their middles."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field

from workbench.model.base import Value

Severity = Literal["Low", "Medium", "High", "Critical"]
SEVERITIES: tuple[Severity, ...] = ("Low", "Medium", "High", "Critical")
UNRATED = "not rated"
"""What people read in place of a severity where nobody has said how often and how bad."""
LEVELS = 5


class Band(Value):
    """One level of a scale: a name, what it means, and the figures that it stands for."""

    level: int
    name: str
    low: float = Field(gt=0, allow_inf_nan=False)
    high: float = Field(gt=0, allow_inf_nan=False)
    says: str = ""
    example: str = ""

    @property
    def middle(self) -> float:
        """Return the geometric middle, because each band is a few times the one below."""
        return math.sqrt(self.low * self.high)


Bands = tuple[Band, Band, Band, Band, Band]


class Limits(Value):
    """From which expected yearly loss on a risk is Medium, High, Critical."""

    Medium: float = Field(gt=0, allow_inf_nan=False)
    High: float = Field(gt=0, allow_inf_nan=False)
    Critical: float = Field(gt=0, allow_inf_nan=False)


class Grid(Value):
    """The two scales and the limits: all that a severity is computed from."""

    likelihood: Bands
    impact: Bands
    limits: Limits

    def loss(self, likelihood: int, impact: int) -> float:
        """Return the yearly loss in the middle of a cell."""
        return self.likelihood[likelihood - 1].middle * self.impact[impact - 1].middle

    def severity(self, likelihood: int, impact: int) -> Severity:
        """Return the severity of a cell."""
        loss = self.loss(likelihood, impact)
        reached = sum(_reaches(loss, getattr(self.limits, name)) for name in SEVERITIES[1:])
        return SEVERITIES[reached]

    def matrix(self) -> dict[tuple[int, int], Severity]:
        """Return the severity of every (likelihood, impact)."""
        levels = range(1, LEVELS + 1)
        return {(row, column): self.severity(row, column) for row in levels for column in levels}


def level_of(value: float, bands: Bands) -> int:
    """Return the level whose band holds `value`; what lies below the lowest band is level 1."""
    return max(1, sum(_reaches(value, band.low) for band in bands))


def score(loss: float) -> int:
    """Return a yearly loss as a single number in which likelihood and impact add up: ten more is ten times the loss."""
    return round(10 * math.log10(loss))


def money(amount: float) -> str:
    """Return an amount in the short form that people say: 8.7 k, 1.6 M."""
    for size, sign in ((1e9, " bn"), (1e6, " M"), (1e3, " k")):
        if amount >= size:
            return f"{amount / size:.3g}{sign}"
    return f"{amount:.3g}"


def _reaches(value: float, limit: float) -> bool:
    # 0.1 times 50,000 must reach 5,000 whatever the last bit says.
    return value >= limit * (1 - 1e-9)
