"""The schedule as files for other schedulers, one module a target.

All of them start the same command, `workbench schedule run --once`, at the times at which something may be due. What is
due is decided there, by what was done before; so missed times, changes of the clocks and a scheduler too many are
handled as by the embedded one.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from workbench.errors import UsageError, unknown
from workbench.reports import write_atomically
from workbench.review.schedule.exports.plan import Plan, plan

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.workspace import Workspace

__all__ = ["Plan", "export", "files", "plan", "targets"]
_HELPERS = frozenset({"plan"})


def targets() -> list[str]:
    """Return the names that `--to` takes."""
    return sorted(m.name.replace("_", "-") for m in pkgutil.iter_modules(__path__) if m.name not in _HELPERS)


def files(target: str, given: Plan) -> dict[str, str]:
    """Return the files of a target: name to text.

    Raises
    ------
    UsageError
        If there is no such target, or nothing is ever due.
    """
    if target not in targets():
        raise unknown("target of an export", target, targets())
    if not given.triggers:
        raise UsageError("nothing is ever due: every cadence of [schedule] in workbench.toml is never")
    module = importlib.import_module(f"{__name__}.{target.replace('-', '_')}")
    made: dict[str, str] = module.files(given)
    return made


def export(ws: Workspace, target: str, folder: Path, program: str | None = None) -> list[Path]:
    """Write the files of a target into a folder and return their paths; UsageError as for `files`."""
    made = files(target, plan(ws, program))
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        write_atomically(folder / name, text.encode("utf-8"))
    return [folder / name for name in made]
