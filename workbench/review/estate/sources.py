"""Where apps come from: each file, folder and server once, however often workbench.toml names it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workbench.errors import UsageError, unknown
from workbench.origins import PREFIX

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from workbench.config import Config
    from workbench.model import App
    from workbench.origins import ServerSettings


@dataclass(frozen=True)
class Source:
    """What is read in one go."""

    name: str
    """As workbench.toml names it."""
    path: Path | None = None
    server: ServerSettings | None = None
    named_by: frozenset[str] = frozenset()
    """Ids of the apps that name it as theirs."""


def sources(
    config: Config, folder: Path, apps: Collection[str] | None = None, origins: Mapping[str, str] | None = None
) -> list[Source]:
    """Return what is to be read for some apps, or for all of them, in the order in which workbench.toml names it.

    An app without sources of its own is read from where it came from last (`origins`: app id → name of a source), and
    looked for in every shared source where that is not known, or is not named any more.

    Raises
    ------
    UsageError
        If a server is named that workbench.toml does not describe.
    """
    own = {app: settings.sources for app, settings in config.apps.items() if apps is None or app in apps}
    shared = [*config.estate.sources, *(f"{PREFIX}{name}" for name in config.servers)]
    if apps is not None:
        wanted = {(origins or {}).get(app) for app in apps if not own.get(app)}
        others = [name for settings in config.apps.values() for name in settings.sources]
        everything = not wanted.issubset({*shared, *others})
        shared = [name for name in [*shared, *others] if name in wanted or (everything and name in shared)]
    named: dict[str, set[str]] = {name: set() for name in shared}
    for app, names in own.items():
        for name in names:
            named.setdefault(name, set()).add(app)
    return _once([_source(name, frozenset(by), config, folder) for name, by in named.items()])


def expected(config: Config, app: App) -> bool:
    """Tell whether some source should hold an app; what was drawn by hand is in none but its own."""
    own = config.apps.get(app.id)
    everything = config.estate.sources or config.servers
    return bool((own and own.sources) or (everything and app.source))


def _source(name: str, by: frozenset[str], config: Config, folder: Path) -> Source:
    if not name.startswith(PREFIX):
        return Source(name, path=folder / name, named_by=by)
    server = name.removeprefix(PREFIX)
    if server not in config.servers:
        if not config.servers:
            raise UsageError(
                f"workbench.toml has the source {name!r} but no [servers.{server}]; describe the server there"
            )
        raise unknown("server", server, config.servers)
    return Source(name, server=config.servers[server], named_by=by)


def _once(found: list[Source]) -> list[Source]:
    """Return the sources without those that lie within another one, which then stand for them, too."""
    real = {source.name: os.path.realpath(source.path) for source in found if source.path is not None}
    around = {name: _around(name, real) for name in real}
    by = {source.name: source.named_by for source in found}
    for name, outer in around.items():
        if outer is not None:
            by[outer] |= by[name]
    return [replace(s, named_by=by[s.name]) for s in found if around.get(s.name) is None]


def _around(name: str, real: Mapping[str, str]) -> str | None:
    """Return the outermost other source that a path lies in, or the first of those that are the same."""
    path, names = real[name], list(real)
    holding = [
        other
        for other in names
        if (real[other] == path and names.index(other) < names.index(name))
        or (real[other] != path and path.startswith(real[other].rstrip(os.sep) + os.sep))
    ]
    return min(holding, key=lambda other: (len(real[other]), names.index(other)), default=None)
