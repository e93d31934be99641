"""Tables that people read in a notebook: whole words, lists as text, nothing that acts."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from workbench.reports.cells import heading, rows, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

_STYLE = (
    "text-align:left;vertical-align:top;white-space:normal;overflow-wrap:anywhere;max-width:34em;padding:.35em .7em"
)


class Table:
    """Some columns of a DataFrame, shown whole; `frame` has the data."""

    def __init__(self, frame: pd.DataFrame, columns: Sequence[str], most: int, nothing: str) -> None:
        self.frame = frame
        self._columns = list(columns)
        self._most = most
        self._nothing = nothing

    def __repr__(self) -> str:
        return self.frame[self._columns].head(self._most).to_string() if len(self.frame) else self._nothing

    def _repr_html_(self) -> str:
        if self.frame.empty:
            return f"<p>{escape(self._nothing)}</p>"
        head = "".join(f'<th scope="col" style="{_STYLE}">{escape(heading(name))}</th>' for name in self._columns)
        body = "".join(f"<tr>{_cells(row)}</tr>" for row in rows(self.frame[self._columns].head(self._most)))
        more = len(self.frame) - self._most
        note = f"<p>… and {more} more rows.</p>" if more > 0 else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"


def table(frame: pd.DataFrame, columns: Sequence[str], *, most: int = 25, nothing: str = "None.") -> Table:
    """Return some columns of a frame for people to read: at most so many rows, or a sentence if there are none."""
    return Table(frame, columns, most, nothing)


def _cells(row: dict[str, object]) -> str:
    return "".join(f'<td style="{_STYLE}">{escape(words(value))}</td>' for value in row.values())
