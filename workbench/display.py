"""What people read in a notebook: tables with whole words, sentences, drawings; nothing that acts."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import date
from html import escape
from typing import TYPE_CHECKING

from workbench.reports.cells import heading, rows, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

_STYLE = "text-align:left;vertical-align:top;white-space:normal;max-width:34em;padding:.35em .7em"
_LONGEST = 20
_WHOLE_FROM = 100
# Words keep together so that a narrow window breaks no word; what is longer, such as a hash, may be broken.
_PARTS = re.compile(rf"\S{{1,{_LONGEST}}}|\s+")
# As wide as the page; in full size, with bars to scroll, when the box is ticked. JupyterLab's shortcuts take the arrow
# keys from whatever has the focus, unless that very element says no.
_DRAWING = """<div class="wb-drawing">
<style>
.wb-drawing label {{ display: inline-block; padding: .3em 0; cursor: pointer; }}
.wb-drawing > div {{ overflow: auto; border: 1px solid #c8ced6; background: white; }}
.wb-drawing img {{ display: block; max-width: 100%; height: auto; }}
@media screen {{ .wb-drawing:has(input:checked) > div {{ max-height: 75vh; }} }}
@media screen {{ .wb-drawing:has(input:checked) img {{ max-width: none; }} }}
@media print {{ .wb-drawing label {{ display: none; }} }}
</style>
<label><input type="checkbox"> Full size</label>
<div tabindex="0" role="region" aria-label="{alt}" data-lm-suppress-shortcuts="true">
<img alt="{alt}" src="data:image/svg+xml;base64,{data}">
</div></div>"""


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
        note = f"<p>… and {more} more {'row' if more == 1 else 'rows'}.</p>" if more > 0 else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"


class Sentences(list[str]):
    """Sentences, one below the other."""

    def _repr_html_(self) -> str:
        return "".join(f"<p>{_breakable(words(sentence))}</p>" for sentence in self)


def table(frame: pd.DataFrame, columns: Sequence[str], *, most: int = 25, nothing: str = "None.") -> Table:
    """Return some columns of a frame for people to read: at most so many rows, or a sentence if there are none."""
    return Table(frame, columns, most, nothing)


def drawing(svg: str, alt: str) -> str:
    """Return HTML that shows an SVG as a picture, in which nothing runs: fitted to the page, or in full size."""
    return _DRAWING.format(alt=escape(words(alt)), data=b64encode(svg.encode("utf-8")).decode("ascii"))


def _cells(row: dict[str, object]) -> str:
    return "".join(f'<td style="{_STYLE}">{_cell(value)}</td>' for value in row.values())


def _cell(value: object) -> str:
    text = _short(value) if isinstance(value, float) else words(value)
    if not isinstance(value, date):
        return _breakable(text)
    return " ".join(f'<span style="white-space:nowrap">{escape(part)}</span>' for part in text.split())


def _short(value: float) -> str:
    """Return a number with as many digits as people read: amounts whole, parts of one to three places."""
    return f"{value:,.0f}" if abs(value) >= _WHOLE_FROM else f"{value:.3g}"


def _breakable(text: str) -> str:
    """Return text as HTML in which long words may be broken."""
    parts = (match[0] for match in _PARTS.finditer(text))
    return "".join(escape(part) + ("<wbr>" if len(part) == _LONGEST and part.strip() else "") for part in parts)
