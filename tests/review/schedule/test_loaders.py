"""Airflow, jupyter-scheduler and the schemas of Kubernetes load what is exported; each in an environment of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from plans import plan

from workbench.review.schedule import exports

ROOT = Path(__file__).parent.parent.parent.parent
UV = shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")
pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not Path(UV).exists(), reason="uv is not there"),
]
AIRFLOW = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization
bag = DagBag(sys.argv[1])
stored = {i: DagSerialization.deserialize(DagSerialization.serialize(d)) for i, d in bag.dags.items()}
print("TOLD" + json.dumps({"errors": bag.import_errors, "dags": {
    i: [d.timetable.summary, d.catchup, d.max_active_runs, [t.bash_command for t in bag.dags[i].tasks]]
    for i, d in stored.items()}}))
"""
JUPYTER = """
import json, sys, os
from jupyter_scheduler.environments import CondaEnvironmentManager
from jupyter_scheduler.models import CreateJobDefinition, ListJobDefinitionsQuery
from jupyter_scheduler.orm import create_tables
from jupyter_scheduler.scheduler import Scheduler
from jupyter_scheduler.utils import compute_next_run_time
root = sys.argv[1]
url = "sqlite:///" + os.path.join(root, "jobs.sqlite")
create_tables(url)
scheduler = Scheduler(root_dir=root, environments_manager=CondaEnvironmentManager(), db_url=url)
scheduler.staging_path = os.path.join(root, "staging")
for given in json.load(open(sys.argv[2])):
    scheduler.create_job_definition(CreateJobDefinition(**given))
found = scheduler.list_job_definitions(ListJobDefinitionsQuery()).job_definitions
print("TOLD" + json.dumps([[d.name, d.schedule, d.timezone, d.parameters, compute_next_run_time(d.schedule, d.timezone)]
                           for d in found]))
"""
KUBERNETES = """
import json, sys, yaml, kubernetes_validate
latest = kubernetes_validate.latest_version()
for job in yaml.safe_load_all(open(sys.argv[1])):
    kubernetes_validate.validate(job, latest, strict=True)
print("TOLD" + json.dumps(latest))
"""


def told(packages: list[str], script: str, *arguments: str, home: Path) -> object:
    """Run a script in an environment that has the packages, and return what it told."""
    asked = [UV, "run", "--no-project", "--isolated", *(f"--with={p}" for p in packages), "python", "-c", script]
    env = os.environ | {"AIRFLOW_HOME": str(home), "HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    env.setdefault("UV_CACHE_DIR", str(Path.home() / ".cache" / "uv"))
    done = subprocess.run([*asked, *arguments], capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.partition("TOLD")[2].splitlines()[0])


def written(target: str, folder: Path) -> Path:
    """Write the file of a target and return its path."""
    file, text = next(iter(exports.files(target, plan()).items()))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(text, encoding="utf-8")
    return folder / file


def test_airflow_loads_the_dag(tmp_path: Path):
    """Airflow's own loader finds one DAG without errors, which it can store and which makes up for nothing by itself."""
    file = written("airflow", tmp_path / "dags")
    found = told(["apache-airflow==3.3.2"], AIRFLOW, str(file), home=tmp_path)
    assert found["errors"] == {}
    summary, catchup, runs, commands = next(iter(found["dags"].values()))
    assert (summary, catchup, runs) == (", ".join(t.cron for t in plan().triggers), False, 1)
    assert "schedule run --once" in commands[0]


def test_jupyter_scheduler_takes_the_definitions(tmp_path: Path):
    """jupyter-scheduler stores each definition and knows when it runs next."""
    file = written("jupyter-scheduler", tmp_path)
    notebook = ROOT / "notebooks" / "91-run-what-is-due.ipynb"
    (tmp_path / "notebooks").mkdir()
    shutil.copy(notebook, tmp_path / "notebooks" / notebook.name)
    found = told(["jupyter-scheduler==2.12.1"], JUPYTER, str(tmp_path), str(file), home=tmp_path)
    kept = sorted((cron, zone, given["workspace"]) for _, cron, zone, given, _ in found)
    assert kept == sorted((t.cron, "Europe/Madrid", str(plan().folder)) for t in plan().triggers)


def test_the_schemas_of_kubernetes_accept_the_jobs(tmp_path: Path):
    """Against the published schemas, strictly: no field that is not theirs."""
    file = written("kubernetes", tmp_path)
    assert told(["kubernetes-validate==1.37.0", "pyyaml"], KUBERNETES, str(file), home=tmp_path)
