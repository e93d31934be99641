"""Which step of an app an undo takes back, and which a redo brings back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.ledger import Batch, Ledger

# What happens in a workshop or review is no edit: it is said once, and nobody who presses undo means it.
_NO_EDITS = frozenset({"workshop", "attendance", "card", "vote", "parked", "review"})
_FIRST_PAGE = 64


def step_to_undo(ledger: Ledger, app: str, actor: str | None = None) -> Batch:
    """Return the newest edit of an app that is in effect: by anyone, or by one person.

    Votes, cards and the steps of a workshop are no edits; where things stand on the canvas is. How the app came about
    is none either.

    Raises
    ------
    UsageError
        If there is none.
    """
    undone = ledger.undone()
    for batch in _newest_first(ledger):
        if batch.undoes is None and batch.number not in undone and _is_edit(batch, app, actor):
            return batch
    raise UsageError(f"there is no step of {app!r}{f' by {actor}' if actor else ''} left to undo")


def step_to_redo(ledger: Ledger, app: str, actor: str | None = None) -> Batch:
    """Return the undo to take back: the newest that is in effect, unless something was edited after it.

    Raises
    ------
    UsageError
        If there is none.
    """
    undone, undoing = ledger.undone(), ledger.undoing()
    for batch in _newest_first(ledger):
        if batch.number in undone or not _is_edit(batch, app, actor):
            continue
        if batch.undoes is None:
            break
        if _takes_away(batch.undoes, undoing):
            return batch
    raise UsageError(f"there is no undo of {app!r}{f' by {actor}' if actor else ''} since its last edit to take back")


def _takes_away(undone: int, undoing: Mapping[int, int]) -> bool:
    """Return whether taking back that batch is an undo; it is a redo if that batch was an undo itself."""
    return undone not in undoing or not _takes_away(undoing[undone], undoing)


def _is_edit(batch: Batch, app: str, actor: str | None) -> bool:
    ours = any(c.id == app or getattr(c.after or c.before, "app", None) == app for c in batch.changes)
    # Without the app itself there is nothing left to work on: how it came about is for the workspace to undo.
    begins = any(c.id == app and None in (c.before, c.after) for c in batch.changes)
    is_edit = any(c.noun not in _NO_EDITS for c in batch.changes)
    return ours and not begins and is_edit and actor in (None, batch.actor)


def _newest_first(ledger: Ledger) -> Iterator[Batch]:
    """Yield the batches, newest first; what is wanted is nearly always among the last few."""
    known, size = 0, _FIRST_PAGE
    while True:
        found = ledger.batches(size)
        yield from reversed(found[: len(found) - known])
        if len(found) < size:
            return
        known, size = len(found), size * 8
