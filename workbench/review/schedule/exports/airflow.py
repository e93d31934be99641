"""An Airflow DAG (Airflow 3)."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.review.schedule.exports.plan import Plan

_DAG = '''\
"""Threat Workbench: what is due in a workspace. Copy into the folder of your DAGs; needs Airflow 3."""
{needs}
from datetime import datetime, timezone

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, MultipleCronTriggerTimetable

with DAG(
    dag_id={dag!r},
    description={description!r},
    schedule=MultipleCronTriggerTimetable({crons}, timezone={zone!r}),
    start_date=datetime(2024, 1, 1, tzinfo=timezone.utc),
    catchup=False,  # the command knows what was missed
    max_active_runs=1,
    tags=["threat-model"],
):
    BashOperator(task_id="run_what_is_due", bash_command={command!r})
'''


def files(plan: Plan) -> dict[str, str]:
    """Return the DAG as a Python file."""
    # Airflow fills templates in commands; braces of a path are none.
    command = "{% raw %}" + shlex.join(plan.command) + "{% endraw %}"
    crons = ", ".join(repr(t.cron) for t in plan.triggers)
    description = f"What is due in the workspace {plan.name}"
    dag = f"threat_workbench_{plan.unit.replace('-', '_')}"
    needs = f"\n# {plan.needs} Set them for the workers that run it.\n" if plan.needs else ""
    text = _DAG.format(description=description, crons=crons, zone=plan.zone, command=command, dag=dag, needs=needs)
    return {f"{dag}.py": text}
