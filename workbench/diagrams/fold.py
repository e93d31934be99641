"""Boundaries shown as one shape each: what lies in them is counted, and what flows across their borders is gathered."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from workbench.diagrams.marks import Badge, Mark
from workbench.diagrams.palette import SEVERITIES
from workbench.diagrams.picture import Line, Picture, Shape
from workbench.diagrams.wording import counted, listed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from workbench.diagrams.picture import Frame

MOST_OPEN = 150
"""Beyond so many shapes a picture says nothing and moves slowly."""


def folded(shown: Picture, closed: Collection[str]) -> Picture:
    """Return the picture with some boundaries closed; a closed one hides those in it."""
    inside = _outermost(shown, set(closed))
    if not inside:
        return shown
    place = {s.id: inside.get(s.frame or "", s.id) for s in shown.shapes}
    shapes = [s for s in shown.shapes if place[s.id] == s.id]
    lines = _gathered(shown.lines, place, {s.id: s.name for s in shown.shapes} | {f.id: f.title for f in shown.frames})
    outer = [f for f in shown.frames if inside.get(f.id) == f.id]
    shapes += [_closed(f, shown, place, inside) for f in outer]
    return replace(
        shown, shapes=tuple(shapes), lines=lines, frames=tuple(f for f in shown.frames if f.id not in inside)
    )


def to_close(shown: Picture, chosen: Mapping[str, bool | None], most: int = MOST_OPEN) -> set[str]:
    """Return the boundaries to close: those that people closed, and others until no more than `most` shapes are left.

    The fullest of the innermost ones goes first; those that people opened stay open and in sight.
    """
    closed = {f.id for f in shown.frames if chosen.get(f.id)}
    parents = {f.id: f.parent for f in shown.frames}
    opened = {outer for i, shut in chosen.items() if shut is False for outer in _around(i, parents)}
    while True:
        now = folded(shown, closed)
        if len(now.shapes) <= most:
            return closed
        held = Counter(outer for s in now.shapes for outer in _around(s.frame, parents))
        free = [f.id for f in now.frames if f.id not in opened and held[f.id] > 1]
        outer = {parents[i] for i in free}
        innermost = [i for i in free if i not in outer]
        if not innermost:
            return closed
        closed.add(max(innermost, key=lambda i: (held[i], i)))


def _around(frame: str | None, parents: Mapping[str, str | None]) -> Iterator[str]:
    """Yield a boundary and those around it."""
    while frame is not None and frame in parents:
        yield frame
        frame = parents[frame]


def _outermost(shown: Picture, closed: set[str]) -> dict[str, str]:
    """Return the outermost closed boundary around or at each boundary that is closed or hidden."""
    found: dict[str, str] = {}
    for frame in shown.frames:  # outer before inner
        if frame.parent in found:
            found[frame.id] = found[frame.parent]
        elif frame.id in closed:
            found[frame.id] = frame.id
    return found


def _closed(frame: Frame, shown: Picture, place: Mapping[str, str], inside: Mapping[str, str]) -> Shape:
    shapes = [s for s in shown.shapes if place[s.id] == frame.id]
    frames = [f for f in shown.frames if inside.get(f.id) == frame.id]
    within = [x for x in shown.lines if place[x.source] == place[x.target] == frame.id]
    what = ", ".join([counted(len(shapes), "element"), *([counted(len(within), "flow")] if within else [])])
    badge = _sum([x.badge for group in (shapes, frames, within) for x in group])
    details = (frame.details[0], f"closed: {what}", *frame.details[1:])
    mark = _highest(s.mark for s in shapes)
    unclassified = mark is None and any(s.unclassified for s in shapes)
    old = sum(s.stale is not None for s in shapes)
    return Shape(
        frame.id, "boundary", frame.kind, frame.title, what, frame.parent, mark, badge, off=False, open_door=False,
        details=details, unclassified=unclassified, holds=len(shapes),
        stale=f"of {old} of {counted(len(shapes), 'element')} in it" if old else None,
    )  # fmt: skip


def _gathered(lines: Iterable[Line], place: Mapping[str, str], names: Mapping[str, str]) -> tuple[Line, ...]:
    groups: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        ends = place[line.source], place[line.target]
        if ends[0] != ends[1]:
            # Lines between two open shapes stay apart.
            alone = ends == (line.source, line.target)
            groups[ends if not alone else (line.id, "")].append(line)
    return tuple(_one(group, place, names) for group in groups.values())


def _one(lines: list[Line], place: Mapping[str, str], names: Mapping[str, str]) -> Line:
    first = lines[0]
    source, target = place[first.source], place[first.target]
    if len(lines) == 1:
        return replace(first, source=source, target=target, mark_at_ends=False)
    mark = _highest(x.mark for x in lines)
    said = [x.details[0] for x in lines]
    text = counted(len(lines), "flow")
    return Line(
        f"{source} → {target}", source, target, None, text, mark, _sum(x.badge for x in lines),
        plain_text=any(x.plain_text for x in lines), credentialed=any(x.credentialed for x in lines),
        two_way=any(x.two_way for x in lines), kind=first.kind if len({x.kind for x in lines}) == 1 else None,
        details=(f"{text}: {names[source]} → {names[target]}", listed(said, 6)), flows=tuple(x.id for x in lines),
    )  # fmt: skip


def _highest(marks: Iterable[Mark | None]) -> Mark | None:
    known = [m for m in marks if m is not None]
    return max(known, key=lambda m: (m.rank, not m.suggested)) if known else None


def _sum(badges: Iterable[Badge | None]) -> Badge | None:
    known = [b for b in badges if b is not None]
    if not known:
        return None
    order = list(SEVERITIES.values())
    return Badge(sum(b.count for b in known), min((b.look for b in known), key=order.index))
