"""Nothing in a spreadsheet is a formula or a link, and nothing is lost unsaid."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import openpyxl
import pandas as pd
import pytest
from contents import content
from hypothesis import given
from hypothesis import strategies as st
from payloads import ALL, FORMULAS, hostile
from pictures import register, threat

from workbench import tables
from workbench.reports import render
from workbench.reports.csv import escaped, table, unescaped
from workbench.reports.xlsx import MOST, fitted
from workbench.visible import visible

SIGNS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
CONTROLS = tuple("\t\r\n")


def book(**given_: Any) -> openpyxl.Workbook:
    """Return the workbook of a report, read again."""
    return openpyxl.load_workbook(io.BytesIO(render(content(**given_), "xlsx")))


def poisoned() -> pd.DataFrame:
    """Return a register with payloads in its texts."""
    return register(
        *(threat(f"NC-{i:03}", f"orders/process:{i}", title=t, story=t, owner=t) for i, t in enumerate(ALL))
    )


def read(text: str, delimiter: str = ",") -> list[list[str]]:
    """Return the cells of a CSV as a spreadsheet set to a separator sees them."""
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_a_workbook_has_no_formula_and_no_link() -> None:
    """Read again by another library: every text is text, in every sheet."""
    model = hostile()
    found = book(model=model, threats=poisoned(), tables={"elements": tables.elements(model, "orders")})
    cells = [cell for sheet in found for line in sheet.iter_rows() for cell in line]
    assert len(cells) > 4000
    assert [c for c in cells if c.data_type == "f"] == []
    assert [c for c in cells if c.hyperlink] == []
    content_ = render(content(model=model, threats=poisoned()), "xlsx")
    parts = {n: zipfile.ZipFile(io.BytesIO(content_)).read(n) for n in zipfile.ZipFile(io.BytesIO(content_)).namelist()}
    assert not [n for n, data in parts.items() if b"<f>" in data or b"<hyperlink" in data or b"externalLink" in data]


def test_text_cells_stay_text_when_somebody_edits_them() -> None:
    """They carry the mark for text, so that pressing return in one does not make it a formula."""
    sheet = book(threats=poisoned())["Threats"]
    marked = [cell for line in sheet.iter_rows(min_row=2) for cell in line if isinstance(cell.value, str)]
    assert marked
    assert all(cell.quotePrefix for cell in marked)


def test_a_workbook_shows_what_the_tables_hold() -> None:
    """One sheet a table, one row a row, dates and numbers as such."""
    found = book()
    assert found.sheetnames[:5] == ["About", "Threats", "Mitigations", "Questions", "Assumptions"]
    sheet = found["Threats"]
    head = [cell.value for cell in sheet[1]]
    assert head[:3] == ["Id", "Rule", "Title"]
    assert sheet.max_row == 1 + len(content().threats)
    assert isinstance(sheet.cell(2, head.index("Score") + 1).value, int)
    assert found["Mitigations"].cell(2, [c.value for c in found["Mitigations"][1]].index("Due") + 1).is_date


def test_text_that_is_too_long_is_cut_and_says_so() -> None:
    """The note tells how much is missing; so many characters fit, counted as Excel counts."""
    assert fitted("x" * MOST) == "x" * MOST
    for text in ("x" * (MOST + 1), "😀" * MOST):
        cut = fitted(text)
        assert len(cut.encode("utf-16-le")) // 2 <= MOST
        assert "cut here" in cut
    long = register(threat("NC-1", "orders/process:a", story="y" * 40_000))
    assert "cut here" in str([cell.value for cell in book(threats=long)["Threats"][2]])


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_cell_of_a_csv_starts_like_a_formula(text: str, delimiter: str) -> None:
    """Also not where a spreadsheet is set to another separator and splits our lines elsewhere."""
    lines = read(table(pd.DataFrame({"a": ["x"], "b": [text], "c": [text]})), delimiter)
    cells = [cell for line in lines for cell in line]
    assert [cell for cell in cells if cell.lstrip(' "').startswith(SIGNS)] == []
    if delimiter == ",":
        assert [cell for cell in cells if cell.startswith(CONTROLS)] == []


@given(st.text(st.one_of(st.sampled_from("=+-@\t\r\n'\"; ,x\uff1d"), st.characters(codec="utf-8"))))
def test_every_escape_can_be_taken_back(text: str) -> None:
    """Un-prefixing gives exactly the text that was escaped."""
    assert unescaped(escaped(text)) == text


@given(st.text(st.one_of(st.sampled_from("=+-@'\"; ,x\n\uff1d"), st.characters(codec="utf-8")), min_size=1))
def test_a_csv_read_again_gives_the_text_that_was_written(text: str) -> None:
    """Through a CSV reader and back."""
    cell = read(table(pd.DataFrame({"a": [text]})))[1][0]
    assert unescaped(cell) == visible(text)


def test_numbers_stay_numbers_and_unknown_is_empty() -> None:
    """-5 is no formula, and what is not known is an empty cell."""
    frame = pd.DataFrame({"n": [-5, 7], "t": [None, "-5"], "l": [(), ("a", "b")]})
    assert read(table(frame)) == [["n", "t", "l"], ["-5", "", ""], ["7", "'-5", "a; b"]]


def test_the_csv_report_is_the_register() -> None:
    """One line a finding, in UTF-8 with a mark that tells spreadsheets so."""
    data = render(content(), "csv")
    assert data.startswith(b"\xef\xbb\xbf")
    lines = read(data.decode("utf-8-sig"))
    assert [line[0] for line in lines[1:]] == list(content().threats["id"])
