"""How well people's ranges hold the truth: questions whose answers are known, and what the score says in plain words.

A range that somebody is 90 % sure of should hold the truth nine times in ten. Most people's first ranges are too
narrow, and a few rounds of such questions make them wider; only then are ranges about risks worth simulating.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from workbench.analysis.frames import FLAG, NUMBER, TEXT, WHOLE, frame
from workbench.places import share

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

EACH = 10
SURE = 0.9
RESULT = {
    "number": WHOLE, "question": TEXT, "unit": TEXT, "low": NUMBER, "high": NUMBER, "answer": NUMBER, "range": TEXT,
    "truth": TEXT, "held": FLAG,
    "source": TEXT,
}  # fmt: skip
_FEWEST = 5
_RARE = 0.1
_MANY = 20
_WIDEN = (
    "For each end of your next ranges ask: would I be surprised if the truth lay beyond it? You should expect that one "
    "time in twenty at each end. Or choose: would you rather bet on your range, or draw from a bag with nine white "
    "balls and one black one, where white wins? If you would rather draw, the range is too narrow. Start absurdly wide "
    "and come in only as far as you can say why."
)


class GuessError(ValueError):
    """A guess cannot be taken; says what was given and what was expected."""


@dataclass(frozen=True)
class Question:
    """Something that can be looked up."""

    id: str
    text: str
    unit: str
    answer: float
    source: str
    """Who says so, and where."""


def questions(round_: int = 1) -> tuple[Question, ...]:
    """Return the questions of a round, ten each.

    Raises
    ------
    GuessError
        If there is no such round.
    """
    given = yaml.safe_load(share("data", "calibration", "warm-up.yaml").read_text(encoding="utf-8"))["questions"]
    rounds = len(given) // EACH
    if round_ not in range(1, rounds + 1):
        raise GuessError(f"there is no round {round_!r} of questions; expected 1 to {rounds}")
    return tuple(_question(each) for each in given[(round_ - 1) * EACH : round_ * EACH])


def _question(given: Mapping[str, Any]) -> Question:
    source = ", ".join(str(given[name]) for name in ("source", "as_of") if name in given)
    return Question(given["id"], given["text"], given["unit"], float(given["answer"]), source)


def checked(number: int, low: float, high: float) -> tuple[float, float]:
    """Return a guess as two numbers.

    Raises
    ------
    GuessError
        If it is not two numbers, the lower first.
    """
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise GuessError(f"question {number}: {low:g} to {high:g} is no range; give two numbers, the lower first")
    return float(low), float(high)


def result(asked: tuple[Question, ...], guesses: Mapping[int, tuple[float, float]]) -> pd.DataFrame:
    """Return one row a question; its answer stays unknown until there is a guess.

    Columns
    -------
    number, question, unit : 1 for the first
    low, high : what was guessed
    answer, source : what is true, and who says so
    range, truth : both as people write them
    held : the range holds the truth
    """
    return frame(RESULT, [_row(number, each, guesses.get(number)) for number, each in enumerate(asked, 1)])


def _row(number: int, asked: Question, guess: tuple[float, float] | None) -> dict[str, Any]:
    low, high = guess or (None, None)
    return {
        "number": number, "question": asked.text, "unit": asked.unit, "low": low, "high": high,
        "answer": asked.answer if guess else None,
        "range": f"{_written(guess[0], asked)} to {_written(guess[1], asked)}" if guess else None,
        "truth": _written(asked.answer, asked) if guess else None,
        "held": None if guess is None else guess[0] <= asked.answer <= guess[1],
        "source": asked.source if guess else None,
    }  # fmt: skip


def _written(value: float, asked: Question) -> str:
    """Return a number as people write it: years without a comma."""
    return f"{value:g}" if asked.unit == "year" else f"{value:,.10g}"


def by_luck(held: int, given: int) -> float:
    """Return how probable it is that of so many ranges at most `held` hold the truth, if each does nine times in ten."""
    return sum(math.comb(given, k) * SURE**k * (1 - SURE) ** (given - k) for k in range(held + 1))


def verdict(held: int, given: int) -> str:
    """Return what a score says about somebody's ranges, and what to do about it, in plain words."""
    if given < _FEWEST:
        return f"{given} ranges so far: give at least {_FEWEST}, better all ten, before they say anything."
    told = f"{held} of {given} ranges held the truth; nine of ten should."
    chance = by_luck(held, given)
    if chance < _RARE:
        once = (
            f"Somebody whose ranges are right does as badly as that about once in {max(2, round(1 / chance)):,} rounds."
        )
        return f"{told} Your ranges are too narrow. {once} {_WIDEN}"
    if held == given and given >= _MANY:
        return (
            f"{told} Yours may be wider than they need to be: come in at the ends where you would bet a lot, until about "
            "one in ten misses."
        )
    return (
        f"{told} That fits, as far as {given} questions can tell. Give ranges about risks the same way: start wide, and "
        "come in only as far as you can say why."
    )
