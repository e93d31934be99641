"""Text is measured by a table and made to fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.diagrams.text import fit, width, wrap


def test_wider_letters_and_bold_take_more_room() -> None:
    """The estimate follows the letters."""
    assert width("iii", 12) < width("mmm", 12) < width("mmm", 12, bold=True) < width("漢漢漢漢", 12)


def test_text_that_fits_stays() -> None:
    """Nothing is cut without need."""
    assert fit("Order", 100, 12) == "Order"
    assert wrap("Order form", 200, 12, lines=2) == ("Order form",)


def test_text_wraps_at_words() -> None:
    """A line ends where a word ends."""
    assert wrap("Check that the order is complete", 110, 12, lines=3) == ("Check that the", "order is complete")


@given(st.text(max_size=300), st.integers(20, 200), st.integers(1, 4))
def test_lines_are_never_wider_than_their_room(text: str, room: int, lines: int) -> None:
    """At most so many lines, each within the room, unless a single sign is wider than that."""
    wrapped = wrap(text, room, 12, lines=lines)
    assert len(wrapped) <= lines
    assert all(width(line, 12) <= room or len(line) <= 2 for line in wrapped)


@given(st.text(max_size=300), st.integers(20, 200))
def test_cut_text_ends_with_an_ellipsis(text: str, room: int) -> None:
    """What is cut says so, and is no longer than it may be."""
    result = fit(text, room, 12)
    assert result == text or (result.endswith("…") and width(result, 12) <= room)


def test_an_endless_name_is_cut_in_no_time() -> None:
    """A name of a megabyte costs as much as a short one."""
    assert len(wrap("x" * 1_000_000, 150, 12, lines=3)) == 3


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_gives_no_lines(text: str) -> None:
    """Blank text takes no line."""
    assert wrap(text, 100, 12, lines=2) == ()
