"""Hidden characters are written out; all others stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.visible import is_hiding, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("user\u202egnp.exe", "user[U+202E]gnp.exe"),
        ("zero\u200bwidth", "zero[U+200B]width"),
        ("nul\x00inside", "nul\u2400inside"),
        ("escape\x1b[31m", "escape\u241b[31m"),
        ("delete\x7f", "delete\u2421"),
        ("half\ud800", "half[U+D800]"),
        ("tag\U000e0041", "tag[U+E0041]"),
        ("alone\rhere", "alone\u240dhere"),
        ("joined\u200dword", "joined[U+200D]word"),
    ],
)
def test_a_hidden_character_is_written_out(text: str, shown: str) -> None:
    """Its code, or the picture of a control."""
    assert visible(text) == shown
    assert is_hiding(text)


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "日本語",
        "שלום",
        "naïve",
        "tab\there",
        "two\nlines",
        "👨\u200d👩\u200d👧",
        "❤\ufe0f\u200d🔥",
        "1\u202f000",
        "\ufffd",
    ],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    """Every script, emoji with their joiners, line breaks and tabs."""
    assert visible(text) == text
    assert not is_hiding(text)


def test_line_breaks_of_windows_become_plain() -> None:
    """A carriage return before a line feed hides nothing."""
    assert visible("a\r\nb") == "a\nb"


@given(st.text(st.characters(codec=None)))
def test_the_result_can_be_encoded_and_hides_nothing(text: str) -> None:
    """Whatever comes in, UTF-8 takes what comes out, and showing it again changes nothing."""
    shown = visible(text)
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert visible(shown) == shown
