"""Plotly figures, one module each, found by name.

Each module has `TITLE`, `table(…)` that returns the figures behind the chart as a DataFrame, `draw(table)` that returns
the plotly figure of such a table, `figure(…)` that does both, and `alt(table)` that says in a sentence what it shows.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

__all__ = ["Chart", "chart", "names"]


class Chart(Protocol):
    """What each module of this room offers."""

    TITLE: str

    def table(self, *given: Any, **options: Any) -> pd.DataFrame:
        """Return the figures behind the chart."""

    def draw(self, table: pd.DataFrame) -> go.Figure:
        """Return the chart of a table."""

    def figure(self, *given: Any, **options: Any) -> go.Figure:
        """Return the chart of what `table` takes."""

    def alt(self, table: pd.DataFrame) -> str:
        """Return what the chart shows in a sentence."""


def names() -> list[str]:
    """Return the names of all charts."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))


def chart(name: str) -> Chart:
    """Return the chart of that name.

    Raises
    ------
    KeyError
        If there is none.
    """
    if name not in names():
        near = difflib.get_close_matches(name, names(), 2, 0.4) or names()
        raise KeyError(f"no chart is called {name!r}; did you mean {' or '.join(near)}?")
    return importlib.import_module(f"{__name__}.{name}")
