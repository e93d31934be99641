"""The page that leadership reads: how big the risk is, which are the biggest, and what has to be decided.

In sentences about work, people, money and duty; no ids, no names of methods or catalogues. Every number opens to the
rows behind it. It is one file without scripts, opens offline and prints on A4.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from workbench.reports.html import page

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True)
class Number:
    """A figure with its words, and the rows that it counts."""

    label: str
    value: str
    rows: tuple[tuple[str, ...], ...] = ()
    columns: tuple[str, ...] = ()
    more: int = 0
    """Rows that are not shown one by one."""
    rest: tuple[tuple[str, str], ...] = ()
    """How many of these there are, by what stands in the first column."""


@dataclass(frozen=True)
class Sentence:
    """A risk, a goal or a feature in words; with the places that it is about."""

    says: str
    then: tuple[str, ...]
    severity: str | None
    number: Number
    facts: tuple[tuple[str, str], ...] = ()
    """What it is about, and what is known of that."""


@dataclass(frozen=True)
class Leadership:
    """What leadership is told, on one day."""

    title: str
    day: date
    trend: Number
    numbers: tuple[Number, ...]
    risks: tuple[Sentence, ...]
    decisions: tuple[Number, ...]
    goals: tuple[Sentence, ...]
    no_goal: str
    """What to say where there is none."""
    features: tuple[Sentence, ...]
    """Those with most at risk."""
    other_features: Number | None
    head: str
    """Place and hash in the history that all of it was read from."""

    def html(self) -> bytes:
        """Return the page as one HTML file."""
        return page("leadership.html.j2", "", told=self)

    def _repr_html_(self) -> str:
        """Return the page in a frame of its own, in which nothing runs."""
        data = base64.b64encode(self.html()).decode("ascii")
        style = "width:100%;height:80vh;border:1px solid #c8ced6;background:white"
        return (
            f'<iframe sandbox title="{escape(self.title)}" style="{style}" src="data:text/html;base64,{data}"></iframe>'
        )
