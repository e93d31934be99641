"""`workbench diff`: two exports, or two dates of the workspace."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import workbench
from workbench import drifting
from workbench.analysis import drift
from workbench.cli import output
from workbench.errors import UsageError, unknown
from workbench.visible import visible
from workbench.workspace import LEDGER

if TYPE_CHECKING:
    import pandas as pd

SHOWN = ["kind", "change", "element_name", "field", "before", "after", "effect"]
_FORMATS = {"json": output.to_json, "csv": output.to_csv}


def between(folder: Path, old: str, new: str) -> pd.DataFrame:
    """Return one row a difference; columns in analysis.drift.between.

    Threats are judged by the workspace in the folder, if there is one, else by the rules that ship.

    Raises
    ------
    UsageError
        If the two are neither both files nor both dates, or a file cannot be read.
    """
    files = [text for text in (old, new) if Path(text).exists()]
    if files == [old, new]:
        return _of_files(folder, Path(old), Path(new))
    if files:
        other = new if files == [old] else old
        raise UsageError(f"{files[0]!r} is a file and {other!r} is none; expected two export files, or two dates")
    moments = [_moment(text) for text in (old, new)]
    with workbench.open(folder) as ws:
        before, after = (ws.as_of(moment).model for moment in moments)
        return drift.between(before, after, ws.judge)


def write(frame: pd.DataFrame, format_: str, out: Path | None) -> None:
    """Print the differences, or write them to a file.

    Raises
    ------
    UsageError
        If there is no such format, or the table for people is to be written to a file.
    """
    if format_ == "table":
        if out is not None:
            raise UsageError(f"--out {out} needs a --format: json, csv or markdown")
        _show(frame)
        return
    if format_ not in {*_FORMATS, "markdown"}:
        raise unknown("format", format_, ("table", *_FORMATS, "markdown"))
    text = _FORMATS[format_](frame) if format_ in _FORMATS else _markdown(frame)
    out.write_text(text, encoding="utf-8") if out else sys.stdout.write(text + "\n")


def _show(frame: pd.DataFrame) -> None:
    if frame.empty:
        output.console.print("No difference.")
        return
    output.show(frame, SHOWN)
    for name, words in (
        ("threats_new", "New"),
        ("threats_worse", "Worse"),
        ("threats_gone", "Gone"),
        ("threats_better", "Better"),
    ):
        for threat in dict.fromkeys(threat for row in frame[name] for threat in row):
            output.console.print(visible(f"{words}: {threat}"), markup=False, highlight=False)
    if frame["check"].any():
        output.console.print("Look by hand at what changed in addresses, connector versions and data.")


def _markdown(frame: pd.DataFrame) -> str:
    from workbench.reports.markdown import table  # noqa: PLC0415 - help texts come without pandas

    return table(frame, [*SHOWN, "why"]) if len(frame) else "No difference."


def _of_files(folder: Path, old: Path, new: Path) -> pd.DataFrame:
    if not (folder / LEDGER).exists():
        return drifting.of_exports(old, new)
    with workbench.open(folder) as ws:
        return drifting.of_exports(old, new, ws.judge)


def _moment(text: str) -> date | int:
    try:
        return int(text) if text.isdigit() else date.fromisoformat(text)
    except ValueError:
        expected = "an existing export file, a date (YYYY-MM-DD) or a ledger sequence"
        raise UsageError(f"{text!r} is not {expected}") from None
