"""Threat Workbench: living threat models for no-code and low-code applications.

>>> import workbench as wb
>>> ws = wb.open("team")  # wb.init("team") creates
>>> app = ws.import_file("orders.json", why="first import")
>>> app.threats
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.appview import AppView
    from workbench.display import table
    from workbench.errors import UsageError, WorkbenchError
    from workbench.places import sample
    from workbench.workspace import Workspace

__version__ = "0.1.0"
__all__ = [
    "Activity", "AppView", "Canvas", "Forms", "Join", "Portfolio", "QuickEntry", "Triage", "UsageError", "Verdicts", "WarmUp",
    "WorkbenchError", "Workshop", "Workspace", "__version__", "init", "link", "open", "sample", "table",
]  # fmt: skip

_HOMES = {
    "AppView": "workbench.appview",
    "Workspace": "workbench.workspace",
    "WorkbenchError": "workbench.errors",
    "UsageError": "workbench.errors",
    "sample": "workbench.places",
    "table": "workbench.display",
    "Activity": "workbench.widgets.activity",
    "Canvas": "workbench.widgets.canvas",
    "Forms": "workbench.widgets.forms",
    "Join": "workbench.widgets.join",
    "Portfolio": "workbench.widgets.portfolio",
    "QuickEntry": "workbench.widgets.quickentry",
    "Workshop": "workbench.widgets.workshop",
    "Triage": "workbench.widgets.triage",
    "WarmUp": "workbench.widgets.warmup",
    "Verdicts": "workbench.widgets.verdicts",
    "link": "workbench.widgets.linked",
}


def init(path: str | Path, *, name: str | None = None) -> Workspace:
    """Create a workspace in a folder and return it; see `Workspace.init`."""
    from workbench.workspace import Workspace  # noqa: PLC0415 - `import workbench` stays as light as pandas

    return Workspace.init(path, name=name)


def open(path: str | Path = ".") -> Workspace:  # noqa: A001 - read as wb.open
    """Open the workspace in a folder; see `Workspace.open`."""
    from workbench.workspace import Workspace  # noqa: PLC0415 - as above

    return Workspace.open(path)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'workbench' has no {name!r}; it has {', '.join(__all__)}")
