"""What a run made, kept by app and date: `reviews/APP/RUN/review.ipynb` and `review.html`, and `latest.html` beside.

A folder is made under a name that starts with a dot, and gets its own name in one step when all in it is on the disk.
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from workbench.reports.files import flush_folder, write_atomically

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from workbench.keeping import RunSettings
    from workbench.review.runs import Runs
    from workbench.review.states import Run

NOTEBOOK, PAGE, LATEST = "review.ipynb", "review.html", "latest.html"
_RUN = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}")
_DRAFT = ".run-"
_LONG_AGO = timedelta(hours=1)


class Outputs:
    """The folder `reviews` of a workspace."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self.folder = workspace / "reviews"

    def draft(self, run: Run) -> Path:
        """Make the folder in which a run collects what it makes, and return it; OSError if that cannot be."""
        made = self._of(run) / f"{_DRAFT}{run.run}"
        made.mkdir(parents=True)
        return made

    def publish(self, run: Run) -> Path:
        """Give the draft of a run its own name: all of it is there, or nothing is; returns the folder."""
        draft, target = self._of(run) / f"{_DRAFT}{run.run}", self._of(run) / run.run
        for path in draft.iterdir():
            _flush(path)
        flush_folder(draft)
        draft.rename(target)
        flush_folder(target.parent)
        return target

    def newest(self, run: Run) -> None:
        """Make the page of a run the one that stands under the app's fixed name."""
        page = self._of(run) / run.run / PAGE
        if page.exists():
            write_atomically(self._of(run) / LATEST, page.read_bytes())

    def drop(self, run: Run) -> None:
        """Remove what a run has made, kept or not."""
        for name in (f"{_DRAFT}{run.run}", run.run):
            shutil.rmtree(self._of(run) / name, ignore_errors=True)

    def name(self, run: Run, file: str) -> str | None:
        """Return where a file of a run is, relative to the workspace; None if it was not kept."""
        path = self._of(run) / run.run / file
        return path.relative_to(self._workspace).as_posix() if path.exists() else None

    def tidy(self, runs: Runs, settings: RunSettings, now: datetime) -> list[str]:
        """Remove outputs that are older than they are to be kept, and what lost runs left; returns the runs.

        First the table forgets where an output was, then it goes: what the table names is always there.
        """
        runs.settle()
        old = runs.outdated(now - timedelta(days=settings.keep_days), settings.keep_last)
        for run in old:
            runs.change(run.run, {"output": None, "page": None})
        there = {path: name for path in self.folder.glob("*/*") if (name := _run_of(path))}
        left = runs.without_output(set(there.values()))
        for path, name in there.items():
            if name in left:
                shutil.rmtree(path, ignore_errors=True)
        for path in self.folder.glob(f"*/.{LATEST}.*"):
            # Half a page that a killed process left; a whole one takes its name within moments.
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < (now - _LONG_AGO).timestamp():
                    path.unlink(missing_ok=True)
        return [run.run for run in old]

    def _of(self, run: Run) -> Path:
        # Ids are words with dashes; whatever else one holds may not lead out of the folder.
        return self.folder / re.sub(r"[^A-Za-z0-9_-]", "_", run.app)


def _run_of(path: Path) -> str | None:
    name = path.name.removeprefix(_DRAFT)
    return name if _RUN.fullmatch(name) else None


def _flush(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())
