"""The command line: thin over Workspace.

Exit codes: 0 well, 1 findings over the limit where asked, 2 wrong use or bad input, 3 our fault.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command in sys.argv."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        # Answered before anything else is imported: scripts ask this often.
        from workbench import __version__  # noqa: PLC0415

        sys.stdout.write(f"workbench {__version__}\n")
        return
    from workbench.cli.run import run  # noqa: PLC0415

    sys.exit(run())
