"""A chart as people look at it in a notebook: what it shows in a sentence, the picture, and the rows behind it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from workbench.display import table

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from workbench.charts import Chart

_MOST = 200


class Shown:
    """A chart with its sentence and its table; `figure`, `alt` and `rows` are there to work on."""

    def __init__(self, chart: Chart, rows: pd.DataFrame) -> None:
        self.rows = rows
        self.title = chart.TITLE
        self.alt = chart.alt(rows)
        self.figure: go.Figure = chart.draw(rows)

    def __repr__(self) -> str:
        return f"<{self.title}: {self.alt}>"

    def _ipython_display_(self) -> None:
        from IPython.display import display  # noqa: PLC0415 - only where a notebook is

        display(*self.parts())  # type: ignore[no-untyped-call]

    def parts(self) -> tuple[Any, ...]:
        """Return what is shown, one thing below the other: the sentence, the picture, the rows."""
        from IPython.display import HTML  # noqa: PLC0415 - only where a notebook is

        return HTML(f"<p>{escape(self.alt)}</p>"), self.figure, HTML(self.rows_html())  # type: ignore[no-untyped-call]

    def rows_html(self) -> str:
        """Return the rows as HTML that opens without a script; text in it is only text."""
        shown = table(self.rows, readable(self.rows), most=_MOST, nothing="There are no rows.")
        number = len(self.rows)
        says = f"The {number} {'row' if number == 1 else 'rows'} behind “{self.title}”"
        return f"<details><summary>{escape(says)}</summary>{shown._repr_html_()}</details>"


def readable(rows: pd.DataFrame) -> list[str]:
    """Return the columns that people read: ids that stand beside a name are left out."""
    names = list(map(str, rows.columns))
    return [name for name in names if name not in {"id", "ids"} and f"{name}_name" not in names]
