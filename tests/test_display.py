"""Tables in notebooks: whole words, and text stays text."""

from __future__ import annotations

import pandas as pd

from workbench.display import table


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
