"""Schedules to export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workbench.cadence import ScheduleSettings
from workbench.review.schedule.exports.plan import Plan, triggers, unit_name

# Every cadence, none of which another one makes needless.
RICH = {
    "time_zone": "Europe/Madrid", "at": "02:30", "weekday": "sunday",
    "refresh": {"high": "daily", "medium": "weekly", "low": "monthly"},
    "review": {"at": "04:05", "high": "weekly", "medium": "monthly", "low": "quarterly", "unknown": "half_yearly"},
    "quarterly": {"at": "23:15", "high": "yearly", "medium": "never", "low": "quarterly", "unknown": "half_yearly"},
}  # fmt: skip


def plan(folder: str = "/srv/threat model/100% $HOME", **settings: Any) -> Plan:
    """Return a plan with a path that needs care, by the rich schedule with some settings changed."""
    schedule = ScheduleSettings.model_validate(RICH | settings)
    return Plan("Team 100%", unit_name("Team 100%"), "cleo", Path(folder), "/opt/wb/bin/workbench", schedule.time_zone,
                schedule.late_minutes, makes_up=True, triggers=tuple(triggers(schedule)),
                variables=("N8N_API_KEY", "MAIL_PASSWORD"))  # fmt: skip
