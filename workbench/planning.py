"""Quarters, and what `workbench.toml` says about quarterly reviews and releases: the tables [planner] and [release]."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from workbench.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

PARTS = 6
"""Into so many parts every app is divided, beside one for each system that it is connected with."""
_WRITTEN = re.compile(r"(\d{4})-Q([1-4])")
_MONTHS = 3


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a year, numbered from the year 0."""

    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the quarter that a day is in."""
        return cls(day.year * 4 + (day.month - 1) // _MONTHS)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the quarter written as 2026-Q4.

        Raises
        ------
        UsageError
            If it is written otherwise.
        """
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise UsageError(f"the quarter was {text!r}; expected one such as 2026-Q4")
        return cls(int(found[1]) * 4 + int(found[2]) - 1)

    def __str__(self) -> str:
        return f"{self.number // 4:04}-Q{self.number % 4 + 1}"


class PlanSettings(BaseModel):
    """The table [planner]: how long a quarterly review takes, and how often each area has its turn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    minutes: int = Field(default=20, ge=1)
    """Time box of a small app."""
    most_minutes: int = Field(default=45, ge=1)
    """Time box of one that has grown."""
    area_minutes: int = Field(default=5, ge=1)
    close_minutes: int = Field(default=5, ge=0)
    quarters: int = Field(default=4, ge=1)
    """No area is left out for longer than so many quarters."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.areas < 1 or self.most_areas < self.areas:
            raise ValueError(
                f"{self.minutes} to {self.most_minutes} minutes with {self.area_minutes} for an area and "
                f"{self.close_minutes} to close leave no time for an area, or less later than at first; give more minutes"
            )
        if self.most_areas * self.quarters <= PARTS:
            raise ValueError(
                f"{self.most_areas} areas in each of {self.quarters} quarters are too few: an app has at least "
                f"{PARTS + 1}; give more most_minutes or quarters"
            )
        return self

    @property
    def areas(self) -> int:
        """Return how many areas fit into the time box of a small app."""
        return (self.minutes - self.close_minutes) // self.area_minutes

    @property
    def most_areas(self) -> int:
        """Return how many areas fit into the largest time box."""
        return (self.most_minutes - self.close_minutes) // self.area_minutes

    def length(self, areas: int) -> int:
        """Return how many minutes a review of so many areas takes."""
        return self.close_minutes + areas * self.area_minutes


Severity = Literal["Low", "Medium", "High", "Critical"]


class ReleaseSettings(BaseModel):
    """The table [release]: what a release may not have, and who may approve one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Severity = "High"
    """An open risk as severe as this, or more severe, holds a release back."""
    approve_from: Severity = "Medium"
    """Below this nobody has to approve."""
    second_person_from: Severity = "High"
    """From here on who made the assessment may not approve it."""
    approvers: dict[Severity, tuple[str, ...]] = Field(default_factory=dict)
    """Who may approve, by the worst risk that is left; who may approve more severe ones may approve less severe ones too.
    Nobody named: anyone."""
