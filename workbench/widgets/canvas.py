"""Canvas: the picture of an app that a room draws together. All it does is a call of AppView, one step each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from workbench.analysis.words import change_in_words, name_lookup
from workbench.diagrams import drawing
from workbench.diagrams.layout import standing
from workbench.diagrams.palette import CLASSES, SEVERITIES
from workbench.diagrams.shapes import NORMAL, PROJECTOR
from workbench.diagrams.wording import counted
from workbench.errors import UsageError, unknown
from workbench.widgets.canvas_kinds import CHOICES
from workbench.widgets.canvas_routes import Routes
from workbench.widgets.canvas_view import Drawing
from workbench.widgets.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.appview import AppView
    from workbench.diagrams.graph import Point
    from workbench.editor import Editor
    from workbench.ledger import Batch
    from workbench.model import Element
    from workbench.widgets.canvas_kinds import Choice

Spot = Sequence[float]
_TOLD = 3


class Canvas(Panel):
    """The data-flow diagram of an app, to be drawn and changed by mouse and by keyboard.

    Attributes
    ----------
    selection : list of str
        Ids of the selected elements, flows and boundaries; set it, observe it, or link it with another widget.
    why : str
        The reason that is written down with what is drawn.
    """

    bundle: ClassVar[str] = "canvas"
    selection = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(
        self, app: AppView, *, actor: str | None = None, projector: bool = False, why: str = "drawn on the canvas"
    ) -> None:
        self.why = why
        self._settled: dict[str, Point] = {}
        self._routes = Routes()
        super().__init__(app, actor=actor, projector=projector)

    @property
    def drawing(self) -> Drawing:
        """Return what is to be seen now."""
        return Drawing(self.app, PROJECTOR if self.projector else NORMAL, self._routes, self._settled)

    def svg(self) -> str:
        """Return the picture as it is shown, as SVG."""
        now = self.drawing
        return drawing.drawn(now.shown, standing(now.graph, now.positions, now.ways))

    def _state(self) -> dict[str, Any]:
        now = self.drawing
        state = {
            **now.view(),
            "choices": [{"id": i, "words": c.words} for i, c in CHOICES.items()],
            "classes": list(CLASSES),
            "severities": list(SEVERITIES),
        }
        # What others add must not move what somebody looks at.
        self._settled |= now.positions
        return state

    def do_add(
        self, what: str, name: str, boundary: str | None = None, place: Spot | None = None, after: str | None = None
    ) -> str:
        """Add an element of a kind in CHOICES and return its id; `after` is where data flows to it from."""
        choice = CHOICES.get(what)
        if choice is None:
            raise unknown("kind of element", what, CHOICES)
        with self.app.edit(why=self.why, actor=self.actor) as m:
            made = _added(m, choice, _named(name))
            if boundary is not None:
                m.move(made, boundary)
            if after is not None:
                m.flow(after, made)
            if place is not None or choice.noun == "boundary":
                self._keep(m, {made: place or self._corner()})
        return made

    def do_rename(self, id: str, name: str, seen: str | None = None) -> None:  # noqa: A002 - as the browser calls it
        """Give an element another name; refused if it is no longer called as it was `seen`."""
        with self.app.edit(why=self.why, actor=self.actor) as m:
            now = m.find(id).name
            if seen not in (None, now):
                raise UsageError(
                    f"somebody has renamed {seen!r} to {now!r} meanwhile; send it again to call it {name!r} all the same"
                )
            m.rename(id, _named(name))

    def do_connect(self, source: str, target: str, data: str = "") -> str:
        """Let data flow from one element to another, and return the flow's id; `data` are names with commas."""
        fields = [part.strip() for part in data.split(",") if part.strip()]
        if source == target:
            raise UsageError("a flow needs two different ends; choose another element for its end")
        with self.app.edit(why=self.why, actor=self.actor) as m:
            flow = m.flow(source, target, data=fields)
            if not m.changes():
                raise UsageError(f"this flow is already there: {flow.name}")
        return flow.id

    def do_move(self, ids: list[str], boundary: str | None = None, places: Mapping[str, Spot] | None = None) -> None:
        """Put elements into a boundary, or out of all; with `places`, also where they stand."""
        with self.app.edit(why=self.why, actor=self.actor) as m:
            for element in ids:
                m.move(element, boundary)
            if places:
                self._keep(m, places)

    def do_place(self, places: Mapping[str, Spot]) -> None:
        """Keep where elements were put."""
        now = self.drawing
        self.app.place(_shifted(now, places), rest=now.positions, actor=self.actor)

    def do_delete(self, ids: list[str]) -> None:
        """Remove elements, the flows at them, and boundaries from around what they hold."""
        with self.app.edit(why=self.why, actor=self.actor) as m:
            for element in ids:
                # A flow may already be gone with one of its ends.
                if m.has(element):
                    m.remove(element)

    def do_collapse(self, id: str, collapsed: bool) -> None:  # noqa: A002, FBT001 - as the browser calls it
        """Show a boundary as one shape, or open it."""
        if not self.drawing.arranged:
            # Nobody has arranged anything: the layout may begin anew with what is to be seen.
            self._settled.clear()
        self.app.collapse(id, collapsed, actor=self.actor)

    def do_tidy(self) -> None:
        """Lay everything out anew."""
        arranged = {i: None for i, p in self.app.placements.items() if p.x is not None}
        self._settled.clear()
        if arranged:
            self.app.place(arranged, why="laid out anew on the canvas", actor=self.actor)
        self.refresh()

    def do_projector(self, on: bool) -> None:  # noqa: FBT001 - as the browser calls it
        """Show big letters, or normal ones."""
        self.projector = on
        self.refresh()

    def do_svg(self) -> str:
        """Return the picture as SVG."""
        return self.svg()

    def do_undo(self) -> str:
        """Take back the newest step of the app, and say which it was."""
        return self._told(self.app.undo(mine=True, why="taken back on the canvas", actor=self.actor))

    def do_redo(self) -> str:
        """Do again what was taken back last, and say what it was."""
        return self._told(self.app.redo(mine=True, why="done again on the canvas", actor=self.actor))

    def _keep(self, m: Editor, places: Mapping[str, Spot]) -> None:
        """Write down where elements stand: those that were moved, and all others once somebody arranges anything."""
        now = self.drawing
        said = {i for i, p in now.placements.items() if p.x is not None}
        rest = {i: point for i, point in now.positions.items() if i not in said and m.has(i)}
        for element, (x, y) in {**rest, **_shifted(now, places)}.items():
            m.place(element, (x, y))

    def _told(self, batch: Batch) -> str:
        """Return in words what a step changed."""
        placed = [c for c in batch.changes if c.noun == "placement"]
        said = [change_in_words(c, name_lookup(self.app.workspace.model)) for c in batch.changes if c not in placed]
        more = [f"and {len(said) - _TOLD} more"] if len(said) > _TOLD else []
        where = [f"where {counted(len(placed), 'element stands', 'elements stand')}"] if placed and not said else []
        return "; ".join([*said[:_TOLD], *more, *where])

    def _corner(self) -> Spot:
        """Return a place below everything, at the left."""
        spots = self.drawing.positions.values()
        return min((x for x, _ in spots), default=0.0), max((y for _, y in spots), default=-160.0) + 160.0


def _shifted(now: Drawing, places: Mapping[str, Spot]) -> dict[str, Point]:
    """Return the places, and with a closed boundary's those of all that it holds."""
    found: dict[str, Point] = {i: (x, y) for i, (x, y) in places.items()}
    for boundary, (x, y) in places.items():
        before = now.positions.get(boundary, (x, y))
        for element in now.members.get(boundary, ()):
            known = now.known(element)
            if known is not None:
                found[element] = known[0] + x - before[0], known[1] + y - before[1]
    return found


def _named(name: str) -> str:
    if not name.strip():
        raise UsageError("a name is needed; type one")
    return " ".join(name.split())


def _added(m: Editor, choice: Choice, name: str) -> str:
    """Add an element, and return its id.

    Raises
    ------
    UsageError
        If there is one of that noun and name: it would be changed instead.
    """
    before = len(m.changes())
    fields = {"kind": choice.kind} if choice.kind else {}
    made: Element = getattr(m, choice.noun)(name, **fields)
    changed = m.changes()
    if len(changed) == before or changed[-1].before is not None:
        raise UsageError(f"{made.noun.replace('_', ' ')} {made.name!r} is already there; give this one another name")
    return made.id
