"""Run the workloads against their peers: `python benchmarks/run.py` or `… B1 B3`; one line a result."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from common import HEADER

HERE = Path(__file__).parent


def main(chosen: list[str]) -> int:
    """Print the lines of the chosen workloads, all by default; return 1 if a goal is missed."""
    # Two may have one number: B7 is an estate, and the canvas that was measured before it.
    known = {path.stem: path.stem.partition("_")[0].upper() for path in sorted(HERE.glob("b[0-9]*_*.py"))}
    unknown = [name for name in chosen if name.upper() not in known.values()]
    if unknown:
        print(f"unknown workload {', '.join(unknown)}; expected one of {', '.join(known.values())}", file=sys.stderr)
        return 2
    print(HEADER)
    met = True
    for module, name in known.items():
        if not chosen or name in map(str.upper, chosen):
            for line in importlib.import_module(module).lines():
                print(line, flush=True)
                met &= line.met
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
