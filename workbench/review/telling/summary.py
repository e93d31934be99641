"""What people are told: a value of plain lines of text, ready to be written in any form.

Nothing in it is markup, and nothing that looks like a secret is in it: whatever makes one goes through `said`.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError
from workbench.platforms.masking.text import spans
from workbench.reports import write_atomically
from workbench.reports.cells import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

_LONGEST = 160
MOST_ROWS = 10
Row = tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """One heading, what is said below it, and a table."""

    title: str
    says: str
    columns: Row = ()
    rows: tuple[Row, ...] = ()
    more: int = 0
    """Rows that are not shown."""


@dataclass(frozen=True)
class Page:
    """Where the page of a review lies."""

    words: str
    place: str
    """Its path in the workspace."""
    address: str | None = None
    """Its https address, where the folder is served."""


@dataclass(frozen=True)
class Summary:
    """What people are told about one app or all of them, on one day."""

    subject: str
    """One line."""
    title: str
    day: date
    lead: tuple[str, ...]
    figures: tuple[tuple[str, int], ...]
    sections: tuple[Section, ...]
    pages: tuple[Page, ...]
    more_pages: int
    app: str | None
    """Id of the app; None for all."""
    place: str
    """Number of the newest entry of the history, and its hash."""
    has_news: bool
    """Something changed, or this is the first look."""
    has_problems: bool
    """A run did not finish."""

    def markdown(self) -> str:
        """Return it as Markdown, in which names stay text."""
        from workbench.review.telling import markdown  # noqa: PLC0415 - writes what this module defines

        return markdown.render(self)

    def html(self) -> str:
        """Return it as the body of a mail, in which every name is escaped."""
        from workbench.review.telling import html  # noqa: PLC0415 - as above

        return html.render(self)

    def write(self, path: Path) -> Path:
        """Write it to a file ending in .md or .html, whole or not at all.

        Raises
        ------
        UsageError
            If the file ends otherwise.
        """
        forms = {".md": self.markdown, ".html": self.html}
        if path.suffix not in forms:
            raise UsageError(f"{path} ends in {path.suffix or 'nothing'!r}; expected .md or .html")
        write_atomically(path, forms[path.suffix]().encode("utf-8"))
        return path

    def _repr_html_(self) -> str:
        """Return it as a notebook shows it: in a frame of its own, in which nothing runs."""
        data = base64.b64encode(self.html().encode("utf-8")).decode("ascii")
        style = "width:100%;height:70vh;border:1px solid #c8ced6;background:white"
        return (
            f'<iframe sandbox title="{escape(self.title)}" style="{style}" src="data:text/html;base64,{data}"></iframe>'
        )


def said(value: Any, longest: int = _LONGEST) -> str:
    """Return a value as one line of at most so many characters, in which nothing looks like a secret."""
    # Cut early so that a text of megabytes is not searched for secrets; late so that none is cut in two and missed.
    line = " ".join(words(value)[: 20 * _LONGEST].split())
    for span in reversed(spans(line)):
        line = f"{line[: span.start]}[hidden]{line[span.end :]}"
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def section(title: str, says: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Section:
    """Return a section of the first rows, each value as `said`."""
    given = list(rows)
    shown = tuple(tuple(said(value) for value in row) for row in given[:MOST_ROWS])
    return Section(title, says, tuple(columns), shown, max(0, len(given) - MOST_ROWS))


def several(count: int, one: str, many: str) -> str:
    """Return a count with its noun."""
    return f"{count} {one if count == 1 else many}"
