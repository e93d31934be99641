"""What every target needs to know: where, what to start, and when."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from workbench.cadence import KINDS, Cadence
from workbench.errors import UsageError
from workbench.live import SERVERS
from workbench.model import slug
from workbench.review.schedule.walls import Wall

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workbench.cadence import ScheduleSettings
    from workbench.config import Config
    from workbench.workspace import Workspace

_CRITICALITIES = ("high", "medium", "low", None)
_MONTHS = {"monthly": "*", "quarterly": "1,4,7,10", "half_yearly": "1,7", "yearly": "1"}
ACTOR = "threat-workbench"
# The name of a CronJob may have 52 signs.
_LONGEST, _DIGEST = 18, 6
_ORDER: tuple[Cadence, ...] = get_args(Cadence)


@dataclass(frozen=True)
class Trigger:
    """A time at which something may be due."""

    wall: Wall

    @property
    def name(self) -> str:
        """Return a name of letters, digits and dashes, such as daily-0230."""
        return f"{self.wall.cadence.replace('_', '-')}-{self.wall.at:%H%M}"

    @property
    def cron(self) -> str:
        """Return the five fields of a line of cron; its Sunday is 0."""
        wall = self.wall
        time = f"{wall.at.minute} {wall.at.hour}"
        if wall.cadence == "daily":
            return f"{time} * * *"
        if wall.cadence == "weekly":
            return f"{time} * * {(wall.weekday + 1) % 7}"
        return f"{time} 1 {_MONTHS[wall.cadence]} *"


@dataclass(frozen=True)
class Plan:
    """A workspace's schedule."""

    name: str
    unit: str
    """Letters, digits and dashes, never the same for two names: what jobs of this workspace are called."""
    actor: str
    """Who does what the jobs do, where the machine has no name for that."""
    folder: Path
    program: str
    """Path of the workbench command."""
    zone: str
    late_minutes: int
    makes_up: bool
    """Something is run later where its time was missed."""
    triggers: tuple[Trigger, ...]
    variables: tuple[str, ...] = ()
    """Names of the environment variables that the command needs: keys to servers, and those of messages."""

    @property
    def needs(self) -> str:
        """Return in a sentence which environment variables have to be there; empty if none."""
        return f"It needs these environment variables: {', '.join(self.variables)}." if self.variables else ""

    @property
    def command(self) -> tuple[str, ...]:
        """Return what is started."""
        return (self.program, "-C", str(self.folder), "schedule", "run", "--once")


def plan(ws: Workspace, program: str | None = None) -> Plan:
    """Return the schedule of a workspace; `program` is the path of the command, else that of this installation.

    Raises
    ------
    UsageError
        If a path has a sign that ends a line, which these files cannot hold.
    """
    schedule = ws.config.schedule
    command = program or str(Path(sys.executable).with_name("workbench"))
    if not (command + str(ws.path)).isprintable():
        raise UsageError(f"the path {command + ' ' + str(ws.path)!r} has signs that no such file can hold; move it")
    policies = {schedule.rhythm(kind).missed for kind in KINDS}
    # A name is only shown, in a comment of one line.
    name = " ".join("".join(c if c.isprintable() else " " for c in ws.config.name or ws.path.name).split())
    found = tuple(triggers(schedule))
    return Plan(
        name, unit_name(ws.config.name or ws.path.name), ws.config.actor or ACTOR, ws.path, command, schedule.time_zone,
        schedule.late_minutes, policies != {"skip"}, found, tuple(variables(ws.config)),
    )  # fmt: skip


def unit_name(name: str) -> str:
    """Return a workspace's name as part of the names of jobs; what is long keeps its beginning and a hash."""
    safe = slug(name)
    digest = hashlib.sha256(safe.encode()).hexdigest()[:_DIGEST]
    return safe if len(safe) <= _LONGEST else f"{safe[: _LONGEST - _DIGEST - 1].strip('-')}-{digest}"


def variables(config: Config) -> Iterator[str]:
    """Yield the name of each environment variable that servers and messages ask for, once."""
    mail, webhook = config.tell.mail, config.tell.webhook
    named = [server.key_in or SERVERS[server.platform].KEY for server in config.servers.values()]
    named += [mail.user_in, mail.password_in] if mail else []
    named += [webhook.url_in, webhook.key_in] if webhook else []
    yield from dict.fromkeys(name for name in named if name)


def triggers(schedule: ScheduleSettings) -> Iterator[Trigger]:
    """Yield the times that are needed; what is daily at some time does for all that is due at that time of day."""
    walls = {Wall.of(schedule, kind, criticality) for kind in KINDS for criticality in _CRITICALITIES}
    for at in sorted({w.at for w in walls}):
        same: dict[Cadence, Wall] = {w.cadence: w for w in walls if w.at == at}
        same.pop("never", None)
        yield from (Trigger(same[cadence]) for cadence in _needed(same))


def _needed(cadences: Iterable[Cadence]) -> Iterator[Cadence]:
    there = sorted(cadences, key=_ORDER.index)
    if "daily" in there:
        there = ["daily"]
    # Whatever is due on the first of some months is so on that of all, if something is due monthly.
    firsts = [c for c in there if c in _MONTHS]
    yield from (c for c in there if c not in _MONTHS)
    yield from firsts[:1]
