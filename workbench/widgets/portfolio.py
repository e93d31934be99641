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
        wanted = {name: control.value for name, control in self._filters.items() if control.value}
        self.chosen = self._risk.only(**wanted)
        apps = self.chosen.portfolio
        whole, loss = len(self._risk.portfolio), apps["yearly_loss"].sum()
        says = f"{len(apps)} of {whole} apps; {apps['open'].sum()} findings open, {apps['critical'].sum()} of them critical; "
        says += f"{money(loss) if loss else 'no'} expected loss a year."
        self._says.value = f'<p role="status"><b>{escape(says)}</b></p>'
        self._shown.outputs = tuple(map(_output, self._parts(self._look.value)))

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


def _choice(name: str, values: Any) -> Any:
    known = values.astype(object).where(values.notna(), UNKNOWN)
    options = sorted(set(known), key=lambda value: (value == UNKNOWN, value))
    return ipywidgets.SelectMultiple(
        description=heading(name), options=options, rows=min(max(len(options), 2), _LINES),
        style={"description_width": "initial"},
    )  # fmt: skip
