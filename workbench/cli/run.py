"""Run a command and turn what went wrong into a sentence and an exit code."""

from __future__ import annotations

import sys
import traceback

import typer

from workbench.cli.commands import app
from workbench.visible import visible

BAD_INPUT, OUR_FAULT = 2, 3
# Every error that a user can mend is a ValueError of its room, or names a file or a missing library.
USERS = (ValueError, FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError)


def run() -> int:
    """Return the exit code of the command in sys.argv."""
    try:
        result = typer.main.get_command(app)(standalone_mode=False)
    except typer.Abort:
        sys.stderr.write("Stopped; what was finished is kept.\n")
        return BAD_INPUT
    except USERS as error:
        # It may repeat what an export says.
        sys.stderr.write(f"workbench: {visible(str(error))}\n")
        return BAD_INPUT
    except Exception as error:  # noqa: BLE001 - the last place where the user's part and ours can be told apart
        return _told(error)
    return result if isinstance(result, int) else 0


def _told(error: Exception) -> int:
    # Wrong use of the command line has a class that typer keeps to itself; it knows how to show itself.
    if callable(show := getattr(error, "show", None)):
        show()
        return BAD_INPUT
    traceback.print_exception(error)
    sys.stderr.write("workbench: this is our fault; please report the lines above.\n")
    return OUR_FAULT
