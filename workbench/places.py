"""Where the files are that travel with the code: in the checkout, or in the installed wheel."""

from __future__ import annotations

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
