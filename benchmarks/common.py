"""What the workloads share: one line a result, and the alternating measurement behind it."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# The Python that has the peers, if it is another than this one.
PEERS = os.environ.get("WORKBENCH_PEERS", sys.executable)
# Users' programs find their modules compiled: a switch against it in here would make every start pay for it.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True)
class Line:
    """One result."""

    name: str
    ours: str
    other: str
    ratio: str
    goal: str
    met: bool

    def __str__(self) -> str:
        verdict = "met" if self.met else "MISSED"
        return f"{self.name:<34} {self.ours:>12} {self.other:>12} {self.ratio:>9}  {self.goal:<24} {verdict}"


HEADER = f"{'workload':<34} {'ours':>12} {'other':>12} {'ratio':>9}  {'goal':<24} verdict"


@dataclass(frozen=True)
class Pair:
    """Medians of two sides that were run in turn."""

    ours: dict[str, float]
    other: dict[str, float]
    ratios: dict[str, float]
    """Other by ours: above one, ours is better."""


def alternate(ours: Sequence[str], other: Sequence[str], rounds: int) -> Pair:
    """Run two commands in turn; each prints a JSON mapping of figures as its last line.

    Absolute figures depend on the machine and on who else uses it: the ratio is taken within each round.
    """
    runs = [(_figures(ours), _figures(other)) for _ in range(rounds)]
    shared = runs[0][0].keys() & runs[0][1].keys()
    return Pair(
        ours={k: statistics.median(a[k] for a, _ in runs) for k in runs[0][0]},
        other={k: statistics.median(b[k] for _, b in runs) for k in runs[0][1]},
        ratios={k: statistics.median(b[k] / a[k] for a, b in runs if a[k]) for k in shared},
    )


def _figures(command: Sequence[str]) -> dict[str, float]:
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=ENVIRONMENT)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed with {done.returncode}:\n{done.stderr[-2000:]}")
    figures: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


def peak_megabytes() -> float:
    """Return the most memory that this process has had resident."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def report(**figures: float) -> None:
    """Print the figures of one run, for `alternate` in the parent process."""
    print(json.dumps(figures))


def script(path: str | Path, *arguments: Any, python: str = sys.executable) -> list[str]:
    """Return the command that runs one side of a workload."""
    return [python, str(path), *map(str, arguments)]


def seconds(value: float) -> str:
    """Return a duration as one reads it."""
    return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"
