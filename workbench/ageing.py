"""Which reviews are too old by this workspace's own cadences, for tables and diagrams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.analysis.stamps import Stamp, stamps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.model import Model
    from workbench.snapshot import Snapshot
    from workbench.workspace import Workspace


def stamped(ws: Workspace, at: Snapshot | None = None, app: str | None = None) -> dict[str, Stamp]:
    """Return who looked at each element of one app, or of all, last, and whether that is too long ago; by its id."""
    now = at or ws.now
    ids = None if app is None else [e.id for e in now.model.of_app(app)]
    return stamps(now.model, ws.ledger.ages(ids), now.today, _days(ws, now.model), app)


def stale(ws: Workspace, at: Snapshot | None = None, app: str | None = None) -> dict[str, str]:
    """Return in words why the review of an element is too old, by its id; only of those where it is."""
    return {i: stamp.words for i, stamp in stamped(ws, at, app).items() if stamp.stale}


def _days(ws: Workspace, model: Model) -> Mapping[str, int | None]:
    # Nobody looks at what is no longer used.
    return {a.id: None if a.lifecycle == "retired" else ws.config.review_days(a.id, a.criticality) for a in model.apps}
