"""What a diagram shows, before anything has a place: shapes, lines and frames with their words and marks."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from workbench.diagrams.ageing import aged
from workbench.diagrams.marks import Badge, Mark, badge, mark, reach, threats_by_element
from workbench.diagrams.wording import STARTED_INSIDE, counted, described, listed, titled
from workbench.model import Actor, Boundary, DataField, Element, EntryPoint, Flow, Model, Process, Service, Store
from workbench.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from workbench.diagrams.marks import Reach, Threat
    from workbench.diagrams.palette import Look

Form = Literal["actor", "service", "process", "agent", "store", "entry_point", "boundary"]
_NOTHING: Mapping[str, str] = MappingProxyType({})
_FORMS: Mapping[type[Element], Form] = {
    Actor: "actor", Service: "service", Process: "process", Store: "store", EntryPoint: "entry_point"
}  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """An element that data starts or ends at."""

    id: str
    form: Form
    kind: str | None
    name: str
    what: str
    frame: str | None
    mark: Mark | None
    """Highest classification of the data it holds or that passes it."""
    badge: Badge | None
    off: bool
    open_door: bool
    """An entry point that anybody may use."""
    details: tuple[str, ...]
    unsure: bool = False
    """Nobody has said yet what kind of thing it is."""
    unclassified: bool = False
    """It has to do with data, and nobody has classified any."""
    reach: Reach | None = None
    """From where an entry point can be reached."""
    holds: int = 0
    """Elements in a boundary that is shown as one shape."""
    stale: str | None = None
    """In words why its review is too old; None if it is not."""


@dataclass(frozen=True)
class Line:
    """A flow of data."""

    id: str
    source: str
    target: str
    number: int | None
    """Where the flow is worth talking about: it crosses a boundary, is not encrypted or has threats."""
    text: str
    mark: Mark | None
    badge: Badge | None
    plain_text: bool
    """Known to travel unencrypted."""
    credentialed: bool
    two_way: bool
    kind: str | None
    details: tuple[str, ...]
    mark_at_ends: bool = False
    """Both ends show the same class, so the line need not repeat its letter."""
    flows: tuple[str, ...] = ()
    """Ids of several flows that are shown as one line."""
    stale: str | None = None
    """As of shapes."""


@dataclass(frozen=True)
class Frame:
    """A trust boundary."""

    id: str
    title: str
    kind: str | None
    parent: str | None
    badge: Badge | None
    details: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """Everything that a diagram shows."""

    title: str
    summary: str
    shapes: tuple[Shape, ...]
    lines: tuple[Line, ...]
    frames: tuple[Frame, ...]
    notes: tuple[str, ...] = ()
    """What could not be drawn, and why."""


def picture(
    model: Model,
    app: str | None = None,
    threats: pd.DataFrame | None = None,
    stale: Mapping[str, str] = _NOTHING,
) -> Picture:
    """Return what a diagram of one app, or of the whole model, shows.

    `threats` are the register's rows; `stale` says in words, by element id, why a review is too old.
    """
    return aged(_picture(model, app, threats), stale)


def _picture(model: Model, app: str | None, threats: pd.DataFrame | None) -> Picture:
    part = model if app is None else model.of_app(app)
    nodes = _in_order(part)
    found = threats_by_element(part, threats, app)
    shapes = tuple(_shape(e, part, found.get(e.id, [])) for e in nodes.values())
    ends = {s.id: s.mark.look for s in shapes if s.mark}
    lines = _lines(part, nodes, found, ends)
    frames, empty = _frames(part, nodes.values(), found)
    left_out = [f for f in part.of(Flow) if f.source_id not in nodes or f.target_id not in nodes]
    notes = (
        [f"{counted(len(left_out), 'flow leads', 'flows lead')} to something that is not in the model"]
        if left_out
        else []
    )
    notes += [f"Boundaries with nothing in them: {listed((visible(b.name) for b in empty), 6)}"] if empty else []
    named = part.get(app)
    title = visible(named.name) if named is not None else "All apps"
    return Picture(title, _summary(part, app, shapes, lines, found), shapes, lines, frames, tuple(notes))


def numbers(model: Model, app: str | None = None, threats: pd.DataFrame | None = None) -> dict[str, int]:
    """Return the number that a diagram gives each numbered flow, by the flow's id."""
    return {line.id: line.number for line in picture(model, app, threats).lines if line.number is not None}


def _in_order(model: Model) -> dict[str, Element]:
    """Return the nodes along the flows from where data comes in, so that a layout has little to untangle."""
    nodes: list[Element] = [e for cls in _FORMS for e in model.of(cls)]
    nodes.sort(key=lambda e: (bool(model.flows_to.get(e.id)), _FIRST.index(e.noun), e.name, e.id))
    by_id = {e.id: e for e in nodes}
    seen: dict[str, Element] = {}
    for root in nodes:
        queue = deque([root])
        while queue:
            element = queue.popleft()
            if element.id not in seen:
                seen[element.id] = element
                after = [by_id[f.target_id] for f in model.flows_from.get(element.id, ()) if f.target_id in by_id]
                queue.extend(sorted(after, key=lambda e: (e.name, e.id)))
    return seen


_FIRST = ("actor", "entry_point", "service", "process", "store")


def _shape(element: Element, model: Model, threats: Sequence[Threat]) -> Shape:
    flows = (*model.flows_from.get(element.id, ()), *model.flows_to.get(element.id, ()))
    data = {i for f in flows for i in f.data} | set(getattr(element, "data", ()))
    kind = getattr(element, "kind", None)
    found = mark(_fields(model, data))
    what = described(element)
    form: Form = "agent" if kind == "agent" else _FORMS[type(element)]
    open_door = isinstance(element, EntryPoint) and element.authentication == "none" and element.kind != "manual"
    off = isinstance(element, Process) and element.enabled is False
    name = visible(element.name)
    details = (
        f"{element.noun.replace('_', ' ').capitalize()}: {name}",
        what,
        *_data_words(model, data, found),
        *_said(threats),
    )
    return Shape(
        element.id, form, kind, name, visible(what), _frame_of(element, model), found, badge(threats), off, open_door,
        tuple(map(visible, details)), kind is None and not isinstance(element, Actor),
        found is None and (bool(data) or isinstance(element, Store)), _reach(element),
    )  # fmt: skip


def _reach(element: Element) -> Reach | None:
    if not isinstance(element, EntryPoint) or element.kind in STARTED_INSIDE:
        return None
    return reach(element.exposure)


def _lines(
    model: Model, nodes: Mapping[str, Element], threats: Mapping[str, list[Threat]], ends: Mapping[str, Look]
) -> tuple[Line, ...]:
    order = {node: i for i, node in enumerate(nodes)}
    flows = [f for f in model.of(Flow) if f.source_id in nodes and f.target_id in nodes]
    flows.sort(key=lambda f: (order[f.source_id], order[f.target_id], f.id))
    lines, number = [], 0
    for flow in flows:
        crossing = _frame_of(nodes[flow.source_id], model) != _frame_of(nodes[flow.target_id], model)
        told = crossing or flow.encrypted is False or flow.id in threats
        number += told
        line = _line(flow, model, nodes, threats.get(flow.id, []), number if told else None)
        at_ends = line.mark is not None and ends.get(line.source) == line.mark.look == ends.get(line.target)
        lines.append(replace(line, mark_at_ends=at_ends))
    return tuple(lines)


def _line(
    flow: Flow, model: Model, nodes: Mapping[str, Element], threats: Sequence[Threat], number: int | None
) -> Line:
    found = mark(_fields(model, flow.data))
    names = [f.name for f in _fields(model, flow.data)]
    # A protocol is worth a word where it is not encrypted.
    protocol = flow.protocol or "" if flow.encrypted is False else ""
    text = listed(names) or ("on error" if flow.kind == "error" else protocol)
    encrypted = {True: "encrypted", False: "not encrypted", None: "encryption unknown"}[flow.encrypted]
    connection = model.get(flow.connection)
    details = [
        f"{f'Flow {number}' if number else 'Flow'}: {nodes[flow.source_id].name} → {nodes[flow.target_id].name}",
        *_data_words(model, flow.data, found),
        ", ".join(part for part in (flow.protocol, encrypted, flow.authentication) if part),
        *([f"uses the connection {connection.name}"] if connection else []),
        *_said(threats),
    ]
    return Line(
        flow.id, flow.source_id, flow.target_id, number, visible(text), found, badge(threats), flow.encrypted is False,
        connection is not None, bool(flow.two_way), flow.kind, tuple(map(visible, details)),
    )  # fmt: skip


def _frames(
    model: Model, nodes: Iterable[Element], threats: Mapping[str, list[Threat]]
) -> tuple[tuple[Frame, ...], list[Boundary]]:
    """Return the frames that hold something, outer before inner, and the boundaries that hold nothing."""
    parents = {b.id: _parent(b, model) for b in model.of(Boundary)}
    depths: dict[str, int] = {}
    for inner in {_frame_of(element, model) for element in nodes} - {None}:
        chain = [inner]
        while (parent := parents[f"{chain[-1]}"]) is not None:
            chain.append(parent)
        depths |= {f"{boundary}": depth for depth, boundary in enumerate(reversed(chain))}
    boundaries = sorted((b for b in model.of(Boundary) if b.id in depths), key=lambda b: (depths[b.id], b.id))
    frames = tuple(_frame(b, parents[b.id], threats.get(b.id, [])) for b in boundaries)
    return frames, [b for b in model.of(Boundary) if b.id not in depths]


def _parent(boundary: Boundary, model: Model) -> str | None:
    around = model.boundaries_around(boundary)
    if not around:
        return None
    # A circle of boundaries has no outermost one; it is opened at the lowest id.
    circle = {b.id for b in around} if boundary in around else set()
    return None if boundary.id == min(circle, default=None) else around[0].id


def _frame(boundary: Boundary, parent: str | None, threats: Sequence[Threat]) -> Frame:
    title = visible(titled(boundary))
    details = (f"Trust boundary: {title}", *(visible(said) for said in _said(threats)))
    return Frame(boundary.id, title, boundary.kind, parent, badge(threats), details)


def _frame_of(element: Element, model: Model) -> str | None:
    around = model.boundaries_around(element)
    return around[0].id if around else None


def _fields(model: Model, ids: Iterable[str]) -> list[DataField]:
    found = [model.get(i) for i in ids]
    fields = [f for f in found if isinstance(f, DataField)]
    return sorted(fields, key=lambda f: (-(mark([f]) or Mark.none()).rank, f.name, f.id))


def _data_words(model: Model, ids: Iterable[str], found: Mark | None) -> list[str]:
    names = [f.name for f in _fields(model, ids)]
    return [f"data: {listed(names, 8)} ({found.words if found else 'not classified'})"] if names else []


def _said(threats: Sequence[Threat]) -> list[str]:
    shown = [f"{t.severity}: {t.title}" for t in threats[:8]]
    return [*shown, *([f"and {len(threats) - 8} more threats"] if len(threats) > 8 else [])]  # noqa: PLR2004


def _summary(
    model: Model, app: str | None, shapes: Sequence[Shape], lines: Sequence[Line], threats: Mapping[str, list[Threat]]
) -> str:
    every = sorted((t for found in threats.values() for t in found), key=lambda t: t.rank)
    found = badge(every)
    worst = f", worst: {found.look.name}" if found else ""
    parts = [counted(len(shapes), "element"), counted(len(lines), "flow")]
    parts += [f"{counted(len(every), 'open threat')}{worst}"] if every else []
    platform = getattr(model.get(app), "platform", None)
    return " · ".join(([visible(platform)] if platform else []) + parts)
