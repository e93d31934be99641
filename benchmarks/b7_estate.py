"""B7: refresh an estate of 200 apps with 50 elements each: re-import, rules, diff, roll-up; against a notebook for each app.

The estate was imported before; since then the exports of two apps have changed. Ours is one pass in a new process. The
other side is the shipped review notebook of one app through papermill, which reads that app's export again; it is
measured on three apps, and what it would take for all of them is that times 200. Its limit in its favour: its workspace
has those three apps alone. Both sides are measured by the clock and in CPU seconds with all child processes.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common import Line, alternate, peak_megabytes, report, script, seconds

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

if TYPE_CHECKING:
    from collections.abc import Iterator

APPS = 200
NOTEBOOKS = 3
ROUNDS = 3
CHANGED = 2
TOML = '[estate]\nsources = ["exports"]\n'


def lines() -> Iterator[Line]:
    """Yield the lines of the clock and of CPU time."""
    with tempfile.TemporaryDirectory() as name:
        for side, apps in (("ours", APPS), ("papermill", NOTEBOOKS)):
            prepare(Path(name) / side, apps)
        pair = alternate(
            script(__file__, "ours", Path(name) / "ours"),
            script(__file__, "papermill", Path(name) / "papermill"),
            ROUNDS,
        )
    for kind in ("clock", "cpu"):
        ratio = pair.ratios[kind]
        yield Line(
            f"B7 refresh of an app, {kind}", seconds(pair.ours[kind]), seconds(pair.other[kind]), f"{ratio:.0f}x",
            "at least 20x", ratio >= 20,
        )  # fmt: skip
    print(
        f"   ours: {APPS} apps, {pair.ours['elements']:.0f} elements in {pair.ours['clock'] * APPS:.1f} s by the clock, "
        f"{pair.ours['cpu'] * APPS:.1f} s CPU, {pair.ours['megabytes']:.0f} MB; {pair.ours['changes']:.0f} changes found; "
        f"a notebook each would take {pair.other['clock'] * APPS / 60:.0f} minutes"
    )


def prepare(folder: Path, apps: int) -> None:
    """Make a workspace that has been refreshed and reviewed once, and lies still since then."""
    from estates import write_estate  # noqa: PLC0415 - not in the measured process

    import workbench as wb  # noqa: PLC0415

    wb.init(folder).close()
    write_estate(folder / "exports", apps)
    (folder / "workbench.toml").write_text(TOML, encoding="utf-8")
    with wb.open(folder) as ws:
        ws.reviews.estate.refresh()
        for app in list(ws.apps["id"]):
            ws.commit([_reviewed(app, ws.ledger.head.sequence)], why="reviewed")


def _reviewed(app: str, sequence: int) -> Any:
    from datetime import UTC, datetime  # noqa: PLC0415

    from workbench.model import Review, added  # noqa: PLC0415

    at = datetime.now(UTC)
    return added(Review(id=f"{app}/review:1", name="Review", app=app, at=at, why="reviewed", ledger_sequence=sequence))


def ours(folder: Path) -> None:
    """Report one pass over the whole estate, in seconds an app."""
    from estates import write_app  # noqa: PLC0415

    state = _turn(folder)
    for number in range(CHANGED):
        write_app(folder / "exports" / f"app-{number:04d}.json", number, host=f"turn{state}.example")
    start = time.perf_counter()
    import workbench as wb  # noqa: PLC0415 - a user's process pays for it, too

    with wb.open(folder) as ws:
        done = ws.reviews.estate.run(notebooks=False)
        since = ws.reviews.estate.since()
        apps, changes, elements = len(done.refreshed.apps), len(since.drift), len(ws.model)
    took = time.perf_counter() - start
    report(
        clock=took / apps, cpu=_cpu() / apps, megabytes=peak_megabytes(), changes=changes, elements=elements
    )  # fmt: skip


def papermill(folder: Path) -> None:
    """Report one run of the shipped notebook for each of a few apps, in seconds an app."""
    start = time.perf_counter()
    import workbench as wb  # noqa: PLC0415 - as above

    with wb.open(folder) as ws:
        runs = ws.reviews.run(list(ws.apps["id"]))
    if not (runs["state"] == "finished").all():
        raise SystemExit(f"a notebook did not finish: {runs['problem'].tolist()}")
    report(clock=(time.perf_counter() - start) / len(runs), cpu=_cpu() / len(runs))
    shutil.rmtree(folder / "reviews")


def _turn(folder: Path) -> int:
    """Return how often the estate was refreshed, so that each time something else has changed."""
    path = folder / "turn.json"
    number = json.loads(path.read_text()) + 1 if path.exists() else 1
    path.write_text(json.dumps(number))
    return int(number)


def _cpu() -> float:
    return sum(os.times()[:4])


if __name__ == "__main__":
    {"ours": ours, "papermill": papermill}[sys.argv[1]](Path(sys.argv[2]))
