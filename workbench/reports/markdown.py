"""The report as Markdown, in which names stay text: no markup, links, formulas or HTML of theirs comes alive."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.analysis.bands import UNRATED
from workbench.reports.cells import heading, rows, words
from workbench.reports.story import Story

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from workbench.reports.content import Content
    from workbench.reports.story import Group, Table

SUFFIXES = (".md", ".markdown")

_SIGNS = re.compile(r"([\\`*_{}\[\]|~])")
_FIRST = re.compile(r"^([#+\-=])")  # means something at the start of a line only
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"}


def render(content: Content) -> bytes:
    """Return the report in Markdown with tables (as GitHub and JupyterLab show them)."""
    return ("\n".join(_lines(content)).rstrip() + "\n").encode("utf-8", "replace")


def text(value: object) -> str:
    """Return a value as one line of Markdown text.

    Signs of Markdown get a backslash; what HTML, mathematics or automatic links start with becomes an entity.
    """
    line = " ".join(words(value).split())
    line = "".join(_ENTITIES.get(sign, sign) for sign in _FIRST.sub(r"\\\1", _SIGNS.sub(r"\\\1", line)))
    # Addresses become links without any markup, and a number with a dot at the start makes a list.
    line = re.sub(r"(?i)(www|^\d+)\.", r"\1&#46;", line)
    return re.sub(r"(?i)(://|(?<=mailto):|(?<=xmpp):)", lambda found: found[0].replace(":", "&#58;"), line)


def _lines(content: Content) -> Iterator[str]:
    story = Story(content)
    yield f"# Threat model: {text(content.title)}\n"
    yield f"As of {text(content.generated)}, ledger entry {content.head.sequence}.\n"
    yield (
        ", ".join(f"**{count}** {name}" for name, count in story.severities)
        + " open; "
        + (f"**{len(content.questions)}** open questions; **{story.overdue}** overdue mitigations.\n")
    )
    yield "## 1. What are we working on?\n"
    yield from (f"- {label}: {text(value)}" for label, value in story.facts)
    yield f"\nThe model holds {story.inventory}.\n"
    for table in (story.flows, *story.model_tables):
        yield from table_lines(table)
    yield "## 2. What can go wrong?\n"
    yield from (line for group in story.open_groups for line in _group(group))
    yield "" if story.open_groups else "No threat is open.\n"
    yield "## 3. What are we going to do about it?\n"
    yield from table_lines(story.mitigations, "No mitigation has been planned yet.")
    yield from table_lines(story.decided, "No risk has been accepted, transferred or set aside.")
    yield "## 4. Did we do a good job?\n"
    yield from (f"- {label}: {done} of {total}" for label, done, total in story.coverage)
    yield ""
    yield from table_lines(story.questions, "No question is open.")
    yield from table_lines(story.assumptions, "No assumption has been written down.")
    yield from table_lines(story.orphans)
    yield from table_lines(story.history)
    yield "---\n"
    yield f"Ledger head: entry {content.head.sequence}, SHA-256 `{content.head.hash}`. Check it with "
    yield f"`workbench ledger verify --anchor {content.head.sequence}:{content.head.hash}`."
    yield f"Risk scheme: {text(content.scheme.id)}, SHA-256 `{content.scheme.hash}`."


def _group(group: Group) -> Iterator[str]:
    row = group.row
    yield f"### {row['severity'] or UNRATED.capitalize()}: {text(row['title'])}\n"
    yield f"{text(row['story'])}\n"
    columns = ("Where", "Because", "Now", "When all is done", "Status", "Owner")
    keys = ("element_name", "because", "current", "target", "status", "owner")
    yield from _rows(columns, (tuple(words(f[k]) for k in keys) for f in group.findings))
    yield f"What helps: {text(row['mitigations_suggested'])}\n" if row["mitigations_suggested"] else ""
    yield f"{text(row['rule'])}{' · ' + text(group.categories) if group.categories else ''}\n"


def table(frame: pd.DataFrame, columns: Sequence[str]) -> str:
    """Return some columns of a frame as a Markdown table."""
    cells = (tuple(words(value) for value in row.values()) for row in rows(frame[list(columns)]))
    return "\n".join(_rows(tuple(map(heading, columns)), cells)).rstrip()


def table_lines(table: Table, empty: str = "") -> Iterator[str]:
    """Yield the lines of a table, or what is said if it has no rows."""
    if table.rows:
        yield f"**{table.title}**\n" if table.title else ""
        yield from _rows(table.columns, table.rows)
    elif empty:
        yield f"{empty}\n"


def _rows(columns: tuple[str, ...], cells: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{' --- |' * len(columns)}"
    for row in cells:
        yield f"| {' | '.join(text(cell) for cell in row)} |"
    yield ""
