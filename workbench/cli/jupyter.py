"""`workbench lab`: JupyterLab on the workspace."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import workbench
from workbench.places import share

if TYPE_CHECKING:
    from pathlib import Path


def copy_notebooks(folder: Path) -> list[Path]:
    """Copy the product notebooks into the workspace, without touching those that are already there."""
    target = folder / "notebooks"
    target.mkdir(exist_ok=True)
    new = [n for n in sorted(share("notebooks").glob("*.ipynb")) if not (target / n.name).exists()]
    for notebook in new:
        shutil.copyfile(notebook, target / notebook.name)
    return new


def start(folder: Path, port: int) -> None:
    """Replace this process by JupyterLab on the loopback address, with a token, in the workspace's notebooks."""
    with workbench.open(folder) as ws:
        root = ws.path
    copy_notebooks(root)
    os.environ["WORKBENCH_WORKSPACE"] = str(root)
    arguments = [
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={root / 'notebooks'}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        *(["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
    ]
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", *arguments])  # noqa: S606 - fixed program
