"""A summary as values: sections of sentences and tables, the same for each format."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from workbench.ledger import Anchor
    from workbench.reports.story import Table


@dataclass(frozen=True)
class Section:
    """A part of the page."""

    id: str
    title: str
    says: tuple[str, ...] = ()
    """Sentences, one a line."""
    tables: tuple[Table, ...] = ()
    nothing: str = ""
    """What is said if there is neither a sentence nor a row."""

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing in it."""
        return not self.says and not any(table.rows for table in self.tables)


@dataclass(frozen=True)
class Summary:
    """The whole page, as texts."""

    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    svg: str
    head: Anchor
    redacted: tuple[str, ...]
    """What was left out: hosts, people."""


def with_texts(whole: Summary, text: Callable[[str], str]) -> Summary:
    """Return the summary with every text replaced; the picture has been drawn from replaced names."""

    def all_of(texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(map(text, texts))

    def table(given: Table) -> Table:
        return replace(given, rows=tuple(all_of(row) for row in given.rows))

    def sections(given: Sequence[Section]) -> tuple[Section, ...]:
        return tuple(replace(s, says=all_of(s.says), tables=tuple(map(table, s.tables))) for s in given)

    facts = tuple((label, text(value)) for label, value in whole.facts)
    return replace(whole, title=text(whole.title), facts=facts, sections=sections(whole.sections))
