"""Steps of an app that a panel takes back or does again, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.analysis.words import change_in_words, name_lookup

if TYPE_CHECKING:
    from workbench.appview import AppView
    from workbench.ledger import Batch

_LOOKED_AT = 100
QUICK = "quick entry: "
"""What the reason of a line of quick entry begins with; the line follows."""


def step_in_words(app: AppView, step: Batch) -> str:
    """Return what a step, or the undo of one, was about: its line if it was one, else its first Change."""
    meant = _meant(app, step)
    if meant.why.startswith(QUICK):
        return f"“{meant.why.removeprefix(QUICK)}”"
    first, *rest = meant.changes
    words = change_in_words(first, name_lookup(app.workspace.model))
    return f"{words}, and {len(rest)} more" if rest else words


def _meant(app: AppView, step: Batch) -> Batch:
    """Return the step that an undo, or the undo of an undo, is about in the end."""
    known = {batch.number: batch for batch in app.workspace.ledger.batches(limit=_LOOKED_AT)}
    while step.undoes in known:
        step = known[step.undoes]
    return step
