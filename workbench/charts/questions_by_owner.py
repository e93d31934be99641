"""Open questions by who can answer them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.analysis.bands import SEVERITIES
from workbench.analysis.frames import SEVERITY, TEXT, WHOLE, frame, records
from workbench.charts import _style

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

TITLE = "Open questions by who can answer"
NOBODY = "nobody yet"
COLUMNS = {"owner": TEXT, "severity": SEVERITY, "questions": WHOLE}


def table(questions: pd.DataFrame) -> pd.DataFrame:
    """Return one row an owner and severity of the risk that hangs on the answer; who has most comes first.

    Columns
    -------
    owner : "nobody yet" where no owner is known
    severity, questions : number of open and parked questions; people's own questions, without a risk, count as Low
    """
    counts: dict[str, dict[str, int]] = {}
    for row in records(questions):
        if row["state"] in {"open", "parked"}:
            by_severity = counts.setdefault(row["owner"] or NOBODY, dict.fromkeys(SEVERITIES, 0))
            by_severity[row["severity"] or SEVERITIES[0]] += 1
    order = sorted(counts, key=lambda owner: (-sum(counts[owner].values()), owner))
    rows = [
        {"owner": owner, "severity": severity, "questions": counts[owner][severity]}
        for owner in order
        for severity in SEVERITIES
    ]
    return frame(COLUMNS, rows)


def figure(questions: pd.DataFrame) -> go.Figure:
    """Return one bar an owner, stacked by the severity of what hangs on the answers."""
    return draw(table(questions))


def draw(table: pd.DataFrame) -> go.Figure:
    """Return the chart of such a table."""
    if table.empty:
        return _style.nothing(TITLE, alt(table))
    return _style.finished(_style.stacked(table, "owner", "questions"), TITLE, alt(table))


def alt(table: pd.DataFrame) -> str:
    """Return what the chart shows in a sentence."""
    if table.empty:
        return "No question is open."
    counts = table.groupby("owner", sort=False)["questions"].sum()
    return f"Open questions: {', '.join(f'{owner} {count}' for owner, count in counts.items())}."
