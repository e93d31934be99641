"""The register as CSV that a spreadsheet opens as text, whatever is in it."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workbench.reports.cells import rows, words

if TYPE_CHECKING:
    import pandas as pd

    from workbench.reports.content import Content

SUFFIXES = (".csv",)

# A spreadsheet takes a cell that starts with one of these for a formula; full-width signs count like plain ones.
_SIGNS = r"[=+\-@\uff1d\uff0b\uff0d\uff20]"
_START = re.compile(rf"^(?='*(?:\s*{_SIGNS}|[\t\r\n]))")
_STARTED = re.compile(rf"^'(?='*(?:\s*{_SIGNS}|[\t\r\n]))")
# One that is set to another separator splits our lines elsewhere, so what follows a separator, a quote or a line break
# is a start too.
_WITHIN = re.compile(rf"([,;|\t\r\n\"] *)('*)(?={_SIGNS})")
_ESCAPED = re.compile(rf"([,;|\t\r\n\"] *)'('*)(?={_SIGNS})")


def render(content: Content) -> bytes:
    """Return the threats as CSV in UTF-8, with a mark at its start that tells spreadsheets so."""
    return "\ufeff".encode() + table(content.threats).encode()


def table(frame: pd.DataFrame) -> str:
    """Return any table as CSV: all quoted, an apostrophe before all that a spreadsheet would take for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([escaped(str(name)) for name in frame.columns])
    # Most texts of a table stand in it again and again.
    known = _Texts()
    writer.writerows([known[v] if type(v) is str else _cell(v) for v in row.values()] for row in rows(frame))
    return text.getvalue()


class _Texts(dict[str, "str | int | float"]):
    """Texts as they were written before."""

    def __missing__(self, value: str) -> str | int | float:
        cell = self[value] = _cell(value)
        return cell


def escaped(text: str) -> str:
    """Return `text` with an apostrophe before each sign that could start a formula."""
    return _START.sub("'", _WITHIN.sub(r"\1\2'", text))


def unescaped(text: str) -> str:
    """Return the text that `escaped` was given."""
    return _ESCAPED.sub(r"\1\2", _STARTED.sub("", text))


def _cell(value: Any) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value  # -5 stays a number
    if isinstance(value, datetime) and value.tzinfo:
        return value.isoformat()
    return escaped(words(value))
