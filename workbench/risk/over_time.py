"""The register as it was on the days on which something changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from workbench.appview import AppView
    from workbench.workspace import Workspace

_MOST = 12


def registers(seen: Workspace | AppView, today: date) -> dict[date, pd.DataFrame]:
    """Return the register at the end of each day on which all apps, or this one, changed, and today's.

    The last twelve days at most, for the chart risk_over_time; columns in analysis.register.threats.
    """
    days = list(dict.fromkeys(at.date() for at in seen.history["at"]))[-_MOST:]
    past = {day: seen.as_of(day).threats for day in days if day < today}
    return past | {today: seen.threats}
