"""The tables of an estate as files for other programs: the same estate gives the same bytes, and then nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench import tables
from workbench.analysis.portfolio import portfolio
from workbench.reports import write_atomically
from workbench.reports.csv import table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from workbench.review.estate.refresh import Refresh
    from workbench.snapshot import Snapshot

FOLDER = ("reviews", "estate")


def standing(state: Snapshot) -> Mapping[str, pd.DataFrame]:
    """Return where an estate stands: portfolio, elements, flows, threats, questions; the same state gives equal tables."""
    return {
        "portfolio": portfolio(state.model, state.threats, state.questions, state.today),
        "elements": tables.elements(state.model), "flows": tables.flows(state.model),
        "threats": state.threats, "questions": state.questions,
    }  # fmt: skip


def last(refreshed: Refresh) -> Mapping[str, pd.DataFrame]:
    """Return what the last refresh found: what became of each app and source, and what is different by it."""
    found = refreshed.difference
    return {
        "refresh": refreshed.apps, "sources": refreshed.sources, "changes": found.changes, "drift": found.drift,
        "threat-changes": found.threats, "question-changes": found.questions,
    }  # fmt: skip


def keep(folder: Path, refreshed: Refresh) -> list[Path]:
    """Write the tables into a workspace's reviews/estate/ as CSV; returns the files whose content is another now."""
    found = {**standing(refreshed.difference.after), **last(refreshed)}
    paths = {folder.joinpath(*FOLDER, f"{name}.csv"): frame for name, frame in found.items()}
    return [path for path, frame in paths.items() if _write(path, frame)]


def _write(path: Path, frame: pd.DataFrame) -> bool:
    content = "\ufeff".encode() + table(frame).encode("utf-8", "surrogatepass")
    if path.is_file() and path.read_bytes() == content:
        return False
    write_atomically(path, content)
    return True
