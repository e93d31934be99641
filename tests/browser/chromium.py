"""Find Chromium for the browser tests; install it from the system's packages where that is allowed.

Run as a program before the tests: it ends with 0 and the path, or with 1 and what to do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without these, Chromium asks outside hosts at every start.
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
ADVICE = "install Chromium (Debian: apt-get install chromium) or set WORKBENCH_CHROMIUM to its path, then try again"


def found() -> str | None:
    """Return the path of a Chromium, or None."""
    given = os.environ.get("WORKBENCH_CHROMIUM")
    if given:
        return given if shutil.which(given) else None
    return next((path for path in map(shutil.which, NAMES) if path), None)


def installed() -> str | None:
    """Install Chromium with apt-get if this user may, and return its path, or None."""
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (prefix and not shutil.which("sudo")):
        return None
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
    ):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        if subprocess.run([*prefix, *command], env=environment, stdout=sys.stderr, check=False).returncode:
            return None
    return found()


def main() -> int:
    """Print the path and return 0, or say what to do and return 1."""
    path = found() or installed()
    if path is None:
        sys.stderr.write(f"No Chromium was found for the browser tests: {ADVICE}.\n")
        return 1
    sys.stdout.write(f"Browser tests use {path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
