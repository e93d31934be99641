"""Kubernetes CronJobs, one a time, which share the volume that holds the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from workbench import __version__

if TYPE_CHECKING:
    from workbench.review.schedule.exports.plan import Plan, Trigger

_HEAD = """\
# Threat Workbench: what is due in the workspace {name}.
# Change before you apply it: the image, which has the workbench installed, and the claim of the volume that holds the
# workspace. WORKBENCH_ACTOR is who the history says does this; a container's user has no name of its own.
# Check with: kubectl apply --dry-run=server -f {file}
"""
_NEEDS = """\
# {needs}
# Put them into the secret: kubectl create secret generic {unit} --from-env-file=…
"""
FILE = "threat-workbench.cronjobs.yaml"
_PLACE, _SCRATCH = "/workspace", "/tmp"  # noqa: S108 - of the container, which is the job's own
_COMMAND = ["workbench", "-C", _PLACE, "schedule", "run", "--once"]


def files(plan: Plan) -> dict[str, str]:
    """Return the CronJobs as one file of YAML."""
    jobs = [_job(plan, trigger) for trigger in plan.triggers]
    needs = _NEEDS.format(needs=plan.needs, unit=_unit(plan)) if plan.needs else ""
    return {FILE: _HEAD.format(name=plan.name, file=FILE) + needs + yaml.safe_dump_all(jobs, sort_keys=False)}


def _unit(plan: Plan) -> str:
    return f"threat-workbench-{plan.unit}"


def _job(plan: Plan, trigger: Trigger) -> dict[str, Any]:
    labels = {"app.kubernetes.io/name": "threat-workbench", "app.kubernetes.io/instance": plan.unit}
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": f"{_unit(plan)}-{trigger.name}", "labels": labels},
        "spec": {
            "schedule": trigger.cron,
            "timeZone": plan.zone,
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": plan.late_minutes * 60,
            "successfulJobsHistoryLimit": 3,
            "failedJobsHistoryLimit": 3,
            "jobTemplate": {
                "spec": {"backoffLimit": 0, "template": {"metadata": {"labels": labels}, "spec": _pod(plan)}},
            },
        },
    }


def _pod(plan: Plan) -> dict[str, Any]:
    mounts = [{"name": "workspace", "mountPath": _PLACE}, {"name": "scratch", "mountPath": _SCRATCH}]
    container = {
        "name": "workbench",
        "image": f"threat-workbench:{__version__}",
        "command": _COMMAND,
        "env": [{"name": "HOME", "value": _SCRATCH}, {"name": "WORKBENCH_ACTOR", "value": plan.actor}],
        "envFrom": [{"secretRef": {"name": _unit(plan), "optional": True}}],
        "securityContext": {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": mounts,
    }  # fmt: skip
    return {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "securityContext": {
            "runAsNonRoot": True, "runAsUser": 1000, "fsGroup": 1000, "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": [
            {"name": "workspace", "persistentVolumeClaim": {"claimName": _unit(plan)}},
            {"name": "scratch", "emptyDir": {}},
        ],
    }  # fmt: skip
