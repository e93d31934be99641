"""Tables on the command line are readable at any width."""

from __future__ import annotations

import pandas as pd
import pytest
from rich.console import Console

from workbench.cli import output

FRAME = pd.DataFrame(
    {
        "element_name": ["Customer registration form", "Archive"],
        "severity": ["Critical", "Low"],
        "yearly_loss": [37165749.25, 1.5],
        "owner": [None, None],
        "why": ["It can be reached by anyone on the internet without signing in", None],
    }
)


def printed(monkeypatch: pytest.MonkeyPatch, width: int, frame: pd.DataFrame = FRAME) -> str:
    """Return what is printed on a terminal of that width."""
    console = Console(width=width, record=True)
    monkeypatch.setattr(output, "console", console)
    output.show(frame, list(frame.columns))
    return console.export_text()


@pytest.mark.parametrize("width", [*range(30, 90), 200])
def test_no_word_is_broken(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """Every word of a cell stands whole in one line, on any terminal."""
    said = printed(monkeypatch, width)
    for word in ["Customer", "registration", "internet", "without", "Critical", "37,165,749"]:
        assert word in said, word


def test_a_wide_terminal_gets_a_table_and_a_narrow_one_a_line_for_each_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not known has no line of its own."""
    assert "element" in printed(monkeypatch, 200).splitlines()[1]
    narrow = printed(monkeypatch, 30)
    assert "│" not in narrow
    assert "owner" not in narrow
    assert narrow.count("severity") == len(FRAME)


def test_before_rows_are_broken_columns_go_that_say_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A column in which nothing is known is left out where room is short, and stays where there is room."""
    frame = FRAME.assign(deputy=None, reviewed_by=None)
    assert "deputy" in printed(monkeypatch, 200, frame)
    short = printed(monkeypatch, 70, frame)
    assert "│" in short
    assert "deputy" not in short


def test_before_rows_are_broken_frames_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table without lines between its columns is a table still: its headings stand in one line."""
    bare = printed(monkeypatch, 49)
    assert "│" not in bare
    assert {"element", "severity", "yearly", "why"} <= set(bare.splitlines()[0].split())


def test_an_empty_table_keeps_its_headings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks and gets nothing sees what there would be."""
    assert "severity" in printed(monkeypatch, 80, FRAME.iloc[:0])


def test_a_name_in_the_progress_bar_is_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file may be called like the end of a style; it is shown as it is and stops nothing."""
    console = Console(width=120, force_terminal=True, record=True)
    monkeypatch.setattr(output, "errors", console)
    with output.progress("Reading") as move:
        move(1, 2, "[/bold]\x1b[2J.json")
    assert "[/bold]␛[2J.json" in console.export_text()
