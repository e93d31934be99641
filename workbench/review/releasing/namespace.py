"""`ws.reviews.releases`: assess an app before a release, approve the assessment, ask whether it may go out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from shlex import quote
from typing import TYPE_CHECKING, Any, Literal

from workbench.analysis.frames import MOMENT, TEXT, WHOLE, frame
from workbench.analysis.recording import DecisionError, put, reason, record_id
from workbench.errors import UsageError
from workbench.model import Approval, Release, added, element_id, slug
from workbench.reports import write_atomically
from workbench.review.releasing import frozen, report
from workbench.review.releasing.gate import Gate, approvers, gate, given, newest, read, refusal

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from workbench.workspace import Workspace

FOLDER = "releases"
RELEASES = {
    "app": TEXT, "version": TEXT, "at": MOMENT, "by": TEXT, "worst": TEXT, "approved": TEXT, "rejected": TEXT,
    "sequence": WHOLE, "file": TEXT, "sha256": TEXT, "id": TEXT,
}  # fmt: skip


@dataclass(frozen=True)
class Assessment:
    """A frozen assessment."""

    release: Release
    content: dict[str, Any]
    may: str
    """Who may approve it, in words."""


class Releases:
    """The release assessments of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    def assess(self, app: str, version: str | None = None, *, why: str = "", actor: str | None = None) -> Assessment:
        """Freeze scope, changes since the last release, risks before and after and what is open; keep its hash.

        Parameters
        ----------
        app : str
            Id or name.
        version : str, optional
            What the release is called; default: today's date. The last release is the newest one of another version.
        why : str
            The reason for the release.

        Raises
        ------
        UsageError
            If there is no such app, or the version has no visible sign.
        """
        ws, who, at = self._ws, actor or self._ws.config.who(), datetime.now(UTC)
        found, called = ws.app(app).id, _called(version, at)
        content = frozen.frozen(ws, found, called, self._last(found, called))
        data = frozen.to_bytes(content)
        file = f"{FOLDER}/{slug(found)}/{at:%Y%m%dT%H%M%S%f}.json"
        record = Release(
            id=element_id(found, "release", f"{at:%Y%m%dT%H%M%S%f}"), name=called, app=found, by=who, at=at,
            why=why or None, file=file, content=frozen.sha256(data), scope=content["scope"]["sha256"],
            severity=content["worst"], ledger_sequence=content["history"]["sequence"],
        )  # fmt: skip
        write_atomically(ws.path / file, data)
        ws.commit([added(record)], why=why or f"release assessment of {called}", actor=who)
        return Assessment(record, content, self._may(record))

    def approve(
        self, app: str, verdict: Literal["approve", "reject"] = "approve", *, why: str, actor: str | None = None
    ) -> Approval:
        """Approve or reject the newest assessment of an app: exactly the content that was frozen, and no other.

        Raises
        ------
        DecisionError
            If the reason is missing, or this person may not approve risks that severe.
        UsageError
            If there is no assessment, or its file is not what was frozen.
        """
        ws, who = self._ws, actor or self._ws.config.who()
        release = self._newest(app)
        content, damage = read(ws, release)
        if content is None and damage is not None:
            raise UsageError(f"{damage.what}; {damage.do}")
        reason(why, f"to {verdict} the release of {release.app}")
        refused = refusal(ws.config.release, release, who) if verdict == "approve" else None
        if refused:
            raise DecisionError(refused)
        fields = {
            "name": f"{verdict} {release.name}", "app": release.app, "release": release.id, "content": release.content,
            "verdict": verdict, "by": who, "at": datetime.now(UTC), "why": why,
        }  # fmt: skip
        change = put(ws.model, Approval, record_id("approval", f"{release.id}/{who}"), fields)
        ws.commit([change], why=why, actor=who)
        return change.after  # type: ignore[return-value]

    def gate(self, app: str, limit: str | None = None) -> Gate:
        """Return whether an app may be released, and if not, why and what to do.

        `limit` is the severity from which on an open risk holds it back; default: that of workbench.toml.
        """
        return gate(self._ws, self._ws.app(app).id, limit)

    def report(self, app: str, path: str | Path) -> Path:
        """Write the newest assessment of an app as .html, .md or .json, with who has approved it.

        Raises
        ------
        UsageError
            If there is no assessment, its file is not what was frozen, or the report has another ending.
        """
        release = self._newest(app)
        content, damage = read(self._ws, release)
        if content is None:
            raise UsageError(f"{damage.what}; {damage.do}" if damage else f"{release.file} cannot be read")
        said = sorted(given(self._ws.model, release), key=lambda a: (f"{a.at}", a.id))
        return report.write(path, release, content, said, self._may(release))

    @staticmethod
    def require_ending(path: str | Path) -> None:
        """Raise UsageError if no report can be written under that name."""
        report.require_ending(path)

    def table(self, app: str | None = None) -> pd.DataFrame:
        """Return one row an assessment, newest first.

        Columns
        -------
        app, version, at, by, id : app is an id
        worst : severity of the worst risk that was left
        approved, rejected : names of those who did, of exactly this content
        sequence : entry of the history that it was made at
        file, sha256 : where the frozen content lies, and its hash
        """
        wanted = self._ws.app(app).id if app else None
        held = [r for r in self._ws.model.of(Release) if wanted in (None, r.app)]
        rows = [self._row(r) for r in sorted(held, key=lambda r: (f"{r.at}", r.id), reverse=True)]
        return frame(RELEASES, rows)

    def _row(self, release: Release) -> dict[str, Any]:
        said = given(self._ws.model, release)
        names = {v: ", ".join(a.by or "" for a in said if a.verdict == v) for v in ("approve", "reject")}
        return {
            "app": release.app, "version": release.name, "at": release.at, "by": release.by, "worst": release.severity,
            "approved": names["approve"], "rejected": names["reject"], "sequence": release.ledger_sequence,
            "file": release.file, "sha256": release.content, "id": release.id,
        }  # fmt: skip

    def _last(self, app: str, version: str) -> Release | None:
        others = [r for r in self._ws.model.of(Release) if r.app == app and r.name != version]
        return max(others, key=lambda r: (r.ledger_sequence, f"{r.at}"), default=None)

    def _newest(self, app: str) -> Release:
        found = newest(self._ws.model, self._ws.app(app).id)
        if found is None:
            raise UsageError(
                f"there is no release assessment of {app} yet; make one: workbench release assess --app {quote(app)}"
            )
        return found

    def _may(self, release: Release) -> str:
        may = approvers(self._ws.config.release, release.severity)
        if may is None:
            return "Nobody has to approve it: no risk is left that is severe enough."
        who = f"One of {', '.join(may)}" if may else "Anyone"
        second = refusal(self._ws.config.release, release, release.by or "") if release.by in may or not may else None
        but = f" but {release.by}, who assessed it," if second else ""
        return f"The worst risk that is left is {release.severity}. {who}{but} may approve it."


def _called(version: str | None, at: datetime) -> str:
    if version is None:
        return f"{at:%Y-%m-%d}"
    if not version.strip():
        raise UsageError(f"the version was {version!r}; give it a name such as 1.4, or leave it out for today's date")
    return version.strip()
