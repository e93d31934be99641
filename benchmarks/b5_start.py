"""B5: how long it takes to start: `workbench --version` and `import workbench`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from common import ENVIRONMENT, Line, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 15
BARE = [sys.executable, "-c", "pass"]
VERSION = [str(Path(sys.executable).parent / "workbench"), "--version"]
IMPORT = [sys.executable, "-c", "import workbench"]
# Nothing heavy is imported before it is needed, so what a first call costs is told too, without a goal.
FIRST = [sys.executable, "-c", "import workbench; workbench.Workspace"]
PANDAS = [sys.executable, "-c", "import pandas"]


def lines() -> Iterator[Line]:
    """Yield one line for each start."""
    yield _compared("B5 workbench --version", VERSION, BARE, 4.0, "bare Python")
    yield _compared("B5 import workbench", IMPORT, PANDAS, 1.5, "import pandas")
    yield _compared("B5 its first use", FIRST, PANDAS, float("inf"), "import pandas")


def _compared(name: str, ours: list[str], other: list[str], most: float, what: str) -> Line:
    pairs = [(_timed(ours), _timed(other)) for _ in range(ROUNDS)]
    ratio = statistics.median(a / b for a, b in pairs)
    a, b = (statistics.median(side) for side in zip(*pairs, strict=True))
    return Line(name, seconds(a), seconds(b), f"{ratio:.2f}", f"<= {most:g} x {what}", ratio <= most)


def _timed(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    return time.perf_counter() - start
