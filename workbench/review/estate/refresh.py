"""Bring apps in again from where they come from, and tell what that changed: all in one pass, an app that fails by name."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench import platforms
from workbench.analysis.frames import SEVERITY, TEXT, WHOLE, frame, records
from workbench.analysis.twins import told_apart
from workbench.imports import ImportReport
from workbench.ledger import BusyError, ConflictError, LedgerError, ReadOnlyError, StorageError
from workbench.model import App
from workbench.review.estate.difference import Difference
from workbench.review.estate.reading import Sourced, read_all
from workbench.review.estate.sources import expected, sources
from workbench.taking_in import TakingIn

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    import pandas as pd

    from workbench.imports import AppImport
    from workbench.platforms.guard import Crew
    from workbench.review.estate.reading import Move, Reading
    from workbench.workspace import Workspace

APPS = {
    "app": TEXT, "app_name": TEXT, "state": TEXT, "source": TEXT, "added": WHOLE, "changed": WHOLE, "removed": WHOLE,
    "threats_new": WHOLE, "threats_gone": WHOLE, "threats_changed": WHOLE, "questions_new": WHOLE,
    "questions_gone": WHOLE, "open": WHOLE, "severity": SEVERITY, "problem": TEXT,
}  # fmt: skip
SOURCES = {"source": TEXT, "apps": WHOLE, "unrecognised": WHOLE, "problem": TEXT}
_ORIGINS = "origins"
_GONE = (
    "its sources do not hold it any more: if it was taken down, say so in the app's lifecycle; else look at the source"
)
_NOWHERE = (
    "no source in workbench.toml holds it: name where its export lies, for all apps under [estate] or for this one under "
    "[apps]; if it was taken down, say so in the app's lifecycle"
)


@dataclass(frozen=True)
class Refresh:
    """What one refresh did: of every app that was to be refreshed, and of every source."""

    difference: Difference
    imported: Mapping[str, AppImport]
    """By app."""
    origins: Mapping[str, str]
    """App id → name of the source that it came from, now or the last time."""
    problems: Mapping[str, str]
    """App id → why it could not be refreshed."""
    readings: Sequence[Reading]
    asked: Collection[str] | None = None
    """The apps that were to be refreshed; None for all."""

    @cached_property
    def apps(self) -> pd.DataFrame:
        """Return one row an app.

        Columns
        -------
        app, app_name : of the app
        state : new, changed, as it was; failed: it is what it was at the last refresh, and may be out of date;
            no source: workbench.toml names none that holds it, so nobody but people can change it
        source : where it comes from, as workbench.toml names it
        added, changed, removed : elements
        threats_new, threats_gone, threats_changed, questions_new, questions_gone : what that means
        open, severity : open findings now, and the worst of them
        problem : why it failed, and what to do
        """
        count, standing = self._counts(), self._standing()
        apps = [app for app in self.difference.after.model.apps if self.asked is None or app.id in self.asked]
        return frame(APPS, [self._row(app, count, standing.get(app.id, [])) for app in apps])

    @cached_property
    def facts(self) -> Mapping[str, Mapping[str, int]]:
        """Return the figures of each app that the table of runs keeps, by the names in states.FACTS."""
        asked = Counter(self.difference.after.questions["app"].tolist())
        return {
            row["app"]: {
                "changes": row["added"] + row["changed"] + row["removed"], "threats_new": row["threats_new"],
                "threats_open": row["open"], "questions_open": asked[row["app"]],
            }
            for row in records(self.apps)
        }  # fmt: skip

    @property
    def report(self) -> ImportReport:
        """Return what was imported, refused and not recognised, as an import tells it."""
        refused = [problem for reading in self.readings for problem in reading.problems]
        unknown = [name for reading in self.readings for name in reading.unrecognised]
        return ImportReport(list(self.imported.values()), refused, unknown, platforms.names())

    @property
    def sources(self) -> pd.DataFrame:
        """Return one row a source and problem: source, apps, unrecognised (files), problem (unknown if there is none)."""
        rows = []
        for reading in self.readings:
            told = {
                "source": reading.source.name,
                "apps": len(reading.drafts),
                "unrecognised": len(reading.unrecognised),
            }
            rows += [{**told, "problem": str(problem)} for problem in reading.problems] or [{**told, "problem": None}]
        return frame(SOURCES, rows)

    def _counts(self) -> dict[str, Mapping[str, int]]:
        count = self.difference.count
        return {
            "threats_new": count("threats", "new", "reopened"), "threats_gone": count("threats", "gone"),
            "threats_changed": count("threats", "worse", "better", "decided"),
            "questions_new": count("questions", "new"), "questions_gone": count("questions", "gone"),
        }  # fmt: skip

    def _standing(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        threats = self.difference.after.threats
        for row in records(threats.loc[threats["status"] == "open", ["app", "severity"]]):
            found.setdefault(row["app"], []).append(row)
        return found

    def _row(
        self, app: App, count: Mapping[str, Mapping[str, int]], standing: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        told = self.imported[app.id].changes if app.id in self.imported else ()
        worst = [row["severity"] for row in standing if row["severity"] is not None]
        return {
            "app": app.id, "app_name": app.name, "state": self.state(app.id), "source": self.origins.get(app.id),
            **{action: sum(c.action == action for c in told) for action in ("added", "changed", "removed")},
            **{name: found.get(app.id, 0) for name, found in count.items()},
            "open": len(standing), "severity": max(worst, key=list(SEVERITY.categories).index, default=None),
            "problem": self.problems.get(app.id),
        }  # fmt: skip

    def state(self, app: str) -> str:
        """Return what became of an app: new, changed, as it was, failed or no source."""
        if app in self.problems:
            return "failed"
        if app not in self.imported:
            return "no source"
        if app not in self.difference.before.model:
            return "new"
        return "changed" if self.imported[app].changes else "as it was"


def refresh(
    workspace: Workspace, crew: Crew, *, apps: Collection[str] | None = None, progress: Move | None = None,
    why: str = "refresh",
) -> Refresh:  # fmt: skip
    """Bring in again what some apps, or all of them, are by now.

    Raises
    ------
    UsageError
        If workbench.toml names a server that it does not describe.
    ledger.LedgerError
        If the ledger cannot be written: it is read-only or busy, or the disk is full.
    """
    known = _origins(workspace)
    before, key = workspace.now, bytes.fromhex(workspace.ledger.meta("fingerprint_key") or "")
    held = [app.id for app in before.model.apps if expected(workspace.config, app)]
    sought = None if apps is None else [app for app in held if app in apps]
    readings = read_all(sources(workspace.config, workspace.path, sought, known), crew, key, progress)
    imported, refused = _taken_in(workspace, readings, apps, why)
    fresh = {draft.app: draft.source for draft, _ in imported}
    origins = _remembered(workspace, fresh)
    # What the exports brought is seen now, whoever looks at it when: deadlines run from today.
    after = workspace.now
    _ = after.first_seen
    found = {draft.app: told for draft, told in imported}
    by_app = {app: told.changes for app, told in found.items()}
    problems = refused | dict(_missing(workspace, readings, apps, origins, {*found, *refused}))
    return Refresh(Difference(before, after, by_app, workspace.judge), found, origins, problems, readings, apps)


def _origins(workspace: Workspace) -> dict[str, str]:
    found: dict[str, str] = json.loads(workspace.ledger.meta(_ORIGINS) or "{}")
    return found


def _remembered(workspace: Workspace, fresh: Mapping[str, str]) -> dict[str, str]:
    """Keep from where apps came, beside what others kept meanwhile; returns it of all apps."""

    def revised(held: Mapping[str, str]) -> dict[str, str]:
        return {"": json.dumps(json.loads(held.get("", "{}")) | fresh, sort_keys=True)}

    if not fresh.items() <= _origins(workspace).items():
        workspace.ledger.revise_metas(_ORIGINS, revised)
    return _origins(workspace)


def _taken_in(
    workspace: Workspace, readings: Iterable[Reading], apps: Collection[str] | None, why: str
) -> tuple[list[tuple[Sourced, AppImport]], dict[str, str]]:
    drafts = told_apart((draft for reading in readings for draft in reading.drafts), workspace.model)
    taking = TakingIn(workspace, why=why)
    done: list[tuple[Sourced, AppImport]] = []
    refused: dict[str, str] = {}
    for draft in drafts:
        assert isinstance(draft, Sourced)  # noqa: S101 - what is told apart stays what it was
        if apps is not None and draft.app not in apps and any(isinstance(e, App) for e in draft.elements):
            continue
        try:
            done.append((draft, _taken(taking, draft)))
        except (BusyError, ReadOnlyError, StorageError):
            # Nothing of any app can be written: that is no fault of this one.
            raise
        except LedgerError as error:
            refused[draft.app] = f"what {draft.file} says could not be kept: {error}"
    return done, refused


def _taken(taking: TakingIn, draft: Sourced) -> AppImport:
    try:
        return taking.take(draft)
    except ConflictError:
        # Somebody changed the app in this very moment; what they said is merged now.
        return taking.take(draft)


def _missing(
    workspace: Workspace, readings: Sequence[Reading], apps: Collection[str] | None, origins: Mapping[str, str],
    settled: Collection[str],
) -> Iterator[tuple[str, str]]:  # fmt: skip
    """Yield the apps that should have come in and did not, with what is known about why."""
    by_name = {reading.source.name: reading for reading in readings}
    for app in workspace.model.apps:
        if app.id in settled or (apps is not None and app.id not in apps):
            continue
        own = [reading for reading in readings if app.id in reading.source.named_by]
        origin = by_name.get(origins.get(app.id, ""))
        asked = own or ([origin] if origin else [])
        why = _why(app, asked, _GONE)
        # What was taken down, as people said, may be gone from its sources; not that it cannot be read.
        if asked and not (app.lifecycle == "retired" and why == _GONE):
            yield app.id, why
        elif not asked and app.lifecycle != "retired" and expected(workspace.config, app):
            yield app.id, _why(app, readings, _NOWHERE)


def _why(app: App, asked: Iterable[Reading], otherwise: str) -> str:
    """Return the problems of an app's own file, if it is named among them, else all of its sources."""
    problems = [problem for reading in asked for problem in reading.problems]
    file = app.source.file if app.source else ""
    own = [problem for problem in problems if file and problem.where.endswith(file)]
    return "; ".join(map(str, own or problems)) or otherwise
