"""What the processes of test_overlaps do: wait for the start, then try to work, all at once."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.ledger import Ledger
from workbench.review import Runs, StaleLeaseError, TakenError

if TYPE_CHECKING:
    from workbench.review import Lease

HOUR = datetime(2026, 11, 2, tzinfo=UTC).timestamp()


def main(folder: Path, racers: int) -> None:
    """Make racers by forking, which costs one start for all, and clean up after each that ends or is killed."""
    for number in range(racers):
        if not os.fork():
            _serve(folder, number)
            os._exit(0)
    for _ in range(racers):
        os.wait()


def _serve(folder: Path, racer: int) -> None:
    """Take lines such as `race 7` and answer each with what came of it."""
    lines, answers = (folder / f"{racer}.lines").open(), (folder / f"{racer}.answers").open("w", buffering=1)
    with lines, answers, Ledger.open(folder / "ledger.sqlite") as ledger:
        runs = Runs(ledger.runs)
        held: dict[str, Lease] = {}
        answers.write(f"{os.getpid()}\n")
        for line in lines:
            name, number = line.split()
            done = _race(runs, int(number), folder / "journal") if name == "race" else _turn(runs, held, name, number)
            answers.write(f"{done}\n")


def _race(runs: Runs, number: int, journal: Path) -> str:
    """Work for one due time, unless somebody else does; the work is a line in a file."""
    run = runs.queue("orders", due=datetime.fromtimestamp(HOUR + 3600 * number, UTC))
    try:
        lease = runs.begin(run)
    except TakenError:
        return "taken"
    with journal.open("a", encoding="utf-8") as file:
        file.write(f"{number}\n")
    lease.end("finished")
    return "worked"


def _turn(runs: Runs, held: dict[str, Lease], name: str, number: str) -> str:
    """Begin a run of an app of its own and keep it, or end it, late or not."""
    if name == "begin":
        try:
            held[number] = runs.begin(runs.queue(f"app {number}"))
        except TakenError:
            return "taken"
        return "begun"
    try:
        held[number].end("finished", output="late")
    except StaleLeaseError:
        return "refused"
    return "ended"


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
