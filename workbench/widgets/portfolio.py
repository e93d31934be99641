"""Portfolio: choose apps by owner, platform, criticality and class of data, and look at their risk."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets
import plotly.graph_objects as go

from workbench.analysis.bands import money
from workbench.analysis.portfolio import APP_COLUMNS, BY, FILTERS, SUM_COLUMNS, UNKNOWN
from workbench.charts import chart
from workbench.display import table
from workbench.reports.cells import heading

if TYPE_CHECKING:
    import pandas as pd

    from workbench.risk import Risk

_CHARTS = (
    "risk_by_place",
    "severity_heatmap",
    "threats_by_app",
    "data_outside",
    "ways_in",
    "value_and_risk",
    "risk_over_time",
)
_WIDE = {"width": "100%"}
_LINES = 6
_PLOTLY = "application/vnd.plotly.v1+json"


class Portfolio(ipywidgets.VBox):  # type: ignore[misc]
    """The apps of a workspace, to be chosen from and looked at; works by keyboard, writes nothing.

    Parameters
    ----------
    risk : risk.Risk
        Of all apps, such as `ws.risk`.

    Attributes
    ----------
    chosen : risk.Risk
        Of the apps that fit, to go on with in the next cell.
    """

    def __init__(self, risk: Risk) -> None:
        self._risk = self.chosen = risk
        apps = risk.portfolio
        self._filters = {name: _choice(name, apps[name]) for name in FILTERS}
        self._look = ipywidgets.Dropdown(
            description="Look at",
            options=[("the apps", "apps"), *((f"by {heading(by).lower()}", by) for by in BY),
                     *((chart(name).TITLE, name) for name in _CHARTS)],
        )  # fmt: skip
        self._says = ipywidgets.HTML(layout=_WIDE)
        self._shown = ipywidgets.Output(layout=_WIDE)
        for control in (*self._filters.values(), self._look):
            control.observe(self._turned, "value")
        hint = ipywidgets.HTML("<p>Nothing marked in a list means all of it; with Ctrl or Shift you mark several.</p>")
        row = ipywidgets.HBox([*self._filters.values()], layout={"flex_flow": "row wrap"})
        super().__init__([hint, row, self._look, self._says, self._shown], layout=_WIDE)
        self._turned()

    def choose(self, **wanted: str | tuple[str, ...]) -> None:
        """Mark values in the lists (none: all of it), as a person does: `choose(owner="ana")`."""
        for name, value in wanted.items():
            self._filters[name].value = (value,) if isinstance(value, str) else value

    def look(self, what: str) -> None:
        """Look at the apps, roll them up by a column, or at a chart."""
        self._look.value = what

    def _turned(self, _: object = None) -> None:
        every = self._risk.portfolio
        gone = self._renewed(every)
        wanted = {name: control.value for name, control in self._filters.items() if control.value}
        self.chosen = self._risk.only(**wanted)
        says = " ".join([*gone, _in_short(self.chosen.portfolio, len(every))])
        self._says.value = f'<p role="status"><b>{escape(says)}</b></p>'
        self._shown.outputs = tuple(map(_output, self._parts(self._look.value)))

    def _renewed(self, apps: pd.DataFrame) -> list[str]:
        """Bring the lists up to date with what was written elsewhere; return what had been marked and is there no more."""
        said = []
        for name, control in self._filters.items():
            options = _values(apps[name])
            if options == list(control.options):
                continue
            marked = control.value
            said += [
                f"No app has the {heading(name).lower()} “{value}” any more."
                for value in marked
                if value not in options
            ]
            control.unobserve(self._turned, "value")
            control.options = options
            control.value = tuple(value for value in marked if value in options)
            control.observe(self._turned, "value")
        return said

    def _parts(self, what: str) -> tuple[Any, ...]:
        if what == "apps":
            return (table(self.chosen.portfolio, APP_COLUMNS, most=50, nothing="No app fits."),)
        if what in BY:
            return (table(self.chosen.by(what), [what, *SUM_COLUMNS], most=50, nothing="No app fits."),)
        return self.chosen.show(what).parts()


def _output(part: Any) -> dict[str, Any]:
    """Return what a kernel would send to have something shown."""
    figure = isinstance(part, go.Figure)
    data = {_PLOTLY: json.loads(part.to_json())} if figure else {"text/html": part._repr_html_()}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def _in_short(apps: pd.DataFrame, whole: int) -> str:
    loss, unrated = apps["yearly_loss"].sum(), apps["not_rated"].sum()
    told = f"{apps['critical'].sum()} of them critical" + (f", {unrated} not rated" if unrated else "")
    amount = f"{money(loss) if loss else 'no'} expected loss a year"
    if unrated and not loss:
        amount = "the expected loss a year is not rated"
    return f"{len(apps)} of {whole} apps; {apps['open'].sum()} findings open, {told}; {amount}."


def _values(column: Any) -> list[str]:
    """Return what stands in a column of the portfolio, what nobody said last."""
    known = column.astype(object).where(column.notna(), UNKNOWN)
    return sorted(set(known), key=lambda value: (value == UNKNOWN, value))


def _choice(name: str, values: Any) -> Any:
    options = _values(values)
    return ipywidgets.SelectMultiple(
        description=heading(name), options=options, rows=min(max(len(options), 2), _LINES),
        style={"description_width": "initial"},
    )  # fmt: skip
