"""A crontab."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.review.schedule.exports.plan import Plan

_HEAD = """\
# Threat Workbench: what is due in the workspace {name}.
# Install with: crontab {file}   (this replaces your crontab; to keep it, paste these lines with: crontab -e)
# CRON_TZ is read by cronie. The cron of Debian and Ubuntu does not know it and takes the machine's time zone: set that to
# {zone}, or use the systemd timer. What is due is decided by the command, so that nothing is run twice.
{needs}CRON_TZ={zone}
"""
_NEEDS = """\
# {needs}
# cron knows none of those of your shell: set them here, a line each (NAME=value), and let nobody else read this file.
"""
FILE = "threat-workbench.crontab"


def files(plan: Plan) -> dict[str, str]:
    """Return the crontab."""
    # A percent sign is a new line to cron.
    command = shlex.join(plan.command).replace("%", r"\%")
    lines = [f"{trigger.cron} {command}\n" for trigger in plan.triggers]
    needs = _NEEDS.format(needs=plan.needs) if plan.needs else ""
    return {FILE: _HEAD.format(name=plan.name, zone=plan.zone, file=FILE, needs=needs) + "".join(lines)}
