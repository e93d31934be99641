"""An area of a quarterly review on the page: what is open there, what changed, what to ask."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from workbench.display import Table
from workbench.reports.cells import words

if TYPE_CHECKING:
    import pandas as pd

    from workbench.model import FocusArea

_MOST = 7


@dataclass(frozen=True)
class AreaLook:
    """One area to look at."""

    number: int
    area: FocusArea
    asks: tuple[str, ...]
    threats: pd.DataFrame
    """Open findings there; columns in analysis.register.threats."""
    changes: pd.DataFrame
    """What changed there since the last review; columns in analysis.changes.elements."""
    elements: pd.DataFrame
    """What belongs to it: name, noun, owner; columns in tables.elements."""
    verdict: str
    """What was found, in a sentence."""
    used_by: tuple[str, ...] = ()
    """Names of other apps that hang on it."""

    def __repr__(self) -> str:
        return f"<Area {self.number}: {self.area.name}, {len(self.threats)} open findings>"

    def _repr_html_(self) -> str:
        others = ", ".join(self.used_by)
        parts = [
            f"<h3>{self.number}. {escape(words(self.area.name))} ({self.area.minutes} minutes)</h3>",
            _list("Why now", self.area.because),
            _list("Ask", self.asks),
            "<p><b>What can go wrong here</b></p>",
            _table(self.threats, ["severity", "title", "element_name", "owner", "due"], "Nothing is open here."),
            "<p><b>What has changed here</b></p>",
            _table(self.changes, ["change", "words"], "Nothing that is known."),
            f"<details><summary>What belongs to it ({len(self.elements)})</summary>",
            _table(self.elements, ["name", "noun", "owner"], "Nothing is left of it."),
            "</details>",
            f"<p><b>Other apps hang on it:</b> {escape(words(others))}</p>" if others else "",
            f"<p><b>Verdict:</b> {escape(words(self.verdict))}</p>",
        ]
        return "".join(parts)


class Looks(tuple[AreaLook, ...]):
    """All areas of a review, one below the other."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        if not self:
            return "<p>There is nothing to look at: this app has no parts yet.</p>"
        return "".join(look._repr_html_() for look in self)


def _list(title: str, lines: tuple[str, ...]) -> str:
    items = "".join(f"<li>{escape(words(line))}</li>" for line in lines)
    return f"<p><b>{title}</b></p><ul>{items}</ul>"


def _table(frame: pd.DataFrame, columns: list[str], nothing: str) -> str:
    return Table(frame, columns, _MOST, nothing)._repr_html_()
