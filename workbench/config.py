"""What a workspace's `workbench.toml` says, checked when it is read."""

from __future__ import annotations

import getpass
import os
import tomllib
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workbench import keeping, notices, origins
from workbench.cadence import ScheduleSettings, review_days
from workbench.errors import UsageError, misfits
from workbench.planning import PlanSettings, ReleaseSettings

if TYPE_CHECKING:
    from pathlib import Path

NAME = "workbench.toml"
TEMPLATE = """\
# A Threat Workbench workspace. Everything here is optional; `workbench doctor` checks it.
name = {name}

# Who acts when nobody says otherwise; else WORKBENCH_ACTOR, else the login name. Declared, not verified.
# actor = "ana"

# How this team rates a risk: a copy of templates/risk-scheme.yaml with other words and figures.
# scheme = "risk-scheme.yaml"

# Lists that this organisation keeps: copies of templates/people.csv and templates/connectors.csv with its own rows.
# people = "people.csv"
# connectors = "connectors.csv"

[rules]
# Folders with your own rules, beside the ones that are shipped; see docs/threats.md for the format.
folders = ["policies"]

# A rule that does not fit here, with the reason:
# [rules.disable]
# NC-064 = "All our flows are kept in git."

# Other starting values for a rule:
# [rules.override.NC-013]
# likelihood = 3

# Values that rules compare with:
# [rules.parameters]
# token_max_age_days = 180

# When exports are read again and reviews run, by how critical an app is (daily, weekly, monthly, quarterly,
# half_yearly, yearly, never); `workbench schedule run` keeps these times, `workbench schedule export` hands them on.
# [schedule]
# time_zone = "Europe/Madrid"
# at = "02:30"
# missed = "once"          # of times that passed unused: once, skip, all
# refresh = {{ high = "daily", medium = "weekly", low = "monthly", unknown = "weekly" }}
# review = {{ high = "monthly", medium = "quarterly", low = "half_yearly", unknown = "quarterly" }}

# What a quarterly review has time for, and for how many quarters at most an area is left out:
# [planner]
# minutes = 20             # of a small app; one that has grown may take most_minutes
# most_minutes = 45
# quarters = 4

# What holds a release back, and who may approve one, by the worst risk that is left:
# [release]
# limit = "High"
# approvers = {{ Critical = ["cleo"], High = ["ana", "ben"] }}

# Where an app's exports come from, for `workbench review run`:
# [apps.n8n-orders]
# sources = ["exports/orders.json"]
# cadence_days = 90
"""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RuleSettings(_Part):
    """The table [rules]."""

    folders: tuple[str, ...] = ("policies",)
    disable: dict[str, str] = Field(default_factory=dict)
    """Rule id → why."""
    override: dict[str, dict[str, Any]] = Field(default_factory=dict)
    parameters: dict[str, Any] = Field(default_factory=dict)


class AppSettings(_Part):
    """The table [apps.ID]."""

    sources: tuple[str, ...] = ()
    """Files, folders and zip archives, relative to the workspace; `server:NAME` for one of [servers]."""
    cadence_days: int | None = Field(default=None, ge=1)
    """After how many days a review is old; None leaves it to [schedule.review] and the app's criticality."""


class Config(_Part):
    """All of `workbench.toml`."""

    name: str = ""
    actor: str | None = None
    scheme: str | None = None
    """Path of an edited risk scheme, relative to the workspace; None for the shipped one."""
    people: str | None = None
    """Path of the list of people, relative to the workspace; None if there is none."""
    connectors: str | None = None
    """Path of the list of approved connectors, likewise."""
    rules: RuleSettings = RuleSettings()
    apps: dict[str, AppSettings] = Field(default_factory=dict)
    schedule: ScheduleSettings = ScheduleSettings()
    planner: PlanSettings = PlanSettings()
    release: ReleaseSettings = ReleaseSettings()
    tell: notices.TellSettings = notices.TellSettings()
    runs: keeping.RunSettings = keeping.RunSettings()
    estate: origins.EstateSettings = origins.EstateSettings()
    servers: dict[str, origins.ServerSettings] = Field(default_factory=dict)

    def review_days(self, app: str, criticality: str | None) -> int | None:
        """Return after how many days the review of an app (by its id) is old; None for never."""
        return review_days(self.schedule, criticality, self.apps[app].cadence_days if app in self.apps else None)

    def who(self) -> str:
        """Return the declared actor: WORKBENCH_ACTOR, else the configuration's, else the login name.

        Raises
        ------
        UsageError
            If there is none of them, as in containers whose user has no name.
        """
        return os.environ.get("WORKBENCH_ACTOR") or self.actor or _login()


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # as versions of Python and systems have it
        raise UsageError(
            "nobody knows who does this: the user of this process has no name. Set the environment variable "
            f"WORKBENCH_ACTOR, or actor in {NAME}"
        ) from None


def read(folder: Path) -> Config:
    """Return the configuration of a workspace folder; the defaults if it has no file.

    Raises
    ------
    UsageError
        If the file is no TOML or has an unknown or ill-fitting key; says which and where.
    """
    path = folder / NAME
    if not path.exists():
        return Config()
    try:
        return Config.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: {error}") from error
    except ValidationError as error:
        raise UsageError(
            f"{path} does not fit: {misfits(error)}. See the comments in a new workspace's file."
        ) from error


def template(name: str) -> str:
    """Return the text of a new workspace's configuration."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return TEMPLATE.format(name=f'"{quoted}"') + origins.TEMPLATE + notices.TEMPLATE + keeping.TEMPLATE
