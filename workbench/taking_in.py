"""Drafts of an import become Changes: merged with what people said, and with the looks by hand that they ask for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.analysis import drift
from workbench.analysis.merge import merge, renamed
from workbench.imports import AppImport
from workbench.model import App, Policy, element_from_json, element_to_json

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from workbench.ledger import Batch
    from workbench.model import Element
    from workbench.platforms.draft import Draft
    from workbench.workspace import Workspace

# So many imports are remembered: as many may be undone one after the other.
_KEPT = 3


class TakingIn:
    """One import: brings draft after draft into a workspace, each app as one batch, an app as it was as none."""

    def __init__(self, workspace: Workspace, *, why: str, actor: str | None = None) -> None:
        self._ws = workspace
        self._why, self._actor = why, actor or workspace.config.who()
        self._undone = workspace.ledger.undone()

    def take(self, draft: Draft, name: str | None = None) -> AppImport:
        """Bring one app in and return what that changed; `name` is the one that a person gives it.

        Raises
        ------
        ledger.ConflictError
            If somebody has changed one of its elements in this very moment; nothing is written.
        ledger.LedgerError
            If it cannot be stored; nothing is written.
        """
        model, elements = self._ws.model, list(draft.elements)
        earlier = Remembered.of(self._ws, draft.app, self._undone)
        merged = merge(model, draft.app, elements, earlier.elements)
        changes = renamed(merged.changes, model, draft.app, name) if name else merged.changes
        source = next((e.source.file for e in elements if isinstance(e, App | Policy) and e.source), draft.app)
        words = "".join(f"; {d}" for d in merged.disagreements)
        reason = f"{self._why} (export {source}, sha256 {draft.sha256}){words}"

        def remember(batch: Batch | None) -> dict[str, str | None]:
            return {earlier.key: earlier.followed_by(draft, batch)}

        by_hand = drift.checks(model, changes, draft.app, actor=self._actor, at=datetime.now(UTC))
        batch = self._ws.commit([*changes, *by_hand], why=reason, actor=self._actor, remember=remember)
        if batch is None and earlier.elements != elements:
            # The export says something new which the model already held; the next merge must know.
            self._ws.ledger.set_meta(earlier.key, earlier.followed_by(draft, None))
        return AppImport(draft.app, draft.platform, source, changes, merged.disagreements, draft.notes)


@dataclass(frozen=True)
class Remembered:
    """What the last imports of an app said, kept beside the ledger for the next merge."""

    app: str
    entries: Sequence[dict[str, Any]]
    """Oldest first."""
    undone: Container[int]
    """Numbers of the batches that were undone: an import that was undone does not count."""

    @classmethod
    def of(cls, workspace: Workspace, app: str, undone: Container[int] | None = None) -> Remembered:
        """Return what a workspace remembers of an app."""
        entries = json.loads(workspace.ledger.meta(_key(app)) or "[]")
        return cls(app, entries, workspace.ledger.undone() if undone is None else undone)

    @property
    def key(self) -> str:
        """Return under which name it is kept."""
        return _key(self.app)

    @cached_property
    def elements(self) -> list[Element]:
        """Return what the last import said that is in effect; nothing if there was none."""
        last = next((e for e in reversed(self.entries) if e["batch"] not in self.undone), None)
        return [element_from_json(noun, data) for noun, data in last["elements"]] if last else []

    def followed_by(self, draft: Draft, batch: Batch | None) -> str:
        """Return the text to keep after another import."""
        said = [(e.noun, element_to_json(e)) for e in draft.elements]
        entry = {"sha256": draft.sha256, "batch": batch.number if batch else None, "elements": said}
        return json.dumps([*self.entries[1 - _KEPT :], entry])


def _key(app: str) -> str:
    return f"imports:{app}"
