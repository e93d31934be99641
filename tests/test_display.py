"""Tables in notebooks: whole words, and text stays text."""

from __future__ import annotations

import re
from base64 import b64encode

import pandas as pd

from workbench.display import Sentences, drawing, table


def test_an_empty_table_is_a_sentence():
    """Nothing to show is said in words."""
    assert (
        table(pd.DataFrame({"a": []}), ["a"], nothing="Nothing is overdue.")._repr_html_()
        == "<p>Nothing is overdue.</p>"
    )


def test_markup_in_values_and_columns_is_shown_not_run():
    """Tags in a cell or a column's name are escaped."""
    html = table(pd.DataFrame({"<b>x</b>": ["<img src=x onerror=alert(1)>"]}), ["<b>x</b>"])._repr_html_()

    assert "<img" not in html
    assert "<b>" not in html


def test_long_words_are_not_cut_and_lists_are_text():
    """A cell is shown whole, and several values with a separator."""
    long = "word " * 100

    html = table(pd.DataFrame({"a": [(long, "second")]}), ["a"])._repr_html_()

    assert f"{long}; second" in html


def test_rows_left_out_are_counted():
    """What is not shown is told."""
    assert "… and 3 more rows." in table(pd.DataFrame({"a": range(5)}), ["a"], most=2)._repr_html_()


def test_only_long_words_may_be_broken():
    """A word that people read stays whole in a narrow column; a hash is not wider than the page."""
    html = table(pd.DataFrame({"a": ["authentication " + "9041cc3e" * 8]}), ["a"])._repr_html_()

    assert "authentication 9041" in html
    assert "9041cc3e" * 2 + "9041<wbr>" in html


def test_a_day_is_not_broken():
    """A date stays on one line, and so does a time."""
    html = table(pd.DataFrame({"a": [pd.Timestamp("2026-11-26 11:26:55")]}), ["a"])._repr_html_()

    assert 'white-space:nowrap">2026-11-26</span>' in html


def test_sentences_are_paragraphs_and_text():
    """Each sentence is a paragraph, escaped; it is a list all the same."""
    said = Sentences(["One <b>.", "Two."])

    assert said._repr_html_() == "<p>One &lt;b&gt;.</p><p>Two.</p>"
    assert said == ["One <b>.", "Two."]


def test_a_drawing_is_a_picture_in_which_nothing_runs():
    """The SVG is the source of an image, with words for those who do not see it."""
    html = drawing("<svg><script>alert(1)</script></svg>", 'Flows of "<Shop>"')

    assert "<script" not in html
    assert 'alt="Flows of &quot;&lt;Shop&gt;&quot;"' in html
    assert b64encode(b"<svg><script>alert(1)</script></svg>").decode() in html


def test_numbers_have_as_many_digits_as_people_read() -> None:
    """Amounts are whole with commas between thousands, parts keep three places; whole numbers stay what they are."""
    shown = table(pd.DataFrame({"a": [28159879.28], "b": [0.34002], "c": [7], "d": [0.0]}), ["a", "b", "c", "d"])
    assert re.findall(r"<td[^>]*>([^<]*)</td>", shown._repr_html_()) == ["28,159,879", "0.34", "7", "0"]
