"""Short ways to say which runs there were, without running any."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from workbench.review import Run
from workbench.review.runs import as_table

if TYPE_CHECKING:
    import pandas as pd

START = datetime(2026, 9, 1, 6, tzinfo=UTC)
CHARTS = ("run_changes", "run_seconds", "run_trend", "runs_by_app")


def run(app: str = "orders", state: str = "finished", day: int = 0, **fields: Any) -> Run:
    """Return a run that ended some days after the first one."""
    at = START + timedelta(days=day)
    times = {"queued": at} | ({"started": at, "ended": at, "seconds": 4.0} if state in {"finished", "failed"} else {})
    given = {"run": f"{at:%Y%m%d}-{app}", "app": app, "kind": "review", "state": state, **times}
    return Run(**(given | fields))


def table(*runs: Run, names: dict[str, str] | None = None) -> pd.DataFrame:
    """Return the table of runs, with names if they are given."""
    made = as_table(list(runs))
    return made if names is None else made.assign(app_name=[names.get(app, app) for app in made["app"]])


def some(name: str = "Orders") -> pd.DataFrame:
    """Return runs of two apps, one of which is called so."""
    found = {"changes": 3, "threats_new": 1, "threats_open": 5, "questions_open": 2}
    failed = run("mail", "failed", 1, next_step=name)
    return table(run(**found), run(day=7, **found), failed, names={"orders": name, "mail": f"{name} 2"})
