"""`workbench diff`: two exports, or two dates of the workspace."""

from __future__ import annotations

import secrets
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import workbench
from workbench import platforms
from workbench.analysis import changes
from workbench.errors import UsageError
from workbench.model import Model

if TYPE_CHECKING:
    import pandas as pd


def between(folder: Path, old: str, new: str) -> pd.DataFrame:
    """Return one row a difference; columns in analysis.changes.elements.

    Raises
    ------
    UsageError
        If the two are neither both files nor both dates, or a file cannot be read.
    """
    files = [text for text in (old, new) if Path(text).exists()]
    if files == [old, new]:
        key = secrets.token_bytes(32)
        return changes.elements(_model(old, key), _model(new, key))
    if files:
        other = new if files == [old] else old
        raise UsageError(f"{files[0]!r} is a file and {other!r} is none; expected two export files, or two dates")
    moments = [_moment(text) for text in (old, new)]
    with workbench.open(folder) as ws:
        before, after = (ws.as_of(moment).model for moment in moments)
        return changes.elements(before, after)


def _model(path: str, key: bytes) -> Model:
    outcome = platforms.read_files([Path(path)], key=key)
    if outcome.refused:
        raise UsageError(str(outcome.refused[0]))
    if not outcome.drafts:
        raise UsageError(f"{path} is no export that a platform here knows ({', '.join(platforms.names())})")
    return Model({e.id: e for draft in outcome.drafts for e in draft.elements}.values())


def _moment(text: str) -> date | int:
    try:
        return int(text) if text.isdigit() else date.fromisoformat(text)
    except ValueError:
        expected = "an existing export file, a date (YYYY-MM-DD) or a ledger sequence"
        raise UsageError(f"{text!r} is not {expected}") from None
