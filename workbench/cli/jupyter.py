"""`workbench lab`: JupyterLab on the workspace."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import workbench
from workbench.places import copy_notebooks

if TYPE_CHECKING:
    from pathlib import Path


def start(folder: Path, port: int) -> None:
    """Replace this process by JupyterLab on the loopback address, with a token, showing the workspace's notebooks.

    It serves the whole workspace, so that reports can be opened from it.
    """
    with workbench.open(folder) as ws:
        root = ws.path
    copy_notebooks(root)
    os.environ["WORKBENCH_WORKSPACE"] = str(root)
    arguments = [
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={root}",
        "--LabApp.default_url=/lab/tree/notebooks",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        *(["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
    ]
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", *arguments])  # noqa: S606 - fixed program
