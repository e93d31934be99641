"""All charts of risk as one page to send: it opens offline; each chart has its sentence and its rows beside it."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from workbench.reports.html import page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from workbench.risk.shown import Shown

_DRAWING = """
const figures = JSON.parse(document.getElementById("figures").textContent);
for (const place of document.querySelectorAll(".chart")) {
  const figure = figures[place.dataset.chart];
  Plotly.newPlot(place, figure.data, figure.layout, {displayModeBar: false, responsive: true});
}
"""


def charts_page(charts: Mapping[str, Shown], *, title: str, day: date, head: str) -> bytes:
    """Return the page.

    Parameters
    ----------
    charts
        Name to chart, in the order of the page.
    head
        Place and hash in the history that all of it was read from.
    """
    # Only who sends a page needs five megabytes of plotly's own code.
    from plotly.offline import get_plotlyjs  # noqa: PLC0415

    library = get_plotlyjs()
    figures = json.dumps({name: json.loads(shown.figure.to_json()) for name, shown in charts.items()})
    # Within a script, nothing but this ends it; JSON reads it back as it was.
    figures = figures.replace("<", "\\u003c")
    return page(
        "charts.html.j2",
        "",
        title=title,
        day=day,
        head=head,
        rules=_rules([library, _DRAWING]),
        library=Markup(library),  # noqa: S704 - plotly's
        drawing=Markup(_DRAWING),  # noqa: S704 - ours
        figures=Markup(figures),  # noqa: S704 - JSON without a "<"
        charts=[_chart(name, shown) for name, shown in charts.items()],
    )


def _chart(name: str, shown: Shown) -> dict[str, Any]:
    # Its rows are escaped where they are made.
    return {"name": name, "title": shown.title, "alt": shown.alt, "rows": Markup(shown.rows_html())}  # noqa: S704


def _rules(scripts: Iterable[str]) -> str:
    """Return the policy: these scripts run and nothing else, nothing loads; plotly writes styles of its own."""
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{each}'" for each in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
