"""The warm-up: its questions, how ranges are taken, and what a score says."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis import calibration
from workbench.analysis.calibration import GuessError
from workbench.analysis.frames import records
from workbench.risk.warm_up import WarmUp

ALL = [question for number in (1, 2, 3) for question in calibration.questions(number)]


def test_three_rounds_of_ten_questions_each_with_a_source() -> None:
    """None twice, each a question with a unit and somebody who says so."""
    assert len(ALL) == 30
    assert len({question.id for question in ALL}) == 30
    assert all(question.text.endswith("?") and question.unit and len(question.source) > 3 for question in ALL)
    assert all(question.answer > 0 for question in ALL)


def test_no_question_gives_its_own_answer_away() -> None:
    """Nor that of another one in its round."""
    for number in (1, 2, 3):
        asked = calibration.questions(number)
        words = {word for question in asked for word in re.findall(r"[\d.,]+", question.text.replace(",", ""))}
        assert [q.id for q in asked if f"{q.answer:g}" in words] == []


def test_answers_stay_hidden_until_there_is_a_range() -> None:
    """The table asks first."""
    warm_up = WarmUp(1)
    assert warm_up.result["answer"].isna().all()
    assert warm_up.result["source"].isna().all()
    warm_up.guess({1: (1, 100), 3: (1, 2)})
    rows = records(warm_up.result)
    assert [row["number"] for row in rows if row["answer"] is not None] == [1, 3]
    assert (rows[0]["held"], rows[1]["held"], rows[2]["held"]) == (True, None, False)
    assert (rows[0]["range"], rows[0]["truth"]) == ("1 to 100", "47")
    assert warm_up.held == 1
    assert repr(warm_up) == "<WarmUp round 1: 2 of 10 ranges given>"


def test_the_ends_belong_to_the_range_and_a_later_range_counts() -> None:
    """Whoever changes their mind does."""
    warm_up, answer = WarmUp(1), ALL[0].answer
    warm_up.guess({1: (answer, answer)})
    assert warm_up.held == 1
    warm_up.guess({1: (answer + 1, answer + 2)})
    assert warm_up.held == 0


def test_years_are_written_as_years() -> None:
    """And distances with a comma between the thousands."""
    warm_up = WarmUp(1)
    warm_up.guess({6: (1980, 1990), 10: (100_000, 1e6)})
    rows = records(warm_up.result)
    assert (rows[5]["range"], rows[5]["truth"]) == ("1980 to 1990", "1985")
    assert (rows[9]["range"], rows[9]["truth"]) == ("100,000 to 1,000,000", "384,400")


@pytest.mark.parametrize(
    ("ranges", "told"),
    [
        ({11: (1, 2)}, "no question 11; expected 1 to 10"),
        ({1: (2, 1)}, "question 1: 2 to 1 is no range"),
        ({1: (1, float("inf"))}, "1 to inf is no range"),
        ({1: (1,)}, "give two numbers"),
        ({1: 5}, "give two numbers"),
        ({1: ("a", "b")}, "give two numbers"),
    ],
)
def test_what_is_no_range_is_refused_and_nothing_is_taken(ranges: Any, told: str) -> None:
    """Also the good ones beside it are not."""
    warm_up = WarmUp(2)
    with pytest.raises(GuessError, match=told):
        warm_up.guess({2: (1, 2)} | ranges)
    assert warm_up.result["held"].isna().all()


def test_there_are_three_rounds() -> None:
    """Another one is refused with those that are."""
    with pytest.raises(GuessError, match="no round 4 of questions; expected 1 to 3"):
        WarmUp(4)


@pytest.mark.parametrize(
    ("held", "given_", "told"),
    [
        (2, 4, "4 ranges so far: give at least 5"),
        (4, 10, "4 of 10 ranges held the truth; nine of ten should. Your ranges are too narrow."),
        (7, 10, "once in 14 rounds"),
        (8, 10, "That fits"),
        (10, 10, "That fits"),
        (20, 20, "wider than they need to be"),
    ],
)
def test_a_score_says_what_to_do(held: int, given_: int, told: str) -> None:
    """Too few to tell, too narrow, right, too wide."""
    assert told in calibration.verdict(held, given_)


def test_luck_is_counted_as_in_simulated_rounds() -> None:
    """Against a hundred thousand rounds of somebody whose ranges are right."""
    rounds = np.random.default_rng(1).binomial(10, 0.9, 100_000)
    for held in range(5, 11):
        assert calibration.by_luck(held, 10) == pytest.approx((rounds <= held).mean(), abs=0.005)


@given(given_=st.integers(5, 40), data=st.data())
def test_more_that_held_never_make_the_verdict_worse(given_: int, data: st.DataObject) -> None:
    """Whoever is told to widen would be told so with fewer hits, too."""
    held = data.draw(st.integers(1, given_))
    if "too narrow" in calibration.verdict(held, given_):
        assert "too narrow" in calibration.verdict(held - 1, given_)
