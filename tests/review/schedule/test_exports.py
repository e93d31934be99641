"""What is exported is read by the tools it is for, and means the same times as the embedded scheduler keeps."""

from __future__ import annotations

import ast
import json
import re
import shlex
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice, takewhile
from typing import TYPE_CHECKING

import cronsim
import crontab
import pytest
import yaml
from plans import RICH, plan

import workbench
from workbench.cadence import KINDS, ScheduleSettings
from workbench.config import Config
from workbench.errors import UsageError
from workbench.review.schedule import exports
from workbench.review.schedule.exports.plan import unit_name, variables
from workbench.review.schedule.exports.systemd import calendar
from workbench.review.schedule.walls import Wall

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from workbench.review.schedule.exports.plan import Trigger

NAMES = ["daily-0230", "weekly-0405", "monthly-0405", "quarterly-2315"]
systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="this machine has no systemd-analyze")
kubectl = pytest.mark.skipif(not shutil.which("kubectl"), reason="this machine has no kubectl")


def test_a_time_that_another_one_covers_is_not_exported():
    """What is daily does for what is weekly at the same time; the first of all months for that of some."""
    assert [t.name for t in plan().triggers] == NAMES


def test_every_time_of_every_rule_is_covered_by_a_trigger():
    """Whenever something is due by the schedule, over two years, an exported trigger fires on that day at that time."""
    settings = {"refresh": {"high": "weekly", "medium": "half_yearly", "low": "yearly", "unknown": "never"}}
    made = plan(**settings)
    fired = {(t.wall.at, day) for t in made.triggers for day in _days(t)}
    schedule = ScheduleSettings.model_validate(RICH | settings)
    walls = {Wall.of(schedule, kind, level) for kind in KINDS for level in ("high", "medium", "low", None)}
    assert {(w.at, day) for w in walls for day in _until(w.days(date(2026, 1, 1)))} <= fired


def _until(days: Iterable[date]) -> Iterator[date]:
    return takewhile(lambda d: d < date(2028, 1, 1), days)


def _days(trigger: Trigger) -> Iterator[date]:
    return _until(trigger.wall.days(date(2026, 1, 1)))


@pytest.mark.parametrize("name", NAMES)
def test_the_fields_of_cron_mean_the_same_days(name: str):
    """Over two years with two changes of the clocks each, cron fires when our rule is due; in a gap right after it."""
    trigger = next(t for t in plan().triggers if t.name == name)
    start = datetime(2026, 1, 1, tzinfo=trigger.wall.zone)
    theirs = islice(cronsim.CronSim(trigger.cron, start), 60)
    ours = [trigger.wall.instant(day) for day in islice(trigger.wall.days(date(2025, 12, 31)), 61)]
    fired = [moment.astimezone(UTC) for moment in theirs]
    assert fired == [moment for moment in ours if moment > start][:60]


def test_the_crontab_is_read_by_a_parser_of_crontabs(tmp_path: Path):
    """Each line is valid, with the time zone before it; a shell splits the command into the words that are meant."""
    file, text = next(iter(exports.files("cron", plan()).items()))
    (tmp_path / file).write_text(text)
    tab = crontab.CronTab(tabfile=str(tmp_path / file))
    assert [job.is_valid() for job in tab] == [True] * len(NAMES)
    assert [job.slices.render() for job in tab] == [t.cron for t in plan().triggers]
    assert [job.env.all()["CRON_TZ"] for job in tab] == ["Europe/Madrid"] * len(NAMES)
    # cron itself takes the backslash from the sign for a new line.
    assert shlex.split(tab[0].command.replace("\\%", "%")) == list(plan().command)
    assert "\n%" not in text.replace("\\%", "")


@systemd
@pytest.mark.parametrize("name", NAMES)
def test_systemd_reads_the_times(name: str):
    """systemd-analyze accepts each time and elapses on the days of our rule, in the rule's zone."""
    trigger = next(t for t in plan().triggers if t.name == name)
    asked = ["systemd-analyze", "calendar", "--iterations=4", "--base-time=2026-01-01 12:00:00 UTC", calendar(trigger)]
    told = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    lines = [line.partition(":")[2].strip() for line in told.splitlines() if "UTC" in line and "From" not in line]
    found = [datetime.strptime(t, "%a %Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC) for t in lines]
    ours = [trigger.wall.instant(day) for day in islice(trigger.wall.days(date(2025, 12, 31)), 5)]
    assert found[:4] == [moment for moment in ours if moment > datetime(2026, 1, 1, 12, tzinfo=UTC)][:4]


@systemd
def test_systemd_accepts_the_units(tmp_path: Path):
    """systemd-analyze verify has no word to say about service and timer, with a path full of signs."""
    folder = tmp_path / 'a "b" $c 100%'
    folder.mkdir()
    program = shutil.which("true")
    made = replace(plan(str(folder)), program=str(program))
    for name, text in exports.files("systemd", made).items():
        (tmp_path / name).write_text(text)
    units = [str(tmp_path / f"threat-workbench-{made.unit}.{kind}") for kind in ("service", "timer")]
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert ([line for line in told.stderr.splitlines() if "threat-workbench" in line], told.returncode) == ([], 0)


def test_kubernetes_jobs_have_what_a_cron_job_needs():
    """One CronJob a time, with zone and without overlap; nothing runs as root or with a token of the cluster."""
    jobs = list(yaml.safe_load_all(next(iter(exports.files("kubernetes", plan()).values()))))
    assert [j["metadata"]["name"] for j in jobs] == [f"threat-workbench-{plan().unit}-{n}" for n in NAMES]
    assert {(j["spec"]["timeZone"], j["spec"]["concurrencyPolicy"]) for j in jobs} == {("Europe/Madrid", "Forbid")}
    pod = jobs[0]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert (pod["securityContext"]["runAsNonRoot"], pod["automountServiceAccountToken"]) == (True, False)


@kubectl
def test_kubectl_decodes_the_jobs(tmp_path: Path):
    """Kubectl reads each job as a batch/v1 CronJob, and no field that we wrote is one that it does not know."""
    file, text = next(iter(exports.files("kubernetes", plan()).items()))
    (tmp_path / file).write_text(text)
    asked = ["kubectl", "set", "image", "--local", "-f", str(tmp_path / file), "workbench=checked:1", "-o", "json"]
    told = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    decoded, rest = [], told
    while rest.strip():
        item, end = json.JSONDecoder().raw_decode(rest.strip())
        decoded, rest = [*decoded, item], rest.strip()[end:]
    items = [i for d in decoded for i in (d["items"] if d["kind"] == "List" else [d])]
    written = list(yaml.safe_load_all(text.replace(plan_image(), "checked:1")))
    assert [lost(w, i) for w, i in zip(written, items, strict=True)] == [[]] * len(NAMES)


def plan_image() -> str:
    """Return the image that the jobs name."""
    return f"threat-workbench:{workbench.__version__}"


def lost(written: object, decoded: object, path: str = "") -> list[str]:
    """Return the paths of what was written and is not in what was decoded."""
    if isinstance(written, dict):
        there = decoded if isinstance(decoded, dict) else {}
        missing = [f"{path}/{key}" for key in written if key not in there]
        return missing + [p for k, v in written.items() if k in there for p in lost(v, there[k], f"{path}/{k}")]
    if isinstance(written, list):
        return [p for n, (a, b) in enumerate(zip(written, decoded, strict=True)) for p in lost(a, b, f"{path}/{n}")]
    return [] if written == decoded else [path]


def test_the_dag_is_python_that_names_the_times_and_quotes_the_command():
    """The file parses; its texts are literals, so that no name or path becomes code; nothing else is run by it."""
    tree = ast.parse(next(iter(exports.files("airflow", plan()).values())))
    calls = {c.func.id: c for c in ast.walk(tree) if isinstance(c, ast.Call) and isinstance(c.func, ast.Name)}
    assert set(calls) == {"DAG", "BashOperator", "MultipleCronTriggerTimetable", "datetime"}
    assert [ast.literal_eval(a) for a in calls["MultipleCronTriggerTimetable"].args] == [
        t.cron for t in plan().triggers
    ]
    given = {k.arg: ast.literal_eval(k.value) for k in calls["BashOperator"].keywords}
    raw = given["bash_command"].removeprefix("{% raw %}").removesuffix("{% endraw %}")
    assert shlex.split(raw) == list(plan().command)


def test_jupyter_schedulers_definitions_are_its_fields():
    """Each definition names our notebook, the time and the zone."""
    made = json.loads(next(iter(exports.files("jupyter-scheduler", plan()).values())))
    assert [(d["schedule"], d["timezone"]) for d in made] == [(t.cron, "Europe/Madrid") for t in plan().triggers]
    assert {d["input_uri"] for d in made} == {"notebooks/91-run-what-is-due.ipynb"}


def test_an_unknown_target_and_a_schedule_of_nothing_say_what_to_do():
    """The known targets are named; a schedule in which all is never has nothing to export."""
    with pytest.raises(UsageError, match="no target of an export is called 'corn'; did you mean 'cron'"):
        exports.files("corn", plan())
    never = dict.fromkeys(("high", "medium", "low", "unknown"), "never")
    with pytest.raises(UsageError, match="nothing is ever due"):
        exports.files("cron", plan(refresh=never, review=never, quarterly=never))
    assert exports.targets() == ["airflow", "cron", "jupyter-scheduler", "kubernetes", "systemd"]


def test_a_container_without_names_of_users_knows_who_acts():
    """The pod names the actor, and takes keys from a secret that need not be there."""
    job = next(yaml.safe_load_all(next(iter(exports.files("kubernetes", plan()).values()))))
    (container,) = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert {"name": "WORKBENCH_ACTOR", "value": "cleo"} in container["env"]
    assert container["envFrom"] == [{"secretRef": {"name": f"threat-workbench-{plan().unit}", "optional": True}}]


@pytest.mark.parametrize("target", exports.targets())
def test_every_target_names_the_variables_that_the_command_needs(target: str):
    """Somewhere in its files for who installs them; a workspace that needs none is told nothing."""
    told = "".join(exports.files(target, plan()).values())
    assert "It needs these environment variables: N8N_API_KEY, MAIL_PASSWORD." in told
    assert "It needs" not in "".join(exports.files(target, replace(plan(), variables=())).values())


def test_systemd_reads_variables_from_a_file_that_need_not_be_there():
    """Without the dash, systemd would not start the service for want of the file."""
    service = next(iter(exports.files("systemd", plan()).values()))
    assert f"\nEnvironmentFile=-%h/.config/threat-workbench/{plan().unit}.env\n" in service


@pytest.mark.parametrize("target", ["systemd", "kubernetes", "airflow", "jupyter-scheduler"])
def test_the_jobs_of_two_workspaces_are_called_differently(target: str):
    """So that the second does not take the place of the first, also where names are long or have no Latin letter."""
    names = ("Team", "Team 2", "A" * 40 + "1", "A" * 40 + "2", "\u65e5\u672c", "\u4e2d\u6587")
    made = [exports.files(target, replace(plan(), name="same", unit=unit_name(name))) for name in names]
    assert len({json.dumps(files) for files in made}) == len(names)
    assert all(re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,16}[a-z0-9])?", unit_name(name)) for name in names)


def test_the_variables_are_those_that_the_settings_name():
    """Keys to servers (the platform's own where none is named), then those of mail and webhook, each once."""
    said = {
        "servers": {"a": {"platform": "n8n", "url": "https://a"}, "b": {"platform": "n8n", "url": "https://b", "key_in": "B"}},
        "tell": {
            "mail": {"to": ["a@b.c"], "from": "a@b.c", "host": "b.c", "user_in": "U", "password_in": "P"},
            "webhook": {"url_in": "W", "key_in": "B"},
        },
    }  # fmt: skip
    assert list(variables(Config.model_validate(said))) == ["N8N_API_KEY", "B", "U", "P", "W"]
