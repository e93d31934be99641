"""`ws.reviews.checks` and `ws.reviews.access`: what people look at themselves, and what they say about it."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.analysis import attesting, checking
from workbench.analysis.frames import frame
from workbench.display import Sentences
from workbench.review import evidence as proof

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from workbench.workspace import Workspace


class Checks:
    """Looks by hand: at what changed in an import, and at settings that somebody asked to be looked at."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    def table(self, app: str | None = None, *, waiting: bool = False) -> pd.DataFrame:
        """Return one row a look by hand, of one app or of all; with `waiting` only those that are not closed.

        Columns in analysis.checking.checks, and used_by: tuple of the names of other apps that hang on what is looked at.
        """
        rows = checking.checks(self._ws.model, self._ws.now.today)
        rows = rows.assign(used_by=_cells(map(used_by(self._ws), rows["links"])))
        if app is not None:
            rows = rows[rows["app"] == self._ws.app(app).id]
        return (rows[rows["state"] != "closed"] if waiting else rows).reset_index(drop=True)

    def ask(self, app: str, text: str, *, why: str = "", actor: str | None = None, **fields: Any) -> str:
        """Ask for a look by hand at a setting, and return its id; `fields`: asks, owner, due, links."""
        who, found = actor or self._ws.config.who(), self._ws.app(app).id
        changes = checking.check(self._ws.model, found, text, actor=who, at=datetime.now(UTC), why=why, **fields)
        self._ws.commit(changes, why=why or "look by hand", actor=who)
        return changes[0].id

    def close(
        self,
        checks: str | Iterable[str],
        verdict: str,
        *,
        why: str,
        evidence: proof.Given = (),
        next_on: date | None = None,
        owner: str | None = None,
        due: date | None = None,
        actor: str | None = None,
    ) -> None:
        """Close looks by hand, by their ids, with a verdict: good, follow_up or stop.

        `evidence` are files, of which copies are kept by their hash. follow_up and stop open an action for `owner`
        until `due`. With `next_on` the look is open again from that day on.

        Raises
        ------
        analysis.recording.DecisionError
            If there is no such look, the verdict is none, or the reason is missing.
        UsageError
            If a file of evidence cannot be kept.
        """
        who = actor or self._ws.config.who()
        said: dict[str, Any] = {"actor": who, "at": datetime.now(UTC), "why": why, "next_on": next_on, "owner": owner}
        # First without evidence: what is refused leaves no copy behind.
        checking.close(self._ws.model, checks, verdict, due=due, **said)
        kept = proof.keep(self._ws, evidence)
        changes = checking.close(self._ws.model, checks, verdict, due=due, evidence=kept, **said)
        self._ws.commit(changes, why=why, actor=who)

    def evidence(self) -> pd.DataFrame:
        """Return whether each piece of evidence is as it was; columns in review.evidence.verify."""
        return proof.verify(self._ws)


def used_by(workspace: Workspace) -> Callable[[Iterable[str]], tuple[str, ...]]:
    """Return the function from ids of elements to the names of the apps outside theirs that call or share them."""
    model, found = workspace.model, defaultdict(set)
    for link in workspace.estate.found:
        found[link.source].add(link.target_app)
        found[link.target].add(link.source_app)
    return lambda ids: tuple(sorted({model[app].name for each in ids for app in found.get(each, ())}))


def _cells(values: Iterable[tuple[str, ...]]) -> pd.Series[Any]:
    return pd.Series(list(values), dtype="object")


class Accesses:
    """Who can reach what, and what people say about each: keep, reduce or revoke."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    def table(self, app: str | None = None, *, waiting: bool = False) -> pd.DataFrame:
        """Return one row an access, of one app or of all; with `waiting` only those that have to be attested.

        Columns in analysis.attesting.accesses.
        """
        chosen = [self._ws.app(app).id] if app else [a.id for a in self._ws.model.apps]
        tables = [attesting.accesses(self._ws.model, each, self._ws.now.today) for each in chosen]
        rows = pd.concat(tables, ignore_index=True) if tables else frame(attesting.ACCESS, [])
        return (rows[rows["state"] != "attested"] if waiting else rows).reset_index(drop=True)

    def attest(
        self,
        elements: str | Iterable[str],
        verdict: str,
        *,
        why: str,
        owner: str | None = None,
        due: date | None = None,
        actor: str | None = None,
    ) -> None:
        """Say of accesses, by the ids of what gives them: keep, reduce or revoke; the latter two open an action.

        Raises
        ------
        analysis.recording.DecisionError
            If an element gives no access, the verdict is none, or the reason is missing.
        """
        who = actor or self._ws.config.who()
        changes = attesting.attest(
            self._ws.model, elements, verdict, actor=who, at=datetime.now(UTC), why=why, owner=owner, due=due
        )
        self._ws.commit(changes, why=why, actor=who)

    def coverage(self, app: str | None = None) -> Sentences:
        """Return how many accesses are attested, in words."""
        rows = self.table(app)
        done, all_ = int((rows["state"] == "attested").sum()), len(rows)
        return Sentences([f"{done} of {all_} accesses are attested ({100 * done // all_ if all_ else 100} %)."])
