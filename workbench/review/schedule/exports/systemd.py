"""A systemd timer and the service that it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.review.schedule.exports.plan import Plan, Trigger

_SERVICE = """\
# Install: copy both files to ~/.config/systemd/user/ and run
#   systemctl --user daemon-reload && systemctl --user enable --now {unit}.timer
{needs}[Unit]
Description=Threat Workbench: what is due in {name}

[Service]
Type=oneshot
ExecStart={command}
EnvironmentFile=-{environment}
NoNewPrivileges=yes
PrivateTmp=yes
"""
_TIMER = """\
[Unit]
Description=Threat Workbench: times at which something may be due in {name}

[Timer]
{times}Persistent={persistent}
AccuracySec=1min
Unit={unit}.service

[Install]
WantedBy=timers.target
"""
_NEEDS = """\
# {needs}
# Write them to {environment} (%h is your home), a line each (NAME=value), and let nobody else read it: chmod 600.
"""
_MONTHS = {"monthly": "*", "quarterly": "01,04,07,10", "half_yearly": "01,07", "yearly": "01"}
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def files(plan: Plan) -> dict[str, str]:
    """Return service and timer."""
    name, unit = plan.name.replace("%", "%%"), f"threat-workbench-{plan.unit}"
    times = "".join(f"OnCalendar={calendar(t)}\n" for t in plan.triggers)
    persistent = "true" if plan.makes_up else "false"
    environment = f"%h/.config/threat-workbench/{plan.unit}.env"
    needs = _NEEDS.format(needs=plan.needs, environment=environment) if plan.needs else ""
    command = " ".join(map(_quoted, plan.command))
    return {
        f"{unit}.service": _SERVICE.format(name=name, unit=unit, command=command, environment=environment, needs=needs),
        f"{unit}.timer": _TIMER.format(name=name, unit=unit, times=times, persistent=persistent),
    }


def calendar(trigger: Trigger) -> str:
    """Return the times of a trigger as systemd writes them."""
    wall = trigger.wall
    when = f"{wall.at:%H:%M}:00 {wall.zone.key}"
    if wall.cadence == "weekly":
        return f"{_WEEKDAYS[wall.weekday]} *-*-* {when}"
    return f"*-*-* {when}" if wall.cadence == "daily" else f"*-{_MONTHS[wall.cadence]}-01 {when}"


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'
