"""Whether an app may be released: each thing that holds it back, and what to do about it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING, Any

from workbench.analysis.bands import SEVERITIES
from workbench.analysis.frames import records
from workbench.model import Approval, Release
from workbench.review.releasing import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.model import Model
    from workbench.planning import ReleaseSettings
    from workbench.workspace import Workspace

_SHOWN = 3


@dataclass(frozen=True)
class Problem:
    """Something that holds a release back."""

    what: str
    do: str


@dataclass(frozen=True)
class Gate:
    """Whether an app may be released."""

    app: str
    name: str
    release: str | None
    """The version that was assessed, if one was."""
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    """What is open and holds nothing back."""

    @property
    def is_open(self) -> bool:
        """Tell whether the app may be released."""
        return not self.problems


def gate(workspace: Workspace, app: str, limit: str | None = None) -> Gate:
    """Return whether an app may be released, as things are now."""
    name = workspace.now.model[app].name
    release = newest(workspace.model, app)
    if release is None:
        do = f"workbench release assess --app {quote(app)}"
        return Gate(app, name, None, (Problem("there is no release assessment", f"make one: {do}"),))
    problems = list(_altered(workspace))
    content, damage = read(workspace, release)
    problems += [damage] if damage else []
    if content is not None:
        problems += list(_stale(workspace, app, release, content))
    problems += list(_unapproved(workspace, release))
    problems += list(_over(workspace, app, limit or workspace.config.release.limit))
    return Gate(app, name, release.name, tuple(problems), tuple(_notes(content)))


def newest(model: Model, app: str) -> Release | None:
    """Return the newest assessment of an app; None if there is none."""
    own = [r for r in model.of(Release) if r.app == app]
    return max(own, key=lambda r: (r.ledger_sequence, f"{r.at}", r.id), default=None)


def read(workspace: Workspace, release: Release) -> tuple[dict[str, Any] | None, Problem | None]:
    """Return the frozen content of a release, or what is wrong with it."""
    do = f"get it back from a copy, or assess again: workbench release assess --app {quote(release.app or '')}"
    path = workspace.path / release.file
    try:
        held = path.read_bytes()
    except OSError:
        return None, Problem(f"the assessment {release.file} cannot be read", do)
    found = frozen.sha256(held)
    if found != release.content:
        what = f"{release.file} is not what was frozen: its SHA-256 is {found}, the history says {release.content}"
        return None, Problem(what, do)
    content: dict[str, Any] = json.loads(held)
    return content, None


def approvers(rules: ReleaseSettings, severity: str | None) -> tuple[str, ...] | None:
    """Return who may approve a release whose worst risk is this severe; empty for anyone, None if nobody has to."""
    if severity is None or SEVERITIES.index(severity) < SEVERITIES.index(rules.approve_from):
        return None
    named = rules.approvers.get(severity, ())  # type: ignore[call-overload]
    if not named:
        return ()
    above = SEVERITIES[SEVERITIES.index(severity) :]
    return tuple(dict.fromkeys(name for each in above for name in rules.approvers.get(each, ())))


def refusal(rules: ReleaseSettings, release: Release, actor: str) -> str | None:
    """Return why somebody may not approve a release; None if they may."""
    may, severity = approvers(rules, release.severity), release.severity
    if may is None or severity is None:
        return None
    if may and actor not in may:
        return f"{actor!r} may not approve a release with {severity} risks; ask {', '.join(may)}"
    second = SEVERITIES.index(severity) >= SEVERITIES.index(rules.second_person_from)
    if second and actor == release.by:
        return f"{actor!r} made the assessment; with {severity} risks somebody else has to approve it"
    return None


def given(model: Model, release: Release) -> list[Approval]:
    """Return what people said about exactly this content."""
    return [a for a in model.of(Approval) if a.release == release.id and a.content == release.content]


def _altered(workspace: Workspace) -> Iterator[Problem]:
    found = workspace.ledger.verify()
    if not found.ok:
        yield Problem(f"the history has been altered: {found.problem}", "see: workbench ledger verify")


def _stale(workspace: Workspace, app: str, release: Release, content: dict[str, Any]) -> Iterator[Problem]:
    if frozen.fingerprint(workspace.now, app) == release.scope == content["scope"]["sha256"]:
        return
    told = frozen.moved(content, workspace) or ["what it is connected with has changed"]
    more = f" and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
    what = f"the app has moved on since the assessment of {release.at:%Y-%m-%d}: {'; '.join(told[:_SHOWN])}{more}"
    yield Problem(what, f"assess again: workbench release assess --app {quote(app)}")


def _unapproved(workspace: Workspace, release: Release) -> Iterator[Problem]:
    rules, said = workspace.config.release, given(workspace.model, release)
    for each in said:
        if each.verdict == "reject":
            yield Problem(f"{each.by} rejected it: {each.why}", "do what they ask for, then assess again")
    may = approvers(rules, release.severity)
    if may is None or any(a.verdict == "approve" and refusal(rules, release, a.by or "") is None for a in said):
        return
    who = f"one of {', '.join(may)}" if may else "anyone"
    if release.severity and SEVERITIES.index(release.severity) >= SEVERITIES.index(rules.second_person_from):
        who += f" but {release.by}"
    yield Problem(
        f"nobody has approved it, and the worst risk that is left is {release.severity}",
        f"{who} can: workbench release approve --app {quote(release.app or '')} --why …",
    )


def _over(workspace: Workspace, app: str, limit: str) -> Iterator[Problem]:
    threats = workspace.now.threats
    opened = records(threats[(threats["app"] == app) & (threats["status"] == "open")])
    bad = [r for r in opened if r["severity"] and SEVERITIES.index(r["severity"]) >= SEVERITIES.index(limit)]
    if bad:
        told = "; ".join(f"{r['title']} ({r['element_name']})" for r in bad[:_SHOWN])
        more = f" and {len(bad) - _SHOWN} more" if len(bad) > _SHOWN else ""
        count = f"{len(bad)} open {'risk is' if len(bad) == 1 else 'risks are'} {limit} or worse: {told}{more}"
        yield Problem(count, "treat them, or have them accepted by who may; then assess again")
    unrated = [r for r in opened if r["severity"] is None]
    if unrated:
        count = f"{len(unrated)} open {'risk is' if len(unrated) == 1 else 'risks are'} not rated yet: {unrated[0]['title']}"
        yield Problem(count, "say how likely and how bad they are; then assess again")


def _notes(content: dict[str, Any] | None) -> Iterator[str]:
    if content is None:
        return
    opened = content["open"]
    late = sum(bool(a["overdue"]) for a in opened["actions"])
    if opened["actions"]:
        yield f"open actions: {len(opened['actions'])}{f', {late} of them past their day' if late else ''}"
    if opened["checks"]:
        yield f"looks by hand that wait: {len(opened['checks'])}"
    if opened["questions"]:
        yield f"open questions: {opened['questions']}"
    if opened["access"]["attested"] < opened["access"]["all"]:
        yield f"attested accesses: {opened['access']['attested']} of {opened['access']['all']}"
