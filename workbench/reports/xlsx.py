"""The report as a workbook, one sheet a table, with text that stays text."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from workbench.reports.cells import heading, rows, words
from workbench.visible import visible

if TYPE_CHECKING:
    import pandas as pd
    import xlsxwriter

    from workbench.reports.content import Content

SUFFIXES = (".xlsx",)

MOST = 32_767  # characters that a cell can hold
_CUT = " … [cut here: {count:,} characters do not fit into a cell; the JSON report has them all]"
_OPTIONS = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "remove_timezone": True,
}  # fmt: skip
_WIDE = frozenset(
    {"title", "story", "because", "path", "text", "why", "evidence", "what", "mitigations_suggested", "name"}
)


def render(content: Content) -> bytes:
    """Return the workbook."""
    import xlsxwriter  # noqa: PLC0415 - only this format needs it

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        book.set_properties(
            {"title": f"Threat model: {visible(content.title)}", "created": content.generated.replace(tzinfo=None)}
        )
        looks = _Looks(book)
        _about(book, looks, content)
        for name, table in content.named().items():
            _sheet(book, looks, name, table)
    return buffer.getvalue()


def fitted(text: str) -> str:
    """Return `text` if a cell can hold it, else as much as fits and a note of how much is missing."""
    # Excel counts in UTF-16, where some characters take two places.
    if _length(text) <= MOST:
        return text
    note = _CUT.format(count=len(text))
    kept = text[: MOST - len(note) - 8]
    while _length(kept) + len(note) > MOST:
        kept = kept[:-1000]
    return kept + _CUT.format(count=len(text) - len(kept))


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


class _Looks:
    """The cell formats. Text cells carry Excel's own mark for text, so that editing one does not make it a formula."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.text = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True, "num_format": "@"})
        self.number = book.add_format({"valign": "top"})
        self.day = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"})
        self.moment = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
        self.head = book.add_format(
            {"bold": True, "bg_color": "#E4E7EB", "bottom": 1, "valign": "top", "text_wrap": True}
        )


def _about(book: xlsxwriter.Workbook, looks: _Looks, content: Content) -> None:
    sheet = book.add_worksheet("About")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    facts = {
        "Threat model of": words(content.title),
        "Generated": words(content.generated),
        "Ledger entry": str(content.head.sequence),
        "Ledger head hash": content.head.hash,
        "Risk scheme": f"{words(content.scheme.id)} ({content.scheme.hash[:16]}…)",
        "Note": f"Text longer than {MOST:,} characters is cut, with a note in its cell. Times are UTC.",
    }
    for row, (name, value) in enumerate(facts.items()):
        sheet.write_string(row, 0, name, looks.head)
        sheet.write_string(row, 1, fitted(value), looks.text)


def _sheet(book: xlsxwriter.Workbook, looks: _Looks, name: str, table: pd.DataFrame) -> None:
    sheet = book.add_worksheet(heading(name)[:31])
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(table.columns):
        sheet.set_column(column, column, 48 if title in _WIDE else 18)
        sheet.write_string(0, column, heading(str(title)), looks.head)
    for row, values in enumerate(rows(table), start=1):
        for column, value in enumerate(values.values()):
            _cell(sheet, looks, row, column, value)
    if len(table) and len(table.columns):
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)


def _cell(sheet: xlsxwriter.worksheet.Worksheet, looks: _Looks, row: int, column: int, value: Any) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), looks.moment if value.tzinfo else looks.day)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime.combine(value, datetime.min.time()), looks.day)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        sheet.write_number(row, column, value, looks.number)
    elif value is not None:
        sheet.write_string(row, column, fitted(words(value)), looks.text)
