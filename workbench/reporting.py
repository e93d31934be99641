"""From a workspace to a report or diagram file: gathers what the renderers show and adds nothing to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from workbench import diagrams, reports, tables
from workbench.ageing import stale, stamped
from workbench.analysis.checking import checks
from workbench.display import drawing
from workbench.errors import unknown
from workbench.reports import Content, write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from workbench.appview import AppView
    from workbench.diagrams.graph import Point
    from workbench.workspace import Workspace

# Above this many elements one picture of all apps says nothing to a reader; each app has its own.
MOST_DRAWN = 150


@dataclass(frozen=True)
class Picture:
    """A diagram to look at in a notebook."""

    svg: str = field(repr=False)
    name: str

    @classmethod
    def of(cls, app: AppView) -> Picture:
        """Return the diagram of an app with its open threats."""
        return cls(diagrams.svg(app.snapshot.model, app.id, _open(app.threats), _arranged(app), _stale(app)), app.name)

    def _repr_html_(self) -> str:
        return drawing(self.svg, f"Data-flow diagram of {self.name}")


def write_diagram(app: AppView, path: Path) -> Path:
    """Write an app's diagram: `.svg`, or `.html` for a page that one can share.

    Raises
    ------
    UsageError
        If the file has another ending.
    """
    draw = {".svg": diagrams.svg, ".html": diagrams.page}.get(path.suffix)
    if draw is None:
        raise unknown("diagram file ending", path.suffix, (".svg", ".html"))
    text = draw(app.snapshot.model, app.id, _open(app.threats), _arranged(app), _stale(app))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text.encode("utf-8"))
    return path


def write_report(ws: Workspace, path: Path, app: str | None) -> Path:
    """Write a report of one app, or of all, in the format that the file's ending names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return reports.write(path, content(ws, app))


def content(ws: Workspace, app: str | None = None) -> Content:
    """Return what a report of one app, or of all, says now."""
    now = ws.now
    model = now.model.of_app(app) if app else now.model

    def own(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["app"] == app].reset_index(drop=True) if app else frame

    threats = own(now.threats)
    stamps = stamped(ws, now, app)
    old = {i: stamp.words for i, stamp in stamps.items() if stamp.stale}
    drawn = app is not None or len(tables.elements(model)) <= MOST_DRAWN
    return Content(
        model=model, app=ws.app(app).element if app else None, threats=threats, mitigations=own(now.mitigations),
        questions=own(now.questions), assumptions=own(now.assumptions), head=ws.ledger.head, scheme=ws.scheme,
        generated=datetime.now(UTC),
        svg=diagrams.svg(model, app, _open(threats), _arranged(ws.app(app)) if app else None, old) if drawn else "",
        numbers=diagrams.numbers(model, app, _open(threats)) if drawn else {},
        tables={
            "apps": ws.apps, "elements": tables.elements(model, app, stamps), "flows": tables.flows(model, app),
            "entry_points": tables.entry_points(model, app), "boundaries": tables.boundaries(model, app),
            "connections": tables.connections(model, app), "data": tables.data(model, app),
            "actions": own(now.actions), "checks": own(checks(now.model, now.today)), "orphans": own(now.orphans),
            "history": ws.app(app).history if app else ws.history,
        },
    )  # fmt: skip


def _open(threats: pd.DataFrame) -> pd.DataFrame:
    return threats[threats["status"] == "open"]


def _stale(app: AppView) -> dict[str, str]:
    return stale(app.workspace, app.snapshot, app.id)


def _arranged(app: AppView) -> dict[str, Point] | None:
    """Return where people put elements on the canvas; None leaves all to the layout."""
    placed = app.placements.items()
    return {i: (float(p.x), float(p.y)) for i, p in placed if p.x is not None and p.y is not None} or None
