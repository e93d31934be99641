"""The warm-up's fields: what is typed becomes ranges, and the score is shown as text."""

from __future__ import annotations

import pytest

from workbench.analysis.calibration import GuessError
from workbench.risk.warm_up import WarmUp as Round
from workbench.widgets.warmup import WarmUp, number


def typed(widget: WarmUp, *ranges: tuple[str, str]) -> str:
    """Type ranges into the fields from the first question on, press the button, and return what is said."""
    for (low, high), given in zip(widget._fields, ranges, strict=False):
        low.value, high.value = given
    widget._button.click()
    return str(widget._said.value)


def test_each_question_has_two_fields_called_by_its_number() -> None:
    """So that they can be told apart by ear."""
    widget = WarmUp()
    assert [field.description for field in widget._fields[9]] == ["10. at least", "10. at most"]
    assert len(widget._fields) == 10


def test_what_is_typed_is_in_the_round_that_was_given() -> None:
    """The notebook's next cells read the same ranges."""
    warm_up = Round(1)
    said = typed(WarmUp(warm_up), ("10", "500"), ("1,000", "2 000"), ("1", "200"), ("100", "400"), ("50", "150"))
    assert warm_up.held == 4
    assert "4 of 5 ranges held the truth" in said
    assert 'role="status"' in said


def test_what_is_no_number_is_told_with_its_question_and_nothing_is_taken() -> None:
    """And as text only."""
    warm_up = Round(1)
    said = typed(WarmUp(warm_up), ("10", "500"), ("<b>many</b>", ""))
    assert "question 2: &#x27;&lt;b&gt;many&lt;/b&gt;&#x27; is no number" in said
    assert warm_up.result["held"].isna().all()
    assert "the lower first" in typed(WarmUp(warm_up), ("500", "10"))


def test_nothing_typed_is_no_score() -> None:
    """The button asks for more."""
    assert "0 ranges so far" in typed(WarmUp())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,200", 1200),
        ("1 200", 1200),
        ("1,234,567.5", 1234567.5),
        ("12\u202f500", 12500),
        (" 56.7 ", 56.7),
        ("-3", -3),
        ("1e3", 1000),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    """With commas or spaces between the thousands."""
    assert number(1, text) == value


def test_words_are_no_numbers() -> None:
    """With what to write."""
    with pytest.raises(GuessError, match="give both ends, such as 100 and 2,500"):
        number(1, "a lot")


@pytest.mark.parametrize(
    ("text", "instead"),
    [("2,5", "2.5"), ("12,50", "12.50"), ("1234,567", "1234.567"), (",5", ".5"), ("-0,25", "-0.25")],
)
def test_a_comma_that_may_be_a_point_is_asked_about(text: str, instead: str) -> None:
    """It is never dropped: 2,5 is not 25."""
    with pytest.raises(GuessError, match=f"'{text}' is no number; write {instead}: commas stand only"):
        number(3, text)


@pytest.mark.parametrize("text", ["1,2,3", "1.234,5", "1 2", "1,200 000", "1,2000"])
def test_thousands_are_three_digits_between_signs_of_one_kind(text: str) -> None:
    """Anything else is no number."""
    with pytest.raises(GuessError, match="is no number"):
        number(3, text)
