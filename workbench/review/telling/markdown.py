"""A summary as Markdown, in which names stay text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.reports.markdown import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.review.telling.summary import Page, Section, Summary


def render(summary: Summary) -> str:
    """Return the summary as Markdown with tables."""
    return "\n".join(_lines(summary)).rstrip() + "\n"


def _lines(summary: Summary) -> Iterator[str]:
    yield f"# {text(summary.title)}, {summary.day.isoformat()}\n"
    yield from (f"{text(sentence)}\n" for sentence in summary.lead)
    yield from (f"- {text(label)}: **{count}**" for label, count in summary.figures)
    yield ""
    for section in summary.sections:
        yield from _section(section)
    if summary.pages:
        yield "## Where the pages lie\n"
        yield from (f"- {_place(page)}" for page in summary.pages)
        yield f"- and {summary.more_pages} more" if summary.more_pages else ""
    yield f"\nRead from the history at entry {text(summary.place)}."


def _section(section: Section) -> Iterator[str]:
    yield f"## {text(section.title)}\n"
    yield f"{text(section.says)}\n"
    if section.rows:
        yield f"| {' | '.join(map(text, section.columns))} |"
        yield f"|{' --- |' * len(section.columns)}"
        yield from (f"| {' | '.join(map(text, row))} |" for row in section.rows)
        yield ""
    if section.more:
        yield f"and {section.more} more\n"


def _place(page: Page) -> str:
    # The address comes from the configuration, and what is added to it is quoted; < and > keep it whole.
    return f"[{text(page.words)}](<{page.address}>)" if page.address else f"{text(page.words)}: {text(page.place)}"
