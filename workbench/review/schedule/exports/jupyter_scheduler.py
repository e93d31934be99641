"""Job definitions of jupyter-scheduler, as its service takes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.review.schedule.exports.plan import Plan, Trigger

FILE = "threat-workbench.jobs.json"
# JSON has no comments.
NOTE = "threat-workbench.jobs.txt"
NOTEBOOK = "91-run-what-is-due.ipynb"


def files(plan: Plan) -> dict[str, str]:
    """Return the definitions as a list in JSON, each to be sent to /scheduler/job_definitions of a Jupyter server.

    A second file says which environment variables they need, if they need any.
    The server is started in the workspace, where the notebook is; `runtime_environment_name` is that of the server
    without conda.
    """
    definitions = [_definition(plan, trigger) for trigger in plan.triggers]
    made = {FILE: json.dumps(definitions, ensure_ascii=False, indent=2) + "\n"}
    note = f"Threat Workbench, the jobs in {FILE}. {plan.needs} Start the Jupyter server with them.\n"
    return made | ({NOTE: note} if plan.needs else {})


def _definition(plan: Plan, trigger: Trigger) -> dict[str, Any]:
    return {
        "name": f"threat-workbench-{plan.unit}-{trigger.name}",
        "input_uri": f"notebooks/{NOTEBOOK}",
        "input_filename": NOTEBOOK,
        "runtime_environment_name": "python",
        "runtime_environment_parameters": {},
        "output_formats": ["ipynb"],
        "parameters": {"workspace": str(plan.folder)},
        "tags": ["threat-model"],
        "schedule": trigger.cron,
        "timezone": plan.zone,
    }
