"""Run the workloads against their peers: `python benchmarks/run.py` or `… B1 B3`; one line a result."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from common import HEADER

HERE = Path(__file__).parent


def _by_number() -> list[Path]:
    return sorted(HERE.glob("b[0-9]*_*.py"), key=lambda path: int(path.stem.partition("_")[0][1:]))


def main(chosen: list[str]) -> int:
    """Print the lines of the chosen workloads, all by default; return 1 if a goal is missed."""
    known = {path.stem.partition("_")[0].upper(): path.stem for path in _by_number()}
    unknown = [name for name in chosen if name.upper() not in known]
    if unknown:
        print(f"unknown workload {', '.join(unknown)}; expected one of {', '.join(known)}", file=sys.stderr)
        return 2
    print(HEADER)
    met = True
    for name, module in known.items():
        if not chosen or name in map(str.upper, chosen):
            for line in importlib.import_module(module).lines():
                print(line, flush=True)
                met &= line.met
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
