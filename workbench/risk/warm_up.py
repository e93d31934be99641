"""The warm-up before people give ranges: ten questions a round, a range for each, and how many held the truth.

Nothing of it is written down: how well somebody guesses is for that person to know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.analysis import calibration
from workbench.charts import chart
from workbench.risk.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd


class WarmUp:
    """One round of questions, and the ranges that somebody gave so far.

    Raises
    ------
    analysis.calibration.GuessError
        If there is no such round.
    """

    def __init__(self, round_: int = 1) -> None:
        self.round = round_
        self.asked = calibration.questions(round_)
        self._guesses: dict[int, tuple[float, float]] = {}

    def __repr__(self) -> str:
        return f"<WarmUp round {self.round}: {len(self._guesses)} of {len(self.asked)} ranges given>"

    def guess(self, ranges: Mapping[int, Sequence[float]]) -> None:
        """Give ranges that you are 90 % sure of, by number of the question: {1: (10, 500), 2: …}; all or none is taken.

        Raises
        ------
        analysis.calibration.GuessError
            If a number is none of a question, or a range is not two numbers, the lower first.
        """
        self._guesses |= {number: self._checked(number, ends) for number, ends in ranges.items()}

    def _checked(self, number: int, ends: Sequence[float]) -> tuple[float, float]:
        if number not in range(1, len(self.asked) + 1):
            raise calibration.GuessError(f"there is no question {number!r}; expected 1 to {len(self.asked)}")
        try:
            low, high = ends
            return calibration.checked(number, low, high)
        except TypeError:
            raise calibration.GuessError(f"question {number}: {ends!r} is no range; give two numbers") from None
        except ValueError as error:
            if isinstance(error, calibration.GuessError):
                raise
            raise calibration.GuessError(f"question {number}: {ends!r} is no range; give two numbers") from None

    @property
    def result(self) -> pd.DataFrame:
        """Return the questions with the ranges given, and the answers to those; columns in analysis.calibration.result."""
        return calibration.result(self.asked, self._guesses)

    def show(self) -> Shown:
        """Return the ranges given and the truth as a chart, with its sentence and its rows."""
        module = chart("guesses_and_truth")
        return Shown(module, module.table(self.result))

    @property
    def held(self) -> int:
        """How many of the ranges hold the truth."""
        return int(self.result["held"].fillna(value=False).sum())

    @property
    def verdict(self) -> str:
        """What the score says, and what to do about it."""
        return calibration.verdict(self.held, len(self._guesses))
