"""What the processes of test_outputs do: keep output, run after run, until they are killed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from workbench.ledger import Ledger
from workbench.reports import write_atomically
from workbench.review import Runs
from workbench.review.outputs import NOTEBOOK, PAGE, Outputs

LONG = 400_000


def content(run: str) -> bytes:
    """Return what a file of a run holds: half of it is seen to be half."""
    return f"{run}\n{'x' * LONG}\n{run}".encode()


def main(folder: Path) -> None:
    """For each line of the input, fork a process that writes, tell its number, and clean up after it is killed."""
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            _write(folder)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        os.waitpid(child, 0)
        sys.stdout.write("gone\n")
        sys.stdout.flush()


def _write(folder: Path) -> None:
    with Ledger.open(folder / "ledger.sqlite") as ledger:
        runs, outputs = Runs(ledger.runs), Outputs(folder)
        while True:
            lease = runs.begin(runs.queue("orders"))
            draft = outputs.draft(lease.run)
            (draft / NOTEBOOK).write_bytes(content(lease.run.run))
            write_atomically(draft / PAGE, content(lease.run.run))
            outputs.publish(lease.run)
            kept = {"output": outputs.name(lease.run, NOTEBOOK), "page": outputs.name(lease.run, PAGE)}
            outputs.newest(lease.end("finished", **kept))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
