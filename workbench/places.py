"""Where the files are that travel with the code: in the checkout, or in the installed wheel."""

from __future__ import annotations

import shutil
from pathlib import Path

_PACKAGE = Path(__file__).parent


def share(*parts: str) -> Path:
    """Return the path of a shipped file or folder, such as `share("data", "threats")`.

    Raises
    ------
    FileNotFoundError
        If neither the checkout nor the wheel has it.
    """
    for root in (_PACKAGE / "_share", _PACKAGE.parent):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"{'/'.join(parts)} does not travel with this installation; install the package again")


def copy_notebooks(folder: Path) -> list[Path]:
    """Copy the product notebooks into the workspace, without touching those that are already there."""
    target = folder / "notebooks"
    target.mkdir(exist_ok=True)
    new = [n for n in sorted(share("notebooks").glob("*.ipynb")) if not (target / n.name).exists()]
    for notebook in new:
        shutil.copyfile(notebook, target / notebook.name)
    return new


def notebook(folder: Path, name: str) -> Path:
    """Return a product notebook: the copy in a workspace, which a team may adapt, else the shipped one."""
    own = folder / "notebooks" / name
    return own if own.is_file() else share("notebooks", name)


def sample(name: str) -> Path:
    """Return the path of one of our own sample exports, such as `sample("n8n/order-intake.json")`."""
    return share("data", "samples", *name.split("/"))
