"""What is frozen for a release: scope, changes, risks before and after, what is open; and its hash."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from workbench.analysis import attesting, changes, checking
from workbench.analysis.bands import SEVERITIES
from workbench.analysis.frames import records
from workbench.model import ELEMENTS, App, element_to_json
from workbench.review.clock import local_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    import pandas as pd

    from workbench.model import Element, Release
    from workbench.snapshot import Snapshot
    from workbench.workspace import Workspace

FORMAT, VERSION = "threat-workbench-release", 1
# They move by themselves: with every day, or with the name of the file that was read.
_BY_ITSELF = frozenset({"source", "age_days", "last_used_days"})
_SOLVED = frozenset({"false_positive", "avoided"})
_FINDING = (
    "id", "title", "element_name", "status", "severity", "inherent", "target", "owner", "due", "why", "decided_by",
    "expires_on", "mitigations",
)  # fmt: skip
_ACTION = ("id", "name", "state", "owner", "due", "overdue")
_CHECK = ("id", "name", "state", "owner", "due", "overdue")
_CHANGE = ("change", "noun", "id", "words")


def frozen(workspace: Workspace, app: str, version: str, earlier: Release | None) -> dict[str, Any]:
    """Return what is frozen of an app, as JSON data; `earlier` is the last release.

    Keys
    ----
    format, version : `threat-workbench-release` and 1
    app, release : id, name and platform of the app; the version that is to be released
    scope : SHA-256 of the app and its risks as they are, how much there is of each kind, all elements
    since : the last release (version, id, ledger sequence), null for the first one
    changes : what changed in the app since then; empty for the first one
    risks : how many risks of each severity are open now (after), were open at the last release (before, null for the
        first one), and would be if nothing had been done (untreated); news since; all findings with their decisions
    open : actions, looks by hand that wait, number of open questions, accesses that are not attested
    worst : severity of the worst risk that is left, null if there is none
    scheme, history : what risks were rated by; where in the history this was read
    """
    now = workspace.now
    # Judged on the day of that release: what ended since then by its date alone is a change as well.
    then = local_day(earlier.at) if earlier and earlier.at else None
    before = workspace.as_of(earlier.ledger_sequence, on=then) if earlier else None
    threats, head = _own(now.threats, app), workspace.ledger.head
    element = now.model[app]
    return {
        "format": FORMAT, "version": VERSION,
        "app": {"id": app, "name": element.name, "platform": element.platform if isinstance(element, App) else None},
        "release": version,
        "scope": _scope(now, app),
        "since": {"version": earlier.name, "id": earlier.id, "sequence": earlier.ledger_sequence} if earlier else None,
        "changes": _changes(before, now, app) if before else [],
        "risks": _risks(before, threats, app),
        "open": _open(now, app),
        "worst": worst(threats),
        "scheme": {"id": workspace.scheme.id, "sha256": workspace.scheme.hash},
        "history": {"ledger": workspace.ledger.id, "sequence": head.sequence, "sha256": head.hash},
    }  # fmt: skip


def to_bytes(content: Mapping[str, Any]) -> bytes:
    """Return frozen content as the bytes that are hashed: JSON in UTF-8, keys in order, a line each."""
    return (json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode("utf-8", "surrogatepass")


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes as hex digits."""
    return hashlib.sha256(content).hexdigest()


def fingerprint(now: Snapshot, app: str) -> str:
    """Return the SHA-256 of an app and its risks: another one means that it has moved on."""
    own = [e for e in now.model.of_app(app) if isinstance(e, ELEMENTS)]
    elements = [[e.noun, {k: v for k, v in element_to_json(e).items() if k not in _BY_ITSELF}] for e in own]
    risks = sorted([row["id"], row["status"], row["severity"]] for row in records(_own(now.threats, app)))
    return sha256(json.dumps([elements, risks], sort_keys=True).encode("utf-8"))


def worst(threats: pd.DataFrame) -> str | None:
    """Return the severity of the worst risk that is left, whoever has accepted it; None if there is none."""
    left = {row["severity"] for row in records(threats) if row["status"] not in _SOLVED} - {None}
    return max(left, key=SEVERITIES.index) if left else None


def moved(content: Mapping[str, Any], workspace: Workspace) -> list[str]:
    """Return in words what is different from what was frozen; empty if nothing is."""
    app, now = content["app"]["id"], workspace.now
    then = workspace.ledger.model(content["history"]["sequence"])
    told = list(changes.elements(then.of_app(app), now.model.of_app(app))["words"])
    old = {row["id"]: (row["status"], row["severity"], row["title"]) for row in content["risks"]["findings"]}
    new = {row["id"]: (row["status"], row["severity"], row["title"]) for row in records(_own(now.threats, app))}
    for finding in sorted(old.keys() | new.keys()):
        was, is_now = old.get(finding), new.get(finding)
        if was is None or is_now is None:
            told.append(f"risk {'new' if was is None else 'gone'}: {(was or is_now or ('', '', ''))[2]}")
        elif was[:2] != is_now[:2]:
            told.append(f"risk “{is_now[2]}”: {_state(was)} then, {_state(is_now)} now")
    return told


def _state(row: Sequence[str | None]) -> str:
    return f"{row[0]} and {row[1] or 'not rated'}".replace("_", " ")


def _own(table: pd.DataFrame, app: str) -> pd.DataFrame:
    return table[table["app"] == app].reset_index(drop=True)


def _scope(now: Snapshot, app: str) -> dict[str, Any]:
    own: list[Element] = [e for e in now.model.own(app) if app in (e.app, e.id) and isinstance(e, ELEMENTS)]
    return {
        "sha256": fingerprint(now, app),
        "counts": dict(sorted(Counter(e.noun for e in own).items())),
        "elements": [{"id": e.id, "noun": e.noun, "name": e.name} for e in own],
    }


def _changes(before: Snapshot, now: Snapshot, app: str) -> list[dict[str, Any]]:
    return _rows(changes.elements(before.model.of_app(app), now.model.of_app(app)), _CHANGE)


def _risks(before: Snapshot | None, threats: pd.DataFrame, app: str) -> dict[str, Any]:
    then = _own(before.threats, app) if before else None
    return {
        "before": _counts(row["severity"] for row in records(then) if row["status"] == "open")
        if then is not None
        else None,
        "after": _counts(row["severity"] for row in records(threats) if row["status"] == "open"),
        "untreated": _counts(row["inherent"] for row in records(threats) if row["status"] != "false_positive"),
        "news": _rows(changes.threats(then, threats), ("change", "id", "words")) if then is not None else [],
        "findings": _rows(threats, _FINDING),
    }


def _counts(severities: Iterable[str | None]) -> dict[str, int]:
    count = Counter(severity or "not rated" for severity in severities)
    return {name: count[name] for name in (*reversed(SEVERITIES), "not rated") if count[name] or name in SEVERITIES}


def _open(now: Snapshot, app: str) -> dict[str, Any]:
    actions = _own(now.actions, app)
    looks = _own(checking.checks(now.model, now.today), app)
    access = attesting.accesses(now.model, app, now.today)
    return {
        "actions": _rows(actions[actions["state"] == "open"], _ACTION),
        "checks": _rows(looks[looks["state"] != "closed"], _CHECK),
        "questions": len(_own(now.questions, app)),
        "access": {"all": len(access), "attested": int((access["state"] == "attested").sum())},
    }


def _rows(table: pd.DataFrame, columns: Sequence[str]) -> list[dict[str, Any]]:
    return [{name: _plain(row[name]) for name in columns} for row in records(table)]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if hasattr(value, "isoformat"):
        day: date = value
        return day.isoformat()[:10]
    return value.item() if hasattr(value, "item") else value
