"""Drift of exports: two of them, or one and what the workspace holds."""

from __future__ import annotations

import secrets
from datetime import date
from typing import TYPE_CHECKING

from workbench import platforms, rules
from workbench.analysis import drift, risk
from workbench.analysis.merge import merge
from workbench.analysis.twins import renamed
from workbench.errors import UsageError
from workbench.model import Model
from workbench.places import share

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from workbench.appview import AppView
    from workbench.platforms.draft import Draft


def from_model(app: AppView, path: Path) -> pd.DataFrame:
    """Return how an export of an app differs in meaning from the model; columns in analysis.drift.between.

    What people said stays out of it: compared is the model with what it would be after an import.

    Raises
    ------
    UsageError
        If the file cannot be read or does not hold one app.
    """
    ws = app.workspace
    drafts = _read(path, bytes.fromhex(ws.ledger.meta("fingerprint_key") or ""))
    if len(drafts) != 1:
        names = ", ".join(sorted(d.app for d in drafts))
        raise UsageError(f"{path} holds {len(drafts)} apps ({names}); expected the one to compare with {app.name}")
    before = app.snapshot.model
    draft = drafts[0] if drafts[0].app == app.id else renamed(drafts[0], app.id)
    exported = drift.settled(before.of_app(app.id), Model({e.id: e for e in draft.elements}.values()))
    after = before.apply(merge(before, app.id, list(exported), ws.last_draft(app.id)).changes)
    return drift.between(before.of_app(app.id), after.of_app(app.id), ws.judge)


def of_exports(old: Path, new: Path, judge: drift.Judge | None = None) -> pd.DataFrame:
    """Return how two exports differ in meaning: files, folders or archives; columns in analysis.drift.between.

    Raises
    ------
    UsageError
        If one of them cannot be read or holds nothing that a platform here knows.
    """
    key = secrets.token_bytes(32)
    before, after = (_model(path, key) for path in (old, new))
    return drift.between(before, after, judge or shipped_judge())


def shipped_judge() -> drift.Judge:
    """Return by what threats are found and rated where there is no workspace: by the rules and the scheme that ship."""
    settings = {key: setting.kind for key, setting in platforms.settings().items()}
    library = rules.load_library([share("data")], settings=settings)
    today = date.today()  # noqa: DTZ011 - due dates are meant in local days
    return drift.Judge(library, risk.load_scheme(None), today, settings)


def _model(path: Path, key: bytes) -> Model:
    return Model({e.id: e for draft in _read(path, key) for e in draft.elements}.values())


def _read(path: Path, key: bytes) -> list[Draft]:
    outcome = platforms.read_files([path], key=key)
    if outcome.refused:
        raise UsageError(str(outcome.refused[0]))
    if not outcome.drafts:
        raise UsageError(f"{path} is no export that a platform here knows ({', '.join(platforms.names())})")
    return list(outcome.drafts)
